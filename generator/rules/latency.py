"""What the latency alert compares: p95 now, p95 of healthy traffic, and its held baseline. Per model."""

from generator import conventions as c
from generator.model import LatencyAlert, Model
from generator.promql import number
from generator.rules.baseline import JOB_MODEL, after_incident, held, median
from generator.rules.group import Alert, Group, Recording
from generator.rules.incident import GOES_ON, Incident, Signs, above
from generator.rules.settings import Scope, scopes, together
from generator.rules.text import labels, links
from generator.sources.registry import SOURCES

OUTAGE = 0.3
"""Share of failed calls above which latency says nothing about health: failures answer fast, or only after a time-out."""
MANY = 10
"""Times the floor: so many calls in twice the range make a p95 that chance hardly doubles; fewer are judged by their p90."""


def groups(model: Model) -> list[Group]:
    """One chain for all settings, and the alerts that it ends in; what only vetoes has a group of its own before it.

    Two reads of every bucket would make one group too slow with many models (benchmarks/rules.py), and a veto that is one
    evaluation old harms nothing.
    """
    found = list(scopes(model, model.alerts.latency, lambda llm: llm.latency))
    recent = together([_recent(model, scope) for scope in found])
    chain = together([_chain(model, scope) for scope in found])
    alerts = [_alert(model, scope) for scope in found if scope.setting.enabled]
    return [Group("llm-latency-recent", recent), Group("llm-latency", [*chain, *alerts])]


def _recent(model: Model, scope: Scope[LatencyAlert]) -> list[Recording]:
    windows, source = model.alerts.windows, SOURCES[model.source]
    detect, confirm = str(windows.detect), str(windows.confirm)
    short = source.latency_buckets(scope.matchers, confirm, (*JOB_MODEL, c.LE))
    requests = source.requests(scope.matchers, detect, JOB_MODEL)
    failed = source.errors(scope.matchers, detect, JOB_MODEL)
    return [
        Recording(c.latency_p95(confirm), _p95(model, scope, short, confirm)),
        Recording(c.latency_outage(detect), f"{failed} > {number(OUTAGE)} * {requests}"),
    ]


def _chain(model: Model, scope: Scope[LatencyAlert]) -> list[Recording]:
    windows, setting, source = model.alerts.windows, scope.setting, SOURCES[model.source]
    detect, confirm = str(windows.detect), str(windows.confirm)
    buckets = c.latency_by_model(detect)
    rules = [
        Recording(buckets, source.latency_buckets(scope.matchers, detect, (*JOB_MODEL, c.LE))),
        Recording(c.latency_p95(detect), _p95(model, scope, buckets + scope.matchers, detect)),
        Recording(c.latency_sure(str(windows.double)), _sure(model, scope)),
    ]
    now, lately = f"{c.latency_p95(detect)}{scope.matchers}", f"{c.latency_p95(confirm)}{scope.matchers}"
    rules.append(
        Recording(
            c.latency_healthy_p95(detect),
            f"{now}\nunless on (job, model)\n{c.latency_outage(detect)}{scope.matchers}",
        )
    )
    candidate = median(c.latency_healthy_p95(detect), scope.matchers, setting.baseline, windows.offset)
    since = after_incident(setting.baseline, windows.offset)
    baseline = held(c.LATENCY_BASELINE, candidate, c.ALERT_LATENCY, JOB_MODEL, model, scope.matchers, since)
    rules.append(Recording(c.LATENCY_BASELINE, baseline))
    usual = f"{c.LATENCY_BASELINE}{scope.matchers}"
    slow = Incident(
        c.LATENCY_SLOW,
        c.ALERT_LATENCY,
        JOB_MODEL,
        scope.matchers,
        setting.pending,
        seen=now,
        scraped=source.scraped(scope.matchers, str(windows.pulse), JOB_MODEL),
        gap=windows.gap,
    )
    begins = above(now, lately, usual, setting.factor, JOB_MODEL)
    surely = f"{c.latency_sure(str(windows.double))}{scope.matchers}"
    sure = f"{begins}\nand on (job, model) {surely} > {number(setting.factor)} * {usual}"
    signs = Signs(begins, sure=sure, goes_on=above(now, lately, usual, setting.factor, JOB_MODEL, GOES_ON))
    rules.append(Recording(c.LATENCY_SLOW, slow.expr(signs)))
    return rules


def _p95(model: Model, scope: Scope[LatencyAlert], buckets: str, window: str) -> str:
    # `> 0` drops the NaN of a window without calls: NaN is never recorded.
    return f"histogram_quantile(0.95, {buckets}) > 0\nand on (job, model)\n{_calls(model, scope, window)}"


def _sure(model: Model, scope: Scope[LatencyAlert]) -> str:
    """Over twice the range: recorded rates of now and before add up to what reading all raw buckets again would give."""
    windows = model.alerts.windows
    one = f"{c.latency_by_model(str(windows.detect))}{scope.matchers}"
    buckets, double = f"{one} + {one} offset {windows.detect}", str(windows.double)
    return (
        f"histogram_quantile(0.95, {buckets}) > 0\nand on (job, model)\n{_calls(model, scope, double, MANY / 2)}\n"
        f"or\nhistogram_quantile(0.9, {buckets}) > 0\nand on (job, model)\n{_calls(model, scope, double)}"
    )


def _calls(model: Model, scope: Scope[LatencyAlert], window: str, times: float = 1) -> str:
    """Calls a second, where there are enough of them to judge."""
    least = number(times * scope.setting.min_requests / model.alerts.windows.detect.seconds)
    return f"{SOURCES[model.source].requests(scope.matchers, window, JOB_MODEL)} >= {least}"


def _alert(model: Model, scope: Scope[LatencyAlert]) -> Alert:
    windows, setting = model.alerts.windows, scope.setting
    return Alert(
        name=c.ALERT_LATENCY,
        expr=f"{c.LATENCY_SLOW}{scope.matchers}",
        pending=setting.pending,
        keep=windows.keep,
        labels=labels(model, setting.severity) | scope.labels,
        annotations={
            "summary": (
                '{{ $labels.model }} answers slowly: p95 {{ printf "%.0f" $value }} ms, '
                f"{{{{ with printf `{c.LATENCY_BASELINE}{{job=%q,model=%q}}` $labels.job $labels.model | query }}}}"
                'usually {{ . | first | value | printf "%.0f" }} ms{{ end }}'
            ),
            "description": (
                f'95 % of calls to {{{{ $labels.model }}}} took up to {{{{ printf "%.0f" $value }}}} ms over the last '
                f"{windows.detect}; the page fires above {number(setting.factor)} times the median of the last "
                f"{setting.baseline}. Slowest endpoint: "
                f"{{{{ with printf `topk(1, histogram_quantile(0.95, sum by (endpoint, le) "
                f"({c.latency_bucket_rate(str(windows.detect))}{{job=%q,model=%q}})) > 0)` $labels.job $labels.model | query }}}}"
                '{{ (. | first).Labels.endpoint }} ({{ . | first | value | printf "%.0f" }} ms){{ else }}unknown{{ end }}. '
                f"The baseline is held for at most {windows.hold}; then the new level counts as normal."
            ),
            **links(model, c.ALERT_LATENCY, by_model=True),
        },
    )
