"""A response as a stream: https://platform.openai.com/docs/api-reference/responses-streaming."""

from typing import Any

import orjson

from app.simulator.behaviour import Reply
from app.simulator.tools import slices
from app.simulator.wire import Stream, event, interrupted, openai_faults, pieces
from app.simulator.wire import responses_items as items


class Events:
    """Writes the events of one response; `response` is what it is while it is made, `ended` and `failed` what changes."""

    def __init__(
        self, reply: Reply, uid: str, response: dict[str, Any], ended: dict[str, Any], failed: dict[str, Any]
    ) -> None:
        self._reply, self._uid, self._response, self._ended, self._failed = reply, uid, response, ended, failed
        self._number = 0
        self._starts: list[int] = []

    def stream(self) -> Stream:
        """From `response.created` to `response.completed`, or to what it ends with instead."""
        before = self._event("response.created", response=self._response)
        before += self._event("response.in_progress", response=self._response)
        index = 0
        if self._reply.tokens.reasoning:
            thoughts = items.reasoning(self._uid)
            before += self._event("response.output_item.added", output_index=0, item=thoughts)
            before += self._event("response.output_item.done", output_index=0, item=thoughts)
            index = 1
        if self._reply.calls:
            listed, after = self._calls(index), b""
        else:
            begin, listed, after = self._message(index)
            before += begin
        after += self._event(f"response.{self._ended['status']}", response=self._response | self._ended)
        return interrupted(Stream(before, listed, after, len(listed)), self._reply.failure, self._error())

    def _event(self, kind: str, **data: Any) -> bytes:
        number, self._number = self._number, self._number + 1
        return event(kind, {"sequence_number": number} | data)

    def _message(self, index: int) -> tuple[bytes, list[bytes], bytes]:
        reply, uid = self._reply, self._uid
        place = {"item_id": f"msg_{uid}", "output_index": index, "content_index": 0}
        refused = reply.failure == "refusal_field"
        kind = "refusal" if refused else "output_text"
        more: dict[str, Any] = {} if refused else {"logprobs": []}
        begun, done = items.part(reply, ""), items.part(reply, reply.text)
        item = items.message(reply, uid, None)
        before = self._event("response.output_item.added", output_index=index, item=item)
        before += self._event("response.content_part.added", **place, part=begun)
        listed = self._deltas(f"response.{kind}.delta", place, pieces(reply.text, reply.words_at_once), more)
        said = {"refusal" if refused else "text": reply.text}
        after = self._event(f"response.{kind}.done", **place, **said, **more)
        after += self._event("response.content_part.done", **place, part=done)
        whole = items.message(reply, uid, done)
        return before, listed, after + self._event("response.output_item.done", output_index=index, item=whole)

    def _calls(self, index: int) -> list[bytes]:
        reply, uid, events = self._reply, self._uid, list[bytes]()
        for number, one in enumerate(reply.calls):
            begun, done = items.call(reply, number, uid, begun=True), items.call(reply, number, uid)
            place = {"item_id": begun["id"], "output_index": index + number}
            self._starts.append(self._number)
            events.append(self._event("response.output_item.added", output_index=index + number, item=begun))
            deltas = slices(one.arguments, reply.words_at_once)
            events += self._deltas("response.function_call_arguments.delta", place, deltas, {})
            last = self._event("response.function_call_arguments.done", **place, arguments=one.arguments)
            events[-1] += last + self._event("response.output_item.done", output_index=index + number, item=done)
        return events

    def _deltas(self, kind: str, place: dict[str, Any], values: list[str], more: dict[str, Any]) -> list[bytes]:
        opening = b'event: %b\ndata: {"type":"%b","sequence_number":' % (kind.encode(), kind.encode())
        between = b"," + orjson.dumps(place)[1:-1] + b',"delta":'
        closing = (b"," + orjson.dumps(more)[1:-1] if more else b"") + b"}\n\n"
        numbers, dumps = range(self._number, self._number + len(values)), orjson.dumps
        self._number = numbers.stop
        self._starts += numbers
        return [
            b"%b%d%b%b%b" % (opening, number, between, dumps(value), closing)
            for number, value in zip(numbers, values, strict=True)
        ]

    def _error(self) -> bytes:
        if self._reply.failure != "error_event":
            return b""
        # Numbered as the piece in whose place it comes.
        self._number = self._starts[len(self._starts) // 2] if self._starts else self._number
        error = self._event("error", code="server_error", message=openai_faults.SERVER_ERROR, param=None)
        if int(self._uid, 16) % 2:
            # Seen of either kind; whoever waits for `response.failed` alone takes the other for an answer.
            return error
        return error + self._event("response.failed", response=self._response | self._failed)
