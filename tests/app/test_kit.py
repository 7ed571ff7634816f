"""The kit never hurts the application that it observes."""

import json
from pathlib import Path

import pytest
from app.telemetry import Telemetry
from app.telemetry.contract import Contract
from app.telemetry.cost import cost_usd
from app.telemetry.redact import redact

KNOWN = {"endpoint": "chat", "model": "gpt-4o-mini", "provider": "openai", "question": "q"}


def test_an_exception_of_the_caller_passes_through_and_counts(contract: Contract, tmp_path: Path) -> None:
    """As an API error, with the log line and without an answer."""
    telemetry = Telemetry(contract, log_file=tmp_path / "log")
    with pytest.raises(KeyError, match="mine"), telemetry.call(**KNOWN):
        raise KeyError("mine")
    labels = {"model": "gpt-4o-mini", "endpoint": "chat", "kind": "api_error"}
    assert telemetry.metrics.registry.get_sample_value("llm_errors_total", labels) == 1
    assert json.loads((tmp_path / "log").read_text().splitlines()[1])["outcome"]["status"] == "api_error"


def test_a_broken_log_is_not_the_callers_problem(contract: Contract, tmp_path: Path) -> None:
    """The failure is counted, the call goes on."""
    telemetry = Telemetry(contract, log_file=tmp_path / "log")
    telemetry.log.write = None  # type: ignore[method-assign,assignment]
    with telemetry.call(**KNOWN) as call:
        call.answered("fine", {"input": 1, "output": 1})
    assert telemetry.failures >= 1


def test_a_call_that_nobody_answered_counts_as_failed(contract: Contract, tmp_path: Path) -> None:
    """Silence is not success."""
    telemetry = Telemetry(contract, log_file=tmp_path / "log")
    with telemetry.call(**KNOWN) as call:
        pass
    assert call.status == "api_error"


def test_a_back_end_that_is_down_blocks_nobody(contract: Contract, tmp_path: Path) -> None:
    """A thousand calls while no collector answers take less than two seconds."""
    import time

    telemetry = Telemetry(contract, log_file=tmp_path / "log", otlp="http://127.0.0.1:9")
    began = time.monotonic()
    for _number in range(1000):
        with telemetry.call(**KNOWN) as call:
            call.answered("fine", {"input": 1, "output": 1})
    assert time.monotonic() - began < 2


def test_cost_counts_cached_tokens_at_their_own_price(contract: Contract) -> None:
    """A million tokens of each kind cost what the price list says."""
    price = contract.models["gpt-4o-mini"]["usd_per_million_tokens"]
    tokens = {"input": 2_000_000, "cache_read": 1_000_000, "output": 1_000_000}
    expected = price["input"] + price["cache_read"] + price["output"]
    assert cost_usd(contract, "gpt-4o-mini", tokens) == pytest.approx(expected)
    assert cost_usd(contract, "unheard-of", tokens) is None


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("mail ada@example.org now", "mail [redacted:email] now"),
        ("card 4111 1111 1111 1111.", "card [redacted:card]."),
        ("not a card 4111 1111 1111 1112", "not a card 4111 1111 1111 1112"),
        ("call +49 170 1234567!", "call [redacted:phone]!"),
        ("key sk-abcdefghijklmnopqrstuv", "key [redacted:key]"),
        ("in 2024 there were 1000 calls", "in 2024 there were 1000 calls"),
        ("p95 of 1250 ms at 12:30:45", "p95 of 1250 ms at 12:30:45"),
    ],
)
def test_redaction_marks_what_it_must_and_leaves_numbers_alone(text: str, clean: str) -> None:
    """Addresses, phone numbers, cards by their check digit, keys."""
    assert redact(text, ["email", "phone", "card", "key"]) == clean
