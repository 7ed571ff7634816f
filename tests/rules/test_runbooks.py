"""A page leads to a runbook that is there."""

from pathlib import Path

import pytest
import yaml

PAGING = ("LLMLatencyDoubled", "LLMErrorRateHigh", "LLMSpendSpike")
TICKETS = (
    "LLMSignalLost",
    "LLMUnpricedCalls",
    "LLMLatencyDrift",
    "LLMPassRateLow",
    "LLMPassRateDropped",
    "LLMJudgeDrift",
)


def test_every_alert_has_its_runbook(repository: Path) -> None:
    """The link of each committed alert is a file of this repository."""
    trees = [yaml.safe_load(path.read_text()) for path in (repository / "stack/prometheus/rules").glob("*.yml")]
    alerts = [rule for tree in trees for group in tree["groups"] for rule in group["rules"] if "alert" in rule]
    assert {alert["alert"] for alert in alerts if alert["labels"]["severity"] == "page"} == set(PAGING)
    for alert in alerts:
        assert (repository / alert["annotations"]["runbook_url"]).is_file()


@pytest.mark.parametrize("alert", [*PAGING, *TICKETS])
def test_a_runbook_begins_with_what_to_look_at_first(repository: Path, alert: str) -> None:
    """Whoever is woken reads the first lines only."""
    text = (repository / "docs/runbooks" / f"{alert}.md").read_text()
    assert text.startswith(f"# {alert}")
    assert "first" in text[:900].lower()


@pytest.mark.parametrize("alert", [*PAGING, *TICKETS])
def test_a_runbook_says_what_to_ask_what_it_means_and_how_to_silence_and_tune(repository: Path, alert: str) -> None:
    """Three things to look at, one query at least, usual causes, the silence's matchers, the fields of the spec."""
    text = (repository / "docs/runbooks" / f"{alert}.md").read_text()
    assert all(f"\n{number}. **" in text for number in (1, 2, 3))
    assert "```promql" in text
    for heading in ("## Look at these first", "## Usual causes", "## Tune"):
        assert heading in text
    assert f'`alertname="{alert}"' in text
    assert "in `spec.yaml`" in text or "make render" in text
