"""Labels from files, all or none."""

import json

import pytest
from app.evals.judge.rubric import version_of
from app.evals.label import files
from app.evals.store import Store

from tests.app.evals.label.conftest import GROUNDED, judged


def test_what_is_exported_can_be_imported(store: Store) -> None:
    """By another person, into the same store."""
    calls = judged(store, GROUNDED, 4)
    lines = [json.dumps({"call_id": one, "dimension": "groundedness", "label": "pass"}) for one in calls]
    assert files.keep(store, files.read([*lines, ""], [GROUNDED], "ada")) == 4
    out = list(files.written(store, [GROUNDED]))
    assert len(out) == 4
    told = json.loads(out[0])
    assert told == {
        "call_id": "call-000", "dimension": "groundedness", "rubric": version_of(GROUNDED), "label": "pass", "by": "ada",
        "judge": "pass", "model": "secret-model-0",
    }  # fmt: skip
    again = files.read([json.dumps(json.loads(one) | {"by": "bob", "label": "fail"}) for one in out], [GROUNDED], "x")
    files.keep(store, again)
    assert sorted(one.by for one in store.labelled("groundedness")) == ["ada"] * 4 + ["bob"] * 4


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nonsense", "line 2: Expecting value"),
        ("[]", "line 2: a label is a JSON object"),
        ('{"dimension": "groundedness", "label": "pass"}', "line 2: call_id is missing"),
        (
            '{"call_id": "c", "dimension": "tone", "label": "pass"}',
            "line 2: no dimension 'tone': there are groundedness",
        ),
        ('{"call_id": "c", "dimension": "groundedness", "label": "good"}', "line 2: label is pass or fail, not 'good'"),
        ('{"call_id": "c", "dimension": "groundedness", "label": "pass", "by": 7}', "line 2: rubric and by are texts"),
    ],
)
def test_one_wrong_line_and_nothing_is_imported(line: str, words: str) -> None:
    good = '{"call_id": "c", "dimension": "groundedness", "label": "pass"}'
    with pytest.raises(ValueError, match=words) as caught:
        files.read([good, line], [GROUNDED], "ada")
    assert "nothing was imported" in str(caught.value)
