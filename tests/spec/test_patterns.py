"""A pattern means the same to Python and to RE2, and takes a time that only the text's length decides."""

import re
import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.spec.load import parse
from generator.spec.pattern_reader import PatternError
from generator.spec.patterns import check
from tests.spec.wrong import BASE

GOOD = [
    r"E-\d{6}", r"(?:AB|CD)\d{8}", r"(?i)emp-?\d{4}", r"\bKD\d{4,8}\b", r"(?:\d{1,3}\.){3}\d{1,3}", r"[A-Z]{2}[0-9A-F_.-]{4,12}", r"(?P<id>x)\x41", r"\$\{[A-Z]{1,20}\}$",
    r"^#\w{3}", "caf\u00e9", r"[^\s@]{3}@corp", r"a{2,3}?b", r"[\]\\^-]x", r"} and ]", r"(?i:abc)d",
]  # fmt: skip
BAD = {
    r"a(?=b)": 1, r"a(?!b)": 1, r"(?<=a)b": 0, r"(?<!a)b": 0, r"(a)\1": 3, r"(?P<a>x)(?P=a)": 8, r"(a)?(?(1)b)": 4, r"(?>a)b": 0, r"a++": 1, r"a*b": 1, r"ba{2,}": 2,
    r"a{,3}": 1, r"a?": 0, r"": 0, r"\b": 0, r"a|": 0, r"(a": 0, r"a)": 1, r"[a": 0, r"[]a]": 0, r"[[:alpha:]]": 1, r"[a&&b]": 0, r"a{2}{3}": 4, r"a{3,2}": 1, r"x\Z": 1,
    r"\pL": 0, r"\u0041": 0, r"\x4": 0, r"(?x)a b": 0, r"(?#x)a": 0, r"\w{501}": 2, r"(?:\w{50}){20}": 0, r"(?:a|aa){20}b": 0, "a\tb": 1, "a\u202eb": 1, "x" * 201: 0, r"[z-a]": 1,
    r"*a": 0, r"a{": 1, r"^{2}a": 1,
}  # fmt: skip


@pytest.mark.parametrize("pattern", GOOD)
def test_a_pattern_that_both_read_is_kept_as_it_is(pattern: str) -> None:
    """From the spec on, in single quotes."""
    spec, _tree = parse(BASE + f"logs: {{patterns: {{mine: '{pattern}'}}}}\n", "spec.yaml")
    assert spec.logs.patterns == {"mine": pattern}


@pytest.mark.parametrize("pattern", BAD)
def test_a_pattern_that_is_refused_is_marked_where_it_is_wrong(pattern: str) -> None:
    """At the character that is the reason."""
    with pytest.raises(PatternError) as found:
        check(pattern)
    assert found.value.at == BAD[pattern]
    assert found.value.fix


ATOMS = st.sampled_from(
    [*"aEx-_ .^$", r"\d", r"\w", r"\s", r"\b", r"\.", "[ab]", "[^a-c]", "(?:ab|c)", "(a)", "(?i:e)", "\u00e9"]
)
COUNTS = st.sampled_from(["", "", "?", "{2}", "{1,3}", "{0,9}", "{1,3}?", "{40}", "{1,90}", "*", "+"])
PARTS = st.recursive(
    st.builds(str.__add__, ATOMS, COUNTS),
    lambda inner: st.builds("(?:{}{}|{}){}".format, inner, inner, inner, COUNTS),
    max_leaves=6,
)
HOSTILE = ["a" * 8_000, "ab" * 4_000, "1" * 8_000, "a " * 4_000, "ax-" * 2_600]


@given(st.lists(PARTS, min_size=1, max_size=4).map("".join))
@settings(max_examples=150, deadline=None)
def test_an_accepted_pattern_is_never_slow_and_never_empty(pattern: str) -> None:
    """Texts that want to be slow, of eight kilobytes each, are done in seconds; with no bounds they would take for ever."""
    try:
        check(pattern)
    except PatternError:
        return
    compiled = re.compile(pattern, re.ASCII)
    began = time.perf_counter()
    for text in HOSTILE:
        assert all(match[0] for match in compiled.finditer(text))
    assert time.perf_counter() - began < 5


@given(st.text(string.printable, max_size=30))
@settings(max_examples=500)
def test_whatever_is_written_there_is_a_pattern_or_a_problem(text: str) -> None:
    """No other exception, and what is accepted compiles."""
    try:
        check(text)
    except PatternError as error:
        found = error
    else:
        re.compile(text, re.ASCII)
        return
    assert 0 <= found.at <= len(text)
