"""The part of the contract that the evals read: settings of sampler and judge, and the metrics of their worker."""

from typing import Any

from generator import conventions as c
from generator import eval_names as e
from generator.evals_model import Evals
from generator.model import Price


def metric(name: str, kind: str, about: str, labels: list[str], **more: Any) -> dict[str, Any]:
    """One metric of the contract; `more` holds the values of labels that can be foreseen, and buckets."""
    return {"name": name, "type": kind, "help": about, "labels": labels, **more}


def usd(price: Price | None) -> dict[str, float] | None:
    """USD per million tokens by direction; None where nobody knows."""
    if price is None:
        return None
    return {
        "input": price.input,
        "output": price.output,
        "cache_read": price.cache_read,
        "cache_write": price.cache_write,
    }


def section(evals: Evals) -> dict[str, Any]:
    """`evals` of the contract."""
    judge = evals.judge
    return {
        "enabled": evals.enabled,
        "sample": evals.sample,
        "by": evals.by,
        "endpoints": dict(evals.endpoints),
        "models": dict(evals.models),
        "floor_per_day": evals.floor_per_day,
        "always": list(evals.always),
        "judge": {
            "model": judge.model,
            "provider": judge.provider,
            "base_url": judge.base_url or None,
            "max_usd_per_day": judge.max_usd_per_day,
            "concurrency": judge.concurrency,
            "per_minute": judge.per_minute,
            "usd_per_million_tokens": usd(judge.price),
        },
        "dimensions": [
            {"name": one.name, "rubric": one.rubric, "scale": one.scale, "threshold": one.threshold, "taste": one.taste}
            for one in evals.dimensions
        ],
        "control_seconds": evals.control_every.seconds,
        "max_waiting": evals.max_waiting,
        "keep_seconds": evals.keep.seconds,
        "pass_rate_below": evals.pass_rate_below,
        "metrics": judged(evals) | _of_the_worker(evals),
    }


def judged(evals: Evals) -> dict[str, Any]:
    """What whoever judges counts: the worker, or the application itself by `Telemetry.evaluated`."""
    labels = [c.MODEL, e.DIMENSION, e.VERDICT]
    values = {e.DIMENSION: [one.name for one in evals.dimensions], e.VERDICT: list(e.VERDICTS)}
    weight = "Calls that judged answers stand for: 1 / probability of being chosen"
    return {
        "eval_results": metric(e.KIT_EVAL_RESULTS, "counter", "Judged answers.", labels, values=values),
        "eval_weight": metric(e.KIT_EVAL_WEIGHT, "counter", f"{weight}.", labels, values=values),
        "eval_squared_weight": metric(
            e.KIT_EVAL_SQUARED_WEIGHT,
            "counter",
            f"{weight}, squared; of a whole conversation where those are drawn.",
            labels,
            values=values,
        ),
    }


def _of_the_worker(evals: Evals) -> dict[str, Any]:
    """What the worker alone knows, from its store; an application that registered these would contradict it."""
    dimensions = {e.DIMENSION: [one.name for one in evals.dimensions]}

    def gauge(name: str, about: str) -> dict[str, Any]:
        return metric(name, "gauge", about, [])

    def of_the_judge(name: str, about: str) -> dict[str, Any]:
        return metric(name, "gauge", about, [e.DIMENSION], values=dimensions)

    return {
        "eval_queue_depth": gauge(e.KIT_EVAL_QUEUE_DEPTH, "Answers that wait for a judge."),
        "eval_oldest": gauge(e.KIT_EVAL_OLDEST, "Age of the oldest waiting answer, in seconds."),
        "eval_judge_cost": metric(e.KIT_EVAL_JUDGE_COST, "counter", "Cost of judging in USD.", []),
        "eval_budget_left": gauge(e.KIT_EVAL_BUDGET_LEFT, "What may still be spent on judging today, in USD."),
        "eval_judge_simulated": gauge(e.KIT_EVAL_JUDGE_SIMULATED, "1 while the bundled simulator judges, else 0."),
        "eval_dropped": metric(e.KIT_EVAL_DROPPED, "counter", "Answers that were not judged, by reason.", [e.REASON],
                               values={e.REASON: list(e.DROPPED_REASONS)}),
        "eval_changes": metric(e.KIT_EVAL_CHANGES, "counter", "Changes of a prompt, or of the model behind a name.",
                               [c.MODEL, c.KIND], values={c.KIND: list(e.CHANGE_KINDS)}),
        "eval_labels": of_the_judge(e.KIT_EVAL_LABELS, "Judged answers that people have labelled."),
        "eval_agreement": of_the_judge(e.KIT_EVAL_AGREEMENT, "Share of all answers on which judge and people agree, estimated from labels."),
        "eval_kappa": of_the_judge(e.KIT_EVAL_KAPPA, "Cohen's kappa of judge and people."),
        "eval_kappa_low": of_the_judge(e.KIT_EVAL_KAPPA_LOW, "Lower end of the interval of that kappa."),
        "eval_calibrated": of_the_judge(e.KIT_EVAL_CALIBRATED, "1 where the judge may be trusted, else 0."),
        "eval_control_size": of_the_judge(e.KIT_EVAL_CONTROL_SIZE, "Answers of the control set that were judged again."),
        "eval_control_changed": of_the_judge(e.KIT_EVAL_CONTROL_CHANGED, "Those whose verdict is not the accepted one."),
        "eval_ruler_changed": of_the_judge(e.KIT_EVAL_RULER_CHANGED, "When judge or rubric last became another one, unix time; 0: never."),
    }  # fmt: skip
