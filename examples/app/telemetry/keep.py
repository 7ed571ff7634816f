"""Where lines and texts of calls go, behind the requests: the journal, the store of full texts, what people did with the answer."""

import re
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from .behind import ODD, Behind, Dropped
from .blobs import Blobs, reference
from .call import Call
from .journal import Journal
from .logs import Log, Texts
from .metrics import Metrics
from .outcome import Outcomes
from .plain import told

_HOUR = 3600.0
_LONGEST = 200
_ID = re.compile(rf"[0-9A-Za-z_-]{{1,{_LONGEST}}}").fullmatch
"""What may be part of a file's name; an id that somebody sends may be anything."""
_OWN = re.compile(r"[0-9a-f]{32}").fullmatch
_MINUTE = 60.0


class Keep:
    """Takes calls as they begin and end, and works on them in a thread of its own; full texts have another."""

    def __init__(self, dropped: Dropped, journal: Journal, log: Log, blobs: Blobs | None, metrics: Metrics) -> None:
        self._dropped, self._journal, self._log = dropped, journal, log
        self._blobs, self._metrics = blobs, metrics
        self._lines: list[bytes] = []
        self._system = ""
        self._behind = Behind(dropped, self._write)
        # A remote store may take half a minute for a text; lines do not wait for it.
        self._storing = Behind(dropped)
        self._outcomes = Outcomes(self._outcome)
        self.outcome_listeners: tuple[Callable[[Call, Mapping[str, Any]], None], ...] = ()
        self._behind.every(30.0, self._outcomes.sweep)

    def id_of(self, call_id: str) -> str:
        """The id itself, as long as it is one; whatever else somebody takes for an id is redacted like any text."""
        said = told(call_id)
        return said if _OWN(said) else self._log.clean(said)[:_LONGEST]

    def began(self, call: Call) -> None:
        """A call begins."""
        call.blob = None
        if self._blobs is not None:
            if _ID(call.call_id):
                call.blob = reference(call.call_id)
            else:
                self._dropped("blob", 1, ODD)
        self._behind.put(self._request, (call, time.time_ns()), "log", self._size(call))

    def ended(self, call: Call) -> None:
        """It has ended."""
        self._behind.put(self._response, (call, time.time_ns()), "log", self._size(call))

    def _size(self, call: Call) -> int:
        """Characters that wait with it, both as it begins and as it ends: either may wait alone."""
        size = len(call.question) + len(call.answer or "") + sum(map(len, call.passages))
        # The same system message, call after call, is in memory once.
        if call.system is not self._system:
            self._system = call.system
            size += len(call.system)
        return size

    def told(self, call_id: str, outcome: Mapping[str, Any]) -> None:
        """Somebody said what they think of an answer."""
        self._behind.put(self._told, (call_id, outcome), "log", 0)

    def judged(self, call_id: str, verdict: dict[str, Any], weight: float) -> None:
        """A judge said what an answer was worth, which stands for so many."""
        self._behind.put(self._verdict, (call_id, verdict, weight), "log", 0)

    def texts(self, call_id: str, then: Callable[[dict[str, Any] | None], None]) -> None:
        """Read the texts of a call, after all that is to be stored before, and give them to `then`; None where there are none."""
        if self._blobs is None or not _ID(call_id):
            then(None)
            return
        self._storing.put(partial(_fetched, self._blobs), (call_id, then), "blob", 0)

    def redacted(self, call: Call) -> Texts:
        """What was said in a call."""
        return self._log.texts(call)

    def error(self, call: Call) -> str:
        """What went wrong in a call, redacted."""
        return self._log.error(call) or ""

    def retain(self, seconds: float | None) -> None:
        """Remove full texts that are older, a minute after the start and then once an hour."""
        if self._blobs is not None and seconds:
            self._storing.every(_HOUR, partial(_sweep, self._blobs, seconds), first=_MINUTE, part="blob")

    def flush(self, seconds: float) -> None:
        """Return once all that waits now is written, or after so many seconds."""
        self._behind.flush(seconds)
        self._storing.flush(seconds)

    def close(self, deadline: float) -> None:
        """Write what waits, as far as there is time until `deadline` (of `time.monotonic`)."""
        self._behind.close(deadline)
        self._storing.close(deadline)

    def restart(self) -> None:
        """In a process that was forked off."""
        self._behind.start()
        self._storing.start()

    def _request(self, one: tuple[Call, int]) -> None:
        call, at = one
        self._lines.append(self._log.request(call, at))
        self._outcomes.began(call)

    def _response(self, one: tuple[Call, int]) -> None:
        call, at = one
        self._lines.append(self._log.response(call, at))
        if self._blobs is not None and call.blob:
            asked, answer, passages = self._log.texts(call)
            system = self._log.clean(call.system)
            texts = {
                "call_id": call.call_id,
                "question": asked,
                "system": system,
                "passages": passages,
                "answer": answer,
                "call": self._log.about(call, at),
            }
            store = partial(self._store, self._blobs)
            size = len(asked) + len(answer) + len(system) + sum(map(len, passages))
            self._storing.put(store, (call.blob, texts), "blob", size)
        self._outcomes.ended(call)
        if call.abandoned:
            # Counted when it happened, with the call.
            self._tell(call, {"abandoned": True})

    def _store(self, blobs: Blobs, one: tuple[str, dict[str, Any]]) -> None:
        try:
            blobs.put(*one)
        except Exception:  # noqa: BLE001  # whatever a remote store raises, the call's other lines are not to blame
            self._dropped("blob")

    def _told(self, one: tuple[str, Mapping[str, Any]]) -> None:
        call_id, outcome = one
        thumbs = outcome["thumbs"]
        if thumbs not in (None, "up", "down"):
            self._dropped("metric", 1, ODD)
            thumbs = None
        done = {
            "thumbs": thumbs,
            "retry": True if outcome["retry"] else None,
            "abandoned": True if outcome["abandoned"] else None,
        }
        if any(done.values()):
            self._outcomes.told(self.id_of(call_id), done)

    def _outcome(self, call: Call, outcome: Mapping[str, Any]) -> None:
        for name, value in outcome.items():
            if value and not self._metrics.outcome(
                call.model, call.endpoint, f"thumbs_{value}" if name == "thumbs" else name
            ):
                self._dropped("metric", 1, ODD)
        self._tell(call, outcome)

    def _tell(self, call: Call, outcome: Mapping[str, Any]) -> None:
        outcome = {"thumbs": None, "retry": None, "abandoned": None, **outcome}
        self._lines.append(self._log.outcome(call, time.time_ns(), **outcome))
        for listener in self.outcome_listeners:
            self._behind.do(partial(listener, call), outcome, "listener")

    def _verdict(self, one: tuple[str, dict[str, Any], float]) -> None:
        call_id, verdict, weight = one
        call = self._outcomes.known(self.id_of(call_id))
        verdict |= {name: self._log.clean(told(verdict[name])) for name in ("name", "score.label")}
        if not self._metrics.verdict(call.model, verdict["name"], verdict["score.label"], weight):
            self._dropped("metric", 1, ODD)
        self._lines.append(self._log.evaluation(call, time.time_ns(), verdict))

    def _write(self) -> None:
        """All lines so far in one write: each lets go of the interpreter lock, and two threads that pass it back and forth slow each other down."""
        lines, self._lines = self._lines, []
        if lines and (lost := self._journal.write(lines)):
            self._dropped("log", lost)


def _fetched(blobs: Blobs, one: tuple[str, Callable[[dict[str, Any] | None], None]]) -> None:
    call_id, then = one
    try:
        found = blobs.get(reference(call_id))
    except Exception:  # noqa: BLE001  # whatever a remote store raises: there are no texts
        found = None
    then(found)


def _sweep(blobs: Blobs, seconds: float) -> None:
    blobs.sweep(time.time() - seconds)
