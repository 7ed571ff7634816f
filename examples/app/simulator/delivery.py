"""Put answers on the wire when they are due: whole, in pieces, half, or never."""

import asyncio
import math
from collections.abc import Callable, Sequence
from typing import Self

from starlette.types import Receive, Send

from app.simulator.faults import Header, Headers
from app.simulator.wire import Stream

SOON = 0.02
"""Seconds: pieces that are due within them are sent together, which nobody sees and which costs a fraction."""
LONG = 0.5
"""Seconds of silence in which somebody watches for the caller to leave, which costs more than sleeping."""
_EVENTS: Headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-cache")]


async def read(receive: Receive) -> bytes:
    """A request's body."""
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


class Delivery:
    """One answer; made after the request was read."""

    def __init__(self, receive: Receive, send: Send, headers: Headers) -> None:
        self._send, self._headers = send, headers
        self._leaving = asyncio.ensure_future(receive())
        self.sent = 0.0

    @property
    def gone(self) -> bool:
        """Whether who asked has left."""
        return self._leaving.done()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._leaving.cancel()

    async def wait(self, seconds: float) -> None:
        """Say nothing for so long; a long time ends when who asked has left."""
        if seconds > LONG:
            await asyncio.wait({self._leaving}, timeout=seconds)
        # The event loop cannot wait for less than a millisecond or so.
        elif seconds > 0.001:
            await asyncio.sleep(seconds)

    async def whole(self, status: int, body: bytes, more: Sequence[Header] = (), *, cut: bool = False) -> None:
        """A body at once; `cut` after half of it."""
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(body)),
            *self._headers,
            *more,
        ]
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        sent = body[: len(body) // 2] if cut else body
        await self._send({"type": "http.response.body", "body": sent, "more_body": cut})

    async def stream(self, stream: Stream, first: float, total: float, ended: Callable[[], None]) -> None:
        """Pieces from `first` to `total` seconds from now; `ended` is called before the last of it is sent.

        Who leaves early gets no more, and `ended` is not called then; `sent` is the share of the pieces that went out.
        """
        loop = asyncio.get_running_loop()
        begun = loop.time() + first
        await self._send({"type": "http.response.start", "status": 200, "headers": _EVENTS + self._headers})
        step = (total - first) / max(1, stream.of)
        together = max(1, math.ceil(SOON / step) if step else stream.of)
        waiting = stream.before
        for at in range(0, len(stream.pieces), together):
            await self.wait(begun + step * at - loop.time())
            if self.gone:
                return
            group = stream.pieces[at : at + together]
            await self._put(waiting + b"".join(group))
            waiting, self.sent = b"", (at + len(group)) / stream.of
        await self.wait(begun + step * (len(stream.pieces) if stream.of else 1) - loop.time())
        if self.gone:
            return
        ended()
        await self._put(waiting + stream.after, more=stream.broken)

    async def _put(self, body: bytes, *, more: bool = True) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": more})
