"""Names from outside cannot break out of PromQL."""

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import promql

HOSTILE = ['"', "\\", "{{", "$", "\n", "]]", "*", "a|b", "\u202e", "\U0001f600", 'x"} or vector(1) #', "x" * 300]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_quoted_value_is_read_back_unchanged(value: str) -> None:
    """The parser finds exactly the value that went in, in one matcher."""
    tree = promql_parser.parse(f"up{promql.selector(promql.equals('model', value))}")
    (matcher,) = tree.matchers.matchers
    assert matcher.value == value


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1), st.text(min_size=1))
def test_alternatives_match_only_the_values_themselves(first: str, second: str) -> None:
    """Whatever the characters, the pattern is one matcher and holds each value literally."""
    import re

    pattern = promql.any_of([first])
    unquoted = pattern[1:-1].replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t").replace('\\"', '"')
    unquoted = unquoted.replace("\\\\", "\\")
    assert re.fullmatch(unquoted, first)
    assert second == first or not re.fullmatch(unquoted, second)


def test_one_value_needs_no_pattern() -> None:
    """A single value is compared as it is, several as alternatives, none as nothing."""
    assert promql.one_of("model", ["a.b"]) == 'model="a.b"'
    assert promql.one_of("model", ["a.b", "c"]) == 'model=~"a\\\\.b|c"'
    assert promql.none_of("model", []) == ""
    assert promql.none_of("model", ["a", "b"]) == 'model!~"a|b"'
    assert promql.selector("", "") == ""


def test_numbers_have_no_needless_fraction() -> None:
    """Thresholds read as a person would write them."""
    assert [promql.number(value) for value in (3.0, 0.02, 1 / 3)] == ["3", "0.02", "0.3333333333"]
