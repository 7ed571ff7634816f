"""Every scenario, by alert: what the proofs, the drill and the documentation share."""

from generator import conventions as c
from generator import eval_names as e
from generator.model import Model
from generator.proofs import errors, extra, latency, quality, spend, tickets
from generator.proofs.story import Scenario

SCENARIOS: dict[str, tuple[Scenario, ...]] = {
    c.ALERT_LATENCY: latency.SCENARIOS,
    c.ALERT_ERRORS: errors.SCENARIOS,
    c.ALERT_SPEND: spend.SCENARIOS,
    **tickets.SCENARIOS,
    **quality.SCENARIOS,
}
FILES = {
    c.ALERT_LATENCY: "latency",
    c.ALERT_ERRORS: "errors",
    c.ALERT_SPEND: "spend",
    c.TICKET_LOST: "tickets",
    c.TICKET_UNPRICED: "tickets",
    c.TICKET_DRIFT: "tickets",
    e.TICKET_PASS_DROP: "evals",
    e.TICKET_PASS_RATE: "evals",
    e.TICKET_JUDGE_DRIFT: "evals",
}
"""Alert -> the stem of its file of rules, and of proofs."""


TICKETS = frozenset({*tickets.SCENARIOS, *quality.SCENARIOS})
"""Alerts that wake nobody, and have scenarios of their own."""


def scenarios(model: Model, alert: str) -> tuple[Scenario, ...]:
    """Those of the library, and the spec's own."""
    return SCENARIOS[alert] + tuple(extra.scenario(proof) for proof in model.proofs if proof.alert == alert)
