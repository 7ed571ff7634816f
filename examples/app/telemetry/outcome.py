"""What people did with an answer: told by them, or seen in what they did next."""

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any

from .call import OK, Call

RETRY_WITHIN, ABANDONED_AFTER = 120.0, 600.0
"""Seconds: a similar question sooner is a retry; no further turn for longer, after a bad answer, is an abandoned conversation."""
SIMILAR = 0.6
"""Share of words that two questions have in common (Jaccard index)."""
_MOST, _LONGEST = 5_000, 1_000
_REMEMBERED = (
    "endpoint", "model", "provider", "user_id", "conversation_id", "prompt_version", "temperature", "call_id", "trace_id", "span_id", "status",
    "tokens", "latency_ms", "first_token_ms", "cost_usd", "response_id", "response_model", "blob", "abandoned",
)  # fmt: skip
"""Of a call; its texts would be most of the memory."""
_remembered = attrgetter(*_REMEMBERED)

Tell = Callable[[Call, Mapping[str, Any]], None]


class Outcomes:
    """Remembers the last calls; `tell(call, outcome)` is called once for each outcome: thumbs, retry or abandoned."""

    def __init__(self, tell: Tell, now: Callable[[], float] = time.monotonic) -> None:
        self._tell, self._now = tell, now
        self._calls: OrderedDict[str, tuple[tuple[Any, ...], dict[str, Any]]] = OrderedDict()
        self._asked: OrderedDict[str, tuple[float, str, str]] = OrderedDict()
        self._bad: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def began(self, call: Call) -> None:
        """A question: maybe the one before it again, and in any case a further turn."""
        if call.conversation_id:
            self._bad.pop(call.conversation_id, None)
        if not call.user_id or call.continues:
            return
        now, question = self._now(), call.question[:_LONGEST]
        before = self._asked.pop(call.user_id, None)
        _keep(self._asked, call.user_id, (now, question, call.call_id))
        if before is not None and now - before[0] <= RETRY_WITHIN and _alike(before[1], question):
            self.told(before[2], {"retry": True})

    def ended(self, call: Call) -> None:
        """An answer, or none."""
        _keep(self._calls, call.call_id, (_remembered(call), {**call.noted.get("input", {}), "question": None}))
        if call.status != OK:
            self._went_badly(call)

    def known(self, call_id: str) -> Call:
        """The call; of one that is not remembered only the id is known."""
        values, asked = self._calls.get(call_id, ((), {}))
        if not values:
            return Call(endpoint="", model="", call_id=call_id, status=OK)
        return Call(**dict(zip(_REMEMBERED, values, strict=True)), noted={"input": asked})

    def told(self, call_id: str, outcome: Mapping[str, Any]) -> None:
        """Somebody's own word, or what follows from what was done."""
        call = self.known(call_id)
        if outcome.get("thumbs") == "down":
            self._went_badly(call)
        self._tell(call, outcome)

    def sweep(self) -> None:
        """Tell of conversations that ended with a bad answer."""
        now = self._now()
        while self._bad:
            conversation, (since, call_id) = next(iter(self._bad.items()))
            if now - since < ABANDONED_AFTER:
                return
            del self._bad[conversation]
            self.told(call_id, {"abandoned": True})

    def _went_badly(self, call: Call) -> None:
        if call.conversation_id and not call.abandoned:
            self._bad.pop(call.conversation_id, None)
            _keep(self._bad, call.conversation_id, (self._now(), call.call_id))


def _keep(there: "OrderedDict[str, Any]", key: str, value: Any) -> None:
    there[key] = value
    if len(there) > _MOST:
        there.popitem(last=False)


def _alike(one: str, other: str) -> bool:
    first, second = set(one.lower().split()), set(other.lower().split())
    both = first | second
    return bool(both) and len(first & second) / len(both) >= SIMILAR
