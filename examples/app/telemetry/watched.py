"""A provider's stream, looked at as it passes: time to the first token, the text, the end, or that nobody waited for the end."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, Self

from .observation import Observation
from .readers import Reader

Hidden = Callable[[Any], bool]
"""Whether an event came only because the kit asked for it."""


class _Watched:
    def __init__(self, stream: Any, observation: Observation, reader: Reader, hidden: Hidden) -> None:
        self._stream, self._reader, self._hidden = stream, reader, hidden
        self._observation: Observation | None = observation

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _saw(self, event: Any) -> bool:
        """Whether whoever reads the stream shall see it."""
        try:
            if self._reader.event(event) and self._observation is not None:
                self._observation.call.first_token()
            return not self._hidden(event)
        except Exception:  # noqa: BLE001  # an event that is not understood is the reader's problem, not the caller's
            return True

    def _over(self, error: BaseException | None = None) -> None:
        """Once: it ended, broke, or was left."""
        observation: Observation | None = self.__dict__.get("_observation")
        self._observation = None
        if observation is None:
            return
        with contextlib.suppress(Exception):
            if error is None and not observation.call.abandoned:
                self._reader.ended(observation.call)
            else:
                self._reader.into(observation.call)
        observation.finish(error)

    def _left(self) -> None:
        observation = self.__dict__.get("_observation")
        if observation is not None and not self._reader.whole:
            observation.call.gone()
        self._over()

    def __del__(self) -> None:
        self._left()


class Watched(_Watched):
    """Of a synchronous client."""

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        while True:
            try:
                event = next(self._stream)
            except StopIteration:
                self._over()
                raise
            except BaseException as error:
                self._over(error)
                raise
            if self._saw(event):
                return event

    def __enter__(self) -> Self:
        self._stream.__enter__()
        return self

    def __exit__(self, *told: object) -> None:
        self._stream.__exit__(*told)
        self._left()

    def close(self) -> None:
        """Nobody waits for the rest."""
        self._stream.close()
        self._left()


class WatchedAsync(_Watched):
    """Of an asynchronous client."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        while True:
            try:
                event = await anext(self._stream)
            except StopAsyncIteration:
                self._over()
                raise
            except BaseException as error:
                self._over(error)
                raise
            if self._saw(event):
                return event

    async def __aenter__(self) -> Self:
        await self._stream.__aenter__()
        return self

    async def __aexit__(self, *told: object) -> None:
        await self._stream.__aexit__(*told)
        self._left()

    async def close(self) -> None:
        """Nobody waits for the rest."""
        await self._stream.close()
        self._left()

    aclose = close
