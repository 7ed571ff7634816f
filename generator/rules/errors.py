"""What the error alert compares: the share of failed calls, of whatever kind, over four ranges. Per model.

A weak sign starts the clock, so that a steady 5 % pages in time although chance makes it dip; before the clock has run out the
evidence must be strong, so that a steady 1 % never pages although chance makes it rise. The long range judges a model
with so little traffic that the others never reach the floor of requests.
"""

from generator import conventions as c
from generator.model import Duration, ErrorAlert, Model
from generator.promql import equals, number, selector
from generator.rules.baseline import JOB_MODEL
from generator.rules.group import Alert, Group, Recording
from generator.rules.incident import Incident, Signs, indented
from generator.rules.settings import Scope, scopes, together
from generator.rules.text import labels, links
from generator.sources.registry import SOURCES

MIN_FAILED = 3
"""Fewer failed calls than this are an accident, whatever share of the calls they are."""
LEAST_NOW = 2
"""Failed calls in the judged range without which a page for the wider ranges would be about the past."""
FADING, BUDDING = 1 / 3, 1 / 5
"""Shares of the worst of the last while: failing less than that now is a burst that is over, half of `for` ago one that began since."""
SURE, SURER = 2, 3
"""Standard deviations of a binomial count by which failed calls must exceed the limit; the long range is looked at longer."""


def group(model: Model) -> Group:
    """One chain for all settings, and the alerts that it ends in."""
    found = list(scopes(model, model.alerts.errors, lambda llm: llm.errors))
    chain = [*_rates(model), *together([_judged(model, scope) for scope in found])]
    return Group("llm-errors", [*chain, *(_alert(model, scope) for scope in found if scope.setting.enabled)])


def _rates(model: Model) -> list[Recording]:
    source, windows = SOURCES[model.source], model.alerts.windows
    matchers = selector(equals(c.JOB, model.service.name))
    rules = []
    for window in dict.fromkeys(map(str, (windows.confirm, windows.detect, windows.double, windows.long))):
        rules += [
            Recording(c.model_requests(window), source.requests(matchers, window, JOB_MODEL)),
            Recording(c.model_errors(window), source.errors(matchers, window, JOB_MODEL)),
        ]
    return rules


def _judged(model: Model, scope: Scope[ErrorAlert]) -> list[Recording]:
    windows = model.alerts.windows
    rules = []
    for window in dict.fromkeys((windows.detect, windows.double, windows.long)):
        calls = f"{c.model_requests(str(window))}{scope.matchers}"
        failed = f"{c.model_errors(str(window))}{scope.matchers}"
        floor = number(scope.setting.min_requests / window.seconds)
        rules.append(Recording(c.error_ratio(str(window)), f"{failed}\n/\n({calls} >= {floor} > 0)"))
    rules.append(Recording(c.ERRORS_RARE, _rare(model, scope)))
    rules.append(Recording(c.ERRORS_PASSING, _passing(model, scope)))
    rules.append(Recording(c.ERRORS_HIGH, _high(model, scope)))
    return rules


def _high(model: Model, scope: Scope[ErrorAlert]) -> str:
    windows, m = model.alerts.windows, scope.matchers
    rare = f"{c.ERRORS_RARE}{m}"
    weak = f"(\n{indented(_weak(model, scope))}\n  or\n  {rare}\n)\nunless on (job, model) (\n  {_recovered(model, scope)}\n)"
    ranges = (windows.detect, windows.double, windows.long)
    over = f"unless on (job, model) {c.ERRORS_PASSING}{m}"
    strong = "\nor\n".join([*(f"{_surely(scope, window, SURE)}\n{over}" for window in ranges), rare])
    # Twice the judged range, and the time that a page is kept, bridge any gap that the other alerts bridge.
    high = Incident(c.ERRORS_HIGH, c.ALERT_ERRORS, JOB_MODEL, m, scope.setting.pending)
    return high.expr(Signs(begins=weak, sure=strong))


def _passing(model: Model, scope: Scope[ErrorAlert]) -> str:
    """A burst stays in the ranges when it is over: a page needs failures now, and where `for` is long enough, before as well."""
    windows, setting = model.alerts.windows, scope.setting
    detect = windows.detect
    now = f"{c.error_ratio(str(detect))}{scope.matchers}"
    worst = f"max_over_time({now}[{windows.double}])"
    signs = [
        f"{now} <= {number(setting.above)}",
        f"{now} <= {number(FADING)} * {worst}",
        f"{c.model_errors(str(detect))}{scope.matchers} <= {number((LEAST_NOW - 0.5) / detect.seconds)}",
    ]
    if looks_back(model, setting):
        before = f"{now} offset {detect}"
        signs += [f"{before} <= {number(setting.above)}", f"{before} <= {number(BUDDING)} * {worst}"]
    return "\nor\n".join(signs)


def looks_back(model: Model, setting: ErrorAlert) -> bool:
    """Whether `for` is so long that a burst can begin within it and lie wholly after the range before the judged one."""
    return setting.pending.seconds >= 2 * model.alerts.windows.detect.seconds


def _weak(model: Model, scope: Scope[ErrorAlert]) -> str:
    windows = model.alerts.windows
    above = number(scope.setting.above)
    detect, double = str(windows.detect), str(windows.double)
    healthy = f"{c.model_errors(detect)}{scope.matchers} <= {number(scope.setting.above / 2)} * {c.model_requests(detect)}{scope.matchers}"
    return (
        f"{c.error_ratio(detect)}{scope.matchers} > {above}\n"
        f"and on (job, model) {_count(scope, windows.detect)} >= {number(MIN_FAILED - 0.5)}\n"
        "or\n"
        f"{c.error_ratio(double)}{scope.matchers} > {above}\n"
        f"and on (job, model) {_count(scope, windows.double)} >= {number(MIN_FAILED - 0.5)}\n"
        f"unless on (job, model) {healthy}"
    )


def _rare(model: Model, scope: Scope[ErrorAlert]) -> str:
    """A model that only the long range can judge: clearly above the limit, and failing still."""
    windows = model.alerts.windows
    long, double = windows.long, windows.double
    return (
        f"{_surely(scope, long, SURER)}\n"
        f"and on (job, model) {_count(scope, long)} >= {number(MIN_FAILED + 0.5)}\n"
        f"and on (job, model) {_count(scope, double)} >= 0.5\n"
        f"unless on (job, model) {c.error_ratio(str(double))}{scope.matchers}"
    )


def _surely(scope: Scope[ErrorAlert], window: Duration, sure: int) -> str:
    """The ratio where failed calls exceed what the limit allows by `sure` standard deviations, with a continuity correction."""
    above = scope.setting.above
    calls = f"{c.model_requests(str(window))}{scope.matchers} * {window.seconds}"
    spread = f"{number(sure * (above * (1 - above)) ** 0.5)} * sqrt({calls})"
    return (
        f"{c.error_ratio(str(window))}{scope.matchers}\n"
        f"and on (job, model) {_count(scope, window)} > 0.5 + {number(above)} * {calls} + {spread}"
    )


def _count(scope: Scope[ErrorAlert], window: Duration) -> str:
    """Failed calls in the window; extrapolation at its edges makes three of them read as a little less than three."""
    return f"{c.model_errors(str(window))}{scope.matchers} * {window.seconds}"


def _recovered(model: Model, scope: Scope[ErrorAlert]) -> str:
    """The short range healthy, with so many calls in it that a failing model could hardly look so."""
    recent = str(model.alerts.windows.confirm)
    calls = f"{c.model_requests(recent)}{scope.matchers}"
    failed = f"{c.model_errors(recent)}{scope.matchers}"
    enough = number(2 * MIN_FAILED / scope.setting.above / model.alerts.windows.confirm.seconds)
    return f"{failed} <= {number(scope.setting.above / 2)} * ({calls} >= {enough})"


def _alert(model: Model, scope: Scope[ErrorAlert]) -> Alert:
    windows, setting = model.alerts.windows, scope.setting
    detect = str(windows.detect)
    return Alert(
        name=c.ALERT_ERRORS,
        expr=f"{c.ERRORS_HIGH}{scope.matchers}",
        pending=setting.pending,
        keep=windows.keep,
        labels=labels(model, setting.severity) | scope.labels,
        annotations={
            "summary": (
                "{{ $labels.model }} fails: {{ $value | humanizePercentage }} of calls"
                f", mostly {_driving_kind(model)}"
            ),
            "description": (
                f"{{{{ $value | humanizePercentage }}}} of calls to {{{{ $labels.model }}}} failed; the page fires above "
                f"{number(setting.above * 100)} % for {setting.pending}. "
                f"Calls per minute: {{{{ with printf `{c.model_requests(detect)}{{job=%q,model=%q}} * 60` "
                '$labels.job $labels.model | query }}{{ . | first | value | printf "%.1f" }}{{ else }}unknown{{ end }}. '
                f"Failed calls per minute by kind: {{{{ range printf `sort_desc(sum by (kind) "
                f"({c.errors_rate(detect)}{{job=%q,model=%q}}) * 60 > 0)` $labels.job $labels.model | query }}}}"
                '{{ .Labels.kind }} {{ . | value | printf "%.1f" }} {{ end }}'
            ),
            **links(model, c.ALERT_ERRORS, by_model=True),
        },
    )


def _driving_kind(model: Model) -> str:
    errors = c.errors_rate(str(model.alerts.windows.detect))
    return (
        f"{{{{ with printf `topk(1, sum by (kind) ({errors}{{job=%q,model=%q}}) > 0)` $labels.job $labels.model | query }}}}"
        "{{ (. | first).Labels.kind }}{{ else }}of an unknown kind{{ end }}"
    )
