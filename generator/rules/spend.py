"""What the spend alert compares: USD per hour of the whole service, and its held baseline.

For the service as a whole, because traffic that moves from one model to another is no spike.
"""

from generator import conventions as c
from generator.model import Duration, Model
from generator.promql import equals, number, selector
from generator.rules.baseline import after_incident, held, median
from generator.rules.group import Alert, Group, Recording
from generator.rules.incident import GOES_ON, Incident, Signs, above, indented
from generator.rules.latency import OUTAGE
from generator.rules.text import labels, links
from generator.sources.registry import SOURCES

_JOB = (c.JOB,)
WEEK = Duration(7 * 86400)
BUSY = 0.95
"""The busiest twentieth of the week: a little more than an hour a day."""
MARGIN = 1.25
"""How far above the week's busiest hours the calls may be and still count as seen before."""
DEARER = 1.5
"""How many times its usual cost a call may cost and still count as usual."""


def group(model: Model) -> Group | None:
    """The chain and its alert; None where the dialect knows no spend."""
    source = SOURCES[model.source]
    if source.spend is None:
        return None
    windows, setting = model.alerts.windows, model.alerts.spend
    matchers = selector(equals(c.JOB, model.service.name))
    detect, confirm = str(windows.detect), str(windows.confirm)
    # Nothing is recorded at zero spend: a baseline of silence would make the first cent a spike.
    rules: list[Recording | Alert] = [
        Recording(c.service_spend(window), f"{source.spend(matchers, window, _JOB)} * 3600 > 0")
        for window in dict.fromkeys((detect, confirm))
    ]
    calls = f"{c.service_requests(detect)}{matchers}"
    failed = source.errors(matchers, detect, _JOB)
    rules.append(Recording(c.service_requests(detect), f"{source.requests(matchers, detect, _JOB)} > 0"))
    floor = number(setting.min_requests / windows.detect.seconds)
    for usual, now in (
        (c.service_spend_usual(detect), f"{c.service_spend(detect)}{matchers}"),
        (c.service_requests_usual(detect), calls),
    ):
        enough = f"{now}\nand on (job) {calls} >= {floor}\nunless on (job) {failed} > {number(OUTAGE)} * {calls}"
        rules.append(Recording(usual, enough))
    since = after_incident(setting.baseline, windows.offset)
    for record, series in (
        (c.SPEND_BASELINE, c.service_spend_usual(detect)),
        (c.SERVICE_REQUESTS_BASELINE, c.service_requests_usual(detect)),
    ):
        candidate = median(series, matchers, setting.baseline, windows.offset)
        rules.append(Recording(record, held(record, candidate, c.ALERT_SPEND, _JOB, model, matchers, since)))
    quiet = c.service_requests_quiet(detect)
    rules.append(Recording(quiet, f"{calls}\nunless on (job) {c.SPEND_SPIKE}{matchers}"))
    memory = f"{quiet}{matchers}[{WEEK}:{windows.gap}] offset {windows.offset}"
    rules.append(Recording(c.SERVICE_REQUESTS_BUSY, f"quantile_over_time({number(BUSY)}, {memory})"))
    rules.append(Recording(c.SPEND_SPIKE, _spike(model, matchers, source.scraped(matchers, str(windows.pulse), _JOB))))
    if setting.enabled:
        rules.append(_alert(model, matchers))
    return Group("llm-spend", rules)


def _spike(model: Model, matchers: str, scraped: str) -> str:
    setting, windows = model.alerts.spend, model.alerts.windows
    now, lately = (f"{c.service_spend(str(window))}{matchers}" for window in (windows.detect, windows.confirm))
    usual = f"{c.SPEND_BASELINE}{matchers}"
    floor = setting.min_usd_per_hour
    calls = f"{c.service_requests(str(windows.detect))}{matchers}"
    # What the week has seen at about the usual cost of a call is a morning, or a batch job that always runs.
    seen_before = (
        f"{calls} <= {number(MARGIN)} * {c.SERVICE_REQUESTS_BUSY}{matchers}\n"
        f"and on (job) {now} <= {number(DEARER)} * {c.SPEND_BASELINE}{matchers}"
        f" * {calls} / ({c.SERVICE_REQUESTS_BASELINE}{matchers} > 0)"
    )
    begins = f"{above(now, lately, usual, setting.factor, _JOB)}\nand on (job) {now} >= {number(floor)}"
    signs = Signs(
        begins=f"{begins}\nunless on (job) (\n{indented(seen_before)}\n)",
        sure=begins,
        goes_on=f"{above(now, lately, usual, setting.factor, _JOB, GOES_ON)}\nand on (job) {now} >= {number(GOES_ON * floor)}",
    )
    spike = Incident(
        c.SPEND_SPIKE, c.ALERT_SPEND, _JOB, matchers, setting.pending, seen=now, scraped=scraped, gap=windows.gap
    )
    return spike.expr(signs)


def _alert(model: Model, matchers: str) -> Alert:
    setting, windows = model.alerts.spend, model.alerts.windows
    return Alert(
        name=c.ALERT_SPEND,
        expr=f"{c.SPEND_SPIKE}{matchers}",
        pending=setting.pending,
        keep=windows.keep,
        labels=labels(model, setting.severity),
        annotations={
            "summary": (
                '{{ $labels.job }} spends {{ printf "%.2f" $value }} USD an hour, usually '
                f"{_query(c.SPEND_BASELINE, '%.2f')} USD; {_driver(model)} drives it: calls x{_ratio(model, per_call=False)}, "
                f"cost per call x{_ratio(model, per_call=True)}"
            ),
            "description": (
                f"Spend over the last {windows.detect} is above {number(setting.factor)} times the median of the last "
                f"{setting.baseline} and above {number(setting.min_usd_per_hour)} USD an hour. Most of it goes to "
                f"{{{{ with printf `topk(1, sum by (model) ({c.spend_rate(str(windows.detect))}{{job=%q}}))` "
                "$labels.job | query }}{{ (. | first).Labels.model }}{{ else }}unknown{{ end }}. "
                f"Calls per minute: {_query(c.service_requests(str(windows.detect)) + '{job=%q} * 60', '%.1f', bare=False)}, "
                f"usually {_query(c.SERVICE_REQUESTS_BASELINE + '{job=%q} * 60', '%.1f', bare=False)}."
            ),
            **links(model, c.ALERT_SPEND, by_model=False),
        },
    )


def _query(expr: str, form: str, *, bare: bool = True) -> str:
    text = f"{expr}{{job=%q}}" if bare else expr
    return (
        f"{{{{ with printf `{text}` $labels.job | query }}}}"
        f'{{{{ . | first | value | printf "{form}" }}}}{{{{ else }}}}unknown{{{{ end }}}}'
    )


def _ratio(model: Model, *, per_call: bool) -> str:
    """Now against the baseline: calls, or cost per call; their product is the spike."""
    detect = str(model.alerts.windows.detect)
    calls = f"({c.service_requests(detect)}{{job=%q}} / ({c.SERVICE_REQUESTS_BASELINE}{{job=%q}} > 0))"
    spend = f"({c.service_spend(detect)}{{job=%q}} / ({c.SPEND_BASELINE}{{job=%q}} > 0))"
    expr, uses = (f"{spend} / ({calls} > 0)", 4) if per_call else (calls, 2)
    return (
        f"{{{{ with printf `{expr}`{' $labels.job' * uses} | query }}}}"
        '{{ . | first | value | printf "%.1f" }}{{ else }}?{{ end }}'
    )


def _driver(model: Model) -> str:
    """`the number of calls` or `the cost of a call`, whichever has grown more."""
    detect = str(model.alerts.windows.detect)
    calls = f"({c.service_requests(detect)}{{job=%q}} / ({c.SERVICE_REQUESTS_BASELINE}{{job=%q}} > 0))"
    spend = f"({c.service_spend(detect)}{{job=%q}} / ({c.SPEND_BASELINE}{{job=%q}} > 0))"
    return (
        f"{{{{ with printf `{spend} > {calls} * {calls}`{' $labels.job' * 6} | query }}}}"
        "the cost of a call{{ else }}the number of calls{{ end }}"
    )
