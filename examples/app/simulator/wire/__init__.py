"""The providers' documented wire formats: bodies, streams, headers and errors; a module each.

Shapes are those of the SDKs' own types (openai 3, anthropic 2). What stays the same from piece to piece is written once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from app.simulator.account import Account
from app.simulator.asked import Asked, MalformedError
from app.simulator.behaviour import Reply
from app.simulator.faults import Failed, Fault, Headers

GARBAGE = b'<html>502 Bad Gateway</html>{"id": "'
"""A body that is no JSON, whatever its header says."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Server-sent events: `before` comes with the first of the pieces, `after` with the last; `of` so many there would be.

    What is `broken` ends without the end that HTTP demands.
    """

    before: bytes
    pieces: list[bytes]
    after: bytes
    of: int
    broken: bool = False


class Wire(Protocol):
    """What a module of this package is."""

    PATH: str
    PREFIX: str

    def asked(self, raw: bytes) -> Asked:
        """Understand a request. Raises MalformedError."""
        ...

    def whole(self, asked: Asked, reply: Reply, uid: str) -> bytes:
        """A whole answer."""
        ...

    def stream(self, asked: Asked, reply: Reply, uid: str) -> Stream:
        """The same in pieces."""
        ...

    def fault(self, failed: Failed) -> Fault | None:
        """The error that a failure is, if it is one in this format."""
        ...

    def malformed(self, error: MalformedError, uid: str) -> Fault:
        """What a request gets that cannot be understood."""
        ...

    def headers(self, uid: str, account: Account, reply: Reply | None) -> Headers:
        """Those of every answer."""
        ...


def pieces(text: str, at_once: int = 1) -> list[str]:
    """Words with their spaces, as a stream delivers them: one at a time, or several."""
    if not text:
        return []
    words = text.split(" ")
    joined = [" ".join(words[first : first + at_once]) for first in range(0, len(words), at_once)]
    return [piece if number == 0 else f" {piece}" for number, piece in enumerate(joined)]


def filled(opening: bytes, values: list[str], closing: bytes) -> Iterator[bytes]:
    """The same event with each of the values, as JSON, in its place."""
    dumps = orjson.dumps
    return (opening + dumps(value) + closing for value in values)


def interrupted(stream: Stream, failure: str, error: bytes, opening: bytes = b"data: ") -> Stream:
    """Half of a stream, then what the failure is: nothing, an event that tells of an error, or one of garbage."""
    if failure not in {"cut", "error_event", "garbage"}:
        return stream
    half = stream.of // 2
    after = {"cut": b"", "error_event": error, "garbage": opening + GARBAGE + b"\n\n"}[failure]
    return Stream(stream.before, stream.pieces[:half], after, stream.of, broken=failure == "cut")


def event(kind: str, data: dict[str, Any]) -> bytes:
    """A named event whose data names it, too."""
    return b"event: %b\ndata: %b\n\n" % (kind.encode(), orjson.dumps({"type": kind} | data))
