"""Put an observation around a client's methods: plain or streaming, synchronous or not."""

import inspect
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from opentelemetry import context as contexts

from .call import Call
from .observation import Observation
from .readers import Reader
from .spans import enter
from .telemetry import Telemetry
from .watched import Hidden, Watched, WatchedAsync

Words = Mapping[str, Any]
"""The arguments of a call to the SDK."""

_ASKED_RAW, _LATER = "x-stainless-raw-response", "stream"
"""The header by which both SDKs tell themselves, and its value where the body is still to be read: nobody but the caller may do that."""
_about: ContextVar[Mapping[str, Any]] = ContextVar("about", default={})  # noqa: B039  # never changed in place


@contextmanager
def about(**known: Any) -> Generator[None, None, None]:
    """Say of every call of an observed client in this block what only its place knows: user, conversation, endpoint.

    >>> with about(user_id="u-17", conversation_id="c-3"):
    ...     reply = client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "Hello"}])
    """
    token = _about.set({**_about.get(), **known})
    try:
        yield
    finally:
        _about.reset(token)


@dataclass(frozen=True)
class Watch:
    """How to look at one method of an SDK: what is asked, how the answer reads, what the kit adds to the arguments."""

    telemetry: Telemetry
    known: Mapping[str, Any]
    asked: Callable[[Words], dict[str, Any]]
    reader: Callable[[], Reader]
    adapt: Callable[[dict[str, Any]], Hidden]

    def begin(self, words: Words) -> Observation:
        """Of a call with these arguments; what is said where the call is made counts more than what was said of the client."""
        model = str(words.get("model", ""))
        provider = self.telemetry.contract.models.get(model, {}).get("provider")
        named = {"provider": provider} if provider else {}
        try:
            return self.telemetry.call(**({"model": model, **self.asked(words), **self.known, **_about.get()} | named))
        except Exception as error:  # noqa: BLE001  # arguments that are not understood are still the caller's to give
            self.telemetry.mistake("log", error)
            return self.telemetry.call(**({"model": model, **self.known} | named))


def sync(original: Callable[..., Any], watch: Watch) -> Callable[..., Any]:
    """The method, observed."""

    def observed(*values: Any, **words: Any) -> Any:
        raw = _raw(words)
        if raw == _LATER or (raw and words.get("stream")):
            return original(*values, **words)
        observation, reader, hidden = watch.begin(words), watch.reader(), watch.adapt(words)
        if not words.get("stream"):
            with observation as call:
                reply = original(*values, **words)
                _read(reader, reply.parse if raw else lambda: reply, call)
                return reply
        with Opening(observation):
            return Watched(original(*values, **words), observation, reader, hidden)

    return observed


def asynchronous(original: Callable[..., Any], watch: Watch) -> Callable[..., Any]:
    """The method, observed."""

    async def observed(*values: Any, **words: Any) -> Any:
        raw = _raw(words)
        if raw == _LATER or (raw and words.get("stream")):
            return await original(*values, **words)
        observation, reader, hidden = watch.begin(words), watch.reader(), watch.adapt(words)
        if not words.get("stream"):
            async with observation as call:
                reply = await original(*values, **words)
                answer = await _parsed(reply) if raw else reply
                _read(reader, lambda: answer, call)
                return reply
        with Opening(observation):
            return WatchedAsync(await original(*values, **words), observation, reader, hidden)

    return observed


def is_asynchronous(client: object) -> bool:
    """Both SDKs say so in the class's name."""
    return any(one.__name__.startswith("Async") for one in type(client).__mro__)


class Opening:
    """A stream is opened within its span; the span goes on when it is open, and ends here only where it cannot be."""

    def __init__(self, observation: Observation) -> None:
        self._observation = observation

    def __enter__(self) -> None:
        self._observation.start()
        span = self._observation.span
        self._token = enter(span) if span is not None else None

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if self._token is not None:
            contexts.detach(self._token)
        if error is not None:
            self._observation.finish(error)


def _raw(words: Words) -> str:
    """How an SDK was asked for the HTTP response itself (`with_raw_response`, `with_streaming_response`); empty where it was not."""
    headers: Any = words.get("extra_headers")
    if not isinstance(headers, Mapping):
        return ""
    told: Mapping[Any, Any] = headers  # pyright: ignore[reportUnknownVariableType]
    return next((str(value) for name, value in told.items() if str(name).lower() == _ASKED_RAW), "")


async def _parsed(reply: Any) -> Any:
    """Of a raw response, which one SDK parses at once and the other has to be waited for; None where it cannot be parsed."""
    try:
        answer = reply.parse()
        return await answer if inspect.isawaitable(answer) else answer
    except Exception:  # noqa: BLE001  # whoever asked for the response meets it, where they parse it
        return None


def _read(reader: Reader, reply: Callable[[], Any], call: Call) -> None:
    try:
        reader.reply(reply())
        reader.into(call)
    except Exception:  # noqa: BLE001  # an answer that is not understood is still an answer
        call.answered("", {})
