"""An hour made of minutes: what a drill's own spec keeps, and what it shortens."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.drill.scale import factor, scaled
from generator.spec.load import parse
from generator.spec.schema import Spec
from tests.drill.conftest import PORTS, short

TEXT = "service: {name: bot}\nmodels: [{name: m1, provider: openai}]\n"


def spec_of(text: str) -> Spec:
    spec, _tree = parse(text, "spec.yaml")
    return spec


def drilled(text: str) -> Spec:
    spec = spec_of(text)
    return spec_of(scaled(spec, factor(spec), PORTS))


def test_every_range_is_divided_by_the_same_number() -> None:
    """The default five minutes become ten seconds, and all else with them."""
    model = short(TEXT)
    windows, alerts = model.alerts.windows, model.alerts
    assert factor(spec_of(TEXT)) == 30
    assert [windows.detect.seconds, windows.confirm.seconds, windows.hold.seconds] == [10, 4, 720]
    assert [alerts.latency.baseline.seconds, alerts.latency.pending.seconds] == [120, 10]
    assert alerts.errors.pending.seconds == 20
    assert model.stack.scrape_interval.seconds == 1


def test_what_is_judged_stays_as_it_is() -> None:
    """Factors, limits, severities, endpoints, and the settings of single models."""
    short_spec = drilled(
        "service: {name: bot, endpoints: [a, b]}\n"
        "alerts: {latency: {factor: 3, severity: ticket}, errors: {above: 7%}, spend: {enabled: false}}\n"
        "models: [{name: m1, provider: openai, alerts: {latency: {factor: 5, for: 10m}, errors: {enabled: false}}}]\n"
    )
    assert short_spec.service.endpoints == ["a", "b"]
    assert [short_spec.alerts.latency.factor, short_spec.alerts.latency.severity] == [3, "ticket"]
    assert [short_spec.alerts.errors.above, short_spec.alerts.spend.enabled] == [0.07, False]
    own = short_spec.models[0].alerts
    assert [own.latency.factor, own.latency.for_, own.errors.enabled] == [5, 20, False]


def test_demo_traffic_is_above_every_floor() -> None:
    """A floor of a thousand calls, or of a hundred dollars, would leave nothing to judge; a lower one is kept."""
    high = drilled(TEXT + "alerts: {latency: {min_requests: 1000}, spend: {min_usd_per_hour: 100}}\n")
    assert [high.alerts.latency.min_requests, high.alerts.spend.min_usd_per_hour] == [5, 0.01]
    low = drilled(TEXT + "alerts: {latency: {min_requests: 2}, spend: {min_usd_per_hour: 0}}\n")
    assert [low.alerts.latency.min_requests, low.alerts.spend.min_usd_per_hour] == [2, 0]


def test_nobody_is_told_but_the_drill() -> None:
    """Real receivers, other apps and judges that cost money are left out."""
    short_spec = drilled(
        TEXT + "app: {targets: ['app:1']}\nnotify: {pagerduty: {routing_key_file: k}, webhook: {url_file: u}}\n"
    )
    notify = short_spec.notify
    assert [notify.pagerduty, notify.webhook, notify.email] == [None, None, None]
    assert short_spec.app == "example"
    assert short_spec.evals.sample == 0


def test_a_baseline_of_days_does_not_make_a_drill_of_hours() -> None:
    """Twelve windows are enough to know what is usual."""
    assert (
        drilled(TEXT + "alerts: {latency: {baseline: 7d}, hold: 7d}\nstack: {retention: 30d}\n").alerts.latency.baseline
        == 120
    )


@settings(max_examples=60, deadline=None)
@given(
    window=st.integers(60, 3600), pending=st.integers(30, 21600), baseline=st.integers(3, 60), override=st.integers(30, 21600)
)  # fmt: skip
def test_the_short_spec_of_any_valid_spec_is_valid(window: int, pending: int, baseline: int, override: int) -> None:
    """Rounding and the least ranges never contradict each other."""
    text = (
        "service: {name: bot}\n"
        f"models: [{{name: m1, provider: openai, alerts: {{latency: {{for: {override}s}}}}}}]\n"
        f"alerts: {{window: {window}s, hold: 7d, latency: {{for: {pending}s, baseline: {max(baseline * window, 2 * pending, 2 * override)}s}},"
        f" errors: {{for: {pending}s}}, spend: {{for: {pending}s, baseline: {max(3 * window, 2 * pending)}s}}}}\n"
        "stack: {retention: 30d}\n"
    )
    assert drilled(text).alerts.window >= 10


@pytest.mark.parametrize("window", ["4s", "10s"])
def test_a_spec_that_is_short_already_is_not_stretched(window: str) -> None:
    """One second stays one second."""
    text = TEXT + f"alerts: {{window: {window}}}\nstack: {{scrape_interval: 1s}}\n"
    assert factor(spec_of(text)) == 1
