"""A page leads to a runbook that is there."""

from pathlib import Path

import pytest
import yaml


def test_every_alert_has_its_runbook(repository: Path) -> None:
    """The link of each committed alert is a file of this repository."""
    tree = yaml.safe_load((repository / "stack/prometheus/rules/alerts.yml").read_text())
    alerts = [rule for group in tree["groups"] for rule in group["rules"]]
    assert {alert["alert"] for alert in alerts} == {"LLMLatencyDoubled", "LLMErrorRateHigh", "LLMSpendSpike"}
    for alert in alerts:
        assert (repository / alert["annotations"]["runbook_url"]).is_file()


@pytest.mark.parametrize("alert", ["LLMLatencyDoubled", "LLMErrorRateHigh", "LLMSpendSpike"])
def test_a_runbook_begins_with_what_to_look_at_first(repository: Path, alert: str) -> None:
    """Whoever is woken reads the first lines only."""
    text = (repository / "docs/runbooks" / f"{alert}.md").read_text()
    assert text.startswith(f"# {alert}")
    assert "first" in text[:900].lower()
