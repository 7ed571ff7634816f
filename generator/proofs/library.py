"""Every scenario, by alert: what the proofs, the drill and the documentation share."""

from generator import conventions as c
from generator.model import Model
from generator.proofs import errors, extra, latency, spend, tickets
from generator.proofs.story import Scenario

SCENARIOS: dict[str, tuple[Scenario, ...]] = {
    c.ALERT_LATENCY: latency.SCENARIOS,
    c.ALERT_ERRORS: errors.SCENARIOS,
    c.ALERT_SPEND: spend.SCENARIOS,
    **tickets.SCENARIOS,
}
FILES = {
    c.ALERT_LATENCY: "latency",
    c.ALERT_ERRORS: "errors",
    c.ALERT_SPEND: "spend",
    c.TICKET_LOST: "tickets",
    c.TICKET_UNPRICED: "tickets",
    c.TICKET_DRIFT: "tickets",
}
"""Alert -> the stem of its file of rules, and of proofs."""


def scenarios(model: Model, alert: str) -> tuple[Scenario, ...]:
    """Those of the library, and the spec's own."""
    return SCENARIOS[alert] + tuple(extra.scenario(proof) for proof in model.proofs if proof.alert == alert)
