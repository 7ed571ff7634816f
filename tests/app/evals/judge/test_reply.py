"""From what a judge replies to a verdict, or to what is wrong with it."""

import json
from typing import Any

import pytest
from app.evals.judge.claims import makes_claims
from app.evals.judge.reply import Unusable, opinion_of
from app.simulator.behaviour import UNKNOWN
from app.simulator.quality import OVERREFUSALS

from tests.app.evals.judge.conftest import BAD, BRAND, GOOD, GROUNDED, PASSAGES, REFUSAL, TONE, item

SUPPORT, INVENTED = "the median of the same hours", "introduced by a bank in Toronto"


def reply(quotes: Any = (SUPPORT,), reason: Any = "It says so.", **last: Any) -> str:
    return json.dumps({"quotes": quotes, "reason": reason} | (last or {"verdict": "pass"}))


@pytest.mark.parametrize(
    "text",
    [
        reply(),
        f"```json\n{reply()}\n```",
        f"Here is my verdict: {reply()} That is all.",
        f"<think>{{maybe}} {{</think>{reply()}",
        f'The answer says {{"a": 1}}. {reply()}',
        reply() + reply(),
    ],
)
def test_a_verdict_is_found_whatever_stands_around_it(text: str) -> None:
    found = opinion_of(text, item(), GROUNDED)
    assert (found.label, found.score, found.reason, found.quotes) == ("pass", 1.0, "It says so.", (SUPPORT,))


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("", 'no JSON object with "verdict"'),
        (reply()[:-5], 'no JSON object with "verdict"'),
        ('{"a":' * 100_000, 'no JSON object with "verdict"'),
        (reply() + reply(verdict="fail"), "several verdicts that differ"),
        (reply(verdict="Pass"), '"verdict" is neither'),
        (reply(verdict=["pass"]), '"verdict" is neither'),
        (reply(verdict=True), '"verdict" is neither'),
        (reply(reason=" "), '"reason" is no text'),
        (reply(reason=None), '"reason" is no text'),
        (reply(SUPPORT), '"quotes" is no list of texts'),
        (reply([1]), '"quotes" is no list of texts'),
        (reply([SUPPORT] * 21), "20 are the most"),
        (reply([]), "there is no quote"),
        (reply([" "]), "there is no quote"),
        (["pass"], "no JSON object"),
        ({"quotes": "none"}, '"quotes" is no list of texts'),
    ],
)
def test_what_is_no_verdict_says_why(said: Any, problem: str) -> None:
    with pytest.raises(Unusable, match=problem):
        opinion_of(said, item(), GROUNDED)


@pytest.mark.parametrize(("score", "label"), [(5, "pass"), (4, "pass"), (4.0, "pass"), (3, "fail"), (1, "fail")])
def test_a_score_passes_from_the_threshold_on(score: float, label: str) -> None:
    found = opinion_of(reply(score=score), item(), BRAND)
    assert (found.label, found.score) == (label, score)


@pytest.mark.parametrize("score", [0, 6, 2.5, True, "4", None, [4]])
def test_a_score_beside_the_scale_is_none(score: Any) -> None:
    with pytest.raises(Unusable, match="no whole number from 1 to 5"):
        opinion_of(reply(score=score), item(), BRAND)


@pytest.mark.parametrize(
    "quote",
    [
        "the median of  the\nsame hours",
        "The Median Of The Same Hours",
        "“the median of the same hours”",
        "[2] Baseline: A baseline is the median",
        "the median of the same hours …",
        "…the median of the same hours",
        "so that it does not learn the incident",
    ],
)
def test_a_quote_counts_however_it_is_set(quote: str) -> None:
    """Spaces, case, quotation marks and the passage's number are the judge's."""
    assert opinion_of(reply([quote]), item(), GROUNDED).label == "pass"


def test_typographic_marks_of_a_source_may_be_plain_in_a_quote() -> None:
    said = "It\u2019s \u201cheld\u201d \u2013 for the incident\u2019s whole time."
    told = item(said, passages=(said,))
    assert opinion_of(reply(["It's \"held\" - for the incident's whole time"]), told, GROUNDED).label == "pass"


@pytest.mark.parametrize(
    "quote", ["the mean of the same hours", "A baseline is held", "median of the same hour of the week"]
)
def test_a_quote_that_is_nowhere_is_an_error(quote: str) -> None:
    with pytest.raises(Unusable, match="in none of the texts"):
        opinion_of(reply([SUPPORT, quote]), item(), GROUNDED)


def test_a_quote_that_joins_two_texts_is_an_error() -> None:
    """It has to be in one of them."""
    with pytest.raises(Unusable, match="in none of the texts"):
        opinion_of(reply([PASSAGES[0] + " " + PASSAGES[1]]), item(), GROUNDED)


def test_a_quote_of_a_few_letters_proves_nothing() -> None:
    """They are found anywhere; a whole text that is as short can be quoted."""
    with pytest.raises(Unusable, match="shorter than 12 characters"):
        opinion_of(reply(["the median"]), item(), GROUNDED)
    assert opinion_of(reply(["Yes."]), item("Yes.", passages=()), TONE).label == "pass"


def test_groundedness_passes_only_on_the_words_of_a_passage() -> None:
    """An answer is no support for itself."""
    told = item("In Toronto banks hold it.")
    with pytest.raises(Unusable, match="quotes no words of a passage"):
        opinion_of(reply([told.answer]), told, GROUNDED)
    with pytest.raises(Unusable, match="quotes no words of a passage"):
        opinion_of(reply(["What is a baseline?"]), told, GROUNDED)
    assert opinion_of(reply([told.answer]), told, REFUSAL).label == "pass"


def test_groundedness_fails_only_on_words_of_the_answer() -> None:
    assert opinion_of(reply([INVENTED], verdict="fail"), item(BAD), GROUNDED).label == "fail"
    with pytest.raises(Unusable, match="quotes no words of the answer"):
        opinion_of(reply([PASSAGES[2]], verdict="fail"), item(BAD), GROUNDED)


NOTHING = [
    UNKNOWN, *OVERREFUSALS,
    "The passages do not say.",
    "I could not find this in the documentation.",
    "There is no information on that in the context.",
    "Die Passagen enthalten dazu nichts.",
    "Les documents ne disent rien à ce sujet.",
    "Los documentos no dicen nada de eso.",
    "Which baseline do you mean?",
]  # fmt: skip


@pytest.mark.parametrize("answer", NOTHING)
def test_an_answer_without_a_claim_needs_no_support(answer: str) -> None:
    assert not makes_claims(answer)
    assert opinion_of(reply([answer]), item(answer), GROUNDED).label == "pass"


@pytest.mark.parametrize(
    "answer", [GOOD, f"{UNKNOWN} {GOOD}", "It is 42 percent.", "The passages say that it is held."]
)
def test_an_answer_with_a_claim_is_one(answer: str) -> None:
    assert makes_claims(answer)


def test_an_empty_answer_can_be_judged_without_quotes() -> None:
    """As a refusal in a field of its own leaves it."""
    assert opinion_of(reply([]), item(""), REFUSAL).label == "pass"


def test_a_matter_of_taste_is_not_quoted_from_what_its_judge_did_not_see() -> None:
    with pytest.raises(Unusable, match="in none of the texts"):
        opinion_of(reply([PASSAGES[2]]), item(), TONE)


def test_a_dimension_with_its_own_rubric_has_no_rules_of_another() -> None:
    """Whatever its name is."""
    own = type(GROUNDED)("groundedness", "It is short.", 2, 2, taste=False)
    assert opinion_of(reply([INVENTED]), item(BAD), own).label == "pass"


def test_long_replies_are_cut() -> None:
    """A row holds them."""
    found = opinion_of(reply([GOOD * 20], "because " * 400), item(GOOD * 20), TONE)
    assert (len(found.reason), len(found.quotes[0])) == (1000, 500)
