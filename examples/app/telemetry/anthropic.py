"""Observe an Anthropic client, sync or async: messages, streaming and the `stream` helper included.

>>> client = observed(Anthropic(open_telemetry=False), telemetry, endpoint="chat")
"""

from collections.abc import Callable
from typing import Any, TypeVar

from .openai import asked_last, dicts, observe, text_of
from .readers import Messages
from .telemetry import Telemetry
from .watched import Watched, WatchedAsync
from .wrapping import Opening, Watch, Words, asynchronous, is_asynchronous, sync

Client = TypeVar("Client")


def observed(client: Client, telemetry: Telemetry, *, endpoint: str, **known: Any) -> Client:
    """A copy of the client whose calls are observed; `known` are further fields of every Call.

    `with_raw_response` is observed where it does not stream; `with_streaming_response` is not, since its body is the caller's to read. Make the client with `open_telemetry=False`: its own spans would be the same ones again.
    """
    # Of two classes, which are not imported here.
    given: Any = client
    copied: Any = given.with_options()
    again: Any = copied.with_options
    late = is_asynchronous(client)
    watch = Watch(telemetry, {"endpoint": endpoint, "provider": "anthropic", **known}, _asked, Messages, lambda _words: _nothing)  # fmt: skip
    around = asynchronous if late else sync
    observe(copied, ("messages", "beta.messages"), lambda method: around(method, watch))
    both: tuple[Any, ...] = (copied.messages, getattr(getattr(copied, "beta", None), "messages", None))
    for messages in both:
        if hasattr(messages, "stream"):
            messages.stream = _streaming(messages.stream, watch, _AsyncManager if late else _Manager)

    def with_options(**words: Any) -> Any:
        return observed(again(**words), telemetry, endpoint=endpoint, **known)

    copied.with_options = copied.copy = with_options
    observed_client: Client = copied
    return observed_client


class _Manager:
    """What `stream` gives: the events come through the SDK's own helper, which reads a raw stream that is watched."""

    def __init__(self, manager: Any, words: Words, watch: Watch) -> None:
        self._manager, self._words, self._watch = manager, words, watch

    def __enter__(self) -> Any:
        observation = self._watch.begin(self._words)
        with Opening(observation):
            stream = self._manager.__enter__()
            stream._raw_stream = self._raw = Watched(stream._raw_stream, observation, self._watch.reader(), _nothing)  # noqa: SLF001
        return stream

    def __exit__(self, *told: object) -> None:
        self._manager.__exit__(*told)
        self._raw.close()


class _AsyncManager(_Manager):
    async def __aenter__(self) -> Any:
        observation = self._watch.begin(self._words)
        with Opening(observation):
            stream = await self._manager.__aenter__()
            stream._raw_stream = self._late = WatchedAsync(  # noqa: SLF001
                stream._raw_stream, observation, self._watch.reader(), _nothing  # noqa: SLF001
            )  # fmt: skip
        return stream

    async def __aexit__(self, *told: object) -> None:
        await self._manager.__aexit__(*told)
        await self._late.close()


def _streaming(original: Callable[..., Any], watch: Watch, manager: type[_Manager]) -> Callable[..., Any]:
    def observed_stream(**words: Any) -> _Manager:
        return manager(original(**words), words, watch)

    return observed_stream


def _nothing(_event: Any) -> bool:
    return False


def _asked(words: Words) -> dict[str, Any]:
    question, continues = asked_last(dicts(words.get("messages")))
    temperature = words.get("temperature")
    metadata: Any = words.get("metadata") or {}
    user = metadata.get("user_id")
    return {
        "question": question,
        "continues": continues,
        "system": text_of(words.get("system")),
        "temperature": temperature if isinstance(temperature, int | float) else None,
        "user_id": user if isinstance(user, str) else None,
    }
