"""Tickets about judged answers: the pass rate is low, or has dropped, or the judge itself has changed."""

from collections.abc import Iterator

from generator import conventions as c
from generator import eval_names as e
from generator.model import Duration, Model, Ticket
from generator.promql import equals, none_of, number, one_of, selector
from generator.rules import drop, ruler
from generator.rules.canonical import SLOW, judged
from generator.rules.group import Alert, Group, Recording
from generator.rules.text import labels, links
from generator.rules.verdicts import DAY, LOOKS, WEEK, recordings
from generator.rules.wilson import lower, upper
from generator.sources.registry import SOURCES

SURE = 1.96
"""Standard deviations of an interval that is looked at once: 95 %, two-sided."""
PACE = Duration(60)
"""How often these rules are evaluated at most: verdicts of an hour hardly change within a minute."""
KEEP = Duration(3600)
"""How long a ticket outlives its sign: an hour is what the windows are made of, and what wobbles at a limit is one ticket."""


def group(model: Model) -> Group | None:
    """One chain, and the tickets that are enabled; None where the dialect knows no verdicts."""
    evals = SOURCES[model.source].evals
    if evals is None:
        return None
    m = selector(equals(c.JOB, model.service.name))
    pace = max(PACE.seconds, model.stack.scrape_interval.seconds)
    return Group("llm-evals", [*judged(evals, m), *_chain(model, m), *_tickets(model, m)], Duration(pace))


def _chain(model: Model, m: str) -> Iterator[Recording]:
    """What the tickets that are enabled read."""
    tickets = model.alerts.tickets
    if tickets.judge_drift.enabled:
        ratio = f"{e.EVAL_CONTROL_CHANGED}{m}\n/\n({e.EVAL_CONTROL_SIZE}{m} > 0)"
        yield Recording(e.EVAL_CONTROL_RATIO, ratio)
        yield Recording(e.JUDGE_DRIFTED, _drifted(model, m))
    if not (tickets.pass_drop.enabled or tickets.pass_rate.enabled):
        return
    if tickets.pass_drop.enabled:
        yield ruler.recording(m)
    yield from recordings(model.service.name, (*LOOKS, WEEK) if tickets.pass_drop.enabled else (DAY,))
    yield Recording(e.JUDGE_TRUSTED, _trusted(model))
    if tickets.pass_drop.enabled:
        yield from drop.chain(tickets.pass_drop.limit, m)


def _tickets(model: Model, m: str) -> Iterator[Alert]:
    tickets = model.alerts.tickets
    if tickets.judge_drift.enabled:
        yield _judge_drift(model, tickets.judge_drift, m)
    if tickets.pass_drop.enabled:
        yield _pass_drop(model, tickets.pass_drop, m)
    if tickets.pass_rate.enabled:
        yield _pass_rate(model, tickets.pass_rate, m)


def _drifted(model: Model, m: str) -> str:
    changed = f"{e.EVAL_CONTROL_RATIO}{m}"
    end = lower(changed, f"({e.EVAL_CONTROL_SIZE}{m} > 0)", SURE)
    return f"{changed}\nand\n{end} > {number(model.alerts.tickets.judge_drift.limit)}"


def _trusted(model: Model) -> str:
    """Matters of taste count once people have found the judge good enough, and nothing does while the judge has changed."""
    job, tastes = equals(c.JOB, model.service.name), model.evals.tastes
    m = selector(job)
    plain = selector(job, none_of(e.DIMENSION, tastes))
    trusted = f"max by ({c.JOB}, {e.DIMENSION}) ({e.pass_rate(DAY.window)}{plain} >= bool 0)"
    if tastes:
        calibrated = f"{e.EVAL_CALIBRATED}{selector(job, one_of(e.DIMENSION, tastes))}"
        trusted = f"(\n{trusted}\nor\nlast_over_time({calibrated}[{SLOW}]) == 1\n)"
    if model.alerts.tickets.judge_drift.enabled:
        # In the rule, and not by Alertmanager: so it is proven, and true on every dashboard and receiver.
        trusted += f"\nunless on ({c.JOB}, {e.DIMENSION}) {e.JUDGE_DRIFTED}{m}"
    return trusted


def _alert(model: Model, name: str, ticket: Ticket, expr: str, summary: str, description: str) -> Alert:
    board = links(model, name, by_model=name != e.TICKET_JUDGE_DRIFT, board=c.UID_QUALITY)
    told = {"summary": summary, "description": description, **board}
    return Alert(name, expr, ticket.pending, KEEP, labels(model, ticket.severity), told)


def _judge_drift(model: Model, ticket: Ticket, m: str) -> Alert:
    return _alert(
        model,
        e.TICKET_JUDGE_DRIFT,
        ticket,
        f"{e.JUDGE_DRIFTED}{m}",
        "The judge of {{ $labels.dimension }} has changed: {{ $value | humanizePercentage }} of the control set is judged otherwise",
        f"Distrust the pass rates, not the application. The same answers get other verdicts than the accepted ones, surely more than "
        f"{number(ticket.limit * 100)} % of them. While this lasts, no ticket speaks about {{{{ $labels.dimension }}}}.",
    )


def _pass_drop(model: Model, ticket: Ticket, m: str) -> Alert:
    before = _query(
        f"{e.RATE_BEFORE_DROP}{{job=%q,model=%q,dimension=%q}}", "$labels.job $labels.model $labels.dimension"
    )
    changes = f"sum by ({c.KIND}) (sum_over_time({e.eval_changes(SLOW)}{{job=%q,model=%q}}[1d:{SLOW}])) * 3600 > 0.5"
    return _alert(
        model,
        e.TICKET_PASS_DROP,
        ticket,
        f"{e.DROPPED_RATE}{m}",
        "{{ $labels.model }} passes {{ $labels.dimension }} in {{ $value | humanizePercentage }} of judged answers, "
        f"in the week before in {before}",
        f"Chance does not explain it: the difference is surely above zero, and at least {number(ticket.limit * 100)} points. "
        f"Changed in the last day: {{{{ range printf `{changes}` $labels.job $labels.model | query }}}}{{{{ .Labels.kind }}}} "
        '({{ . | value | printf "%.0f" }}) {{ else }}no prompt and no model that is known{{ end }}.',
    )


def _query(expr: str, arguments: str) -> str:
    return f"{{{{ with printf `{expr}` {arguments} | query }}}}{{{{ . | first | value | humanizePercentage }}}}{{{{ else }}}}unknown{{{{ end }}}}"


def _pass_rate(model: Model, ticket: Ticket, m: str) -> Alert:
    rate, worth = (
        f"{e.pass_rate(DAY.window)}{m}",
        f"({e.effective_verdicts(DAY.window)}{m} >= {number(ticket.limit)} > 0)",
    )
    limit = model.evals.pass_rate_below
    return _alert(
        model,
        e.TICKET_PASS_RATE,
        ticket,
        f"{rate}\nand\n{upper(rate, worth, SURE)} < {number(limit)}\nand on ({c.JOB}, {e.DIMENSION}) {e.JUDGE_TRUSTED}{m}",
        "{{ $labels.model }} passes {{ $labels.dimension }} in {{ $value | humanizePercentage }} of judged answers",
        f"Over the last day; surely below {number(limit * 100)} %, by the 95 % interval of Wilson. Each verdict weighs as many "
        "calls as it stands for.",
    )
