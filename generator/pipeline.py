"""From model to artifacts: every builder, in two groups that can run side by side.

Builders are pure functions of a picklable model, so the group whose imports are slow (grafanalib, Jinja) runs in a forked
process that imports while this one still reads the spec. Measured in benchmarks/render.py.
"""

import importlib
import os
import pickle
import sys
from collections.abc import Iterable
from itertools import pairwise
from types import TracebackType
from typing import TYPE_CHECKING, Self

from generator.artifact import Artifact
from generator.model import Model

if TYPE_CHECKING:
    from io import BufferedReader

OWN = (
    "generator.spec.json_schema",
    "generator.rules.recording",
    "generator.rules.alerts",
    "generator.proofs.promtool",
    "generator.configs.app_contract",
)
SIDE = (
    "generator.dashboards.golden",
    "generator.dashboards.quality",
    "generator.dashboards.call",
    "generator.page.build",
    "generator.configs.prometheus",
    "generator.configs.alertmanager",
    "generator.configs.grafana",
    "generator.configs.tempo",
    "generator.configs.jaeger",
    "generator.configs.loki",
    "generator.configs.collector",
    "generator.configs.compose",
    "generator.configs.readme",
)


def artifacts(model: Model) -> list[Artifact]:
    """Every rendered file, sorted by path; raises ValueError when two builders claim one path."""
    return _merged(_build(OWN, model), _build(SIDE, model))


class Workshop:
    """Builds with a second process that warms up while the spec is read: `with Workshop() as shop: shop.artifacts(model)`.

    Falls back to one process where fork is not to be had. Only for a process without threads.
    """

    def __enter__(self) -> Self:
        self._child = 0
        if not hasattr(os, "fork") or (os.cpu_count() or 1) < 2:
            return self
        order_read, order_write = os.pipe()
        result_read, result_write = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            os.close(order_write)
            os.close(result_read)
            _serve(order_read, result_write)
        os.close(order_read)
        os.close(result_write)
        self._orders = os.fdopen(order_write, "wb")
        self._results: BufferedReader = os.fdopen(result_read, "rb")
        return self

    def artifacts(self, model: Model) -> list[Artifact]:
        """Every rendered file, sorted by path; raises what a builder raised."""
        if not self._child:
            return artifacts(model)
        pickle.dump(model, self._orders)
        self._orders.close()
        own = _build(OWN, model)
        outcome = pickle.load(self._results)  # noqa: S301  # written by our own child, over a pipe that nobody else holds
        if isinstance(outcome, BaseException):
            raise outcome
        return _merged(own, outcome)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._child:
            self._orders.close()
            self._results.close()
            os.waitpid(self._child, 0)


def _serve(orders: int, results: int) -> None:
    """The child's whole life: import, wait for a model, build, answer. Never returns into the parent's code."""
    try:
        outcome = _answer(orders)
    except BaseException as error:  # noqa: BLE001  # handed to the parent, which raises it
        outcome = _portable(error)
    try:
        with os.fdopen(results, "wb") as outbox:
            pickle.dump(outcome, outbox)
    finally:
        sys.stdout.flush()
        os._exit(0)


def _answer(orders: int) -> "list[Artifact] | BaseException":
    for name in SIDE:
        importlib.import_module(name)
    with os.fdopen(orders, "rb") as inbox:
        message = inbox.read()
    if not message:
        return []  # the parent found the spec wrong, and reads no answer
    model: Model = pickle.loads(message)  # noqa: S301  # our parent wrote it
    return _build(SIDE, model)


def _portable(error: BaseException) -> BaseException:
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301  # a round trip of our own object
    except Exception:  # noqa: BLE001  # whatever cannot be pickled is told by its text
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _build(names: Iterable[str], model: Model) -> list[Artifact]:
    built: list[Artifact] = []
    for name in names:
        built += importlib.import_module(name).build(model)
    return built


def _merged(*groups: list[Artifact]) -> list[Artifact]:
    merged = sorted(artifact for group in groups for artifact in group)
    for first, second in pairwise(merged):
        if first.path == second.path:
            raise ValueError(f"two builders claim {first.path}")
    return merged
