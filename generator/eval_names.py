"""Every name that has to do with judged answers, once: labels, metrics, recorded series, tickets.

Raw names belong to the `kit` dialect; the application's evals worker exposes them. Recorded names follow
`level:metric:operations`; every series keeps `job`, and the level lists the other labels.
"""

from typing import Final

# --- labels -----------------------------------------------------------------------------------------------------------
DIMENSION: Final = "dimension"
VERDICT: Final = "verdict"
REASON: Final = "reason"
"""Why an answer was not judged."""

PASS: Final = "pass"  # noqa: S105  # a verdict, no password
ERROR: Final = "error"
"""The judge's reply was no verdict: it says nothing of the answer."""
FAIL: Final = "fail"
VERDICTS: Final = (PASS, FAIL, ERROR)
DROPPED_REASONS: Final = ("budget", "full", "spool", "dead")
CHANGE_KINDS: Final = ("prompt", "model")
ALWAYS: Final = ("refusal", "thumbs_down")
"""Calls that are judged whatever the sample says."""
BUILT_IN: Final = ("groundedness", "refusal", "tone")
"""Dimensions whose rubric comes with the reference app."""
BUILT_IN_TASTE: Final = ("tone",)
"""Those of them that are a matter of taste: they count once the judge is calibrated."""

# --- raw metrics of the kit dialect -----------------------------------------------------------------------------------
KIT_EVAL_RESULTS: Final = "llm_eval_results_total"
KIT_EVAL_WEIGHT: Final = "llm_eval_weight_total"
KIT_EVAL_SQUARED_WEIGHT: Final = "llm_eval_squared_weight_total"
KIT_EVAL_QUEUE_DEPTH: Final = "llm_eval_queue_depth"
KIT_EVAL_OLDEST: Final = "llm_eval_oldest_seconds"
KIT_EVAL_JUDGE_COST: Final = "llm_eval_judge_cost_usd_total"
KIT_EVAL_BUDGET_LEFT: Final = "llm_eval_budget_left_usd"
KIT_EVAL_DROPPED: Final = "llm_eval_dropped_total"
KIT_EVAL_CHANGES: Final = "llm_eval_changes_total"
KIT_EVAL_LABELS: Final = "llm_eval_labels"
KIT_EVAL_AGREEMENT: Final = "llm_eval_judge_agreement_ratio"
KIT_EVAL_KAPPA: Final = "llm_eval_judge_kappa"
KIT_EVAL_KAPPA_LOW: Final = "llm_eval_judge_kappa_low"
KIT_EVAL_CALIBRATED: Final = "llm_eval_calibrated"
KIT_EVAL_CONTROL_SIZE: Final = "llm_eval_control_size"
KIT_EVAL_CONTROL_CHANGED: Final = "llm_eval_control_changed"
KIT_EVAL_JUDGE_SIMULATED: Final = "llm_eval_judge_simulated"
KIT_EVAL_RULER_CHANGED: Final = "llm_eval_ruler_changed_timestamp_seconds"

# --- canonical recorded series ----------------------------------------------------------------------------------------


def eval_rate(window: str) -> str:
    """Judged answers per second by verdict; labels job, model, dimension, verdict."""
    return f"job_model_dimension_verdict:llm_eval_results:rate{window}"


def eval_weight_rate(window: str) -> str:
    """Calls that the judged answers stand for, per second (sum of 1/probability); labels job, model, dimension, verdict."""
    return f"job_model_dimension_verdict:llm_eval_weight:rate{window}"


def eval_squared_weight_rate(window: str) -> str:
    """Sum of squared weights per second, of conversations where those are drawn, for the effective sample size; labels job, model, dimension, verdict."""
    return f"job_model_dimension_verdict:llm_eval_squared_weight:rate{window}"


def eval_dropped(window: str) -> str:
    """Answers per second that were not judged, by reason; labels job, reason."""
    return f"job_reason:llm_eval_dropped:rate{window}"


def eval_changes(window: str) -> str:
    """Changes of a prompt or of the model behind a name, roll-backs too, per second; labels job, model, kind."""
    return f"job_model_kind:llm_eval_changes:rate{window}"


def judge_cost(window: str) -> str:
    """Cost of judging in USD per second; label job."""
    return f"job:llm_eval_judge_cost_usd:rate{window}"


# Processes that share one store expose the same numbers, and the application's own stay 0: the largest is the true one.
EVAL_QUEUE: Final = "job:llm_eval_queue_depth:max"
"""Answers that wait for a judge; label job."""
EVAL_OLDEST_MAX: Final = "job:llm_eval_oldest_seconds:max"
"""Age of the oldest waiting answer, in seconds; label job."""
EVAL_BUDGET_LEFT: Final = "job:llm_eval_budget_left_usd:min"
"""What may still be spent on judging today, in USD; label job."""
EVAL_JUDGE_SIMULATED: Final = "job:llm_eval_judge_simulated:max"
"""1 while the bundled simulator judges, whose verdicts say nothing of the answers, else 0; label job."""
EVAL_LABELS: Final = "job_dimension:llm_eval_labels:max"
"""Answers that people have labelled; labels job, dimension."""
EVAL_AGREEMENT: Final = "job_dimension:llm_eval_judge_agreement_ratio:max"
"""Share of all answers on which judge and people agree, estimated from labels, 0 to 1; labels job, dimension."""
EVAL_KAPPA_LOW: Final = "job_dimension:llm_eval_judge_kappa_low:max"
"""Lower end of the interval of Cohen's kappa of judge and people; labels job, dimension."""
EVAL_CALIBRATED: Final = "job_dimension:llm_eval_calibrated:max"
"""1 where people have found the judge good enough for this dimension, else 0; labels job, dimension."""
EVAL_CONTROL_SIZE: Final = "job_dimension:llm_eval_control_size:max"
"""Answers of the fixed control set that were judged again; labels job, dimension."""
EVAL_CONTROL_CHANGED: Final = "job_dimension:llm_eval_control_changed:max"
"""Those of them whose verdict is no longer the accepted one; labels job, dimension."""
EVAL_RULER_CHANGED: Final = "job_dimension:llm_eval_ruler_changed_timestamp_seconds:max"
"""Unix time at which judge or rubric last became another one, 0 where they never did; labels job, dimension."""

WEEK_BEFORE: Final = "1w"
"""The window of what is usual, as it stands in names."""


RULER_CHANGED: Final = "job_dimension:llm_eval_ruler_changed_timestamp_seconds:last1w"
"""The same, also while the worker that tells it is away; labels job, dimension."""


def pass_rate(window: str) -> str:
    """Weighted share of judged answers that pass, 0 to 1; labels job, model, dimension."""
    return f"job_model_dimension:llm_eval_passes_per_verdict:ratio_rate{window}"


def effective_verdicts(window: str) -> str:
    """How many equally weighted verdicts would be as sure (Kish), in the window; labels job, model, dimension."""
    return f"job_model_dimension:llm_eval_effective_verdicts:sum{window}"


def pass_rate_at_most(window: str) -> str:
    """What the pass rate surely does not exceed, absent below the floor of verdicts; labels job, model, dimension."""
    return f"job_model_dimension:llm_eval_passes_per_verdict:at_most_{window}"


def pass_rate_at_least(window: str) -> str:
    """What the pass rate surely reaches, absent below the floor of verdicts; labels job, model, dimension."""
    return f"job_model_dimension:llm_eval_passes_per_verdict:at_least_{window}"


def pass_rate_pooled(window: str) -> str:
    """The pass rate of the window and the week before it together, as if nothing had changed; labels job, model, dimension."""
    return f"job_model_dimension:llm_eval_passes_per_verdict:pooled_{window}"


def pass_rate_deviance(window: str) -> str:
    """How much better two rates explain the verdicts than the pooled one: its root is in standard deviations; labels job, model, dimension."""
    return f"job_model_dimension:llm_eval_passes_per_verdict:deviance_{window}"


def pass_rate_dropped(window: str) -> str:
    """The window's pass rate, present only while it surely is below the week before; labels job, model, dimension."""
    return f"job_model_dimension:llm_eval_passes_per_verdict:dropped_{window}"


DROPPED_RATE: Final = "job_model_dimension:llm_eval_passes_per_verdict:dropped"
"""The recent pass rate, present only while some window has dropped: what the ticket fires on; labels job, model, dimension."""
RATE_BEFORE_DROP: Final = "job_model_dimension:llm_eval_passes_per_verdict:before"
"""The pass rate of the week before that drop, whenever there is one; labels job, model, dimension."""
EVAL_CONTROL_RATIO: Final = "job_dimension:llm_eval_control_changed:ratio"
"""Share of the control set that is judged otherwise than accepted, 0 to 1; labels job, dimension."""
JUDGE_DRIFTED: Final = "job_dimension:llm_eval_control:drifted"
"""Share of the control set that is judged otherwise than accepted, present only while that is too much; labels job, dimension."""

JUDGE_TRUSTED: Final = "job_dimension:llm_eval_judge:trusted"
"""1 while verdicts of a dimension count: a calibrated judge where it is a matter of taste, that has not changed; labels job, dimension."""

# --- tickets ----------------------------------------------------------------------------------------------------------
TICKET_PASS_RATE: Final = "LLMPassRateLow"  # noqa: S105  # a rate of passes, no password
TICKET_PASS_DROP: Final = "LLMPassRateDropped"  # noqa: S105  # as above
TICKET_JUDGE_DRIFT: Final = "LLMJudgeDrift"
