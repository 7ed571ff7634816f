"""Hooks of the kit that leave chosen answers in the spool: microseconds for a call, and nothing that it could wait for."""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from app.evals.cut import cut, cut_all
from app.evals.item import Item
from app.evals.sampling import Chosen, Sampler
from app.evals.settings import REFUSAL, THUMBS_DOWN, Settings
from app.evals.spool import Spool
from app.telemetry import Call, Telemetry

_OK = "ok"
_REMEMBERED = 10_000
_said = logging.getLogger("llm.evals")


def watch(telemetry: Telemetry, folder: Path, now: Callable[[], float] = time.time) -> "Enqueue | None":
    """From now on leave what is to be judged in `folder`/spool; None where the contract says that nothing is, or no text may be kept.

    Raises ValueError for a contract of another version.

    >>> enqueue = watch(telemetry, Path(".data/evals"))
    """
    settings = Settings.of(telemetry.contract)
    if not settings.enabled:
        return None
    if not telemetry.contract.data["logs"]["capture_content"]:
        _said.warning("evals are on, but logs.capture_content is off: no text may be kept, so no answer will be judged")
        return None
    return Enqueue(telemetry, settings, Spool(folder / "spool"), now)


class Enqueue:
    """Listens to the kit.

    A call is judged if it has an answer that somebody waited for, or if it was refused; one that failed otherwise has nothing to judge.
    """

    def __init__(
        self, telemetry: Telemetry, settings: Settings, spool: Spool, now: Callable[[], float] = time.time
    ) -> None:
        contract = telemetry.contract
        self._telemetry, self._contract, self.spool, self._now = telemetry, contract, spool, now
        self.sampler = Sampler(settings, now, contract.model_label)
        self._clean = lru_cache(1024)(telemetry.clean)
        self._queued_ids: OrderedDict[str, None] = OrderedDict()
        telemetry.on_end(self.ended)
        if THUMBS_DOWN in settings.always:
            telemetry.on_outcome(self.told)

    def ended(self, call: Call) -> None:
        """A call has ended."""
        if not _judgeable(call):
            return
        chosen = self.sampler.choose(call)
        if chosen is not None:
            question, answer, passages = self._telemetry.redacted(call)
            self._append(call, chosen, question, answer, passages, self._now())

    def told(self, call: Call, outcome: Mapping[str, Any]) -> None:
        """Somebody did something with an answer. If they dislike it, its texts are read from where they are stored."""
        if outcome.get("thumbs") == "down" and call.call_id not in self._queued_ids:
            self._telemetry.texts(call.call_id, partial(self._late, call.call_id))

    def _late(self, call_id: str, texts: Mapping[str, Any] | None) -> None:
        # Stored with the texts: the call may be another process's, or too long ago to be remembered.
        about = dict((texts or {}).get("call") or {})
        if not texts or not about:
            _said.debug("no texts of %s are stored, so what is wrong with it will not be judged", call_id)
            return
        ended = float(about.pop("ended"))
        call = Call(call_id=call_id, answer=texts["answer"], **about)
        share = self.sampler.share(call.endpoint, call.model)
        if share > 0.0 and _judgeable(call) and not self.sampler.chosen_by_share(call):
            passages = tuple(texts.get("passages") or ())
            self._append(call, Chosen(1.0, THUMBS_DOWN), texts["question"], texts["answer"], passages, ended)

    def _append(
        self, call: Call, chosen: Chosen, question: str, answer: str, passages: tuple[str, ...], ended: float
    ) -> None:
        clean, contract = self._clean, self._contract
        item = Item(
            call_id=call.call_id,
            # Labels of metrics: how many there are is what the contract says.
            endpoint=contract.endpoint_label(call.endpoint),
            model=contract.model_label(call.model),
            provider=clean(call.provider),
            question=cut(question),
            answer=cut(answer),
            passages=cut_all(passages),
            status=call.status,
            probability=chosen.probability,
            reason=chosen.reason,
            ended=ended,
            trace_id=call.trace_id,
            span_id=call.span_id,
            prompt_version=clean(call.prompt_version) if call.prompt_version else None,
            response_model=clean(call.response_model) if call.response_model else None,
            conversation_id=self._telemetry.clean(call.conversation_id) if call.conversation_id else None,
            cluster=self.sampler.cluster(call),
        )
        if self.spool.append(item.dumped()):
            self._queued_ids[call.call_id] = None
            if len(self._queued_ids) > _REMEMBERED:
                self._queued_ids.popitem(last=False)


def _judgeable(call: Call) -> bool:
    return not call.abandoned and ((call.status == _OK and bool(call.answer)) or call.status == REFUSAL)
