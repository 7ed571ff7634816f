"""What an expression does with numbers: ranges that hold too few scrapes, divisions by zero, NaN that is recorded."""

from collections.abc import Iterator

from generator.proofs.contract.catalog import Catalog
from generator.proofs.contract.finding import Finding
from generator.proofs.contract.nan import may_be_nan
from generator.proofs.contract.nodes import Binary, Call, Node, Number, Selector, Subquery, walk
from generator.proofs.contract.signs import Signs

SCRAPES = 4
"""A range of a counter function survives one lost scrape, and the extrapolation at its ends, with this many."""

_OF_COUNTERS = {"rate", "irate", "increase"}
_OF_RANGES = _OF_COUNTERS | {"delta", "idelta", "deriv", "resets", "changes"}


def numbers(node: Node, catalog: Catalog, signs: Signs, scrape: int) -> Iterator[Finding]:
    """All that holds for any expression; `scrape` is the scrape interval in seconds."""
    for part in walk(node):
        if isinstance(part, Call) and part.func in _OF_RANGES:
            yield from _range(part, catalog, scrape)
        if isinstance(part, Binary) and part.op in {"/", "%"}:
            yield from _divisor(part, signs)


def _range(call: Call, catalog: Catalog, scrape: int) -> Iterator[Finding]:
    reads = call.args[0]
    if not isinstance(reads, (Selector, Subquery)) or reads.range is None:
        return
    step = reads.step or scrape if isinstance(reads, Subquery) else scrape
    least = SCRAPES * max(step, scrape)
    if reads.range < least:
        yield Finding(
            "contract/short-range",
            reads.over,
            f"`{call.func}` looks at {reads.range:g} s, which hold too few samples of one every {max(step, scrape):g} s",
            f"{reads.range:g}s",
            f"{least:g}s or more: {SCRAPES} samples",
            "make the range longer, or stack.scrape_interval in the spec shorter",
        )
    if isinstance(reads, Selector) and call.func in _OF_COUNTERS:
        for name in catalog.chosen(reads):
            if name in catalog.gauges or name in catalog.recorded:
                yield Finding(
                    "contract/no-counter",
                    reads.span,
                    f"`{call.func}` is for counters, and `{name}` is none",
                    name,
                    fix="use delta() or deriv() for a gauge; take the rate before anything is summed and recorded",
                )


def _divisor(node: Binary, signs: Signs) -> Iterator[Finding]:
    divisor = node.rhs
    if signs.above_zero(divisor) or (isinstance(divisor, Number) and divisor.value):
        return
    yield Finding(
        "contract/unguarded-division",
        node.span,
        "the divisor can be zero, and then the result is NaN or infinite",
        divisor.text.replace("{}", ""),
        fix="keep only what is above zero: (... > 0), or a floor such as (... >= 0.1)",
    )


def recorded_numbers(node: Node) -> Iterator[Finding]:
    """What must not be recorded: every later median, maximum or sum over it would be NaN too."""
    if not may_be_nan(node):
        return
    quantile = next(part for part in walk(node) if isinstance(part, Call) and part.func == "histogram_quantile")
    yield Finding(
        "contract/recorded-nan",
        quantile.span,
        "a quantile is recorded that is NaN while nothing is counted",
        quantile.text.replace("{}", ""),
        fix="drop NaN with `> 0`, or record only above a floor: and on (...) ... >= 0.1",
    )
