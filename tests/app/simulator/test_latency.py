"""How long models take, set over HTTP."""

import time
import urllib.error
from typing import Any

import pytest
from app.simulator.latency import EVERY, MOST_MODELS, Latency, usual

from tests.app.simulator.conftest import PASSAGES, Simulator

pytestmark = pytest.mark.xdist_group("simulator")
PACE = 0.02


def test_what_is_set_is_shown_and_forgotten(simulator: Simulator) -> None:
    """What is left out stays; a model that was only called has what its name gives."""
    assert simulator.steer("/latency") == {}
    simulator.steer("/latency", {"a": {"median": 2, "sigma": 0.1}})
    assert simulator.steer("/latency", {"a": {"first_token": 0.5}}) == {
        "a": {"median": 2.0, "sigma": 0.1, "first_token": 0.5}
    }
    simulator.openai().responses.create(model="gpt-4o-mini", input="Why?")
    assert set(simulator.steer("/latency")) == {"a", "gpt-4o-mini"}
    assert simulator.steer("/latency", method="DELETE") == {}


def test_a_star_stands_for_every_model_that_is_not_named() -> None:
    """The model's own settings win, one by one."""
    latency = Latency()
    latency.change({EVERY: {"median": 5, "sigma": 0}, "a": {"median": 1}})
    assert (latency.of("a").median, latency.of("a").sigma, latency.of("b").median) == (1.0, 0.0, 5.0)
    assert latency.as_dict()[EVERY] == {"median": 5.0, "sigma": 0.0}
    latency.forget()
    assert latency.of("b") == usual("b")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"a": {"median": -1}}, "median of a must be 0 to 600, not -1"),
        ({"a": {"sigma": 4}}, "sigma of a must be 0 to 3, not 4"),
        ({"a": {"first_token": 1.5}}, "first_token of a must be 0 to 1, not 1.5"),
        ({"a": {"mean": 1}}, "a has unknown: mean; known: median, sigma, first_token"),
        ({"a": 3}, "a must be an object with median, sigma, first_token, not 3"),
        ([1], "attribute"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(simulator: Simulator, settings: Any, words: str) -> None:
    """With what was found and what is allowed."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        simulator.steer("/latency", settings if isinstance(settings, list) else {"b": {"median": 1}, **settings})
    assert caught.value.code == 400
    assert words in caught.value.read().decode()
    assert simulator.steer("/latency") == {}


def test_models_are_bounded() -> None:
    """Those that are set, and those that are remembered for having been called."""
    latency = Latency()
    with pytest.raises(ValueError, match="at most 1000 models can be set, not 1001"):
        latency.change({f"m{number}": {} for number in range(MOST_MODELS + 1)})
    for number in range(MOST_MODELS + 10):
        latency.of(f"m{number}")
    assert len(latency.as_dict()) <= MOST_MODELS


def test_the_first_word_and_the_last_come_when_they_are_due(simulator: Simulator) -> None:
    """A stream spreads its pieces over the time between them."""
    simulator.steer("/latency", {"gpt-4o-mini": {"median": 0.6 / PACE, "sigma": 0, "first_token": 0.5}})
    messages: Any = [{"role": "user", "content": PASSAGES}]
    begun = time.monotonic()
    chunks = simulator.openai().chat.completions.create(model="gpt-4o-mini", messages=messages, stream=True)
    seen = [time.monotonic() - begun for chunk in chunks if chunk.choices[0].delta.content]
    assert seen[0] >= 0.29
    assert seen[-1] - seen[0] > 0.15
    assert time.monotonic() - begun >= 0.59
