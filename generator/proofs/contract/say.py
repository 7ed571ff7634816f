"""The words of each finding about names: what was found, what there is, what to do."""

from collections.abc import Iterable

from generator import conventions as c
from generator.proofs.contract.finding import Finding, closest, listed
from generator.proofs.contract.nodes import Binary, Call, Matcher, Name, Span

_CONVENTIONS = "generator/conventions.py"


def unknown_series(name: str, span: Span, known: Iterable[str]) -> Finding:
    """A name that nobody has."""
    names = list(known)
    near = closest(name, names)
    fix = f"write {near[0]}, or record" if near else "record"
    return Finding(
        "contract/unknown-series",
        span,
        f"nothing records `{name}`, and the app does not register it",
        name,
        listed(name, names),
        f"{fix} it; its name belongs in {_CONVENTIONS}",
    )


def unknown_label(label: Name, missing: str, known: Iterable[str]) -> Finding:
    """A label that is not there; `missing` says where, up to the label's name."""
    names = list(known)
    near = closest(label.text, names)
    fix = f"write {near[0]}" if near else "leave it out, or keep the label where the series is recorded"
    return Finding(
        "contract/unknown-label", label.span, f"{missing} `{label.text}`", label.text, listed(label.text, names), fix
    )


def unknown_value(matcher: Matcher, value: str, known: Iterable[str]) -> Finding:
    """A value that a label never takes; of buckets the bounds are the values."""
    label, values = matcher.label.text, list(known)
    if label == c.LE:
        near = _nearest(value, values)
        fix = "write one of these bounds: the share below any other number is not measured"
        return Finding("contract/no-bucket", matcher.span, f"no bucket ends at `{value}`", value, near, fix)
    near_words = closest(value, values)
    fix = f"write {near_words[0]}" if near_words else "write one of these: the matcher finds nothing"
    message = f"the label `{label}` is never `{value}`"
    return Finding("contract/unknown-value", matcher.span, message, value, listed(value, values), fix)


def _nearest(value: str, bounds: list[str]) -> str:
    try:
        wanted = float(value)
    except ValueError:
        return listed(value, bounds)
    near = sorted(bounds, key=lambda bound: abs(float(bound) - wanted))[:3]
    return f"{', '.join(sorted(near, key=float))} (nearest of {len(bounds)})"


def no_buckets(call: Call, known: Iterable[str]) -> Finding:
    """A quantile of what has no buckets."""
    return Finding(
        "contract/no-le",
        call.span,
        f"{call.func} reads no label `{c.LE}`, so there are no buckets",
        f"labels {listed(c.LE, known)}",
        fix=f"keep `{c.LE}` in the aggregation below it",
    )


def never_matches(node: Binary, left: Iterable[str], right: Iterable[str]) -> Finding:
    """Two sides that have different labels and are not told which ones to compare."""
    return Finding(
        "contract/never-matches",
        node.span,
        f"the sides of `{node.op}` have different labels, so no sample finds its partner",
        f"left {listed('', left)}; right {listed('', right)}",
        fix="say which labels to compare: on (...) or ignoring (...)",
    )
