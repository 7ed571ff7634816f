"""Were a hostile name to pass the spec's checks, it still could not break out of any rendered file."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import promql_parser
import pytest
import yaml

from generator.artifact import Artifact
from generator.model import Model
from generator.pipeline import artifacts

HOSTILE = "a\"b\\c{{d$e]]f*g`h<i>&'j\u202ek\U0001f600 '%s[[ x ]][% y %]" + "z" * 300


@pytest.fixture(scope="module")
def hostile(model: Model) -> Model:
    """The default model with hostile text wherever a person's text lands."""
    service = replace(model.service, name=HOSTILE, environment=HOSTILE, endpoints=(HOSTILE, "chat"))
    llms = tuple(replace(llm, name=f"{llm.name}{HOSTILE}", provider=HOSTILE) for llm in model.models)
    return replace(model, service=service, models=llms)


@pytest.fixture(scope="module")
def rendered(hostile: Model) -> list[Artifact]:
    """All of its files."""
    return artifacts(hostile)


def _strings(tree: object) -> list[str]:
    if isinstance(tree, dict):
        return [text for pair in tree.items() for part in pair for text in _strings(part)]
    if isinstance(tree, list):
        return [text for part in tree for text in _strings(part)]
    return [tree] if isinstance(tree, str) else []


def test_yaml_and_json_read_back_the_very_text(rendered: list[Artifact]) -> None:
    """Loaded by their parsers, the name is there unchanged, as one value."""
    whole = 0
    for artifact in rendered:
        if artifact.path.endswith((".yml", ".yaml")) and "compose" not in artifact.path:
            whole += HOSTILE in _strings(yaml.safe_load(artifact.text))
        elif artifact.path == "app/contract.json":
            assert json.loads(artifact.text)["service"]["name"] == HOSTILE
        elif artifact.path.endswith(".json"):
            json.loads(artifact.text)
    assert whole >= 2


def test_promql_holds_it_as_one_matcher(rendered: list[Artifact]) -> None:
    """Every expression of every rule parses, and matches the service by exactly this job."""
    rules = [one for one in rendered if one.path.startswith("prometheus/rules/")]
    assert rules
    for group in [group for one in rules for group in yaml.safe_load(one.text)["groups"]]:
        for rule in group["rules"]:
            text = promql_parser.parse(rule["expr"]).prettify()
            assert "job=" in text


def test_promtool_accepts_the_rules(
    rendered: list[Artifact], written: Callable[[list[Artifact]], Path], promtool: Callable[..., str]
) -> None:
    """Alert templates too: a `{{` in a name is text there."""
    folder = written([one for one in rendered if one.path.startswith("prometheus/rules")])
    promtool("check", "rules", *sorted(folder.rglob("*.yml")))


@pytest.mark.parametrize("name", ["llm.html", "llm-quality.html"])
def test_the_page_has_one_script_of_data_and_no_element_of_the_name(rendered: list[Artifact], name: str) -> None:
    """A real HTML parser finds the elements that the template has, and JSON inside."""
    (page,) = [one for one in rendered if one.path.endswith(f"/{name}")]
    tags: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
            tags.append(tag)

    Reader().feed(page.text)
    assert "i" not in tags
    match = re.search(r'<script[^>]*type="application/json"[^>]*>(.*?)</script>', page.text, re.DOTALL)
    assert match is not None
    assert json.loads(match[1])["service"] == HOSTILE


def test_compose_gets_no_variable_and_no_shell(rendered: list[Artifact]) -> None:
    """The project's name is made of letters, digits and hyphens only."""
    (compose,) = [one for one in rendered if one.path == "compose.yaml"]
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]*", yaml.safe_load(compose.text)["name"])
