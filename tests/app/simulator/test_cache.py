"""Anthropic's prompt cache: what is marked is written once, and read from then on."""

from typing import Any

import pytest
from app.simulator.asked import Prefix
from app.simulator.cache import PromptCache, prefixes

from tests.app.simulator.conftest import WEATHER, Simulator

pytestmark = pytest.mark.xdist_group("simulator")
MARKED: Any = {"type": "ephemeral"}


def ask(simulator: Simulator, rules: str, model: str = "claude-haiku-4-5", **more: Any) -> Any:
    """The usage of a call with a marked system prompt, 100 tokens long."""
    system = [{"type": "text", "text": rules.ljust(400, "."), "cache_control": MARKED}]
    asked: Any = {"model": model, "max_tokens": 50, "system": system, "messages": [{"role": "user", "content": "Why?"}]}
    return simulator.anthropic().messages.create(**{**asked, **more}).usage


def test_the_first_call_writes_and_the_next_reads(simulator: Simulator) -> None:
    """The rest of the prompt is neither; another text, or another model, begins anew."""
    usages = [
        ask(simulator, "Rules."),
        ask(simulator, "Rules."),
        ask(simulator, "Others."),
        ask(simulator, "Rules.", "claude-opus-4-8"),
    ]
    told = [(one.cache_creation_input_tokens, one.cache_read_input_tokens, one.input_tokens) for one in usages]
    assert told == [(100, 0, 1), (0, 100, 1), (100, 0, 1), (100, 0, 1)]


def test_a_stream_says_it_in_its_first_event(simulator: Simulator) -> None:
    """And again with the last."""
    system = [{"type": "text", "text": "Streamed.".ljust(400, "."), "cache_control": MARKED}]
    asked: Any = {
        "model": "claude-haiku-4-5",
        "max_tokens": 50,
        "system": system,
        "messages": [{"role": "user", "content": "Why?"}],
    }
    for expected in ((100, 0), (0, 100)):
        events = list(simulator.anthropic().messages.create(**asked, stream=True))
        for usage in (events[0].message.usage, events[-2].usage):
            assert (usage.cache_creation_input_tokens, usage.cache_read_input_tokens) == expected


def test_an_hour_is_told_from_five_minutes(simulator: Simulator) -> None:
    """By the time that the mark asks for."""
    system = [{"type": "text", "text": "Long.".ljust(400, "."), "cache_control": {"type": "ephemeral", "ttl": "1h"}}]
    long, short = ask(simulator, "", system=system), ask(simulator, "Short.")
    assert (long.cache_creation.ephemeral_1h_input_tokens, long.cache_creation.ephemeral_5m_input_tokens) == (100, 0)
    assert (short.cache_creation.ephemeral_1h_input_tokens, short.cache_creation.ephemeral_5m_input_tokens) == (0, 100)


def test_a_failed_call_writes_nothing(simulator: Simulator) -> None:
    """The next one does."""
    simulator.chaos(errors=1)
    with pytest.raises(Exception, match="Overloaded"):
        ask(simulator, "Failing.")
    simulator.chaos()
    assert ask(simulator, "Failing.").cache_creation_input_tokens == 100


def test_the_longest_prefix_that_is_known_is_read() -> None:
    """Tools come before the system prompt, messages after it; what is after the last mark does not matter."""

    def body(*turns: str, mark: bool = True) -> dict[str, Any]:
        tools = [{"name": "weather", "input_schema": WEATHER, "cache_control": MARKED}]
        said = [{"role": "user", "content": [{"type": "text", "text": turn}]} for turn in turns]
        return {"tools": tools, "system": "Rules.", "messages": said} | ({"cache_control": MARKED} if mark else {})

    cache = PromptCache()
    read, written = cache.use(prefixes("m", body("one")))
    assert (read, written) == (0, prefixes("m", body("one"))[-1].characters)
    assert cache.use(prefixes("m", body("one", "three"))) == (written, 5)
    assert cache.use(prefixes("m", body("two", mark=False))) == (prefixes("m", body())[0].characters, 0)


def test_it_forgets_what_was_not_used_for_longest() -> None:
    """Memory is bounded."""
    cache = PromptCache(most=2)
    one, two, three = ((Prefix(name, 4, kept=True, hour=False),) for name in (b"one", b"two", b"three"))
    for used, expected in ((one, 0), (two, 0), (one, 4), (three, 0), (one, 4), (two, 0)):
        assert cache.use(used)[0] == expected
