"""What the kit counts is what the provider served: call by call, a thousand streams at once."""

import asyncio
import json
import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anthropic
import jsonschema
import openai
import pytest
from app.telemetry import Telemetry
from app.telemetry import anthropic as anthropic_calls
from app.telemetry import openai as openai_calls
from app.telemetry.contract import Contract
from app.telemetry.cost import cost_usd

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
STREAMS = 1000
MODELS = ("gpt-4o-mini", "claude-haiku-4-5")
KINDS = {"ok": "ok", "refusal": "refusal", "safety_block": "safety_block"}
"""How the kit tells a fate of the ledger; every other one is an API error."""


@pytest.fixture
def simulator(repository: Path) -> Iterator[str]:
    """In a process of its own, and misbehaving now and then."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    environment = {
        "PYTHONPATH": str(repository / "examples"), "SIMULATOR_PORT": str(port), "SIMULATOR_WORDS_AT_ONCE": "6",
        "SIMULATOR_PACE": "3",
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "app.simulator"], env=environment)
    url = f"http://127.0.0.1:{port}"
    for _turn in range(100):
        try:
            ask(f"{url}/readyz")
            break
        except OSError:
            time.sleep(0.1)
    ask(f"{url}/chaos", {"errors": 0.05, "refusals": 0.05, "safety": 0.03, "rate_limits": 0.05, "cuts": 0.03})
    yield url
    process.terminate()
    process.wait()


def ask(url: str, settings: dict[str, Any] | None = None) -> Any:
    """JSON."""
    data = None if settings is None else json.dumps(settings).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, {"content-type": "application/json"})) as response:
        return json.load(response)


async def everybody(telemetry: Telemetry, url: str) -> None:
    """A thousand people at once; some leave early."""
    rng = random.Random(1)
    limits: Any = {"max_retries": 0, "timeout": 60, "api_key": "offline"}
    chats = openai_calls.observed(openai.AsyncOpenAI(base_url=f"{url}/v1", **limits), telemetry, endpoint="chat")
    messages = anthropic_calls.observed(
        anthropic.AsyncAnthropic(base_url=url, open_telemetry=False, **limits), telemetry, endpoint="search"
    )

    async def one(number: int) -> None:
        content = f"[1] Number {number}: It is {number}. It stays so. It is held for a while. It ends."
        asked: Any = {"messages": [{"role": "user", "content": content}], "stream": True}
        leaves = rng.random() < 0.05
        if number % 2:
            stream: Any = await chats.chat.completions.create(model=MODELS[0], **asked)
        else:
            stream = await messages.messages.create(model=MODELS[1], max_tokens=200, **asked)
        async with stream:
            async for _event in stream:
                if leaves:
                    break

    # What fails is counted: that is the point.
    await asyncio.gather(*(one(number) for number in range(STREAMS)), return_exceptions=True)


def test_a_thousand_streams_add_up(contract: Contract, tmp_path: Path, simulator: str, repository: Path) -> None:
    """Calls, kinds, tokens and cost: in the metrics, in the log and in the provider's ledger; every line has its schema's shape."""
    telemetry = Telemetry(contract, log_file=tmp_path / "log")
    asyncio.run(everybody(telemetry, simulator))
    telemetry.close()
    while (ledger := ask(f"{simulator}/ledger?calls=1"))["under_way"]:
        time.sleep(0.1)
    served = {one["id"]: one for one in ledger["last"] if one["id"]}
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    schema = jsonschema.Draft202012Validator(json.loads((repository / "stack/app/log.schema.json").read_text()))
    for line in lines:
        schema.validate(line)
    answers = [line for line in lines if line["event"] == "llm.response"]
    assert len(answers) == ledger["calls"] == STREAMS

    known = [line for line in answers if line["metadata"]["response_id"]]
    assert len(known) > 0.8 * STREAMS
    for line in known:
        entry = served[line["metadata"]["response_id"]]
        told = {kind: line["performance"][name] or 0 for kind, name in FIELDS.items()}
        if line["outcome"]["abandoned"]:
            # It may have been served to its end, or to a cut, for somebody who no longer listened.
            assert entry["fate"] in {"abandoned", "cut", *KINDS}, entry
            assert told["input"] in {0, entry["tokens"]["input"]}
            assert (told["output"], line["performance"]["cost_usd"]) == (0, None), entry
            continue
        assert line["outcome"]["status"] == kind_of(entry), entry
        if entry["fate"] in {"ok", "refusal", "safety_block"}:
            assert told == entry["tokens"], entry
            assert line["performance"]["cost_usd"] == pytest.approx(cost_usd(contract, entry["model"], entry["tokens"]))
        else:
            assert told["input"] in {0, entry["tokens"]["input"]}, entry
            assert told["output"] == 0
            assert line["performance"]["cost_usd"] is None or not line["output"]["answer_chars"]

    unanswered = [line for line in answers if not line["metadata"]["response_id"]]
    assert {line["outcome"]["status"] for line in unanswered if not line["outcome"]["abandoned"]} == {"api_error"}
    assert sum(line["outcome"]["abandoned"] is True for line in answers) > STREAMS / 50
    value = telemetry.metrics.registry.get_sample_value
    for model, endpoint in zip(MODELS, ("chat", "search"), strict=True):
        mine = [line for line in answers if line["metadata"]["model"] == model]
        labels = {"model": model, "endpoint": endpoint}
        assert value("llm_requests_total", labels) == len(mine)
        failed = Counter(line["outcome"]["status"] for line in mine)
        for kind in ("api_error", "refusal", "safety_block"):
            assert value("llm_errors_total", {**labels, "kind": kind}) == failed[kind], kind
        unknown = sum(line["performance"]["cost_usd"] is None for line in mine)
        assert value("llm_unpriced_calls_total", {"model": model}) == unknown
        spent = sum(line["performance"]["cost_usd"] or 0 for line in mine)
        assert value("llm_cost_usd_total", labels) == pytest.approx(spent)


def kind_of(entry: dict[str, Any]) -> str:
    """As the kit tells it: Anthropic has one stop reason for a refusal and a block."""
    kind = KINDS.get(entry["fate"], "api_error")
    return "refusal" if kind == "safety_block" and entry["model"] == MODELS[1] else kind


FIELDS = {
    "input": "tokens_in", "output": "tokens_out", "cache_read": "tokens_cache_read", "cache_write": "tokens_cache_write",
    "reasoning": "tokens_reasoning",
}  # fmt: skip
