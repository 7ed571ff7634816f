"""What the application's telemetry kit reads: names, labels, buckets, prices; and the JSON Schema of its log lines."""

import json
from typing import Any

from generator import conventions as c
from generator import eval_names as e
from generator.artifact import Artifact, notice
from generator.buckets import LATENCY_BUCKETS_MS
from generator.configs import evals_contract
from generator.configs.evals_contract import metric, usd
from generator.model import LlmModel, Model

_BUCKETS = list(LATENCY_BUCKETS_MS)
_ME = [c.MODEL, c.ENDPOINT]


def build(model: Model) -> list[Artifact]:
    """`app/contract.json` and `app/log.schema.json`; the same for every placement."""
    return [
        Artifact("app/contract.json", _text(_contract(model))),
        Artifact("app/log.schema.json", _text(_log_schema(model))),
    ]


def _text(data: dict[str, Any]) -> str:
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=True) + "\n"


def _contract(model: Model) -> dict[str, Any]:
    return {
        "$comment": notice(model.spec_name),
        "service": {"name": model.service.name, "environment": model.service.environment},
        "endpoints": list(model.service.endpoints),
        "models": [_model(llm) for llm in model.models],
        "other": c.OTHER,
        "metrics": _metrics(model),
        "exemplar_label": c.EXEMPLAR_TRACE_LABEL,
        "logs": {
            "answer_preview": model.logs.answer_preview,
            "redact": list(model.logs.redact),
            "patterns": dict(model.logs.patterns),
            "blobs": model.logs.blob_path,
            "capture_content": model.logs.capture_content,
            "retention_seconds": model.logs.retention.seconds,
            "events": {
                "request": c.LOG_REQUEST,
                "response": c.LOG_RESPONSE,
                "outcome": c.LOG_OUTCOME,
                "evaluation": c.LOG_EVALUATION,
            },
        },
        "evals": evals_contract.section(model.evals),
    }


def _model(llm: LlmModel) -> dict[str, Any]:
    return {"name": llm.name, "provider": llm.provider, "usd_per_million_tokens": usd(llm.price)}


def _metrics(model: Model) -> dict[str, Any]:
    """By role: name, type, help, labels in order, the values of labels that are not models or endpoints, and buckets."""
    return {
        "requests": metric(c.KIT_REQUESTS, "counter", "Calls to a model, failed ones included.", _ME),
        "latency": metric(c.KIT_LATENCY, "histogram", "Time until the whole answer, in milliseconds.", _ME, buckets=_BUCKETS),
        "errors": metric(c.KIT_ERRORS, "counter", "Failed calls.", [*_ME, c.KIND], values={c.KIND: list(c.ERROR_KINDS)}),
        "cost": metric(c.KIT_COST, "counter", "Cost of calls in USD, from list prices.", _ME),
        "tokens": metric(c.KIT_TOKENS, "counter", "Tokens.", [*_ME, c.DIRECTION], values={c.DIRECTION: list(c.TOKEN_DIRECTIONS)}),
        "first_token": metric(c.KIT_TTFT, "histogram", "Time to the first token, in milliseconds.", _ME, buckets=_BUCKETS),
        "unpriced": metric(c.KIT_UNPRICED, "counter", "Calls that no price is known for.", [c.MODEL]),
        "outcomes": metric(c.KIT_OUTCOMES, "counter", "What people did with the answer.", [*_ME, c.OUTCOME],
                           values={c.OUTCOME: list(c.OUTCOMES)}),
        "dropped": metric(c.KIT_DROPPED, "counter", "What telemetry could not keep or do: log lines, spans, full texts, metrics, calls of listeners.", [c.PART],
                          values={c.PART: list(c.DROPPED_PARTS)}),
        **evals_contract.judged(model.evals),
    }  # fmt: skip


def _log_schema(model: Model) -> dict[str, Any]:
    text: dict[str, Any] = {"type": "string"}
    maybe_text: dict[str, Any] = {"type": ["string", "null"]}
    maybe_number: dict[str, Any] = {"type": ["number", "null"], "minimum": 0}
    maybe_bool: dict[str, Any] = {"type": ["boolean", "null"]}

    def group(**fields: dict[str, Any]) -> dict[str, Any]:
        return {"type": "object", "properties": fields, "required": sorted(fields), "additionalProperties": False}

    properties = {
        "ts": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$"},
        "level": {"enum": ["info", "warning", "error"]},
        "event": {"enum": [c.LOG_REQUEST, c.LOG_RESPONSE, c.LOG_OUTCOME, c.LOG_EVALUATION]},
        "call_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "trace_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "span_id": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
        "input": group(question=maybe_text, question_hash=text, question_chars={"type": "integer"}, system_hash=maybe_text,
                       prompt_ref=maybe_text),
        "output": group(preview=maybe_text, answer_hash=maybe_text, answer_chars={"type": ["integer", "null"]}, blob=maybe_text),
        "metadata": group(service=text, environment=text, endpoint=text, provider=text, model=text, temperature=maybe_number,
                          user_id=maybe_text, conversation_id=maybe_text, prompt_version=maybe_text, response_id=maybe_text),
        "performance": group(latency_ms=maybe_number, time_to_first_token_ms=maybe_number, tokens_in=maybe_number,
                             tokens_out=maybe_number, tokens_cache_read=maybe_number, tokens_cache_write=maybe_number,
                             tokens_reasoning=maybe_number, cost_usd=maybe_number),
        "outcome": group(status={"enum": ["pending", "ok", *c.ERROR_KINDS]}, error=maybe_text, thumbs={"enum": ["up", "down", None]},
                         retry=maybe_bool, abandoned=maybe_bool),
    }  # fmt: skip
    evaluation = {
        "gen_ai.evaluation.name": text,
        "gen_ai.evaluation.score.label": {"enum": list(e.VERDICTS)},
        "gen_ai.evaluation.score.value": {"type": ["number", "null"]},
        "gen_ai.evaluation.explanation": maybe_text,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": notice(model.spec_name),
        "title": f"A log line of {model.service.name}",
        "type": "object",
        # Verdicts alone have a group of their own.
        "properties": properties | {"evaluation": group(**evaluation)},
        "required": sorted(properties),
        "additionalProperties": False,
    }
