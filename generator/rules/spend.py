"""What the spend alert compares: USD per hour of the whole service, and its held baseline.

For the service as a whole, because traffic that moves from one model to another is no spike.
"""

from generator import conventions as c
from generator.model import Model
from generator.promql import equals, number, selector
from generator.rules.baseline import after_incident, held, median
from generator.rules.group import Alert, Group, Recording
from generator.rules.text import labels, links
from generator.sources.registry import SOURCES

_JOB = (c.JOB,)


def groups(model: Model) -> list[Group]:
    """The chain, or nothing where the dialect knows no spend."""
    source = SOURCES[model.source]
    if source.spend is None:
        return []
    windows, setting = model.alerts.windows, model.alerts.spend
    matchers = selector(equals(c.JOB, model.service.name))
    # Nothing is recorded at zero spend: a baseline of silence would make the first cent a spike.
    rules = [
        Recording(c.service_spend(str(window)), f"{source.spend(matchers, str(window), _JOB)} * 3600 > 0")
        for window in dict.fromkeys((windows.detect, windows.confirm))
    ]
    detect = str(windows.detect)
    rules.append(Recording(c.service_requests(detect), f"{source.requests(matchers, detect, _JOB)} > 0"))
    since = after_incident(setting.baseline, windows.offset)
    for record, series in (
        (c.SPEND_BASELINE, c.service_spend(detect)),
        (c.SERVICE_REQUESTS_BASELINE, c.service_requests(detect)),
    ):
        candidate = median(series, matchers, setting.baseline, windows.offset)
        rules.append(Recording(record, held(record, candidate, c.ALERT_SPEND, _JOB, model, matchers, since)))
    return [Group("llm-spend", rules)]


def alerts(model: Model) -> list[Alert]:
    """The alert, or nothing where it is off or the dialect knows no spend."""
    setting, windows = model.alerts.spend, model.alerts.windows
    if not setting.enabled or SOURCES[model.source].spend is None:
        return []
    matchers = selector(equals(c.JOB, model.service.name))
    now = f"{c.service_spend(str(windows.detect))}{matchers}"
    lately = f"{c.service_spend(str(windows.confirm))}{matchers}"
    limit = f"{number(setting.factor)} * {c.SPEND_BASELINE}{matchers}"
    return [
        Alert(
            name=c.ALERT_SPEND,
            expr=(
                f"{now} > {limit}\nand on (job) {now} >= {number(setting.min_usd_per_hour)}\n"
                f"unless on (job) {lately} <= {limit}"
            ),
            pending=setting.pending,
            keep=windows.keep,
            labels=labels(model, setting.severity),
            annotations={
                "summary": (
                    '{{ $labels.job }} spends {{ printf "%.2f" $value }} USD an hour, usually '
                    f"{_query(c.SPEND_BASELINE, '%.2f')} USD; calls x{_ratio(model, per_call=False)}, "
                    f"cost per call x{_ratio(model, per_call=True)}"
                ),
                "description": (
                    f"Spend over the last {windows.detect} is above {number(setting.factor)} times the median of the last "
                    f"{setting.baseline} and above {number(setting.min_usd_per_hour)} USD an hour. Most of it goes to "
                    f"{{{{ with printf `topk(1, sum by (model) ({c.spend_rate(str(windows.detect))}{{job=%q}}))` "
                    "$labels.job | query }}{{ (. | first).Labels.model }}{{ else }}unknown{{ end }}. "
                    f"Calls per minute: {_query(c.service_requests(str(windows.detect)) + '{job=%q} * 60', '%.1f', bare=False)}."
                ),
                **links(model, c.ALERT_SPEND, by_model=False),
            },
        )
    ]


def _query(expr: str, form: str, *, bare: bool = True) -> str:
    text = f"{expr}{{job=%q}}" if bare else expr
    return (
        f"{{{{ with printf `{text}` $labels.job | query }}}}"
        f'{{{{ . | first | value | printf "{form}" }}}}{{{{ else }}}}unknown{{{{ end }}}}'
    )


def _ratio(model: Model, *, per_call: bool) -> str:
    """Now against the baseline: calls, or cost per call; their product is the spike."""
    detect = str(model.alerts.windows.detect)
    calls = f"({c.service_requests(detect)}{{job=%q}} / {c.SERVICE_REQUESTS_BASELINE}{{job=%q}})"
    spend = f"({c.service_spend(detect)}{{job=%q}} / {c.SPEND_BASELINE}{{job=%q}})"
    expr, uses = (f"{spend} / {calls}", 4) if per_call else (calls, 2)
    return (
        f"{{{{ with printf `{expr}`{' $labels.job' * uses} | query }}}}"
        '{{ . | first | value | printf "%.1f" }}{{ else }}?{{ end }}'
    )
