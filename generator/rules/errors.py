"""What the error alert compares: the share of failed calls, of whatever kind, over three ranges. Per model.

The detection window sees an outage first; twice that window keeps a steady 5 % above the limit where chance would dip
below it; the long window judges a model with so little traffic that the others never reach the floor of requests.
"""

from generator import conventions as c
from generator.model import Duration, ErrorAlert, Model
from generator.promql import equals, number, selector
from generator.rules.baseline import JOB_MODEL
from generator.rules.group import Alert, Group, Recording
from generator.rules.settings import Scope, scopes, together
from generator.rules.text import labels, links
from generator.sources.registry import SOURCES

MIN_FAILED = 3
"""Fewer failed calls than this are an accident, whatever share of the calls they are."""


def groups(model: Model) -> list[Group]:
    """One chain for all settings."""
    found = scopes(model, model.alerts.errors, lambda llm: llm.errors)
    return [Group("llm-errors", [*_rates(model), *together([_ratios(model, scope) for scope in found])])]


def alerts(model: Model) -> list[Alert]:
    """One alert for each distinct setting that is enabled."""
    found = scopes(model, model.alerts.errors, lambda llm: llm.errors)
    return [_alert(model, scope) for scope in found if scope.setting.enabled]


def ranges(model: Model) -> tuple[Duration, Duration, Duration]:
    """The three ranges that are judged, shortest first."""
    windows = model.alerts.windows
    return windows.detect, Duration(2 * windows.detect.seconds), windows.long


def _rates(model: Model) -> list[Recording]:
    source = SOURCES[model.source]
    matchers = selector(equals(c.JOB, model.service.name))
    rules = []
    for window in dict.fromkeys(str(window) for window in (model.alerts.windows.confirm, *ranges(model))):
        rules += [
            Recording(c.model_requests(window), source.requests(matchers, window, JOB_MODEL)),
            Recording(c.model_errors(window), source.errors(matchers, window, JOB_MODEL)),
        ]
    return rules


def _ratios(model: Model, scope: Scope[ErrorAlert]) -> list[Recording]:
    rules = []
    for window in dict.fromkeys(ranges(model)):
        calls = f"{c.model_requests(str(window))}{scope.matchers}"
        failed = f"{c.model_errors(str(window))}{scope.matchers}"
        floor = number(scope.setting.min_requests / window.seconds)
        rules.append(Recording(c.error_ratio(str(window)), f"{failed}\n/\n({calls} >= {floor} > 0)"))
    return rules


def _alert(model: Model, scope: Scope[ErrorAlert]) -> Alert:
    windows, setting = model.alerts.windows, scope.setting
    detect, double, long = ranges(model)
    above = number(setting.above)
    return Alert(
        name=c.ALERT_ERRORS,
        expr=(
            "(\n"
            + "\n  or on (job, model)\n".join(
                (
                    _clearly_above(scope, detect, above, sure=0),
                    _clearly_above(scope, double, above, sure=0),
                    _clearly_above(scope, long, above, sure=2)
                    + f"\n  unless on (job, model) {c.error_ratio(str(double))}{scope.matchers}",
                )
            )
            + "\n)\n"
            + _recovered(model, scope)
        ),
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
                f"Calls per minute: {{{{ with printf `{c.model_requests(str(windows.detect))}{{job=%q,model=%q}} * 60` "
                '$labels.job $labels.model | query }}{{ . | first | value | printf "%.1f" }}{{ else }}unknown{{ end }}. '
                f"Failed calls per minute by kind: {{{{ range printf `sort_desc(sum by (kind) "
                f"({c.errors_rate(str(windows.detect))}{{job=%q,model=%q}}) * 60 > 0)` $labels.job $labels.model | query }}}}"
                '{{ .Labels.kind }} {{ . | value | printf "%.1f" }} {{ end }}'
            ),
            **links(model, c.ALERT_ERRORS, by_model=True),
        },
    )


def _clearly_above(scope: Scope[ErrorAlert], window: Duration, above: str, *, sure: int) -> str:
    """The ratio where it is above the limit, with enough failed calls, by `sure` standard deviations of a Poisson count."""
    ratio = f"{c.error_ratio(str(window))}{scope.matchers}"
    count = f"{c.model_errors(str(window))}{scope.matchers} * {window.seconds}"
    # Extrapolation at the edges of a range makes three failed calls read as a little less than three.
    text = f"  {ratio} > {above}\n  and on (job, model) {count} >= {number(MIN_FAILED - 0.5)}"
    if sure:
        text += f"\n  and on (job, model) {ratio} > {above} * (1 + {sure} / sqrt({count} > 0))"
    return text


def _recovered(model: Model, scope: Scope[ErrorAlert]) -> str:
    """Veto by the short window, where it has seen so many calls that a failing model could hardly look healthy in it."""
    recent = str(model.alerts.windows.confirm)
    calls = f"{c.model_requests(recent)}{scope.matchers}"
    failed = f"{c.model_errors(recent)}{scope.matchers}"
    enough = number(2 * MIN_FAILED / scope.setting.above / model.alerts.windows.confirm.seconds)
    return f"unless on (job, model) (\n  {failed} <= {number(scope.setting.above / 2)} * ({calls} >= {enough})\n)"


def _driving_kind(model: Model) -> str:
    errors = c.errors_rate(str(model.alerts.windows.detect))
    return (
        f"{{{{ with printf `topk(1, sum by (kind) ({errors}{{job=%q,model=%q}}) > 0)` $labels.job $labels.model | query }}}}"
        "{{ (. | first).Labels.kind }}{{ else }}of an unknown kind{{ end }}"
    )
