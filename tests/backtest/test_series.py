"""Merging counters, and promtool's notation of what comes out."""

import math
import re
import struct
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from generator.backtest.series import Merger, notation

KEEPS = frozenset({"model"})
WHOLE = st.integers(-3, 2**50).map(float)
VALUES = st.lists(
    st.one_of(st.just(math.nan), WHOLE, st.sampled_from([0.0, 5.0, 5.0, 5.0]), st.floats(-1e12, 1e12)), max_size=60
)


def expanded(text: str) -> list[float]:
    """What promtool makes of a notation, in the way that it does: adding step by step."""
    values: list[float] = []
    for part in text.split():
        run = re.fullmatch(r"(-?[\d.]+)([+-][\d.]+)x(\d+)", part)
        if part.startswith("_"):
            values += [math.nan] * int(part[2:] or 1)
        elif run:
            value = float(run[1])
            values.append(value)
            for _ in range(int(run[3])):
                value += float(run[2])
                values.append(value)
        else:
            values.append(float(part))
    return values


def same(one: list[float], other: list[float]) -> bool:
    return len(one) == len(other) and all(
        a == b or (math.isnan(a) and math.isnan(b)) for a, b in zip(one, other, strict=True)
    )


@given(VALUES, st.integers(0, 4))
def test_notation_says_the_values_exactly(values: list[float], lead: int) -> None:
    """Values, written and read back, are the same to the last bit, gaps and leading gaps included."""
    assert same(expanded(notation(values, lead)), [math.nan] * lead + values)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_written_without_an_exponent(value: float) -> None:
    """A number of any size is written in digits alone, which every promtool reads, and means the same."""
    text = notation([value])
    assert "e" not in text
    assert struct.pack("d", float(text)) == struct.pack("d", value) or value == 0


def test_runs_are_short() -> None:
    """A silent hour, a flat hour and a steady hour take a word each."""
    assert notation([math.nan] * 60 + [7.0] * 60 + [float(7 + 3 * step) for step in range(60)]) == "_x60 7+0x60 10+3x58"


def test_promtool_reads_what_is_written(promtool: Callable[..., str], tmp_path: Path) -> None:
    """The real tool sees the same samples: a sum over all of them is exact."""
    values = [0.0, 5.0, 5.0, 5.0, 9.0, 13.0, 17.0, math.nan, 1e-7, 2.5, -3.0]
    total = sum(value for value in values if value == value)  # noqa: PLR0124
    test = (
        "rule_files: []\nevaluation_interval: 1m\ntests:\n- interval: 1m\n  input_series:\n"
        f"  - {{series: x, values: '{notation(values, 2)}'}}\n"
        "  promql_expr_test:\n  - expr: abs(sum_over_time(x[1h]) - "
        f"{total!r}) < bool 1e-9\n    eval_time: 20m\n    exp_samples: [{{labels: '{{}}', value: 1}}]\n"
    )
    (tmp_path / "test.yml").write_text(test)
    promtool("test", "rules", tmp_path / "test.yml")


def merged(
    *series: dict[int, float], step: int = 60, size: int = 12, keeps: frozenset[str] | None = KEEPS
) -> list[float]:
    merger = Merger("calls", keeps, size, step)
    for number, samples in enumerate(series):
        merger.add({"model": "m", "instance": str(number)}, iter(samples.items()))
    (one,) = merger.series()
    return list(one.values)


def test_a_restart_of_one_instance_is_no_fall_of_the_sum() -> None:
    """After a reset the whole value counts, as in rate(); the other instance's growth is not lost."""
    assert merged({0: 100, 1: 110, 2: 3, 3: 5}, {0: 10, 1: 11, 2: 12, 3: 13})[:4] == [110, 121, 125, 128]


def test_an_instance_that_appears_counts_from_its_first_sample() -> None:
    """What it had counted before it was seen is no increase."""
    assert merged({0: 0, 1: 1, 2: 2}, {1: 1000, 2: 1001})[:3] == [0, 1, 3]


def test_growth_over_a_gap_counts_only_where_everything_has_the_gap() -> None:
    """A long gap of one of two instances must not come back as a jump; a gap of all is left to the rule's own range."""
    alone = merged({0: 0, 1: 1, 9: 90, 10: 91})
    assert alone[9] == 90
    assert math.isnan(alone[5])
    beside = merged({0: 0, 1: 1, 9: 90, 10: 91}, {place: float(place) for place in range(12)})
    assert beside[9] - beside[8] == 1
    assert beside[10] - beside[9] == 2


def test_chunks_join_without_a_seam() -> None:
    """Samples that come in two answers give what one answer gives."""
    merger = Merger("calls", KEEPS, 6, 60)
    for places in ((0, 1, 2), (3, 4, 5)):
        merger.add({"model": "m"}, ((place, 10.0 * place) for place in places))
    assert list(merger.series()[0].values) == [0, 10, 20, 30, 40, 50]


def test_levels_are_kept_as_they_are() -> None:
    """Where a rule does more than add up rates, every series stays, with all labels."""
    merger = Merger("depth", None, 3, 60)
    merger.add({"__name__": "depth", "instance": "a"}, iter([(0, 5.0), (2, 3.0)]))
    merger.add({"__name__": "depth", "instance": "b"}, iter([(1, 1.0)]))
    assert [dict(one.labels) for one in merger.series()] == [{"instance": "a"}, {"instance": "b"}]


def test_a_nan_is_a_missing_sample() -> None:
    """Or every later sum would be NaN."""
    assert merged({0: 1, 1: math.nan, 2: 4})[2] == 4
