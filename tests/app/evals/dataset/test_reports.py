"""The report of a pull request."""

import random
import re

from app.evals.dataset import reports
from app.evals.dataset.compare import ALPHA, compare
from app.evals.dataset.result import EXPECTED
from markdown_it import MarkdownIt
from syrupy.assertion import SnapshotAssertion

from tests.app.evals.dataset.runs import RUBRICS, of, outcome, run

HOSTILE = "![x](https://collect.example/?q=s) @admin </details><script>alert(1)</script>\n\n| a |\n\x1b[31m\u202e"


def test_a_drop_as_a_person_reads_it(snapshot: SnapshotAssertion) -> None:
    names = [f"q{number}" for number in range(12)]
    before = run([*(outcome(name, {EXPECTED: "pass", "groundedness": "pass", "tone": "pass"}) for name in names), outcome("gone", {EXPECTED: "pass"})])  # fmt: skip
    now = [outcome(name, {EXPECTED: "pass", "groundedness": "fail" if number < 7 else "pass", "tone": "error" if number == 9 else "pass"}, reason=f"sentence {number} is in no passage") for number, name in enumerate(names)]  # fmt: skip
    new = outcome("new", {EXPECTED: "fail", "groundedness": "pass", "tone": "pass"})
    found = compare(before, run([*now, new], dataset="v2"), [(ALPHA, [EXPECTED, "groundedness"])])
    assert reports.questions(found) == snapshot
    assert reports.lines(found, attacked=False) == snapshot(name="terminal")


def test_attacks_as_a_person_reads_them(snapshot: SnapshotAssertion) -> None:
    def attacked(succeed: int) -> list[object]:
        return [outcome(f"a{i}", dict.fromkeys(("all", ("pii", "jailbreak")[i % 2]), "fail" if i < succeed else "pass")) for i in range(20)]  # fmt: skip

    place = "model: simulator"
    before, now = (run(attacked(number), rubrics={}, judge="", place=place) for number in (2, 9))  # type: ignore[arg-type]
    assert reports.attacks(compare(before, now, [(ALPHA / 2, ["all"]), (ALPHA / 2, ["pii", "jailbreak"])])) == snapshot


def test_without_an_answer_it_says_why(snapshot: SnapshotAssertion) -> None:
    both = [outcome("q", {"groundedness": "pass", "tone": "pass"})]
    found = compare(run(both), run(both, rubrics={**RUBRICS, "tone": "cccccccccccc"}, incomplete="the money is spent"))
    assert reports.questions(found) == snapshot


def test_nothing_of_a_model_is_markup() -> None:
    """Rendered, the only addresses, images and tags are the report's own; and there are none of the first two."""
    wicked = [outcome(f"w{number}", {"groundedness": "fail"}, answer=HOSTILE, reason=HOSTILE) for number in range(9)]
    broken = [outcome(HOSTILE, {"groundedness": "error"}, reason=HOSTILE)]
    before = run(
        [
            *(outcome(f"w{number}", {"groundedness": "pass"}) for number in range(9)),
            outcome(HOSTILE, {"groundedness": "pass"}),
        ]
    )
    found = compare(before, run([*wicked, *broken]))
    for text in (reports.questions(found), reports.attacks(found)):
        rendered = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text)
        outside = re.sub(r"<(code|pre)>.*?</\1>", "", rendered, flags=re.DOTALL)
        for bad in ("<a ", "<img", "<script", "https://", "@admin"):
            assert bad not in outside
        assert not {"\x1b", "\u202e"} & set(text)
        assert rendered.count("<details>") == rendered.count("</details>") == 9 + 1 + 1
        assert "collect&#46;example" in text


def test_it_is_never_longer_than_a_comment_may_be() -> None:
    draw = random.Random(1)
    names = ["".join(draw.choices("*_|<>#", k=60)) + str(number) for number in range(300)]
    long = "<>&|*_" * 3000
    before = run([outcome(name, {"groundedness": "pass"}) for name in names])
    found = compare(before, run([outcome(name, {"groundedness": "fail"}, answer=long, reason=long) for name in names]))
    text = reports.questions(found)
    assert len(text) < 65_536
    assert " more: see the log of the run." in text
    assert text.count("<details>") == text.count("</details>")


def test_the_same_result_is_the_same_report() -> None:
    assert reports.questions(compare(of("ppf"), of("pff"))) == reports.questions(compare(of("ppf"), of("pff")))
