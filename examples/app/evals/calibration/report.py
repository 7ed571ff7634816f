"""What a calibration says, for people: the numbers, then in words whether to trust the judge, and what to do."""

from collections.abc import Iterator

from app.evals.calibration.agreement import Agreement
from app.evals.calibration.calibrate import AGREEMENT, KAPPA, LABELS, RARER, Calibration
from app.evals.statistics import Estimate

_SCALE = (
    (0.0, "poor"),
    (0.2, "slight"),
    (0.4, "fair"),
    (0.6, "moderate"),
    (0.8, "substantial"),
    (1.0, "almost perfect"),
)
"""Upper ends, and the words of Landis and Koch (1977)."""
_LONGER = 0.2
_EXAMPLES = 5


def report(found: Calibration, below: float) -> str:
    """A page on one dimension; `below` is the pass rate that is too low, 0 to 1."""
    return "\n".join(_lines(found, below)) + "\n"


def strength(kappa: float) -> str:
    """Kappa in words: `slight`, `fair`, `moderate`, `substantial`, `almost perfect`, or `poor`."""
    return next(word for end, word in _SCALE if kappa <= end + 1e-12)


def advice(found: Calibration) -> list[str]:
    """What to do, one sentence for each thing that is missing."""
    whole, name = found.whole, found.dimension
    label = f"`python -m app.evals label --dimension {name}`"
    rubric = f"examples/app/evals/rubrics/{name}.md, or the rubric in spec.yaml"
    told = {
        "labels": f"{whole.labels} labels are too few to tell: {label} for {LABELS - whole.labels} more (at least {LABELS}).",
        "rarer": f"Of one label there are only {whole.rarer}: go on with {label}, which offers as many failed as passed answers, until there are {RARER}.",
        "kappa": f"Beyond chance it agrees too little (kappa is surely above {whole.kappa.low:.2f} only, {KAPPA} is needed): read the answers it got wrong, make the rubric clearer ({rubric}) or take a stronger judge, and label again.",
        "agreement": f"It may be wrong in more than {1 - AGREEMENT:.0%} of answers (agreement is surely above {whole.same.low:.0%} only, {AGREEMENT:.0%} is needed).",
    }
    # With too few labels the intervals are wide, and the judge is not to blame.
    missing = [one for one in found.missing if one in {"labels", "rarer"}] or found.missing
    return [told[one] for one in missing]


def _lines(found: Calibration, below: float) -> Iterator[str]:
    whole, people = found.whole, found.people
    yield f"{found.dimension}   judge {found.judge}, rubric {found.rubric}"
    if people.other_judge:
        yield f"  {people.other_judge} labelled answers were judged by another judge; they do not count here"
    if people.disputed:
        yield f"  {people.disputed} answers on which people are divided are left out"
    if whole.labels:
        yield from _numbers(found, below)
    yield from _verdict(found)


def _numbers(found: Calibration, below: float) -> Iterator[str]:
    whole, people = found.whole, found.people
    yield ""
    yield from _matrices(whole)
    yield ""
    yield f"  of all {whole.judged:,} answers judged, estimated from the labelled ones, with 95 % intervals:"
    yield f"  agreement            {_share(whole.same)}"
    yield f"  kappa                {whole.kappa.value:6.2f}   ({whole.kappa.low:.2f} to {whole.kappa.high:.2f}), {strength(whole.kappa.value)}"
    yield f"  finds what is bad    {_share(whole.sensitivity)}   sensitivity to fail"
    yield f"  spares what is good  {_share(whole.specificity)}   specificity to fail"
    if people.both:
        yield f"  people among each other {people.same / people.both:.1%} of {people.both}: no judge can be expected to agree better"
    if (true := whole.corrected(below)) is not None:
        yield f"  where it measures a pass rate of {below:.0%}, people would find about {true:.0%}"
    if whole.labels < LABELS:
        pass
    elif abs(more := whole.longer_judge - whole.longer_people) > _LONGER:
        kind = "longer" if more > 0 else "shorter"
        yield (
            f"  it favours {kind} answers: its verdict goes with length by r = {whole.longer_judge:+.2f}, people's by "
            f"{whole.longer_people:+.2f} (verbosity bias)"
        )
    else:
        yield f"  length does not sway it: r = {whole.longer_judge:+.2f}, people's {whole.longer_people:+.2f}"
    if len(found.models) > 1:
        yield ""
        yield f"  {'by model':<24}{'labels':>7}   agreement                   kappa"
        for name, one in found.models.items():
            yield f"  {name:<24}{one.labels:>7,}   {_share(one.same):<26}  {_kappa(one)}"
    if wrong := [one for one in people.pairs if one.human != one.judge]:
        yield ""
        yield f"  where they differ ({len(wrong)}), newest first:"
        for pair in reversed(wrong[-_EXAMPLES:]):
            yield f"    {pair.call_id}  people {_word(pair.human)}, judge {_word(pair.judge)}"


def _matrices(whole: Agreement) -> Iterator[str]:
    """What was labelled, and beside it what that says of all answers."""
    all_of = whole.matrix
    yield f"  {f'{whole.labels:,} labelled answers':<44}{'all answers, weighted':>25}"
    yield f"  {'':<14}" + "   ".join([f"{'judge: pass':>12}{'judge: fail':>13}"] * 2)
    for word, (passed, failed), (share, other) in (
        ("pass", (whole.both_pass, whole.judge_fails), (all_of.both_pass, all_of.judge_fails)),
        ("fail", (whole.judge_passes, whole.both_fail), (all_of.judge_passes, all_of.both_fail)),
    ):
        yield f"  {f'people: {word}':<14}{passed:>12,}{failed:>13,}   {share:>12.1%}{other:>13.1%}"


def _verdict(found: Calibration) -> Iterator[str]:
    yield ""
    if found.calibrated:
        yield "  TRUSTED: people agree with this judge often enough. A new judge or rubric has to be calibrated again."
        return
    taste = (
        "it is a matter of taste, and its verdicts count in no alert until then"
        if found.taste
        else "its verdicts count nonetheless, for it is no matter of taste; read them with care"
    )
    yield f"  NOT TO BE TRUSTED YET: {taste}."
    for one in advice(found):
        yield f"  - {one}"


def _share(one: Estimate) -> str:
    return f"{one.value:6.1%}   ({one.low:.1%} to {one.high:.1%})"


def _kappa(one: Agreement) -> str:
    return f"{one.kappa.value:.2f} ({one.kappa.low:.2f} to {one.kappa.high:.2f})"


def _word(passed: bool) -> str:
    return "pass" if passed else "fail"
