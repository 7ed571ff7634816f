"""Numbers as the store has them, at each scrape: no kill of a worker can lose or double one."""

import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.evals.settings import Settings
from app.evals.store import Depth, Spent, Store, Totals
from app.evals.worker.purse import day
from app.evals.worker.said import told
from app.evals.worker.who import noted
from app.telemetry.contract import Contract

_FRESH, _PATIENCE = 1.0, 2.0
"""Seconds: how old numbers may be, and how long a scrape waits for newer ones."""
_CALIBRATION = {
    "eval_labels": "labels", "eval_agreement": "agreement", "eval_kappa": "kappa", "eval_kappa_low": "kappa_low",
    "eval_calibrated": "calibrated",
}  # fmt: skip
_UNKNOWN_AT_FIRST = {"eval_agreement", "eval_kappa", "eval_kappa_low"}
"""No labels are no agreement of 0."""
_CONTROL = {"eval_control_size": "size", "eval_control_changed": "changed"}

_said = logging.getLogger("llm.evals")
Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the store said the last time."""

    totals: Totals
    depth: Depth
    spent: Spent
    calibration: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    control: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    rulers: Mapping[str, float] = field(default_factory=dict)
    """By dimension: when its judge or rubric last became another one."""
    simulated: bool = False
    """The judge is the simulator."""


class Metrics(Collector):
    """A Prometheus collector over the store; names, labels and values are the contract's.

    Until the store has answered once there are no samples: a counter that began at 0 and jumped to its real value would look like
    a burst. After that every foreseeable series is there, at 0 where nothing was counted. While the store is down the last numbers
    are told again.
    """

    def __init__(
        self, store: Store, settings: Settings, contract: Contract, worker: str,
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self._store, self._settings, self._contract, self._worker = store, settings, contract, worker
        self._clock, self._dimensions = clock, {one.name for one in settings.dimensions}
        self._specs = {**contract.data["metrics"], **contract.data["evals"].get("metrics", {})}
        self._numbers: Numbers | None = None
        self._at, self._reading, self._lock = float("-inf"), threading.Event(), threading.Lock()
        self._reading.set()

    def ready(self) -> bool:
        """The store has answered at least once; asks it where it has not."""
        return self._fresh() is not None

    def describe(self) -> Iterable[Metric]:
        """Nothing, which keeps the registry from asking the store as it registers this."""
        return []

    def collect(self) -> Iterable[Metric]:
        """All families; waits at most two seconds for the store, and raises nothing."""
        numbers = self._fresh()
        return [] if numbers is None else self._families(numbers)

    def _fresh(self) -> Numbers | None:
        with self._lock:
            if self._reading.is_set() and time.monotonic() - self._at >= _FRESH:
                self._reading.clear()
                threading.Thread(target=self._read, name="numbers", daemon=True).start()
        # One that was late is waited for by the next scrape, which does not start another.
        self._reading.wait(_PATIENCE)
        return self._numbers

    def _read(self) -> None:
        try:
            self._numbers = Numbers(
                self._store.totals(self._worker),
                self._store.depth(),
                self._store.spent(day(self._clock())),
                {name: found for name in self._dimensions if (found := self._state(f"calibration/{name}"))},
                {name: found for name in self._dimensions if (found := self._state(f"control/{name}"))},
                self._store.rulers_changed(),
                noted(self._store, self._settings).simulated,
            )
        except Exception as error:  # noqa: BLE001  # a driver's own; the last numbers stand, and the shipper says that it is down
            _said.debug("no numbers: %s", told(error))
        finally:
            self._at = time.monotonic()
            self._reading.set()

    def _state(self, key: str) -> Mapping[str, Any]:
        found: Any = self._store.state(key)
        return found if isinstance(found, Mapping) else {}

    def _families(self, numbers: Numbers) -> list[Metric]:
        results, totals = numbers.totals.results, numbers.totals
        told: dict[str, Mapping[Labels, float]] = {
            "eval_results": self._by_model({key: float(found[0]) for key, found in results.items()}),
            "eval_weight": self._by_model({key: found[1] for key, found in results.items()}),
            "eval_squared_weight": self._by_model({key: found[2] for key, found in results.items()}),
            "eval_changes": self._by_model({key: float(found) for key, found in totals.changes.items()}),
            "eval_dropped": {(reason,): float(found) for reason, found in totals.dropped.items()},
            "eval_judge_cost": {(): totals.judge_usd},
            "eval_queue_depth": {(): float(numbers.depth.waiting)},
            "eval_oldest": {(): numbers.depth.oldest_seconds},
            "eval_budget_left": {(): max(0.0, self._settings.judge.max_usd_per_day - numbers.spent.usd)},
            "eval_judge_simulated": {(): float(numbers.simulated)},
            **{role: _gauge(numbers.calibration, key) for role, key in _CALIBRATION.items()},
            **{role: _gauge(numbers.control, key) for role, key in _CONTROL.items()},
            "eval_ruler_changed": {(name,): at for name, at in numbers.rulers.items() if name in self._dimensions},
        }
        return [self._family(role, samples) for role, samples in told.items() if role in self._specs]

    def _by_model(self, samples: Mapping[tuple[str, ...], float]) -> dict[Labels, float]:
        """Models that the spec does not name are one."""
        found: dict[Labels, float] = {}
        for (model, *rest), value in samples.items():
            key = (self._contract.model_label(model), *rest)
            found[key] = found.get(key, 0.0) + value
        return found

    def _family(self, role: str, samples: Mapping[Labels, float]) -> Metric:
        spec = self._specs[role]
        foreseen = [] if role in _UNKNOWN_AT_FIRST else self._foreseen(spec)
        kind = CounterMetricFamily if spec["type"] == "counter" else GaugeMetricFamily
        family = kind(spec["name"], spec["help"], labels=spec["labels"])
        for values in [*foreseen, *(key for key in samples if key not in foreseen)]:
            if len(values) == len(spec["labels"]):
                family.add_metric(values, samples.get(values, 0.0))
        return family

    def _foreseen(self, spec: Mapping[str, Any]) -> list[Labels]:
        known = {
            "model": [*self._contract.models, self._contract.data["other"]],
            "dimension": [one.name for one in self._settings.dimensions],
            **spec.get("values", {}),
        }
        return list(itertools.product(*(known[label] for label in spec["labels"])))


def _gauge(states: Mapping[str, Mapping[str, Any]], key: str) -> dict[Labels, float]:
    return {(name,): float(found[key]) for name, found in states.items() if isinstance(found.get(key), int | float)}
