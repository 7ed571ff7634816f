"""What a request asks for, whichever wire it came over."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

DEFAULT_LIMIT = 1000
"""Tokens of an answer where the request does not say."""


class MalformedError(ValueError):
    """A request that its provider refuses with status 400: `field` is missing or wrong; none: the body is no JSON."""

    def __init__(self, field: str = "", *, missing: bool = False) -> None:
        super().__init__(field or "no JSON")
        self.field, self.missing = field, missing


class ToolCall(NamedTuple):
    """A tool to call; `arguments` are JSON, letter by letter as they were asked for."""

    name: str
    arguments: str


class Prefix(NamedTuple):
    """A request up to the end of a block: its digest, its length in characters; `kept` for later, perhaps for an `hour`."""

    digest: bytes
    characters: int
    kept: bool
    hour: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A request; `more` are the characters that are sent beside `system` and `prompt`, `limit` is in tokens."""

    model: str
    system: str
    prompt: str
    limit: int = DEFAULT_LIMIT
    stream: bool = False
    more: int = 0
    calls: tuple[ToolCall, ...] = ()
    prefixes: tuple[Prefix, ...] = ()
    thinks: bool = True
    body: dict[str, Any] = field(default_factory=dict)


def body_of(raw: bytes) -> dict[str, Any]:
    """The JSON object of a request that names a model. Raises MalformedError."""
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise MalformedError from None
    if not isinstance(body, dict):
        raise MalformedError
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise MalformedError("model", missing=model is None)
    return body


def listed(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects of a list that may be left out. Raises MalformedError."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise MalformedError(name)
    return value


def object_of(body: dict[str, Any], name: str) -> dict[str, Any]:
    """An object that may be left out. Raises MalformedError."""
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise MalformedError(name)
    return value or {}


def limit_of(body: dict[str, Any], *names: str, least: int = 1) -> int:
    """Tokens of the answer, by the first name that is there. Raises MalformedError."""
    name, value = next(((name, body[name]) for name in names if body.get(name) is not None), ("", DEFAULT_LIMIT))
    if not isinstance(value, int) or value < least:
        raise MalformedError(name)
    return value


def texts(messages: list[dict[str, Any]], roles: tuple[str, ...]) -> str:
    """What these roles say."""
    found: list[str] = []
    for message in messages:
        content = message.get("content") if message.get("role") in roles else None
        if isinstance(content, str):
            found.append(content)
        elif isinstance(content, list):
            found += [text for part in content if isinstance(part, dict) and isinstance(text := part.get("text"), str)]
    return "\n".join(found)


def last_words(messages: list[dict[str, Any]]) -> str:
    """What the user says in the last message; nothing where the last word is another's, such as a tool's."""
    return texts(messages[-1:], ("user",))


def size(things: list[dict[str, Any]]) -> int:
    """Characters of what is no plain text: tools, calls and their results."""
    return sum(len(orjson.dumps(one)) for one in things)
