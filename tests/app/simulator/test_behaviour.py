"""What is drawn for a call, without a wire."""

import hashlib
from collections import Counter
from typing import Any

import pytest
from app.simulator.asked import Asked, ToolCall
from app.simulator.behaviour import Behaviour, Reply
from app.simulator.misbehaviour import FATES, Chaos

from tests.app.simulator.conftest import PASSAGES

MODELS = ("gpt-4o-mini", "claude-haiku-4-5", "local-llama")
PROMPT = "Passages:\n[1] Baseline: A median. It stays behind. It is held. It ends.\n\n[2] Spend: Spend pages. It says why.\n\nQuestion: Why?"  # fmt: skip


def replies(behaviour: Behaviour, calls: int, prompt: str = PROMPT) -> list[Reply]:
    """Of three models in turn."""
    return [behaviour.reply(Asked(MODELS[number % 3], "Be brief.", prompt, 400)) for number in range(calls)]


@pytest.mark.parametrize(
    ("chaos", "digest"),
    [
        ({}, "b31b7483"),
        ({"errors": 0.2, "timeouts": 0.1, "refusals": 0.1, "safety": 0.1}, "5afb3f25"),
        ({"slow": 3, "expensive": 5, "models": ["local-llama"]}, "a46c9b8f"),
    ],
)
def test_a_seed_gives_the_fates_that_it_always_gave(chaos: dict[str, Any], digest: str) -> None:
    """Recorded before tool calls, caches and further failures came: whoever wrote a seed down finds the same calls."""
    behaviour = Behaviour(7)
    behaviour.chaos = Chaos.parse(chaos)
    told = [
        (one.text, one.failure, f"{one.first_token:.9f} {one.total:.9f}", *one.tokens[:3])
        for one in replies(behaviour, 900)
    ]
    assert hashlib.sha256(repr(told).encode()).hexdigest()[:8] == digest


def test_what_draws_later_does_not_move_what_drew_before() -> None:
    """Reasoning and leaks have a source of their own."""
    plain, mixed = Behaviour(3), Behaviour(3)
    mixed.chaos = Chaos.parse({"leak": 0.5})
    expected = [
        one.total / mixed.latency.of("gpt-4o-mini").median
        for one in (plain.reply(Asked("gpt-4o-mini", "", PROMPT)) for _ in range(50))
    ]
    found = [mixed.reply(Asked("o3", "", PROMPT)).total / mixed.latency.of("o3").median for _ in range(50)]
    assert found == pytest.approx(expected)


def test_a_flawless_one_fails_only_where_it_is_told_to() -> None:
    """Else five calls in a thousand do."""
    assert {one.failure for one in replies(Behaviour(1, flawless=True), 3000)} == {""}
    flawed = Counter(one.failure for one in replies(Behaviour(1), 10_000))
    assert 5 <= flawed["api_error"] <= 40
    assert 10 <= flawed["refusal"] <= 55


@pytest.mark.parametrize("field", FATES)
def test_each_share_is_a_share_of_the_calls(field: str) -> None:
    """A fifth, and of the models that are named only."""
    behaviour = Behaviour(1, flawless=True)
    behaviour.chaos = Chaos.parse({field: 0.2, "models": ["gpt-4o-mini", "local-llama"]})
    told = replies(behaviour, 3000)
    failed = Counter(MODELS[number % 3] for number, one in enumerate(told) if one.failure == FATES[field])
    assert 150 < failed["gpt-4o-mini"] < 250
    assert 150 < failed["local-llama"] < 250
    assert failed["claude-haiku-4-5"] == 0


def test_shares_of_several_kinds_add_up() -> None:
    """Each keeps its own."""
    behaviour = Behaviour(1, flawless=True)
    behaviour.chaos = Chaos.parse({"rate_limits": 0.3, "cuts": 0.3, "refusal_texts": 0.4})
    told = Counter(one.failure for one in replies(behaviour, 3000))
    assert set(told) == {"rate_limit", "cut", "refusal_text"}
    assert all(
        share * 0.9 < told[fate] / 3000 < share * 1.1
        for fate, share in {"rate_limit": 0.3, "cut": 0.3, "refusal_text": 0.4}.items()
    )


def test_a_leak_is_a_share_of_the_rate_limits() -> None:
    """Of nothing else."""
    behaviour = Behaviour(1, flawless=True)
    behaviour.chaos = Chaos.parse({"rate_limits": 0.5, "leak": 0.5})
    told = Counter((one.failure, one.leaks) for one in replies(behaviour, 3000))
    assert set(told) == {("", False), ("rate_limit", True), ("rate_limit", False)}
    assert 0.4 < told["rate_limit", True] / (told["rate_limit", True] + told["rate_limit", False]) < 0.6


@pytest.mark.parametrize("field", [*FATES, "leak"])
@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan"), "many"])
def test_a_share_that_is_none_is_refused(field: str, wrong: Any) -> None:
    """With the values that are allowed."""
    with pytest.raises(ValueError, match=f"{field} must be 0 to 1, not|could not convert"):
        Chaos.parse({field: wrong})


def test_an_unknown_word_is_refused_with_those_that_are_known() -> None:
    """Every field is among them."""
    with pytest.raises(ValueError, match="unknown: rate_limit; known: ") as caught:
        Chaos.parse({"rate_limit": 1})
    assert all(field in str(caught.value) for field in [*FATES, "leak", "retry_after", "slow", "expensive", "models"])


def test_tokens_follow_what_goes_over_the_wire() -> None:
    """Thoughts are at most half of the limit; a call of a tool counts; dear calls multiply all of it."""
    behaviour = Behaviour(1, flawless=True)
    thought = behaviour.reply(Asked("o3", "", PASSAGES, limit=20))
    assert (thought.tokens.reasoning, thought.tokens.output, thought.cut_off) == (10, 20, True)
    called = behaviour.reply(Asked("m", "", PASSAGES, calls=(ToolCall("weather", '{"a": 1}'),)))
    assert (called.text, called.tokens.output) == ("", 4)
    behaviour.chaos = Chaos.parse({"expensive": 3})
    assert behaviour.reply(Asked("m", "", "1234", calls=(ToolCall("weather", '{"a": 1}'),))).tokens[:2] == (3, 12)


def test_latency_is_drawn_as_it_is_set() -> None:
    """The median is the median; without a sigma every call takes it; the first token comes at its share."""
    behaviour = Behaviour(1, flawless=True)
    behaviour.latency.change(
        {"a": {"median": 2.0}, "b": {"median": 3.0, "sigma": 0, "first_token": 0.1}, "c": {"median": 0}}
    )
    drawn = sorted(behaviour.reply(Asked("a", "", "")).total for _number in range(2001))
    assert drawn[1000] == pytest.approx(2.0, rel=0.05)
    assert drawn[1900] > 2.5
    told = behaviour.reply(Asked("b", "", ""))
    assert (told.total, told.first_token) == (pytest.approx(3.0), pytest.approx(0.3))
    assert behaviour.reply(Asked("c", "", "")).total == 0
