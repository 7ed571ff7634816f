"""Answers that arrive whole and are bad."""

from pathlib import Path
from typing import Any

import pytest
from app.answering.corpus import Corpus, Passage
from app.simulator import chaos as command
from app.simulator.asked import Asked
from app.simulator.behaviour import UNKNOWN, Behaviour, Reply
from app.simulator.misbehaviour import Chaos
from app.simulator.quality import INVENTED, OVERREFUSALS, RUDE
from app.simulator.truth import Case, finding
from app.telemetry.refusal import refuses

from tests.app.simulator.conftest import PASSAGES, Simulator
from tests.app.simulator.test_behaviour import PROMPT, replies

pytestmark = pytest.mark.xdist_group("simulator")


def spoiled(calls: int = 2000, seed: int = 1, **chaos: Any) -> list[Reply]:
    behaviour = Behaviour(seed, flawless=True)
    behaviour.chaos = Chaos.parse(chaos)
    return replies(behaviour, calls)


def invented(reply: Reply) -> bool:
    return any(one in reply.text for one in INVENTED)


def rude(reply: Reply) -> bool:
    return reply.text.startswith(RUDE)


def test_each_fault_is_a_share_of_the_answers() -> None:
    """Of 2,000; 4 standard deviations either way."""
    for field, is_so in (("quality", invented), ("rude", rude), ("overrefuse", lambda one: one.text in OVERREFUSALS)):
        assert 228 < sum(map(is_so, spoiled(**{field: 0.15}))) < 372
        assert all(map(is_so, spoiled(50, **{field: 1})))
        assert not any(map(is_so, spoiled(500)))


def test_one_fault_does_not_move_another() -> None:
    """Nor what is said otherwise, nor how a call ends."""
    plain, both = spoiled(quality=0.2), spoiled(quality=0.2, rude=0.3)
    assert [invented(one) for one in plain] == [invented(one) for one in both]
    assert [(one.total, one.failure) for one in plain] == [(one.total, one.failure) for one in both]
    assert [one.text for one, other in zip(plain, both, strict=True) if not rude(other)] == [
        one.text for one in both if not rude(one)
    ]


def test_a_seed_spoils_the_same_answers() -> None:
    first, again, other = (spoiled(300, seed, quality=0.3) for seed in (1, 1, 2))
    assert [one.text for one in first] == [one.text for one in again]
    assert [invented(one) for one in first] != [invented(one) for one in other]


def test_models_that_are_not_meant_are_spared() -> None:
    told = spoiled(600, quality=1, models=["local-llama"])
    assert [invented(one) for one in told] == [number % 3 == 2 for number in range(600)]


def test_what_holds_no_answer_stays_as_it_is() -> None:
    """Nothing can be invented about nothing, and no refusal is needless there."""
    behaviour = Behaviour(1, flawless=True)
    behaviour.chaos = Chaos.parse({"quality": 1, "overrefuse": 1, "rude": 1})
    assert behaviour.reply(Asked("m", "", "Why?")).text == UNKNOWN


def test_a_needless_refusal_is_counted_as_a_refusal() -> None:
    """The application's kit knows it by its words: both counts agree."""
    assert {one.failure for one in spoiled(50, overrefuse=1)} == {"refusal_text"}
    assert all(map(refuses, OVERREFUSALS))
    assert not any(map(refuses, (*INVENTED, *RUDE)))


def test_a_call_that_breaks_off_breaks_off_whatever_it_says() -> None:
    assert {one.failure for one in spoiled(50, overrefuse=1, cuts=1)} == {"cut"}


def test_only_a_flawed_one_invents_without_being_told_to() -> None:
    """In the share that it is given."""
    flawed, flawless = Behaviour(1, invented=0.03), Behaviour(1, flawless=True, invented=0.03)
    assert 40 < sum(map(invented, replies(flawed, 3000))) < 140
    assert not any(map(invented, replies(flawless, 3000)))


def test_what_is_invented_is_in_no_passage_of_the_corpus(repository: Path) -> None:
    """A judge finds each of them, whatever was retrieved; and everything else is taken for what it is."""
    corpus = Corpus.load([repository / "examples/app/corpus"])
    questions = [path.stem.replace("-", " ") for path in sorted((repository / "examples/app/corpus").glob("*.md"))]
    found = [passages for question in questions if len(passages := corpus.retrieve(question)[:4]) > 1]
    assert len(found) >= 8
    for passages in found:
        for sentence in INVENTED:
            assert not _grounded(passages, sentence)
        assert _grounded(passages, passages[0].text)


def _grounded(passages: list[Passage], said: str) -> bool:
    numbered = "\n".join(f"[{number}] {one.title}: {one.text}" for number, one in enumerate(passages, start=1))
    return finding(Case("groundedness", numbered, "Why?", f"{passages[0].text} {said}")).passes


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [("worse 0.15", "quality", 0.15), ("rude 0.1", "rude", 0.1), ("judge 0.8", "judge_accuracy", 0.8), ("overrefuse 0.2", "overrefuse", 0.2), ("judge_garbage 0.1", "judge_garbage", 0.1)],
)  # fmt: skip
def test_it_can_be_typed(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, words: str, field: str, value: float
) -> None:
    """Short words stand for long ones."""
    monkeypatch.setenv("LLM_SIMULATOR_URL", simulator.url)
    assert command.main(words.split()) == 0
    assert simulator.steer("/chaos")[field] == value
    assert words.split(maxsplit=1)[0] in command.USAGE


def test_it_arrives_on_the_wire(simulator: Simulator) -> None:
    """An invented sentence within a whole answer."""
    simulator.chaos(quality=1)
    reply = simulator.openai().chat.completions.create(model="m", messages=[{"role": "user", "content": PASSAGES}])
    assert any(one in reply.choices[0].message.content for one in INVENTED)
    assert reply.choices[0].finish_reason == "stop"
    assert PROMPT.startswith("Passages:")
