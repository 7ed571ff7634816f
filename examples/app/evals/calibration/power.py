"""Which drop of the pass rate the alert on it shows after which time, at a sampling share and a traffic."""

from dataclasses import dataclass

from app.evals.statistics import detection_power, sample_size

WINDOWS = (("1h", 1.0), ("6h", 6.0), ("1d", 24.0))
WEEK = 168.0
"""Hours of the week before."""
POWERS = (0.5, 0.8, 0.95)
_MOST_HOURS = 24.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Calls a day of one model, the share that is judged, and how unequal the weights are.

    `spread` is the mean square of the weights over the square of their mean: 1 where all calls have the same share. Verdicts are worth
    `spread` times fewer; L. Kish, Survey Sampling (1965).
    """

    calls: float
    sample: float
    spread: float = 1.0

    def worth(self, hours: float) -> float:
        """Effective verdicts in so many hours."""
        return self.calls * self.sample * hours / 24 / self.spread


def power_after(plan: Plan, before: float, now: float, hours: float) -> dict[str, float]:
    """By window: the probability that the alert sees the drop in it when it is so many hours old.

    Until a window is full of it, verdicts from before dilute the drop; those are taken at the rate before.
    """
    found = {}
    for name, length in WINDOWS:
        share = min(1.0, hours / length)
        found[name] = detection_power(before, before + (now - before) * share, plan.worth(length), plan.worth(WEEK))
    return found


def hours_until(plan: Plan, before: float, now: float, power: float) -> float | None:
    """How old the drop is, in hours, when one of the windows shows it with that probability; None where it takes more than a day."""
    if max(power_after(plan, before, now, _MOST_HOURS).values()) < power:
        return None
    low, high = 0.0, _MOST_HOURS
    while high - low > 0.05:
        middle = (low + high) / 2
        low, high = (low, middle) if max(power_after(plan, before, now, middle).values()) >= power else (middle, high)
    return high


def table(plan: Plan, before: float, now: float) -> str:
    """For people: this drop and others from the same rate."""
    drops = sorted(
        {now, *(before - points for points in (0.02, 0.05, 0.1, 0.2, 0.4) if before - points >= 0)}, reverse=True
    )
    per_day = plan.worth(24)
    lines = [
        f"{plan.calls:,.0f} calls a day, {plan.sample * 100:.3g} % of them judged"
        + (f", weights worth 1/{plan.spread:g}" if plan.spread != 1 else "")
        + f": {per_day:,.0f} effective verdicts a day, {plan.worth(1):,.1f} an hour",
        "",
        f"{'':20}" + "".join(f"{f'seen in {name}':>12}" for name, _ in WINDOWS)
        + "   " + "".join(f"{f'{power:.0%} after':>12}" for power in POWERS),
    ]  # fmt: skip
    for rate in drops:
        seen = power_after(plan, before, rate, _MOST_HOURS)
        after = [hours_until(plan, before, rate, power) for power in POWERS]
        mark = " <" if rate == now else ""
        lines.append(
            f"{f'{before:.1%} to {rate:.1%}':<20}" + "".join(f"{seen[name]:>12.0%}" for name, _ in WINDOWS)
            + "   " + "".join(f"{_hours(one):>12}" for one in after) + mark
        )  # fmt: skip
    need = sample_size(before, now, spread=plan.spread)
    lines += [
        "",
        "seen in: the probability that the alert LLMPassRateDropped fires on a window that is full of the drop (4.5 deviations, 2 points",
        "at least, 30 verdicts, 200 in the week before; its `for` comes on top). after: how old the drop is when it fires with that",
        "probability in any window.",
        f"To tell {before:.1%} from {now:.1%} once, by a 95 % interval and with 80 % power, two samples of {need:,} verdicts each are enough.",
    ]
    return "\n".join(lines) + "\n"


def _hours(hours: float | None) -> str:
    if hours is None:
        return "over 1 d"
    return f"{hours:.1f} h" if hours >= 1 else f"{hours * 60:.0f} min"
