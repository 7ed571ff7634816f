"""The dashboards answer the questions of three in the morning, on one screen."""

import json
from pathlib import Path
from typing import Any

import pytest

UIDS = ("llm-golden-signals", "llm-quality", "llm-call")


@pytest.fixture(scope="module")
def dashboards(repository: Path) -> dict[str, Any]:
    """The committed ones, by uid."""
    folder = repository / "stack/grafana/dashboards"
    return {tree["uid"]: tree for tree in (json.loads(path.read_text()) for path in folder.glob("*.json"))}


def test_there_are_three_and_none_per_model(dashboards: dict[str, Any]) -> None:
    """Their uids never change, because links lead there."""
    assert set(dashboards) == set(UIDS)


def test_four_panels_fill_one_screen(dashboards: dict[str, Any]) -> None:
    """Two by two over the whole width, none below another's place, no average anywhere."""
    panels = [panel for panel in dashboards["llm-golden-signals"]["panels"] if panel["type"] == "timeseries"]
    assert [panel["title"].split(",")[0] for panel in panels] == [
        "Requests per minute", "Latency p50", "Errors and refusals per minute", "Spend per minute in USD",
    ]  # fmt: skip
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}
    assert len(places) == 4
    assert {x for x, _y in places} == {0, 12}
    assert "avg" not in json.dumps(dashboards)


def test_every_panel_says_which_question_it_answers(dashboards: dict[str, Any]) -> None:
    """The description is a question."""
    for panel in dashboards["llm-golden-signals"]["panels"]:
        assert "?" in panel["description"]


@pytest.mark.parametrize("uid", UIDS)
def test_everything_names_its_data_source_by_a_fixed_uid(dashboards: dict[str, Any], uid: str) -> None:
    """Of a kind that is provisioned, or the variable that chooses one."""
    provisioned = {"${datasource}", "prometheus", "tempo", "loki", "-- Grafana --"}
    for panel in dashboards[uid]["panels"]:
        for one in (panel, *panel.get("targets", [])):
            if "datasource" in one:
                assert one["datasource"]["uid"] in provisioned


def test_a_latency_point_leads_to_its_trace(dashboards: dict[str, Any]) -> None:
    """One query of the latency panel asks for exemplars, on the raw histogram that has them."""
    (latency,) = [panel for panel in dashboards["llm-golden-signals"]["panels"] if panel["title"].startswith("Latency")]
    (query,) = [target for target in latency["targets"] if target.get("exemplar")]
    assert "_bucket" in query["expr"]


@pytest.mark.parametrize("uid", UIDS)
def test_panels_do_not_overlap_and_ids_are_unique(dashboards: dict[str, Any], uid: str) -> None:
    """Grafana would move them about, and mix up links to panels."""
    taken: set[tuple[int, int]] = set()
    panels = dashboards[uid]["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken
        assert place["x"] + place["w"] <= 24
        taken |= cells


def test_no_environment_of_grafana_is_needed(dashboards: dict[str, Any]) -> None:
    """Files are provisioned as they are: no inputs to ask for, no id of another instance."""
    for tree in dashboards.values():
        assert "__inputs" not in tree
        assert tree.get("id") is None
        assert tree["schemaVersion"] >= 41
