"""The settings that are replayed beside the spec's own: what `--set` changes, and what other thresholds would have given."""

from collections.abc import Sequence
from dataclasses import dataclass

from generator.backtest.chain import Chain, chains, rules_of
from generator.backtest.overrides import overridden
from generator.resolve import resolve
from generator.spec.load import LoadedSpec
from generator.spec.schema import Spec

SPEC = "spec"
CHANGED = "changed"


@dataclass(frozen=True)
class Variant:
    """One setting of the alerts: a key for machines, words for people, and the chains that it is replayed with."""

    key: str
    about: str
    chains: dict[str, Chain]


def variants(loaded: LoadedSpec, sets: Sequence[str], *, tickets: bool, what_if: bool) -> list[Variant]:
    """The spec first, then the spec with `sets`, then other thresholds; a variant has only the alerts that it changes.

    Raises ProblemsFound for a setting that the spec could not have either.
    """
    plain = _chains(loaded.spec, loaded.name, tickets=tickets)
    found = [Variant(SPEC, "as in the spec" if sets else "now", plain)]
    main, spec = plain, overridden(loaded, sets)
    if sets:
        main = _chains(spec, loaded.name, tickets=tickets)
        found.append(Variant(CHANGED, ", ".join(sets), main))
    if what_if:
        for setting in _others(spec):
            changed = _chains(overridden(loaded, [*sets, setting]), loaded.name, tickets=tickets)
            only = {alert: chain for alert, chain in changed.items() if chain != main.get(alert)}
            if only:
                found.append(Variant(setting, setting.removeprefix("alerts."), only))
    return found


def _chains(spec: Spec, name: str, *, tickets: bool) -> dict[str, Chain]:
    return chains(rules_of(resolve(spec, spec_name=name)), tickets=tickets)


def _others(spec: Spec) -> list[str]:
    """One threshold below and one above the present: half of what exceeds normal, and twice as much."""
    alerts = spec.alerts
    return [
        *(f"alerts.latency.factor={_factor(alerts.latency.factor, by)}" for by in (0.5, 2.0)),
        *(f"alerts.errors.above={min(0.9, alerts.errors.above * by) * 100:.3g}%" for by in (0.5, 2.5)),
        *(f"alerts.spend.factor={_factor(alerts.spend.factor, by)}" for by in (0.5, 2.0)),
    ]


def _factor(now: float, by: float) -> str:
    return f"{min(1000, 1 + (now - 1) * by):.4g}"
