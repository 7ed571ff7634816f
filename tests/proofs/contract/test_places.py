"""Through quotes, escapes and folds, every character of a value knows where it stands in its file."""

import json

import pytest
import yaml

from generator.proofs.contract.leaves import read_json, read_yaml
from generator.proofs.contract.placed import Placed

TEXT = "sum by (a)\n(b{c=\"é\\\\\",d='\U0001f600'}) # }}"


def marked(placed: Placed, text: str, word: str) -> str:
    """What stands in the file where a word stands in the value."""
    at = placed.text.index(word)
    start, stop = placed.span(at, at + len(word))
    return text[start:stop]


@pytest.mark.parametrize("style", ["|", "'", '"', None])
@pytest.mark.parametrize("width", [20, 4096])
def test_yaml_in_any_style(style: str | None, width: int) -> None:
    """Blocks, both quotes, and lines that are folded."""
    value = TEXT if style == "|" else TEXT.replace("\n", " ")
    text = "# a comment\n" + yaml.dump({"x": {"y": [value]}}, default_style=style, width=width, allow_unicode=True)
    (leaf,) = read_yaml(text)["x"]["y"]
    assert leaf.value == value
    for word in ("sum", "by", "(a)", "b", "c", "d", "#"):
        assert marked(leaf.placed(), text, word) == word


def test_a_folded_block_has_one_place() -> None:
    """No rule is written so; then the caret stands where the text begins."""
    text = "x: >\n  sum\n  (a)\n"
    leaf = read_yaml(text)["x"]
    assert leaf.value == "sum (a)\n"
    assert leaf.placed().span(4, 6)[0] == text.index(">")


@pytest.mark.parametrize("ascii_only", [True, False])
def test_json_with_escapes(ascii_only: bool) -> None:
    """Keys, escapes and letters that JSON writes in two halves do not shift what comes behind them."""
    text = json.dumps({"sum": 1, "x": [None, {"a": TEXT, "sum": "no"}]}, indent=1, ensure_ascii=ascii_only)
    leaf = read_json(text)["x"][1]["a"]
    assert leaf.value == TEXT
    for word in ("sum", "(a)", "b", "c", "d", "#"):
        assert marked(leaf.placed(), text, word) == word
    assert marked(leaf.placed(), text, '"') == '\\"'
