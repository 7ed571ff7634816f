"""What the verdicts of a window say: a weighted pass rate, and how many verdicts it is worth.

An answer that was chosen with probability p stands for 1/p calls (D. G. Horvitz, D. J. Thompson, JASA 47 (1952)); unequal weights
make a sample worth fewer verdicts, (sum of w)^2 / sum of w^2 of them (L. Kish, "Survey Sampling", 1965). Where whole conversations are
drawn (`evals.by: conversation`), what is squared is the weight of a conversation: its answers are alike, and however many they are they
count as one verdict, which is the least that a cluster is worth (the same book, on design effects).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from generator import conventions as c
from generator import eval_names as e
from generator.promql import equals, none_of, selector
from generator.rules import ruler
from generator.rules.canonical import SLOW
from generator.rules.group import Recording

_HOUR = 3600


@dataclass(frozen=True)
class Look:
    """A window of `length` seconds as it is read: a rate over an hour every `step` over `span`, so that the first begins where the window does.

    `one_ruler`: verdicts by an earlier judge or rubric are left out. Where hours overlap, the first and the last count for less, which makes the sample worth a little more than is said here.
    """

    window: str
    length: int
    span: str
    step: str
    seconds: int
    one_ruler: bool = False


DAY = Look("1d", 24 * _HOUR, "23h", "1h", _HOUR)
LOOKS = (Look("1h", _HOUR, "", "", _HOUR), Look("6h", 6 * _HOUR, "5h", "15m", 900), DAY)
"""A collapse shows within an hour; a drop of two points needs a day."""
WEEK = Look(e.WEEK_BEFORE, 7 * 24 * _HOUR, "167h", "1h", _HOUR, one_ruler=True)


def recordings(service: str, looks: Iterable[Look]) -> list[Recording]:
    """Pass rate and effective verdicts of each window."""
    job = equals(c.JOB, service)
    made = []
    for look in looks:
        judged = none_of(e.VERDICT, [e.ERROR])
        weight = _total(e.eval_weight_rate(SLOW), look, job, judged)
        passed = _total(e.eval_weight_rate(SLOW), look, job, equals(e.VERDICT, e.PASS))
        squared = _total(e.eval_squared_weight_rate(SLOW), look, job, judged)
        made += [
            Recording(e.pass_rate(look.window), f"{passed}\n/\n({weight} > 0)"),
            Recording(
                e.effective_verdicts(look.window),
                f"({weight} * {look.seconds}) ^ 2\n/\n({squared} * {look.seconds} > 0)",
            ),
        ]
    return made


def _total(series: str, look: Look, job: str, verdict: str) -> str:
    """Sum of the rates in the window; times the step it is what was counted."""
    chosen = f"{series}{selector(job, verdict)}"
    if look.one_ruler:
        chosen = ruler.of_today(chosen, selector(job))
    read = f"sum_over_time({chosen}[{look.span}:{look.step}])" if look.span else chosen
    return f"sum by ({c.JOB}, {c.MODEL}, {e.DIMENSION}) ({read})"
