"""The dashboard about the quality of answers says how sure it is, and which judge nobody should trust yet."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator import conventions as c
from generator import eval_names as e
from generator.dashboards import call, quality
from generator.model import Model
from generator.page import build as page
from generator.pipeline import artifacts
from generator.proofs.contract.check import check
from generator.proofs.contract.in_dashboards import in_page
from generator.quality_panels import simulated
from tests.conftest import SMALL

BRAND = "evals: {dimensions: [groundedness, {name: brand, rubric: 'Does it speak as the brand does, warm and plain?', taste: true}]}\n"


@pytest.fixture(scope="module")
def board(repository: Path) -> dict[str, Any]:
    """The committed one."""
    tree: dict[str, Any] = json.loads((repository / "stack/grafana/dashboards/llm-quality.json").read_text())
    return tree


def panel(board: dict[str, Any], title: str) -> dict[str, Any]:
    """The one whose title begins so."""
    (found,) = [one for one in board["panels"] if one["title"].startswith(title)]
    return found


def overrides(one: dict[str, Any], name: str) -> dict[str, Any]:
    """Everything that is overridden for one line."""
    return {
        found["id"]: found["value"]
        for rule in one["fieldConfig"]["overrides"]
        if rule["matcher"]["options"] == name
        for found in rule["properties"]
    }


def test_every_panel_says_which_question_it_answers(board: dict[str, Any]) -> None:
    """The description is a question."""
    assert len(board["panels"]) == 10
    assert all("?" in one["description"] for one in board["panels"])


def test_a_simulated_judge_is_said_first(board: dict[str, Any]) -> None:
    """Above all else, by the series that the worker tells; otherwise the judge's name stands there."""
    first = board["panels"][0]
    assert first["gridPos"]["y"] == 0
    assert all(one["gridPos"]["y"] >= first["gridPos"]["h"] for one in board["panels"][1:])
    assert e.EVAL_JUDGE_SIMULATED in first["targets"][0]["expr"]
    said = first["fieldConfig"]["defaults"]["mappings"][0]["options"]
    assert "these verdicts are a demonstration" in said["1"]["text"]
    assert said["0"]["text"] == "claude-haiku-4-5"


@pytest.mark.parametrize(
    ("judge", "keys"),
    [
        ("claude-haiku-4-5", "ANTHROPIC_API_KEY or JUDGE_API_KEY"),
        ("gpt-4o-mini", "OPENAI_API_KEY or JUDGE_API_KEY"),
        ("mine, provider: openai-compatible, base_url: 'http://127.0.0.1:1/v1'", "worker JUDGE_API_KEY"),
    ],
)
def test_the_key_of_the_spec_s_own_judge_is_asked_for(model_of: Callable[[str], Model], judge: str, keys: str) -> None:
    """Which one that is depends on whose model it is, and where it answers."""
    assert keys in simulated(model_of(SMALL + f"evals: {{judge: {{model: {judge}}}}}\n")).text


@pytest.mark.parametrize("dimension", ["groundedness", "refusal", "tone"])
def test_the_band_is_filled_between_lines_that_are_there(board: dict[str, Any], dimension: str) -> None:
    """The upper end fills down to a line that some query draws; neither is in the legend."""
    rate = panel(board, "Pass rate by dimension")
    drawn = {target["legendFormat"].replace("{{dimension}}", dimension) for target in rate["targets"]}
    high = overrides(rate, f"{dimension} at most")
    assert {f"{dimension} at most", high["custom.fillBelowTo"]} <= drawn
    for end in ("at most", "at least"):
        assert overrides(rate, f"{dimension} {end}")["custom.hideFrom"]["legend"] is True
        assert overrides(rate, f"{dimension} {end}")["color"] == overrides(rate, dimension)["color"]


def test_a_taste_has_two_lines_of_which_one_is_grey(board: dict[str, Any]) -> None:
    """One where it is calibrated, and one where it is not, which is dotted and says so."""
    rate = panel(board, "Pass rate by dimension")
    (doubt,) = [target for target in rate["targets"] if target["legendFormat"] == "{{dimension}}, not calibrated"]
    assert f'{e.DIMENSION}="tone"' in doubt["expr"]
    assert e.EVAL_CALIBRATED in doubt["expr"]
    assert overrides(rate, "tone, not calibrated")["color"]["fixedColor"] == "text"
    assert overrides(rate, "groundedness, not calibrated") == {}


def test_without_tastes_nothing_is_doubted(model_of: Callable[[str], Model]) -> None:
    """There is nothing to calibrate first."""
    model = model_of(SMALL + "evals: {dimensions: [groundedness, refusal]}\n")
    assert "not calibrated" not in json.dumps(
        [one["targets"] for one in json.loads(quality.build(model)[0].text)["panels"]]
    )


def test_a_failed_answer_leads_to_its_call(board: dict[str, Any]) -> None:
    """By the variable that the other dashboard has."""
    failed = panel(board, "Answers that failed")
    assert 'label = "fail"' in failed["targets"][0]["expr"]
    (link,) = overrides(failed, "call")["links"]
    assert link["url"] == f"/d/{c.UID_CALL}?var-call_id=${{__value.text}}"


def test_one_call_shows_its_verdicts(model: Model) -> None:
    """Of that call alone."""
    tree = json.loads(call.build(model)[0].text)
    (shown,) = [one for one in tree["panels"] if one["title"].startswith("Verdicts")]
    assert 'call_id = "$call_id"' in shown["targets"][0]["expr"]


def test_changes_and_quality_alerts_are_marked(board: dict[str, Any]) -> None:
    """And no alert that pages about something else."""
    marks = {one["name"]: one["target"]["expr"] for one in board["annotations"]["list"]}
    assert e.eval_changes("1h") in marks["Changes"]
    assert e.EVAL_RULER_CHANGED in marks["Judge or rubric"]
    assert all(name in marks["Alerts"] for name in (e.TICKET_PASS_RATE, e.TICKET_PASS_DROP, e.TICKET_JUDGE_DRIFT))
    assert c.ALERT_SPEND not in marks["Alerts"]


def test_a_dimension_of_the_persons_own_breaks_no_query(model_of: Callable[[str], Model]) -> None:
    """Dashboard and rules still agree on every name."""
    model = model_of(SMALL + BRAND)
    report = check(model, artifacts(model), {})
    assert report.errors == []


def test_the_page_asks_what_the_dashboard_asks(model: Model) -> None:
    """The same panels; every name that a query of the page reads resolves."""
    pages = {one.path: one.text for one in page.build(model)}
    asked = list(in_page(page.PATH, pages[f"{page.FOLDER}/{page.QUALITY}"]))
    board = json.loads(quality.build(model)[0].text)
    titles = [one["title"] for one in board["panels"] if one["type"] == "timeseries"]
    assert set(titles) <= {one.owner for one in asked}
    assert check(model, artifacts(model), {}).errors == []


def test_where_nothing_is_judged_the_page_asks_no_worker(model_of: Callable[[str], Model]) -> None:
    """Neither with evals off, nor for an application of the person's own."""
    for more in ("evals: {sample: 0%}\n", "app: {targets: ['127.0.0.1:1']}\n"):
        pages = {one.path: one.text for one in page.build(model_of(SMALL + more))}
        assert '"failures": null' in pages[f"{page.FOLDER}/{page.QUALITY}"]
