"""Observe an OpenAI client, sync or async: chat completions and responses, streaming included.

>>> client = observed(OpenAI(), telemetry, endpoint="chat")
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from .readers import ChatCompletions, Responses
from .telemetry import Telemetry
from .watched import Hidden
from .wrapping import Watch, Words, asynchronous, is_asynchronous, sync

Client = TypeVar("Client")


def observed(client: Client, telemetry: Telemetry, *, endpoint: str, **known: Any) -> Client:
    """A copy of the client whose calls are observed; `known` are further fields of every Call.

    `with_raw_response` is observed where it does not stream; `with_streaming_response` is not, since its body is the caller's to read. Use `about` to say what differs from call to call, such as the user.
    """
    # Of two classes, which are not imported here.
    given: Any = client
    copied: Any = given.with_options()
    around = asynchronous if is_asynchronous(client) else sync
    fields = {"endpoint": endpoint, "provider": "openai", **known}
    again: Any = copied.with_options
    chat = Watch(telemetry, fields, _messages, ChatCompletions, _with_usage)
    response = Watch(telemetry, fields, _input, Responses, lambda _words: _nothing)
    observe(copied, ("chat.completions", "beta.chat.completions"), lambda method: around(method, chat))
    observe(copied, ("responses",), lambda method: around(method, response))

    def with_options(**words: Any) -> Any:
        return observed(again(**words), telemetry, endpoint=endpoint, **known)

    copied.with_options = copied.copy = with_options
    observed_client: Client = copied
    return observed_client


def _with_usage(words: dict[str, Any]) -> Hidden:
    """A stream tells its tokens only when it is asked to; the piece that tells them is not for who did not ask."""
    if not words.get("stream"):
        return _nothing
    options: dict[str, Any] = words.get("stream_options") or {}
    if options.get("include_usage"):
        return _nothing
    words["stream_options"] = {**options, "include_usage": True}
    return lambda event: not event.choices and event.usage is not None


def _nothing(_event: Any) -> bool:
    return False


def _messages(words: Words) -> dict[str, Any]:
    return _asked(dicts(words.get("messages")), words)


def _input(words: Words) -> dict[str, Any]:
    given = words.get("input")
    if isinstance(given, str):
        return {**_asked([], words), "question": given, "system": str(words.get("instructions") or "")}
    found = _asked(dicts(given), words)
    if words.get("instructions"):
        found["system"] = str(words["instructions"])
    return found


def _asked(messages: Iterable[Mapping[str, Any]], words: Words) -> dict[str, Any]:
    listed = list(messages)
    question, continues = asked_last(listed)
    system = "\n".join(text_of(one.get("content")) for one in listed if one.get("role") in {"system", "developer"})
    temperature = words.get("temperature")
    user = words.get("safety_identifier") or words.get("user")
    return {
        "question": question,
        "continues": continues,
        "system": system,
        "temperature": temperature if isinstance(temperature, int | float) else None,
        "user_id": user if isinstance(user, str) else None,
    }


def dicts(given: Any) -> list[Mapping[str, Any]]:
    """Of a list, what is written as Python's own dictionaries; none where it is no list."""
    listed: list[Any] = list(given) if isinstance(given, list | tuple) else []  # pyright: ignore[reportUnknownArgumentType]
    return [one for one in listed if isinstance(one, Mapping)]


def observe(client: Any, resources: Iterable[str], around: Callable[[Any], Any]) -> None:
    """Put `around` the `create` and `parse` of a client's resources; a version of the SDK that lacks one goes without."""
    for path in resources:
        resource = client
        for name in path.split("."):
            resource = getattr(resource, name, None)
        for method in ("create", "parse"):
            if hasattr(resource, method):
                setattr(resource, method, around(getattr(resource, method)))


def asked_last(messages: list[Mapping[str, Any]]) -> tuple[str, bool]:
    """The last thing that the user said, and whether this goes on with it: what came since is a tool's, and no person's."""
    said = ((place, text_of(one.get("content"))) for place, one in enumerate(messages) if one.get("role") == "user")
    place, question = next(((place, text) for place, text in reversed(list(said)) if text), (-1, ""))
    later = messages[place + 1 :]
    # An answer that the caller has begun is no tool's (Anthropic's prefill).
    return question, bool(later) and later[-1].get("role") != "assistant"


def text_of(content: Any) -> str:
    """The text of a message's content: itself, or its parts of text."""
    if isinstance(content, str):
        return content
    return "\n".join([str(part["text"]) for part in dicts(content) if "text" in part])
