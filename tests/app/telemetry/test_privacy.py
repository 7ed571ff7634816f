"""Nothing personal leaves by any path: texts, error messages, exceptions, attributes, names, ids."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from app.telemetry import Telemetry, otlp
from app.telemetry.contract import Contract
from app.telemetry.spans import Span

SECRETS = ("ada@example.org", "4111 1111 1111 1111", "sk-Abc123defGHI456jklMNO78")
SECRET = ", ".join(SECRETS)


class Left:
    """A kit, and everything that left it."""

    def __init__(self, contract: Contract, folder: Path) -> None:
        self.folder, self.spans = folder, list[Span]()
        self.telemetry = Telemetry(contract, log_file=folder / "log", blobs=folder / "blobs")
        self.telemetry.spans._sink = self.spans.append  # noqa: SLF001

    def everything(self) -> bytes:
        """Log, blobs, spans as they are sent, metrics."""
        from prometheus_client.openmetrics.exposition import generate_latest

        self.telemetry.close()
        files = [path.read_bytes() for path in self.folder.rglob("*") if path.is_file()]
        sent = otlp.request({}, "kit", self.spans)
        return b"\n".join([*files, sent, generate_latest(self.telemetry.metrics.registry)])


def texts(telemetry: Telemetry) -> None:
    with telemetry.call(endpoint="chat", model="gpt-4o-mini", question=SECRET, system=SECRET) as call:
        call.answered(f"I wrote to {SECRET}.", {"input": 1})


def ids(telemetry: Telemetry) -> None:
    with telemetry.call(endpoint="chat", model="m", question="q", user_id=SECRET, conversation_id=SECRET) as call:
        call.answered("fine", {"input": 1})


def message_of_the_provider(telemetry: Telemetry) -> None:
    response = httpx2.Response(429, request=httpx2.Request("POST", "https://api.openai.com/v1/chat/completions"))
    with pytest.raises(openai.RateLimitError), telemetry.span("llm.ask"), telemetry.call(endpoint="chat", model="m"):
        raise openai.RateLimitError(f"Rate limit reached for gpt-4o by {SECRET}", response=response, body=None)


def own_attributes_and_names(telemetry: Telemetry) -> None:
    with telemetry.span(f"ask {SECRET}", {"who": SECRET}) as span:
        span.set_attribute("also", SECRET)
        span.set_attributes({"more": SECRET})
        span.add_event(f"event {SECRET}", {"what": SECRET})
        span.update_name(f"other {SECRET}")
        span.record_exception(ValueError(SECRET))


def model_and_endpoint(telemetry: Telemetry) -> None:
    with telemetry.call(endpoint=SECRET, model=SECRET, provider=SECRET, prompt_version=SECRET) as call:
        call.failed("api_error", SECRET)


def outcomes(telemetry: Telemetry) -> None:
    telemetry.evaluated("ab" * 16, "tone", "fail", explanation=f"it names {SECRET}")


@pytest.mark.parametrize(
    "path", [texts, ids, message_of_the_provider, own_attributes_and_names, model_and_endpoint, outcomes]
)
def test_nothing_personal_leaves(contract: Contract, tmp_path: Path, path: Callable[[Telemetry], Any]) -> None:
    """What was hidden is marked."""
    left = Left(contract, tmp_path)
    path(left.telemetry)
    found = left.everything()
    for secret in SECRETS:
        assert secret.encode() not in found, secret
    assert b"[redacted:" in found


def test_headers_to_others_carry_ids_alone(contract: Contract, tmp_path: Path) -> None:
    """No baggage."""
    left = Left(contract, tmp_path)
    with left.telemetry.span("llm.ask", {"who": SECRET}):
        assert set(left.telemetry.headers()) == {"traceparent"}
    left.telemetry.close()
