"""What people did with an answer: told by them, or seen in what they did next."""

import copy
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from .call import OK, Call

RETRY_WITHIN, ABANDONED_AFTER = 120.0, 600.0
"""Seconds: a similar question sooner is a retry; no further turn for longer, after a bad answer, is an abandoned conversation."""
SIMILAR = 0.6
"""Share of words that two questions have in common (Jaccard index)."""
_MOST = 5_000

Tell = Callable[[Call, Mapping[str, Any]], None]


class Outcomes:
    """Remembers the last calls; `tell(call, outcome)` is called once for each outcome: thumbs, retry or abandoned."""

    def __init__(self, tell: Tell, now: Callable[[], float] = time.monotonic) -> None:
        self._tell, self._now = tell, now
        self._calls: OrderedDict[str, Call] = OrderedDict()
        self._asked: OrderedDict[str, tuple[float, frozenset[str], str]] = OrderedDict()
        self._bad: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def began(self, call: Call) -> None:
        """A question: maybe the one before it again, and in any case a further turn."""
        if call.conversation_id:
            self._bad.pop(call.conversation_id, None)
        if not call.user_id:
            return
        now, words = self._now(), frozenset(call.question.lower().split())
        before = self._asked.pop(call.user_id, None)
        _keep(self._asked, call.user_id, (now, words, call.call_id))
        if before is not None and now - before[0] <= RETRY_WITHIN and _alike(before[1], words):
            self.told(before[2], {"retry": True})

    def ended(self, call: Call) -> None:
        """An answer, or none."""
        light = copy.copy(call)
        # Texts are worked out already, and would be most of the memory.
        light.question = light.system = ""
        light.answer = None
        light.noted = {"input": {**call.noted.get("input", {}), "question": None}}
        _keep(self._calls, call.call_id, light)
        if call.status != OK:
            self._went_badly(light)

    def known(self, call_id: str) -> Call:
        """The call; of one that is not remembered only the id is known."""
        return self._calls.get(call_id) or Call(endpoint="", model="", call_id=call_id, status=OK)

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


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    both = one | other
    return bool(both) and len(one & other) / len(both) >= SIMILAR
