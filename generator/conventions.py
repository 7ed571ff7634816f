"""Every metric, label, recorded series, uid, component and port name, once.

Nothing else in this package spells one of these names; those of judged answers are in eval_names.py. Raw names belong to the `kit` dialect (the reference app's telemetry
kit); recorded names follow `level:metric:operations` (prometheus.io, "Recording rules").
"""

from typing import Final

# --- labels -----------------------------------------------------------------------------------------------------------
JOB: Final = "job"
MODEL: Final = "model"
ENDPOINT: Final = "endpoint"
KIND: Final = "kind"
DIRECTION: Final = "direction"
OUTCOME: Final = "outcome"
PART: Final = "part"
"""What the kit could not keep."""
LE: Final = "le"
SETTING: Final = "setting"
"""On alerts only: the model whose override made this alert, where several settings of one alert exist."""

OTHER: Final = "other"
"""Label value for a model or endpoint that the spec does not name: cardinality stays bounded."""

ERROR_KINDS: Final = ("api_error", "timeout", "refusal", "safety_block")
TOKEN_DIRECTIONS: Final = ("input", "output", "cache_read", "cache_write", "reasoning")
OUTCOMES: Final = ("thumbs_up", "thumbs_down", "retry", "abandoned")
DROPPED_PARTS: Final = ("log", "span", "blob", "metric", "listener")

# --- raw metrics of the kit dialect -----------------------------------------------------------------------------------
KIT_REQUESTS: Final = "llm_requests_total"
KIT_LATENCY: Final = "llm_latency_ms"
KIT_ERRORS: Final = "llm_errors_total"
KIT_COST: Final = "llm_cost_usd_total"
KIT_TOKENS: Final = "llm_tokens_total"
KIT_TTFT: Final = "llm_time_to_first_token_ms"
KIT_UNPRICED: Final = "llm_unpriced_calls_total"
KIT_OUTCOMES: Final = "llm_outcomes_total"
KIT_DROPPED: Final = "llm_telemetry_dropped_total"

# --- what Prometheus adds by itself ------------------------------------------------------------------------------------
INSTANCE: Final = "instance"
ALERTNAME: Final = "alertname"
ALERTSTATE: Final = "alertstate"
ALERTSTATES: Final = ("pending", "firing")
UP: Final = "up"
ALERTS: Final = "ALERTS"
ALERTS_FOR_STATE: Final = "ALERTS_FOR_STATE"


# --- what Prometheus and Alertmanager say of themselves ----------------------------------------------------------------
def reload_successful(program: str) -> str:
    """1 where the program took the config that it was last told to read, else 0."""
    return f"{program}_config_last_reload_successful"


def reload_success_at(program: str) -> str:
    """When the program last took a config, in seconds since the epoch."""
    return f"{program}_config_last_reload_success_timestamp_seconds"


DEFAULT_WINDOW: Final = "5m"
"""The judged window of a spec that names none; hand-written pages use its names."""

# --- canonical recorded series ----------------------------------------------------------------------------------------
# The window is part of the name and is chosen by the spec (see Model.windows), so the names are functions of it.
# Every series keeps `job`. The level lists the other labels.


def requests_rate(window: str) -> str:
    """Calls per second, failed ones included; labels job, model, endpoint."""
    return f"job_model_endpoint:llm_requests:rate{window}"


def errors_rate(window: str) -> str:
    """Failed calls per second by kind; labels job, model, endpoint, kind."""
    return f"job_model_endpoint_kind:llm_errors:rate{window}"


def latency_bucket_rate(window: str) -> str:
    """Latency histogram (milliseconds) as bucket rates; labels job, model, endpoint, le."""
    return f"job_model_endpoint_le:llm_latency_ms_bucket:rate{window}"


def ttft_bucket_rate(window: str) -> str:
    """Time to first token (milliseconds) as bucket rates; labels job, model, endpoint, le."""
    return f"job_model_endpoint_le:llm_time_to_first_token_ms_bucket:rate{window}"


def spend_rate(window: str) -> str:
    """Spend in USD per second; labels job, model, endpoint."""
    return f"job_model_endpoint:llm_cost_usd:rate{window}"


def tokens_rate(window: str) -> str:
    """Tokens per second by direction; labels job, model, direction."""
    return f"job_model_direction:llm_tokens:rate{window}"


def unpriced_rate(window: str) -> str:
    """Calls per second that no price is known for; labels job, model."""
    return f"job_model:llm_unpriced_calls:rate{window}"


def outcomes_rate(window: str) -> str:
    """User reactions per second; labels job, model, endpoint, outcome."""
    return f"job_model_endpoint_outcome:llm_outcomes:rate{window}"


# What the alerts compare; levels are job, model (latency, errors) and job (spend).
def latency_p95(window: str) -> str:
    """95th percentile of latency in milliseconds, absent below the floor of requests; labels job, model."""
    return f"job_model:llm_latency_ms:p95_{window}"


def latency_by_model(window: str) -> str:
    """Latency histogram (milliseconds) of a model as bucket rates, whatever the endpoint; labels job, model, le."""
    return f"job_model_le:llm_latency_ms_bucket:rate{window}"


def latency_sure(window: str) -> str:
    """Latency in milliseconds that surely is a high percentile: p95 of many calls, p90 of few; labels job, model."""
    return f"job_model:llm_latency_ms:sure_{window}"


def latency_healthy_p95(window: str) -> str:
    """As latency_p95, but absent during an outage too, so that failures never shape a baseline; labels job, model."""
    return f"job_model:llm_latency_ms:p95_healthy_{window}"


def latency_outage(window: str) -> str:
    """Failed calls a second, present only while so many fail that latency says nothing about health; labels job, model."""
    return f"job_model:llm_errors:outage_{window}"


LATENCY_BASELINE: Final = "job_model:llm_latency_ms:baseline"
"""What p95 is compared with, in milliseconds: held while the latency alert is active; labels job, model."""


LATENCY_SLOW: Final = "job_model:llm_latency_ms:slow"
"""p95 in milliseconds, present only while a model is slow: what the latency alert fires on; labels job, model."""


def model_requests(window: str) -> str:
    """Calls per second, failed ones included; labels job, model."""
    return f"job_model:llm_requests:rate{window}"


def model_errors(window: str) -> str:
    """Failed calls per second of whatever kind; labels job, model."""
    return f"job_model:llm_errors:rate{window}"


def error_ratio(window: str) -> str:
    """Failed calls per call, 0 to 1, absent below the floor of requests; labels job, model."""
    return f"job_model:llm_errors_per_request:ratio_rate{window}"


ERRORS_RARE: Final = "job_model:llm_errors_per_request:rare"
"""Share of failed calls of a model that only the long range can judge, present while it surely fails; labels job, model."""

ERRORS_PASSING: Final = "job_model:llm_errors_per_request:passing"
"""Share of failed calls, present while a burst may be over already, or may have only begun; labels job, model."""

ERRORS_HIGH: Final = "job_model:llm_errors_per_request:high"
"""Share of failed calls, present only while too many fail: what the error alert fires on; labels job, model."""


def service_spend(window: str) -> str:
    """Spend of the whole service in USD per hour, absent at zero; label job."""
    return f"job:llm_cost_usd_per_hour:rate{window}"


def service_requests(window: str) -> str:
    """Calls per second of the whole service; label job."""
    return f"job:llm_requests:rate{window}"


def service_spend_usual(window: str) -> str:
    """As service_spend, but absent with few calls or during an outage, so that neither shapes a baseline; label job."""
    return f"job:llm_cost_usd_per_hour:usual_rate{window}"


def service_requests_usual(window: str) -> str:
    """Calls per second whenever service_spend_usual is there, so that their baselines are of the same moments; label job."""
    return f"job:llm_requests:usual_rate{window}"


def service_requests_quiet(window: str) -> str:
    """Calls per second, absent while spend spikes: what the service has handled without a page; label job."""
    return f"job:llm_requests:quiet_rate{window}"


SERVICE_REQUESTS_BUSY: Final = "job:llm_requests:busy"
"""Calls per second in the busiest hours of the last week, so that a morning is no spike; label job."""

SPEND_SPIKE: Final = "job:llm_cost_usd_per_hour:spike"
"""USD per hour, present only while spend spikes: what the spend alert fires on; label job."""

SERVICE_REQUESTS_BASELINE: Final = "job:llm_requests:baseline"
"""Calls per second as usual, held with the spend baseline, so that a page can say what drives the spend; label job."""

SPEND_BASELINE: Final = "job:llm_cost_usd_per_hour:baseline"
"""What spend is compared with, in USD per hour: held while the spend alert is active; label job."""

# --- alerts -----------------------------------------------------------------------------------------------------------
RULE_GROUPS: Final = (
    "llm-canonical",
    "llm-canonical-latency",
    "llm-canonical-ttft",
    "llm-latency-recent",
    "llm-latency",
    "llm-errors",
    "llm-spend",
    "llm-evals",
    "llm-tickets",
)
"""Rule groups so that each follows what it reads. Prometheus runs them side by side; promtool at random unless told this order."""
ALERT_LATENCY: Final = "LLMLatencyDoubled"
ALERT_ERRORS: Final = "LLMErrorRateHigh"
ALERT_SPEND: Final = "LLMSpendSpike"
TICKET_LOST: Final = "LLMSignalLost"
TICKET_UNPRICED: Final = "LLMUnpricedCalls"
TICKET_DRIFT: Final = "LLMLatencyDrift"

# --- dashboards and data sources --------------------------------------------------------------------------------------
UID_PROMETHEUS: Final = "prometheus"
UID_TEMPO: Final = "tempo"
UID_JAEGER: Final = "jaeger"
UID_LOKI: Final = "loki"
UID_GOLDEN: Final = "llm-golden-signals"
UID_QUALITY: Final = "llm-quality"
UID_CALL: Final = "llm-call"
PAGE: Final = "llm.html"
"""Name of the page under Prometheus's `/consoles/`."""

EXEMPLAR_TRACE_LABEL: Final = "trace_id"

# --- components and their ports ---------------------------------------------------------------------------------------
PROMETHEUS: Final = "prometheus"
ALERTMANAGER: Final = "alertmanager"
GRAFANA: Final = "grafana"
TEMPO: Final = "tempo"
JAEGER: Final = "jaeger"
LOKI: Final = "loki"
VICTORIA_LOGS: Final = "victorialogs"
COLLECTOR: Final = "collector"
APP: Final = "app"
SIMULATOR: Final = "simulator"
TRAFFIC: Final = "traffic"
EVALS: Final = "evals"

ROLES: Final = {
    "traces": (TEMPO, JAEGER),
    "logs": (LOKI, VICTORIA_LOGS),
    "collector": (COLLECTOR,),
    "dashboards": (GRAFANA,),
}
"""Parts that a stack can do without -> who can play them, the best first; also the profiles of the Compose file."""

DEFAULT_PORTS: Final = {
    "grafana": 3000,
    "prometheus": 9090,
    "alertmanager": 9093,
    "tempo": 3200,
    "jaeger": 16686,
    "loki": 3100,
    "victorialogs": 9428,
    "otlp_grpc": 4317,
    "otlp_http": 4318,
    "collector": 8888,
    "app": 8080,
    "simulator": 8081,
    "evals": 8082,
    "internal": 14300,
}
"""Host ports of the published endpoints on 127.0.0.1, as `stack.ports` names them."""
INTERNAL_PORTS: Final = 10
"""How many ports, from `internal` on, components use among each other where they share one machine."""

# --- log events -------------------------------------------------------------------------------------------------------
LOG_REQUEST: Final = "llm.request"
LOG_RESPONSE: Final = "llm.response"
LOG_OUTCOME: Final = "llm.outcome"
LOG_EVALUATION: Final = "gen_ai.evaluation.result"
"""OpenTelemetry's name for a verdict; its fields have that convention's names, too."""
