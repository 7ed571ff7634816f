"""One JSON object a line, the same shape always, so that nobody has to guess."""

import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import structlog

from app.telemetry.contract import Contract
from app.telemetry.redact import redact

if TYPE_CHECKING:
    from app.telemetry.call import Call


class Log:
    """Writes the two events of a call to a file or to standard output."""

    def __init__(self, contract: Contract, path: Path | None) -> None:
        self._contract = contract
        stream: TextIO = sys.stdout
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            stream = path.open("a", encoding="utf-8", buffering=1)
        render = structlog.processors.JSONRenderer(ensure_ascii=False)
        self._log = structlog.wrap_logger(structlog.PrintLogger(stream), processors=[render])

    def write(self, event: str, level: str, call: "Call") -> None:
        """One line."""
        self._log.msg(event, **self._line(level, call))

    def clean(self, text: str) -> str:
        """The text as it may leave the process."""
        return redact(text, self._contract.data["logs"]["redact"])

    def _line(self, level: str, call: "Call") -> dict[str, Any]:
        settings = self._contract.data["logs"]
        content = settings["capture_content"]
        answer = call.answer
        preview = self.clean(answer)[: settings["answer_preview"]] if content and answer is not None else None
        tokens = call.tokens
        return {
            "ts": datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
            "level": level,
            "call_id": call.call_id,
            "trace_id": call.trace_id,
            "span_id": call.span_id,
            "input": {
                "question": self.clean(call.question) if content else None,
                "question_hash": _hash(call.question),
                "question_chars": len(call.question),
                "system_hash": _hash(call.system) if call.system else None,
                "prompt_ref": call.prompt_version,
            },
            "output": {
                "preview": preview,
                "answer_hash": None if answer is None else _hash(answer),
                "answer_chars": None if answer is None else len(answer),
                "blob": call.blob,
            },
            "metadata": {
                "service": self._contract.data["service"]["name"],
                "environment": self._contract.data["service"]["environment"],
                "endpoint": call.endpoint,
                "provider": call.provider,
                "model": call.model,
                "temperature": call.temperature,
                "user_id": call.user_id,
                "conversation_id": call.conversation_id,
                "prompt_version": call.prompt_version,
            },
            "performance": {
                "latency_ms": call.latency_ms,
                "time_to_first_token_ms": call.first_token_ms,
                "tokens_in": tokens.get("input"),
                "tokens_out": tokens.get("output"),
                "tokens_cache_read": tokens.get("cache_read"),
                "tokens_cache_write": tokens.get("cache_write"),
                "tokens_reasoning": tokens.get("reasoning"),
                "cost_usd": call.cost_usd,
            },
            "outcome": {
                "status": call.status,
                "error": self.clean(call.error) if call.error else None,
                "thumbs": None,
                "retry": None,
                "abandoned": None,
            },
        }


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
