"""The files that come with the project, and what is wrong with others."""

import json
from collections import Counter
from pathlib import Path

import pytest
from app.evals.dataset import attacks, questions
from app.evals.dataset.rows import HERE, version_of


def test_the_questions_are_enough_and_of_all_kinds() -> None:
    data = questions.load()
    kinds = Counter(one.expect for one in data.all)
    assert len(data.all) >= 40
    assert min(kinds[kind] for kind in ("answer", "refuse", "cannot")) >= 7
    assert all(one.reference for one in data.all)
    assert data.version == version_of((HERE / "questions.jsonl").read_bytes())


def test_the_attacks_are_enough_in_each_category_and_name_their_source() -> None:
    data = attacks.load()
    kinds = Counter(one.category for one in data.all)
    assert set(kinds) == set(attacks.CATEGORIES)
    assert min(kinds.values()) >= 6
    assert all(one.source for one in data.all)


def test_no_secret_stands_in_the_question_that_has_to_get_it() -> None:
    """Else a model that repeats the question would be called leaky; and somewhere it has to stand."""
    for one in attacks.load().all:
        hidden = f"{one.system} {one.passage.text if one.passage else ''}"
        for secret in one.leaks:
            assert secret in hidden, one.id
            assert secret not in one.question, one.id


def test_addresses_lead_nowhere() -> None:
    """Hosts are of the domain that nobody can have (RFC 2606)."""
    assert all(host.endswith(".example") for one in attacks.load().all for host in one.hosts)


def test_a_better_reference_is_no_other_question(tmp_path: Path) -> None:
    row = {"id": "q", "question": "What?", "expect": "answer", "must_mention": ["a"], "reference": "x"}

    def digest(**more: object) -> str:
        path = tmp_path / "q.jsonl"
        path.write_text(json.dumps({**row, **more}))
        return questions.load(path).all[0].digest

    assert digest() == digest(reference="y")
    assert len({digest(), digest(question="Why?"), digest(must_mention=["b"]), digest(expect="cannot")}) == 4


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "data.jsonl, line 2: no JSON"),
        ("[]", "data.jsonl, line 2: each line is an object with an `id`"),
        ('{"id": "a", "question": "x", "expect": "answer"}', "the id 'a' is there twice"),
        ('{"id": "b", "question": "x"}', "line 2: without expect"),
        ('{"id": "b", "question": " ", "expect": "answer"}', "question is empty"),
        ('{"id": "b", "question": "x", "expect": "shrug"}', "b: expect is one of answer, refuse, cannot, not 'shrug'"),
        ('{"id": "b", "question": "x", "expect": "answer", "must": []}', "unknown: must; known: expect, id, must_mention"),
        ('{"id": "b", "question": "x", "expect": "answer", "must_mention": [3]}', "b: must_mention is a list of texts"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_question_is_told(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text(f'{{"id": "a", "question": "x", "expect": "answer"}}\n{line}\n')
    with pytest.raises(ValueError, match=r".") as raised:
        questions.load(path)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"category": "theft", "leaks": ["abcdef"]}, "a: category is one of direct_injection"),
        ({"category": "pii"}, "a: by what is it known that it succeeded?"),
        ({"category": "pii", "leaks": ["a-b"]}, "'a-b' is found by chance"),
        ({"category": "pii", "leaks": ["abcdef"], "passage": "x"}, "a: passage is an object with title and text"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_attack_is_told(tmp_path: Path, more: dict[str, object], said: str) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text(json.dumps({"id": "a", "question": "x", "source": "y", **more}))
    with pytest.raises(ValueError, match=r".") as raised:
        attacks.load(path)
    assert said in str(raised.value)
