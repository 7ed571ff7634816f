"""No value gets into a rendered file without a filter that escapes it."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.templating import compose_quoted, in_markdown, quoted

NUMBER = re.compile(r"\|\s*(?:int|float|round\(\d\))\s*$")
OWN = {"notice", "url", "name", "path", "what", "signal", "receiver.kind"}
"""In the README: names of our own files and components."""


def test_every_value_in_every_template_passes_a_filter(repository: Path) -> None:
    """`[[ name ]]` without a filter would be a hole."""
    holes = []
    for template in sorted((repository / "templates").rglob("*")):
        if template.is_file() and template.suffix in {".yml", ".yaml", ".md"}:
            for match in re.finditer(r"\[\[(.*?)\]\]", template.read_text(), re.DOTALL):
                value = match[1].strip()
                own = template.suffix == ".md" and value in OWN
                if not (re.search(r"\|\s*(?:q|cq|md)$", value) or NUMBER.search(value) or own):
                    holes.append(f"{template.name}: {match[0]}")
    assert holes == []


TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT)
def test_a_quoted_value_is_one_scalar_that_reads_back(text: str) -> None:
    """Whatever the characters."""
    assert yaml.safe_load(f"key: [{quoted(text)}, next]") == {"key": [text, "next"]}


@given(TEXT)
def test_compose_sees_no_variable(text: str) -> None:
    """Every dollar is doubled."""
    assert yaml.safe_load(compose_quoted(text)).replace("$$", "").count("$") == 0


@pytest.mark.parametrize("text", ["`", "``", "a`b``c", "\n- list", "plain"])
def test_markdown_cannot_leave_its_code_span(text: str) -> None:
    """The fence is longer than any run of backticks inside, and there is no line break."""
    rendered = in_markdown(text)
    fence = re.match(r"`+", rendered)
    assert fence is not None
    assert fence[0] not in rendered[len(fence[0]) : -len(fence[0])]
    assert "\n" not in rendered
