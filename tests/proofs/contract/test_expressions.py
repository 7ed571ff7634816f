"""What can be known of an expression: its labels, its sign, its places; each finding has a twin that is fine."""

import pytest

from generator import conventions as c
from tests.proofs.contract.conftest import Asked

CALLS = f"sum by (job, model) (rate({c.KIT_REQUESTS}[5m]))"
FAILED = f"sum by (job, model) (rate({c.KIT_ERRORS}[5m]))"

FINE = [
    CALLS,
    f"{FAILED} / ({CALLS} > 0)",
    f"{FAILED} / ({CALLS} >= 0.1)",
    f"{FAILED} / (0 < {CALLS})",
    f"{FAILED} / ({CALLS} and {CALLS} > 0)",
    f"{FAILED} / (1 + {CALLS})",
    f"{FAILED} / clamp_min({CALLS}, 0.1)",
    f"{FAILED} / sqrt({CALLS} > 0)",
    f"{FAILED} / on (job) group_left () count by (job) (up)",
    f"sum by (job) ({FAILED}) * on (job) group_left (instance) up",
    f"max_over_time(({FAILED} / ({CALLS} > 0))[1h:1m]) unless ignoring (instance) sum without (endpoint) ({c.KIT_REQUESTS})",
    f"histogram_quantile(0.9, sum(rate({c.KIT_LATENCY}_bucket[5m])) by (model, le))",
    f'sum(rate({c.KIT_LATENCY}_bucket{{le="2000.0"}}[5m])) / sum(rate({c.KIT_LATENCY}_bucket{{le="+Inf"}}[5m]) > 0)',
    f"{c.KIT_LATENCY}_sum / ({c.KIT_LATENCY}_count > 0)",
    f'ALERTS{{alertname="{c.ALERT_LATENCY}",alertstate="firing",model="x"}}',
    'label_replace(up, "host", "$1", "instance", "(.*):.*") * on (host) group_left () label_replace(vector(1), "host", "a", "", "") or absent(up{job="a"})',
    'sum by (host) (label_join(up, "host", "-", "job", "instance"))',
    'count_values("version", up) or sum by (version) (count_values("version", up))',
    'topk by (job) (3, up{job=`é`, instance=~"a|b"}) # sum by (nothing)',
    '{__name__=~"llm_errors.*", kind="timeout"} or {"up", job="a"}',
    f"rate({c.KIT_REQUESTS}[5m] offset 1h) > bool 0 and -{c.KIT_REQUESTS} < Inf",
    f'sum(rate({c.KIT_ERRORS}{{kind=~"refusal|timeout"}}[5m:1m])) % 60',
]  # fmt: skip
WRONG = [
    (f"{FAILED} /^ {CALLS}", "unguarded-division"),
    (f"{FAILED} /^ ({CALLS} >= 0)", "unguarded-division"),
    (f"{FAILED} /^ ({CALLS} > bool 0)", "unguarded-division"),
    (f"{FAILED} /^ ({CALLS} and {FAILED} > 0)", "unguarded-division"),
    (f"{CALLS} /^ 0", "unguarded-division"),
    (f"{CALLS} /^ sum({CALLS} > 0)", "never-matches"),
    (f"{CALLS} and^ sum by (job) ({CALLS})", "never-matches"),
    (f"{CALLS} * on (job, ^host) up", "unknown-label"),
    (f"{CALLS} * on (job, ^model) group_left () up", "unknown-label"),
    (f"{CALLS} * on (job) group_left (^host) up", "unknown-label"),
    (f"{CALLS} unless ignoring (^host) {CALLS}", "unknown-label"),
    (f"sum without (^host) ({CALLS})", "unknown-label"),
    (f"sum(sum({c.KIT_REQUESTS}) by (^kind)) by (kind)", "unknown-label"),
    (f"sum(max({c.KIT_REQUESTS}) by (model)) by (^job)", "unknown-label"),
    (f"^histogram_quantile(0.9, sum by (model) (rate({c.KIT_LATENCY}_bucket[5m])))", "no-le"),
    (f"sum by (^le) (histogram_quantile(0.9, {c.KIT_LATENCY}_bucket))", "unknown-label"),
    ('label_replace(up, "a", "$1", ^"host", ".*")', "unknown-label"),
    ("sort_by_label(up, ^`host`)", "unknown-label"),
    ('ALERTS{alertname=^"LLMGone"}', "unknown-value"),
    (f'ALERTS{{alertname="{c.ALERT_SPEND}",^model="x"}}', "unknown-label"),
    (f'{c.KIT_ERRORS}{{kind=~^"refusal|timed_out"}}', "unknown-value"),
    ('{^"llm_gone_total"}', "unknown-series"),
    (f"rate({c.KIT_REQUESTS}^[5m:2m])", "short-range"),
    (f"rate(^{c.requests_rate('5m')}[5m])", "no-counter"),
]


@pytest.mark.parametrize("query", FINE)
def test_what_is_right_is_let_through(asked: Asked, query: str) -> None:
    """No problem is invented."""
    assert [problem.message for problem in asked(query)] == []


@pytest.mark.parametrize(("query", "check"), WRONG)
def test_what_is_wrong_is_found_at_its_place(asked: Asked, query: str, check: str) -> None:
    """One problem, under the name behind `^`; an operator stands before it."""
    at = query.index("^")
    (problem,) = [one for one in asked(query.replace("^", "")) if one.check == f"contract/{check}"]
    starts = [8 + at, 8 + at - 1, 8 + at - len("and")]
    assert problem.line == 3
    assert problem.column in starts
