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
from opentelemetry import trace

SECRETS = ("ada@example.org", "4111 1111 1111 1111", "sk-Abc123defGHI456jklMNO78")
SECRET = ", ".join(SECRETS)
# What is left where one is cut before it is found.
PIECES = ("ada@", "ada.love", "4111 1111", "sk-Abc")


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


def what_the_provider_says(telemetry: Telemetry) -> None:
    with telemetry.call(endpoint="chat", model="gpt-4o-mini", provider=SECRET) as call:
        call.answered("fine", {"input": 1})
        call.response_model, call.response_id, call.finish_reason, call.tier = SECRET, SECRET, SECRET, SECRET


def lists_and_mappings(telemetry: Telemetry) -> None:
    more: dict[str, Any] = {"list": [SECRET, [SECRET]], "tuple": (SECRET,), "set": {SECRET}, "bytes": SECRET.encode()}
    with telemetry.span("llm.ask", {**more, "mapping": {"who": {"else": SECRET}, SECRET: 1}}) as span:
        span.add_event("event", {"texts": [SECRET], **more})
        span.add_link(span.context, {"texts": (SECRET,)})
        span.set_attribute("object", ValueError(SECRET))


def keys(telemetry: Telemetry) -> None:
    with telemetry.span("llm.ask", {SECRET: 1}) as span:
        span.set_attribute(SECRET, True)
        span.add_event("event", {SECRET: 2.0})
        span.add_link(span.context, {SECRET: 1})


def state_from_upstream(telemetry: Telemetry) -> None:
    state = "a=ada@example.org,b=4111 1111 1111 1111,c=sk-Abc123defGHI456jklMNO78,congo=t61rcWkgMzE"
    with telemetry.continued({"traceparent": f"00-{'a' * 32}-{'b' * 16}-01", "tracestate": state}):
        assert telemetry.headers()["tracestate"] == "congo=t61rcWkgMzE"
        with telemetry.span(SECRET) as span:
            assert telemetry.headers()["tracestate"] == "congo=t61rcWkgMzE"
            span.add_link(trace.SpanContext(7, 9, is_remote=True, trace_state=trace.TraceState.from_header([state])))


def an_error_that_is_cut(telemetry: Telemetry) -> None:
    for before in range(940, 1000, 3):
        with pytest.raises(ValueError), telemetry.call(endpoint="chat", model="gpt-4o-mini"):  # noqa: PT011
            raise ValueError(". " * (before // 2) + SECRET)
        with telemetry.call(endpoint="chat", model="gpt-4o-mini") as call:
            call.failed("api_error", (SECRET + " ") * 400 + "ada.lovelace" * 2_000 + "@example.org")


@pytest.mark.parametrize(
    "path",
    [
        texts, ids, message_of_the_provider, own_attributes_and_names, model_and_endpoint, outcomes, what_the_provider_says,
        lists_and_mappings, keys, state_from_upstream, an_error_that_is_cut,
    ],
)  # fmt: skip
def test_nothing_personal_leaves(contract: Contract, tmp_path: Path, path: Callable[[Telemetry], Any]) -> None:
    """What was hidden is marked."""
    left = Left(contract, tmp_path)
    path(left.telemetry)
    found = left.everything()
    for secret in (*SECRETS, *PIECES):
        assert secret.encode() not in found, secret
    assert b"[redacted:" in found


def test_headers_to_others_carry_ids_alone(contract: Contract, tmp_path: Path) -> None:
    """No baggage."""
    left = Left(contract, tmp_path)
    with left.telemetry.span("llm.ask", {"who": SECRET}):
        assert set(left.telemetry.headers()) == {"traceparent"}
    left.telemetry.close()


def test_a_key_says_that_its_value_is_a_secret(contract: Contract, tmp_path: Path) -> None:
    """Though it looks like nothing; of an attribute, and within a mapping."""
    left = Left(contract, tmp_path)
    with left.telemetry.span("llm.ask", {"db.password": "tr0ub4dor&3", "settings": {"api_key": "hunter2xyz9"}}) as span:
        span.set_attribute("first.token", "Hello")
    found = left.everything()
    assert found.count(b"[redacted:key]") == 2
    assert b"tr0ub4dor" not in found
    assert b"hunter2" not in found
    assert b"Hello" in found


def test_what_no_text_can_be_made_of_is_named_by_its_type(contract: Contract, tmp_path: Path) -> None:
    """And reaches nobody as an exception: neither an attribute nor the application's own error."""

    class OddError(Exception):
        def __str__(self) -> str:
            raise RuntimeError("mine")

        def items(self) -> None:
            raise RuntimeError("mine")

    deep: list[Any] = []
    deep.append(deep)
    left = Left(contract, tmp_path)

    def ask() -> None:
        with left.telemetry.span("llm.ask") as span, left.telemetry.call(endpoint="chat", model="m"):
            span.set_attribute("odd", OddError())
            span.set_attribute("deep", deep)
            span.set_attribute(17, [None])  # type: ignore[arg-type]  # what nobody's types hinder
            span.set_attributes(OddError())  # type: ignore[arg-type]
            span.add_event(OddError(), OddError())  # type: ignore[arg-type]
            span.update_name(OddError())  # type: ignore[arg-type]
            raise OddError

    with pytest.raises(OddError):
        ask()
    assert left.everything().count(b"<OddError>") >= 4
    assert left.telemetry.failures == 0
