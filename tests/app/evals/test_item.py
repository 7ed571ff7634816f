"""What the application writes is what the worker reads."""

import dataclasses

import orjson
import pytest
from app.evals.item import REASONS, Item
from hypothesis import given
from hypothesis import strategies as st

ITEM = Item(
    "c1", "chat", "gpt-4o-mini", "openai", "What is p95?", "A percentile.", ("p95: …",), "ok", 0.25, "sample", 1.5
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(
    st.builds(
        Item,
        call_id=TEXT.filter(bool), endpoint=TEXT, model=TEXT, provider=TEXT, question=TEXT, answer=TEXT,
        passages=st.lists(TEXT, max_size=3).map(tuple), status=TEXT, probability=st.floats(0, 1, exclude_min=True),
        reason=st.sampled_from(REASONS), ended=st.floats(allow_nan=False, allow_infinity=False),
        prompt_version=st.none() | TEXT, response_model=st.none() | TEXT, conversation_id=st.none() | TEXT, cluster=st.none() | TEXT,
    )
)  # fmt: skip
def test_it_is_one_line_that_says_everything(item: Item) -> None:
    """Whatever its texts hold."""
    line = item.dumped()
    assert b"\n" not in line
    assert Item.loaded(line) == item
    assert Item.loaded(line.decode()) == item


def test_half_a_surrogate_pair_is_written_too() -> None:
    """As models at times send it; UTF-8 has no bytes for it."""
    odd = dataclasses.replace(ITEM, answer="so \ud83d", passages=("\ud83d",))
    assert Item.loaded(odd.dumped()) == dataclasses.replace(ITEM, answer="so ?", passages=("?",))


def test_what_a_newer_writer_adds_is_left_out() -> None:
    """And what an older one does not know has its default."""
    told = {**dataclasses.asdict(ITEM), "of_tomorrow": 1}
    del told["prompt_version"]
    assert Item.loaded(orjson.dumps(told)) == ITEM


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"answer": None}, "wrong value of answer"),
        ({"call_id": ""}, "wrong value of call_id"),
        ({"probability": 0}, "wrong value of probability"),
        ({"probability": 1.1}, "wrong value of probability"),
        ({"probability": True}, "wrong value of probability"),
        ({"passages": "p"}, "wrong value of passages"),
        ({"passages": [1]}, "wrong value of passages"),
        ({"reason": "whim"}, "wrong value of reason"),
        ({"trace_id": None}, "wrong value of trace_id"),
        ({"ended": "now"}, "wrong value of ended"),
    ],
)
def test_a_value_that_cannot_be_is_refused(change: dict[str, object], said: str) -> None:
    """Saying which."""
    with pytest.raises(ValueError, match=said):
        Item.loaded(orjson.dumps(dataclasses.asdict(ITEM) | change))


@pytest.mark.parametrize(
    ("line", "said"),
    [(b"[]", "this is list"), (b"{}", "without call_id, "), (b'{"call_id": ', "EOF|end"), ("\x00\x00", "character")],
)
def test_anything_else_is_no_item(line: bytes | str, said: str) -> None:
    """Half a line, and what a power cut leaves."""
    with pytest.raises(ValueError, match=said):
        Item.loaded(line)


def test_its_weight_is_for_how_many_calls_it_stands() -> None:
    """But for none where it was chosen for what came after it."""
    assert ITEM.weight == 4.0
    assert dataclasses.replace(ITEM, reason="thumbs_down", probability=1.0).weight == 0.0
    assert dataclasses.replace(ITEM, reason="refusal", probability=1.0).weight == 1.0
