"""One JSON object a line, the same shape always, so that nobody has to guess."""

import hashlib
import unicodedata
from collections.abc import Container
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from .call import OK, PENDING, Call
from .contract import Contract
from .plain import dumped
from .redact import Redactor

_ZWJ = "\u200d"
_LONG = 20_000
_ERROR, _PIECE = 1_000, 400
"""Characters of an error's message that are kept, and of a find that was cut too short to be one."""
_WITH_ITS_END = orjson.OPT_APPEND_NEWLINE


class Texts(NamedTuple):
    """What was said in a call, redacted."""

    question: str
    answer: str
    passages: tuple[str, ...]


class Log:
    """Makes the lines of a call; `at` is nanoseconds since the epoch."""

    def __init__(self, contract: Contract, redactor: Redactor) -> None:
        settings, service = contract.data["logs"], contract.data["service"]
        self._events: dict[str, str] = settings["events"]
        self._content: bool = settings["capture_content"]
        self._most: int = settings["answer_preview"]
        self._service: str = service["name"]
        self._environment: str = service["environment"]
        self.clean = redactor
        self._models, self._endpoints = contract.models, contract.endpoints
        # An application has few system prompts, and long ones.
        self._hash_of_system = lru_cache(256)(_hash)
        self._second, self._told = 0, ""
        # The same passages are found again and again.
        self._clean_again = lru_cache(512)(redactor)

    def request(self, call: Call, at: int) -> bytes:
        """The line that says that a call began."""
        return self._line(self._events["request"], "info", call, at, _NOT_YET, PENDING)

    def response(self, call: Call, at: int) -> bytes:
        """The line that says how it went."""
        level = "info" if call.status == OK else "error"
        return self._line(self._events["response"], level, call, at, _numbers(call), call.status)

    def outcome(self, call: Call, at: int, *, thumbs: str | None = None, retry: bool | None = None, abandoned: bool | None = None) -> bytes:  # fmt: skip
        """The line that says what somebody did with the answer, joined by the call's id."""
        line = self._fields(self._events["outcome"], "info", call, at, _numbers(call), call.status)
        line["outcome"] |= {"thumbs": thumbs, "retry": retry, "abandoned": abandoned}
        return dumped(line, _WITH_ITS_END)

    def input(self, call: Call) -> dict[str, Any]:
        """What was asked, worked out once a call: question and hashes."""
        found: dict[str, Any] | None = call.noted.get("input")
        if found is None:
            found = call.noted["input"] = {
                "question": self.clean(call.question) if self._content else None,
                "question_hash": _hash(call.question),
                "question_chars": len(call.question),
                "system_hash": self._system_hash(call.system) if call.system else None,
                "prompt_ref": self.clean(call.prompt_version) if call.prompt_version else None,
            }
        return found

    def _system_hash(self, system: str) -> str:
        return self._hash_of_system(system) if len(system) < _LONG else _hash(system)

    def answer(self, call: Call) -> str:
        """The whole redacted answer, worked out once a call."""
        found: str | None = call.noted.get("answer")
        if found is None:
            found = call.noted["answer"] = self.clean(call.answer or "")
        return found

    def error(self, call: Call) -> str | None:
        """The redacted message of a failure, then cut: half a secret is not found any more. Worked out once a call."""
        said = call.error
        if not said:
            return None
        found: str | None = call.noted.get("error")
        if found is None:
            found = self.clean(said[:_LONG])
            if len(said) > _LONG:
                found = found[:-_PIECE]
            found = call.noted["error"] = cut(found, _ERROR)
        return found

    def passages(self, call: Call) -> tuple[str, ...]:
        """The redacted passages, worked out once a call."""
        found: tuple[str, ...] | None = call.noted.get("passages")
        if found is None:
            found = call.noted["passages"] = tuple(
                [self._clean_again(one) if len(one) < _LONG else self.clean(one) for one in call.passages]
            )
        return found

    def texts(self, call: Call) -> Texts:
        """All of it, worked out once a call; empty where content is not to be kept."""
        if not self._content:
            return Texts("", "", ())
        return Texts(self.input(call)["question"], self.answer(call), self.passages(call))

    def about(self, call: Call, at: int) -> dict[str, Any]:
        """What has to be known of a call to make sense of its texts; `ended` is in seconds since the epoch."""
        clean = self.clean
        return {
            "endpoint": self._named(call.endpoint, self._endpoints),
            "provider": clean(call.provider),
            "model": self._named(call.model, self._models),
            "response_model": clean(call.response_model) if call.response_model else None,
            "prompt_version": clean(call.prompt_version) if call.prompt_version else None,
            "conversation_id": clean(call.conversation_id) if call.conversation_id else None,
            "trace_id": call.trace_id,
            "span_id": call.span_id,
            "status": call.status,
            "abandoned": call.abandoned,
            "ended": at / 1e9,
        }

    def _named(self, name: str, known: Container[str]) -> str:
        """A name that the spec knows is nobody's secret, whatever it looks like."""
        return name if name in known else self.clean(name)

    def _moment(self, at: int) -> str:
        second, rest = divmod(at // 1000, 1_000_000)
        if second != self._second:
            self._second, self._told = second, datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return f"{self._told}.{rest:06d}Z"

    def evaluation(self, call: Call, at: int, verdict: dict[str, Any]) -> bytes:
        """The line that says what a judge found, in the fields of OpenTelemetry's `gen_ai.evaluation.result`."""
        line = self._fields(self._events["evaluation"], "info", call, at, _numbers(call), call.status)
        told = {f"gen_ai.evaluation.{name}": value for name, value in verdict.items()}
        return dumped(line | {"evaluation": told}, _WITH_ITS_END)

    def _line(self, event: str, level: str, call: Call, at: int, numbers: dict[str, Any], status: str) -> bytes:
        return dumped(self._fields(event, level, call, at, numbers, status), _WITH_ITS_END)

    def _fields(
        self, event: str, level: str, call: Call, at: int, numbers: dict[str, Any], status: str
    ) -> dict[str, Any]:
        content, answer = self._content, None if status == PENDING else call.answer
        return {
            "event": event,
            "ts": self._moment(at),
            "level": level,
            "call_id": call.call_id,
            "trace_id": call.trace_id,
            "span_id": call.span_id,
            "input": self.input(call),
            "output": {
                "preview": cut(self.answer(call), self._most) if content and answer is not None else None,
                "answer_hash": None if answer is None else _hash(answer),
                "answer_chars": None if answer is None else len(answer),
                "blob": call.blob,
            },
            "metadata": {
                "service": self._service,
                "environment": self._environment,
                "endpoint": self._named(call.endpoint, self._endpoints),
                "provider": self.clean(call.provider),
                "model": self._named(call.model, self._models),
                "temperature": call.temperature,
                "response_id": self.clean(call.response_id) if call.response_id and status != PENDING else None,
                # Some take the address for the id.
                "user_id": self.clean(call.user_id) if call.user_id else None,
                "conversation_id": self.clean(call.conversation_id) if call.conversation_id else None,
                "prompt_version": self.clean(call.prompt_version) if call.prompt_version else None,
            },
            "performance": numbers,
            "outcome": {
                "status": status,
                "error": self.error(call) if status != PENDING else None,
                "thumbs": None,
                "retry": None,
                "abandoned": call.abandoned or None if status != PENDING else None,
            },
        }


def cut(text: str, most: int) -> str:
    """At most so many characters, without breaking what is seen as one: accents, flags, joined emoji."""
    if len(text) <= most:
        return text
    end = most
    while end > 0 and (_continues(text[end]) or text[end - 1] == _ZWJ):
        end -= 1
    flags = 0
    while end - flags > 0 and "\U0001f1e6" <= text[end - flags - 1] <= "\U0001f1ff":
        flags += 1
    if flags % 2 and "\U0001f1e6" <= text[end] <= "\U0001f1ff":
        end -= 1
    return text[:end]


def _continues(character: str) -> bool:
    return (
        character == _ZWJ
        or unicodedata.category(character) in {"Mn", "Me", "Mc"}
        or "\U0001f3fb" <= character <= "\U0001f3ff"
    )


def _numbers(call: Call) -> dict[str, Any]:
    tokens = call.tokens
    return {
        "latency_ms": call.latency_ms,
        "time_to_first_token_ms": call.first_token_ms,
        "tokens_in": tokens.get("input"),
        "tokens_out": tokens.get("output"),
        "tokens_cache_read": tokens.get("cache_read"),
        "tokens_cache_write": tokens.get("cache_write"),
        "tokens_reasoning": tokens.get("reasoning"),
        "cost_usd": call.cost_usd,
    }


_NOT_YET: dict[str, Any] = dict.fromkeys(
    (
        "latency_ms", "time_to_first_token_ms", "tokens_in", "tokens_out", "tokens_cache_read", "tokens_cache_write",
        "tokens_reasoning", "cost_usd",
    )
)  # fmt: skip


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
