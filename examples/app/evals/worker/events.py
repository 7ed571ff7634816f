"""Verdicts as lines of the log: written after the store has them, and at least once."""

import logging
import threading
from typing import Any

from app.evals.item import Item
from app.evals.store import Row, Store
from app.evals.verdict import Verdict
from app.evals.worker.said import told
from app.evals.worker.turn import Turn
from app.telemetry.call import NO_SPAN, NO_TRACE, OK, PENDING, Call
from app.telemetry.contract import Contract
from app.telemetry.journal import Journal
from app.telemetry.logs import Log

AT_ONCE = 500
_IDLE, _LONGEST = 0.5, 10.0
_said = logging.getLogger("llm.evals")


class Events:
    """Writes `gen_ai.evaluation.result` lines for verdicts that have none yet, in the fields of the kit's log.

    Of several workers one writes (see Turn). A kill between the line and the note that it is written repeats the line; `call_id` and the dimension tell that it is the same.
    """

    def __init__(self, store: Store, journal: Journal, log: Log, contract: Contract, turn: Turn) -> None:
        self._store, self._journal, self._log, self._turn = store, journal, log, turn
        self._statuses = {OK, *contract.data["metrics"]["errors"]["values"]["kind"]}
        self._warned = False

    def once(self) -> int:
        """One batch; how many were written. Raises what the store raises."""
        rows = self._store.unlogged(AT_ONCE)
        if not rows or not self._turn.mine():
            return 0
        lost = self._journal.write([self._line(row) for row in rows])
        written = rows[: len(rows) - lost]
        if lost and not self._warned:
            _said.warning("the log takes no lines; verdicts wait in the store until it does")
        self._warned = bool(lost)
        if written:
            self._store.logged([row.id for row in written])
        return len(written)

    def run(self, stop: threading.Event) -> None:
        """Write until told to stop, and then what is left."""
        pause = _IDLE
        while not stop.is_set():
            try:
                pause = 0.0 if self.once() == AT_ONCE else _IDLE
            except Exception as error:  # noqa: BLE001  # a driver's own, of whatever store it is; the shipper says that it is down
                _said.debug("no lines: %s", told(error))
                pause = min(_LONGEST, 2 * max(pause, _IDLE))
            stop.wait(pause)

    def _line(self, row: Row) -> bytes:
        verdict = row.verdict
        call = _call(row.item, self._statuses)
        return self._log.evaluation(call, int(verdict.at * 1e9), fields(verdict, self._log))


def fields(verdict: Verdict, log: Log) -> dict[str, Any]:
    """OpenTelemetry's `gen_ai.evaluation.*`, without the prefix. A judge may quote what it should not: the reason is redacted."""
    return {
        "name": verdict.dimension,
        "score.label": verdict.label,
        "score.value": verdict.score,
        "explanation": log.clean(verdict.reason),
    }


def _call(item: Item, statuses: set[str]) -> Call:
    """The judged call, as far as the item says what it was; what it cost and how long it took is on its own line."""
    return Call(
        endpoint=item.endpoint,
        model=item.model,
        provider=item.provider,
        question=item.question,
        answer=item.answer,
        call_id=item.call_id,
        trace_id=item.trace_id or NO_TRACE,
        span_id=item.span_id or NO_SPAN,
        status=item.status if item.status in statuses | {PENDING} else OK,
        conversation_id=item.conversation_id,
        prompt_version=item.prompt_version,
    )
