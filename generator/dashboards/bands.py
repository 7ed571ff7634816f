"""A band between two lines of one panel: Grafana fills what lies below one of them down to the other."""

from typing import Any

# Okabe and Ito's palette: told apart with every kind of colour vision. The page that Prometheus serves has the same.
COLORS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8b6fd6", "#8a8f98")


def bands(name: str, color: str, low: str, high: str) -> list[dict[str, Any]]:
    """Overrides for the two ends of the line `name`, whose names end in `low` and `high`; neither is in the legend."""
    return [
        _end(f"{name}{high}", color, {"id": "custom.fillBelowTo", "value": f"{name}{low}"}),
        _end(f"{name}{low}", color, {"id": "custom.fillOpacity", "value": 0}),
    ]


def _end(name: str, color: str, more: dict[str, Any]) -> dict[str, Any]:
    return {
        "matcher": {"id": "byName", "options": name},
        "properties": [
            {"id": "color", "value": {"fixedColor": color, "mode": "fixed"}},
            {"id": "custom.lineWidth", "value": 0},
            {"id": "custom.hideFrom", "value": {"legend": True, "tooltip": False, "viz": False}},
            {"id": "custom.fillOpacity", "value": 15},
            more,
        ],
    }
