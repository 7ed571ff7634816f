"""Alertmanager: who is told, how alerts are grouped, and what the message says."""

from generator import conventions as c
from generator import eval_names as e
from generator.artifact import Artifact, notice
from generator.model import Model, Receiver
from generator.templating import fill

_WEBHOOK_FILE = (0, 26, 0)
"""First version whose webhook reads its URL from a file; an older one would need the secret in the config."""


def build(model: Model) -> list[Artifact]:
    """`alertmanager/alertmanager.yml` and its template; raises KeyError when Alertmanager is not placed."""
    here = model.placement[c.ALERTMANAGER]
    receivers = [receiver for receiver in model.notify if usable(receiver, here.version)]
    page, ticket = ("page", "ticket") if receivers else ("nobody-is-told", "nobody-is-told-of-tickets")
    text = fill(model, "alertmanager/templates/llm.tmpl").text
    # A comment of YAML would be part of the message.
    body = text.split("\n", 2)[2]
    return [
        fill(
            model,
            "alertmanager/alertmanager.yml",
            here=here,
            receivers=receivers,
            page=page,
            ticket=ticket,
            drift=e.TICKET_JUDGE_DRIFT,
            doubted=(e.TICKET_PASS_RATE, e.TICKET_PASS_DROP),
        ),
        Artifact("alertmanager/templates/llm.tmpl", f"{{{{/* {notice(model.spec_name)} */ -}}}}\n{body}"),
    ]


def usable(receiver: Receiver, version: tuple[int, int, int]) -> bool:
    """Whether this version of Alertmanager can notify so without a secret in its config."""
    return receiver.kind != "webhook" or version >= _WEBHOOK_FILE
