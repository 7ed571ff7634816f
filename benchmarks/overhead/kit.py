"""The kit and its parts, as an application uses them."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.overhead import sdk
from benchmarks.overhead.peers import Observed
from benchmarks.overhead.subjects import ROOT


def whole(sink: str, folder: Path) -> Observed:
    """Metrics, two redacted log lines in a file, a span by OTLP."""
    return _block(_telemetry(folder, sink))


def log(_sink: str, folder: Path) -> Observed:
    """Metrics and log lines as they are; spans go nowhere."""
    return _block(_telemetry(folder, redact=False))


def redaction(_sink: str, folder: Path) -> Observed:
    """Metrics and redacted log lines; spans go nowhere."""
    return _block(_telemetry(folder))


def blobs(sink: str, folder: Path) -> Observed:
    """All of it, and the full texts in a folder."""
    return _block(_telemetry(folder, sink, blobs=folder / "blobs"))


def client(sink: str, folder: Path) -> Observed:
    """All of it, by the client that observes itself: it reads question, answer and tokens off the SDK's objects."""
    from app.telemetry.openai import observed

    telemetry = _telemetry(folder, sink)
    own = observed(sdk.client(), telemetry, endpoint="chat")
    return Observed(own, flush=_flush(telemetry))


def metrics(_sink: str, _folder: Path) -> Observed:
    """The call's record, its price and its metrics; there is no setting for so little, so the parts are put together here."""
    from app.telemetry.call import Call
    from app.telemetry.contract import Contract
    from app.telemetry.cost import cost_usd
    from app.telemetry.metrics import Metrics

    contract = Contract(_contract())
    counted = Metrics(contract)

    def ask(own: Any, question: str, user: str) -> None:
        call = Call(**_known(question, user))
        call.answered(*_read(sdk.ask(own, question, user)))
        call.latency_ms = call.elapsed_ms()
        call.cost_usd = cost_usd(contract, call.model, call.tokens)
        counted.count(call, None)

    return Observed(sdk.client(), ask)


def _block(telemetry: Any) -> Observed:
    def ask(own: Any, question: str, user: str) -> None:
        with telemetry.call(**_known(question, user)) as call:
            call.answered(*_read(sdk.ask(own, question, user)))

    return Observed(sdk.client(), ask, _flush(telemetry))


def _flush(telemetry: Any) -> Callable[[], object]:
    return lambda: telemetry.flush(30.0)


def _known(question: str, user: str) -> dict[str, Any]:
    return {
        "endpoint": "chat", "model": sdk.MODEL, "provider": "openai", "question": question, "system": sdk.SYSTEM,
        "user_id": user, "conversation_id": f"c-{user}",
    }  # fmt: skip


def _read(reply: Any) -> tuple[str, dict[str, int]]:
    usage = reply.usage
    return reply.choices[0].message.content, {"input": usage.prompt_tokens, "output": usage.completion_tokens}


def _telemetry(folder: Path, sink: str | None = None, *, redact: bool = True, blobs: Path | None = None) -> Any:
    from app.telemetry import Contract, Telemetry

    data = _contract()
    if not redact:
        data["logs"] |= {"redact": [], "patterns": {}}
    if sink is None:
        os.environ["OTEL_SDK_DISABLED"] = "true"
    return Telemetry(Contract(data), log_file=folder / "app.jsonl", blobs=blobs, otlp=sink)


def _contract() -> Any:
    return json.loads((ROOT / "stack" / "app" / "contract.json").read_text("utf-8"))
