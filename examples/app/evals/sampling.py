"""Which answers are judged: decided by a hash of the call's id, so that everybody who asks again gets the same answer."""

import math
import time
from collections import deque
from collections.abc import Callable
from hashlib import sha256
from itertools import count
from typing import NamedTuple

from app.evals.settings import REFUSAL, SAMPLE, Settings
from app.telemetry import Call

_HOUR, _DAY = 3600.0, 24


class Chosen(NamedTuple):
    """With which probability an answer was chosen, fixed before it was, and why."""

    probability: float
    reason: str


def draw(name: str) -> float:
    """A number from 0 to 1 that an id always gets: the first 8 bytes of its SHA-256, big-endian, divided by 2 ** 64.

    There is no salt, so anyone can work out again who was chosen, in any language; who is chosen at 1 % is also chosen at 5 %.

    >>> round(draw("0123456789abcdef0123456789abcdef"), 4)
    0.2449
    """
    return int.from_bytes(sha256(name.encode("utf-8", "surrogatepass")).digest()[:8]) * 2.0**-64


class Sampler:
    """Chooses a call where `draw(call_id) < probability`, or `draw(conversation_id)` where conversations are judged as a whole.

    The probability is the larger of two. The one is the share of the call's endpoint or model, whichever is larger, or else `sample`.
    The other lifts rare models to `floor_per_day`: the first floor / 24 calls of a model in an hour are certain, and each later one has floor /
    (calls of that model in this hour and the 23 before). It looks at nothing but earlier calls, so a weight of 1 / probability stays right
    (Horvitz and Thompson, 1952). A refusal is certain where the settings say so. Where a share is 0, nothing is ever chosen.

    The floor is each process's own. `now` is in seconds since the epoch; `label` bounds how many models are told apart.
    No lock, so that a process that is forked off never waits for one: two threads at once may both be the first of an hour, which is as right.
    """

    def __init__(
        self, settings: Settings, now: Callable[[], float] = time.time, label: Callable[[str], str] = str
    ) -> None:
        self._sample, self._endpoints, self._models = settings.sample, settings.endpoints, settings.models
        self._by_conversation = settings.by == "conversation"
        self._refusals = REFUSAL in settings.always
        self._floor, self._certain = settings.floor_per_day, math.ceil(settings.floor_per_day / _DAY)
        self._now, self._label = now, label
        self._seen: dict[str, _Seen] = {}

    def share(self, endpoint: str, model: str) -> float:
        """What the settings say of such calls, the floor left out."""
        one, other = self._endpoints.get(endpoint), self._models.get(model)
        if one is None:
            return self._sample if other is None else other
        return one if other is None else max(one, other)

    def choose(self, call: Call) -> Chosen | None:
        """Whether this call is to be judged; a call that is asked about twice counts twice for the floor."""
        probability = self.share(call.endpoint, call.model)
        if probability <= 0.0:
            return None
        if self._floor:
            probability = max(probability, self._lifted(call.model))
        if self._refusals and call.status == REFUSAL:
            return Chosen(1.0, REFUSAL)
        if probability >= 1.0 or draw(self._name(call)) < probability:
            return Chosen(min(1.0, probability), SAMPLE)
        return None

    def chosen_by_share(self, call: Call) -> bool:
        """Whether its share alone was enough: the same in any process and at any time."""
        refused = self._refusals and call.status == REFUSAL
        share = self.share(call.endpoint, call.model)
        return share > 0.0 and (refused or draw(self._name(call)) < share)

    def cluster(self, call: Call) -> str | None:
        """A name for what is chosen together: 48 bits of the SHA-256 of the conversation's id; None where each call is chosen by itself."""
        if not self._by_conversation or not call.conversation_id:
            return None
        # Another text than the one that is drawn by, so that the name tells nothing of the draw.
        return sha256(f"cluster/{call.conversation_id}".encode("utf-8", "surrogatepass")).hexdigest()[:12]

    def _name(self, call: Call) -> str:
        return (call.conversation_id if self._by_conversation else None) or call.call_id

    def _lifted(self, model: str) -> float:
        label, hour = self._label(model), int(self._now() // _HOUR)
        seen = self._seen.get(label)
        # A clock that is set back does not begin an hour again.
        if seen is None or seen.hour < hour:
            seen = self._seen[label] = _Seen(hour, seen)
        number = next(seen.numbers)
        seen.this = number + 1
        return 1.0 if number < self._certain else self._floor / max(1, seen.before + number)


class _Seen:
    """How many calls of a model there were this hour, and in the 23 before it."""

    __slots__ = ("before", "hour", "hours", "numbers", "this")

    def __init__(self, hour: int, last: "_Seen | None") -> None:
        self.hour, self.this, self.numbers = hour, 0, count()
        self.hours: deque[tuple[int, int]] = deque() if last is None else last.hours.copy()
        if last is not None:
            self.hours.append((last.hour, last.this))
        while self.hours and self.hours[0][0] <= hour - _DAY:
            self.hours.popleft()
        self.before = sum(calls for _hour, calls in self.hours)
