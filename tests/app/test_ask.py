"""A question from end to end, over HTTP, through the real SDKs: answer, metrics, log lines and spans belong together."""

import json
import time
from pathlib import Path

import jsonschema
import pytest

from tests.app.conftest import Live

pytestmark = pytest.mark.xdist_group("app")
MODELS = {"gpt-4o-mini": "openai", "claude-haiku-4-5": "anthropic", "local-llama": "openai-compatible"}


@pytest.fixture(autouse=True)
def _behaves(live: Live) -> None:
    live.recover()


def answered(live: Live, **more: str) -> dict[str, str]:
    """An answer that is one; the simulator fails a few calls in a thousand by itself."""
    for _attempt in range(5):
        body = live.ask(**more)
        if body["status"] == "ok":
            return body
    raise AssertionError(body)


@pytest.mark.parametrize("model", MODELS)
def test_every_provider_answers_from_the_corpus(live: Live, model: str) -> None:
    """OpenAI's and Anthropic's SDK, streaming; the answer is made of the sources."""
    body = answered(live, question="Why is the baseline a median and not a mean?", model=model)
    assert body["model"] == model
    assert body["sources"]
    assert any(body["answer"].split(".")[0] in source["text"] for source in body["sources"])  # type: ignore[index]


def test_one_call_is_counted_once_everywhere(live: Live) -> None:
    """Requests, latency, first token, tokens and cost go up together."""
    labels = {"model": "gpt-4o-mini", "endpoint": "search"}
    names = ("llm_requests_total", "llm_latency_ms_count", "llm_time_to_first_token_ms_count")
    before = [live.value(name, **labels) or 0 for name in names]
    spent = live.value("llm_cost_usd_total", **labels) or 0
    used = live.value("llm_tokens_total", **labels, direction="output") or 0
    body = live.ask(model="gpt-4o-mini", endpoint="search")
    assert live.value("llm_requests_total", **labels) == before[0] + 1
    assert live.value("llm_latency_ms_count", **labels) == before[1] + 1
    if body["status"] == "ok":
        assert live.value("llm_time_to_first_token_ms_count", **labels) == before[2] + 1
        assert (live.value("llm_cost_usd_total", **labels) or 0) > spent
        assert (live.value("llm_tokens_total", **labels, direction="output") or 0) > used


@pytest.mark.parametrize("model", ["gpt-4o-mini", "claude-haiku-4-5"])
@pytest.mark.parametrize(
    ("chaos", "kind"),
    [("errors", "api_error"), ("timeouts", "timeout"), ("refusals", "refusal"), ("safety", "safety_block")],
)
def test_failures_are_told_apart(live: Live, model: str, chaos: str, kind: str) -> None:
    """Each is counted as its own kind, whichever the SDK."""
    if (model, chaos) == ("claude-haiku-4-5", "safety"):
        kind = "refusal"  # Anthropic has one stop reason for both
    before = live.value("llm_errors_total", model=model, endpoint="chat", kind=kind) or 0
    live.chaos(**{chaos: 1.0})
    assert live.ask(model=model, endpoint="chat")["status"] == kind
    assert live.value("llm_errors_total", model=model, endpoint="chat", kind=kind) == before + 1


def test_slow_and_expensive_show(live: Live) -> None:
    """The two ways of failing that no exception reports."""
    labels = {"model": "gpt-4o-mini", "endpoint": "chat"}
    live.chaos(expensive=50.0, slow=3.0)
    before = live.value("llm_cost_usd_total", **labels) or 0
    answered(live, model="gpt-4o-mini", endpoint="chat")
    dear = (live.value("llm_cost_usd_total", **labels) or 0) - before
    live.recover()
    before = live.value("llm_cost_usd_total", **labels) or 0
    answered(live, model="gpt-4o-mini", endpoint="chat")
    assert dear > 10 * ((live.value("llm_cost_usd_total", **labels) or 0) - before)


def test_unforeseen_models_and_endpoints_become_other(live: Live) -> None:
    """Cardinality stays what the spec says; what has no price is counted as unpriced."""
    before = live.value("llm_requests_total", model="other", endpoint="other") or 0
    unpriced = live.value("llm_unpriced_calls_total", model="other") or 0
    answered(live, model="gpt-99", endpoint="attacker-made-up")
    assert (live.value("llm_requests_total", model="other", endpoint="other") or 0) > before
    assert (live.value("llm_unpriced_calls_total", model="other") or 0) > unpriced
    assert live.value("llm_requests_total", model="gpt-99", endpoint="chat") is None


def test_every_log_line_has_the_shape_of_the_schema(live: Live, repository: Path) -> None:
    """Two lines a call, of one call_id, trace and span; failures too."""
    live.chaos(errors=1.0)
    live.ask()
    live.recover()
    body = answered(live)
    schema = jsonschema.Draft202012Validator(json.loads((repository / "stack/app/log.schema.json").read_text()))
    lines = live.lines()
    for line in lines:
        schema.validate(line)
    mine = [line for line in lines if line["call_id"] == body["call_id"]]
    assert [line["event"] for line in mine] == ["llm.request", "llm.response"]
    assert {line["trace_id"] for line in mine} == {body["trace_id"]}
    assert mine[1]["performance"]["cost_usd"] >= 0
    assert mine[1]["output"]["preview"] == body["answer"][:200]


def test_spans_reach_the_collector_as_one_trace(live: Live) -> None:
    """Ask > retrieve, rerank, generate, with the attributes of the conventions."""
    body = answered(live)
    deadline = time.monotonic() + 10
    mine: list[object] = []
    while len(mine) < 4 and time.monotonic() < deadline:
        live.telemetry.flush()
        mine = [span for span in live.spans() if span.trace_id.hex() == body["trace_id"]]
    by_name = {span.name: span for span in mine}  # type: ignore[attr-defined]
    assert set(by_name) == {"llm.ask", "llm.retrieve", "llm.rerank", "llm.generate"}
    root = by_name["llm.ask"].span_id  # type: ignore[attr-defined]
    assert all(span.parent_span_id == root for name, span in by_name.items() if name != "llm.ask")  # type: ignore[attr-defined]
    attributes = {pair.key: pair.value for pair in by_name["llm.generate"].attributes}  # type: ignore[attr-defined]
    assert {"gen_ai.request.model", "gen_ai.usage.input_tokens", "llm.model", "answer.length"} <= set(attributes)


def test_what_people_typed_is_redacted_everywhere(live: Live) -> None:
    """Log, blob and spans: the address is marked, not dropped, and nowhere in clear."""
    body = answered(live, question="I am ada@example.org, call +49 170 1234567. Why a median?")
    live.telemetry.flush()
    blob = live.blobs / f"{body['call_id'][:2]}/{body['call_id']}.json"
    deadline = time.monotonic() + 5
    while not blob.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    stored = json.loads(blob.read_text())
    assert stored["question"].startswith("I am [redacted:email], call [redacted:phone]")
    exported = b"".join(export.SerializeToString() for export in live.exports)
    for hay in (live.log.read_bytes(), blob.read_bytes(), exported):
        assert b"ada@example.org" not in hay
        assert b"1234567" not in hay


def test_exemplars_lead_from_a_bucket_to_the_trace(live: Live) -> None:
    """As Prometheus asks for them: OpenMetrics."""
    import urllib.request

    body = answered(live)
    asked = urllib.request.Request(
        f"{live.app}/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"}
    )
    with urllib.request.urlopen(asked) as response:
        text = response.read().decode()
    assert f'# {{trace_id="{body["trace_id"]}"}}' in text
    assert text.endswith("# EOF\n")
