"""What the simulator says it served is what clients got: call by call, token by token."""

import json
import time
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anthropic
import openai
import pytest
from app.simulator.asked import Asked
from app.simulator.behaviour import Behaviour, Tokens
from app.simulator.ledger import MOST_MODELS, OTHER, Entry, Ledger

from tests.app.simulator.conftest import PASSAGES, Simulator

pytestmark = pytest.mark.xdist_group("simulator")
MESSAGES: Any = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": PASSAGES}]
BROKEN = {"cut", "error_event", "garbage", "abandoned"}


class Client:
    """Calls in every way there is, and what it saw of each, by the call's id: fate "" where there was an answer."""

    def __init__(self, simulator: Simulator) -> None:
        self.openai, self.anthropic = simulator.openai(), simulator.anthropic()
        self.seen: list[tuple[str | None, Tokens]] = []

    def ask(self, number: int) -> None:
        """One call; the way it goes depends on its number."""
        try:
            self.seen.append([self.chat, self.chat_streamed, self.response, self.response_streamed, self.message, self.message_streamed][number % 6]())  # fmt: skip
        except (openai.APIError, anthropic.APIError, json.JSONDecodeError, anthropic.AnthropicError):
            self.seen.append((None, Tokens()))
        except Exception as error:  # noqa: BLE001  # a broken connection within a stream, which one SDK lets through
            assert "peer closed" in str(error)  # noqa: PT017
            self.seen.append((None, Tokens()))

    def chat(self) -> tuple[str, Tokens]:
        reply = self.openai.chat.completions.create(model="o3", messages=MESSAGES)
        return reply.id, completion(reply.usage)

    def chat_streamed(self) -> tuple[str, Tokens]:
        chunks = list(self.openai.chat.completions.create(model="gpt-4o-mini", messages=MESSAGES, stream=True, stream_options={"include_usage": True}))  # fmt: skip
        return chunks[-1].id, completion(chunks[-1].usage)

    def response(self) -> tuple[str | None, Tokens]:
        return response(self.openai.responses.create(model="gpt-4o-mini", input=PASSAGES))

    def response_streamed(self) -> tuple[str | None, Tokens]:
        last = list(self.openai.responses.create(model="gpt-5", input=PASSAGES, stream=True))[-1]
        return (None, Tokens()) if last.type == "error" else response(last.response)

    def message(self) -> tuple[str, Tokens]:
        system = [{"type": "text", "text": "Be brief." * 50, "cache_control": {"type": "ephemeral"}}]
        reply = self.anthropic.messages.create(
            model="claude-haiku-4-5", max_tokens=200, system=system, messages=MESSAGES[1:]
        )
        return reply.id, message(reply.usage)

    def message_streamed(self) -> tuple[str, Tokens]:
        with self.anthropic.messages.stream(
            model="claude-haiku-4-5", max_tokens=200, system="Be brief.", messages=MESSAGES[1:]
        ) as stream:
            reply = stream.get_final_message()
        return reply.id, message(reply.usage)


def completion(usage: Any) -> Tokens:
    into, out = usage.prompt_tokens_details, usage.completion_tokens_details
    return Tokens(usage.prompt_tokens, usage.completion_tokens, into.cached_tokens, 0, out.reasoning_tokens)


def response(reply: Any) -> tuple[str | None, Tokens]:
    if reply.status == "failed":
        return None, Tokens()
    usage = reply.usage
    return reply.id, Tokens(usage.input_tokens, usage.output_tokens, usage.input_tokens_details.cached_tokens, 0, usage.output_tokens_details.reasoning_tokens)  # fmt: skip


def message(usage: Any) -> Tokens:
    read, written = usage.cache_read_input_tokens, usage.cache_creation_input_tokens
    return Tokens(usage.input_tokens + read + written, usage.output_tokens, read, written)


def test_a_clients_own_counts_are_the_ledgers(simulator: Simulator) -> None:
    """Three hundred calls in all ways at once, half of which go wrong: every id, every token, every kind."""
    wrong = {"errors": 0.1, "rate_limits": 0.1, "refusals": 0.05, "refusal_fields": 0.05, "safety": 0.05, "cuts": 0.05, "garbage": 0.05, "error_events": 0.05}  # fmt: skip
    simulator.chaos(**wrong)
    client = Client(simulator)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(client.ask, range(300)))
    told = simulator.ledger(calls=1)
    assert told["calls"] == len(told["last"]) == len(client.seen) == 300
    whole = {one["id"]: Tokens(**one["tokens"]) for one in told["last"] if one["id"] and one["fate"] not in BROKEN}
    assert whole == {uid: tokens for uid, tokens in client.seen if uid}
    fates = {fate for model in told["models"].values() for fate in model["calls"]}
    assert {"ok", "api_error", "rate_limit", "refusal", "safety_block", "cut", "garbage", "error_event"} <= fates
    for kind in Tokens._fields:
        parts = [
            tokens[kind]
            for model in told["models"].values()
            for fate, tokens in model["tokens_by_fate"].items()
            if fate not in BROKEN
        ]
        assert sum(parts) == sum(getattr(tokens, kind) for _uid, tokens in client.seen)


def test_totals_are_the_sums_of_the_calls(simulator: Simulator) -> None:
    """By model and fate, by model and kind, and in all."""
    simulator.chaos(not_found=0.3)
    client = Client(simulator)
    for number in range(24):
        client.ask(number)
    told = simulator.ledger(calls=1)
    assert Counter((one["model"], one["fate"]) for one in told["last"]) == {
        (model, fate): calls for model, of in told["models"].items() for fate, calls in of["calls"].items()
    }
    for kind in Tokens._fields:
        for model, of in told["models"].items():
            assert of["tokens"][kind] == sum(one["tokens"][kind] for one in told["last"] if one["model"] == model)
        assert told["tokens"][kind] == sum(of["tokens"][kind] for of in told["models"].values())


def test_it_begins_again_when_it_is_deleted(simulator: Simulator) -> None:
    """With the time since when it counts."""
    simulator.openai().responses.create(model="gpt-4o-mini", input="Why?")
    before = simulator.ledger()
    after = simulator.steer("/ledger", method="DELETE")
    assert (before["calls"], after["calls"], after["models"]) == (1, 0, {})
    assert before["since"] < after["since"] <= time.time()


def test_calls_without_an_answer_have_a_request_id_only(simulator: Simulator) -> None:
    """The one that their header says; no tokens."""
    simulator.chaos(server_errors=1)
    with pytest.raises(openai.InternalServerError) as caught:
        simulator.openai().chat.completions.create(model="m", messages=MESSAGES)
    with pytest.raises(anthropic.InternalServerError) as failed:
        simulator.anthropic().messages.create(model="m", max_tokens=5, messages=MESSAGES[1:])
    told = {"id": None, "model": "m", "fate": "server_error", "tokens": Tokens()._asdict()}
    ids = (caught.value.request_id, failed.value.request_id)
    assert simulator.ledger(calls=1)["last"] == [told | {"request_id": uid} for uid in ids]


def test_a_call_that_times_out_is_counted_when_it_begins(simulator: Simulator) -> None:
    """Its client knows of it before anybody else does."""
    simulator.chaos(timeouts=1)
    with pytest.raises(openai.APITimeoutError):
        simulator.openai(timeout=0.2).responses.create(model="m", input="Why?")
    assert simulator.ledger()["models"]["m"]["calls"] == {"timeout": 1}


@pytest.mark.parametrize("stream", [False, True])
def test_who_leaves_early_has_abandoned_the_call(simulator: Simulator, stream: bool) -> None:
    """The output counts as far as it was sent."""
    simulator.steer("/latency", {"m": {"median": 100, "sigma": 0, "first_token": 0.1}})
    client = simulator.openai(timeout=5 if stream else 0.3)
    if stream:
        chunks = client.chat.completions.create(model="m", messages=MESSAGES, stream=True)
        for chunk in chunks:
            if chunk.choices[0].delta.content:
                chunks.close()
                break
    else:
        with pytest.raises(openai.APITimeoutError):
            client.chat.completions.create(model="m", messages=MESSAGES)
    told = simulator.ledger()["models"]["m"]
    assert told["calls"] == {"abandoned": 1}
    assert told["tokens"]["input"] > 20
    assert 1 <= told["tokens"]["output"] < 5 if stream else told["tokens"]["output"] == 0


def test_what_cannot_be_understood_is_counted_too(simulator: Simulator) -> None:
    """Under no model's name."""
    asked = urllib.request.Request(f"{simulator.url}/v1/messages", b"{")
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(asked, timeout=5)
    assert simulator.ledger()["models"]["(unknown)"]["calls"] == {"malformed": 1}


def test_memory_is_bounded() -> None:
    """The last calls are kept, and names beyond the first thousand are counted together; nothing is lost of the totals."""
    ledger, reply = Ledger(most_calls=10), Behaviour(1, flawless=True).reply(Asked("m", "", PASSAGES))
    for number in range(MOST_MODELS + 20):
        Entry(ledger, "msg_", str(number), f"m{number}", reply).ended(1.0)
    told = ledger.totals()
    assert [one["id"] for one in ledger.last()] == [f"msg_{MOST_MODELS + number}" for number in range(10, 20)]
    assert len(told["models"]) == MOST_MODELS + 1
    assert told["models"][OTHER]["calls"] == {"ok": 20}
    assert told["tokens"]["output"] == (MOST_MODELS + 20) * reply.tokens.output


def test_a_call_is_written_once() -> None:
    """Whoever comes second writes nothing."""
    ledger, reply = Ledger(), Behaviour(1, flawless=True).reply(Asked("m", "", PASSAGES))
    entry = Entry(ledger, "msg_", "1", "m", reply)
    assert ledger.under_way == 1
    entry.ended(1.0)
    entry.left(0.5)
    assert (ledger.under_way, ledger.totals()["models"]["m"]["calls"]) == (0, {"ok": 1})
