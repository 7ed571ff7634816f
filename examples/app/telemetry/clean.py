"""What a span is told, without what should not leave the process: in lists and mappings, in keys, in what is passed on from upstream."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, cast

from opentelemetry.trace import TraceState

from .plain import told

_HEX = re.compile(r"(?=.*[a-f])(?:[0-9a-f]{16}|[0-9a-f]{32})").fullmatch
_ID = re.compile(r"(?:chatcmpl-|resp_|msg_)(?!.*[0-9]{7})[0-9A-Za-z]{12,64}").fullmatch
"""What providers call their answers: no address and no number fits in."""
_DEEPEST = 8
_LONGEST = 200
"""Characters of a word; what is longer is no name, and is not remembered."""


class Clean:
    """Cleans by `redact`; never raises, whatever it is given.

    >>> Clean(telemetry.clean).value(["ada@example.org", 17])
    ['[redacted:email]', 17]
    """

    def __init__(self, redact: Callable[[str], str]) -> None:
        self._redact = redact
        # An application has few names, and uses them in each call.
        self._words = lru_cache(1024)(self._word)
        self._states = lru_cache(256)(self._state)

    def text(self, value: object) -> str:
        """As text."""
        return self._redact(value if isinstance(value, str) else told(value))

    def word(self, value: object) -> str:
        """A text that is one of few: a name, a model, a reason."""
        return self._words(value)[0] if isinstance(value, str) and len(value) <= _LONGEST else self.text(value)

    def answer_id(self, value: object) -> str:
        """What a provider calls an answer: each is another one, so that nothing can be remembered of them."""
        return value if isinstance(value, str) and _ID(value) else self.text(value)

    def pair(self, key: object, value: Any) -> tuple[str, Any]:
        """An attribute; a text whose key says that it is a secret is one, whatever it looks like."""
        if not isinstance(key, str) or len(key) > _LONGEST:
            return self.text(key), self.value(value)
        name, telling = self._words(key)
        return name, self._after(name, value) if telling and isinstance(value, str) else self.value(value)

    def pairs(self, attributes: Mapping[Any, Any] | None) -> dict[str, Any]:
        """Attributes; none for what are no attributes."""
        try:
            return dict([self.pair(key, value) for key, value in attributes.items()]) if attributes else {}
        except Exception:  # noqa: BLE001  # somebody's own mapping
            return {}

    def value(self, value: Any) -> Any:
        """An attribute's value: numbers as they are, lists cleaned one by one, mappings as JSON, everything else as text."""
        if isinstance(value, str):
            # An id may look like a number that should not be told.
            return value if _HEX(value) else self._redact(value)
        if value is None or isinstance(value, int | float):
            return value
        try:
            found = self._within(value, 0)
            # Once more as a whole: what a name says of the value beside it.
            return (
                self._redact(json.dumps(found, ensure_ascii=False, default=told)) if isinstance(found, dict) else found
            )
        except Exception:  # noqa: BLE001  # somebody's own list
            return self.text(value)

    def state(self, state: TraceState) -> TraceState:
        """What vendors add to a trace, without the members in which something is found."""
        return self._states(state.to_header()) if state else state

    def _word(self, word: str) -> tuple[str, bool]:
        return self._redact(word), self._redact(f'{word}: "{_SECRET}"') != f'{word}: "{_SECRET}"'

    def _after(self, name: str, value: str) -> str:
        before = f'{name}: "'
        found = self._redact(f'{before}{value}"')
        return found[len(before) : -1] if found.startswith(before) and found.endswith('"') else self._redact(value)

    def _within(self, value: Any, deep: int) -> Any:
        if isinstance(value, str | int | float) or value is None:
            return self.value(value)
        if isinstance(value, bytes | bytearray):
            return self._redact(value.decode("utf-8", "replace"))
        if deep < _DEEPEST:
            if isinstance(value, Mapping):
                return self._mapping(value, deep + 1)  # pyright: ignore[reportUnknownArgumentType]  # of whatever it is
            if isinstance(value, list | tuple | set | frozenset):
                return [self._within(one, deep + 1) for one in cast("Iterable[Any]", value)]
        return self.text(value)

    def _mapping(self, value: Mapping[Any, Any], deep: int) -> dict[str, Any]:
        return {self.text(key): self._within(one, deep) for key, one in value.items()}

    def _state(self, header: str) -> TraceState:
        kept = TraceState.from_header([header]).items()
        return TraceState([(key, value) for key, value in kept if self._redact(f"{key}={value}") == f"{key}={value}"])


_SECRET = "x7-9zQ4k-Lm2pR8"  # noqa: S105  # nobody's
