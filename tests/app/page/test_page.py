"""The chat page as people use it: a real browser, the real app, the simulator behind it."""

import re

import pytest
from app.answering.corpus import Corpus, rerank
from app.server import CORPUS
from playwright.sync_api import BrowserContext, Page

from tests.app.conftest import Live
from tests.app.page.use import QUICK, answered, asked_with, begun, ended, until

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("app"), pytest.mark.timeout(120)]
EXAMPLES = {
    "Why is the baseline a median and not a mean?": "The baseline",
    "What counts as a failed call?": "Four kinds of failed calls",
    "How do I find the trace of an answer?": "From an answer to its trace",
    "How do I rehearse an incident?": "Rehearsing an incident",
}


def test_an_answer_streams_in_with_its_sources_and_facts(page: Page, live: Live) -> None:
    """Piece by piece; then sources, model, time to first token, trace and the call id, which is the one in the log; and it is announced."""
    live.chaos(slow=3)
    page.select_option("#model", "gpt-4o-mini")
    for _attempt in range(5):
        turn = begun(page)
        part = turn.locator(".answer").inner_text()
        page.locator("#send").wait_for()
        if turn.get_attribute("data-status") == "ok":
            break
    whole = turn.locator(".answer").inner_text()
    assert whole.startswith(part)
    assert len(whole) > len(part) > 0
    assert whole in page.inner_text("#said")
    turn.locator("summary").click()
    assert any(whole.split(".")[0] in text for text in turn.locator(".sources li").all_inner_texts())
    assert turn.locator(".model").inner_text() == "gpt-4o-mini"
    assert re.fullmatch(r"first token after [\d.]+ m?s", turn.locator(".first").inner_text())
    call_id = turn.locator(".call code").inner_text()
    until(lambda: any(line["call_id"] == call_id and line["event"] == "llm.response" for line in live.lines()))
    trace_id = next(line["trace_id"] for line in live.lines() if line["call_id"] == call_id)
    assert turn.locator(".trace").get_attribute("href") == f"trace/{trace_id}"


def test_the_keyboard_is_enough(page: Page, live: Live) -> None:
    """Type at once, Shift+Enter for a line, Enter to send, Escape to stop, Tab to the thumbs; and the focus is seen."""
    live.chaos(slow=5)
    page.keyboard.type("What is a")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("baseline?")
    page.keyboard.press("Enter")
    turn = page.locator("article").last
    assert turn.locator(".question").inner_text() == "What is a\nbaseline?"
    turn.locator(".answer").wait_for()
    page.keyboard.press("Escape")
    ended(turn, "stopped")
    live.chaos(**QUICK)
    turn = answered(page)
    for _step in range(20):
        page.keyboard.press("Shift+Tab")
        if turn.locator("[value=up]:focus-visible").count():
            break
    outline = turn.locator("[value=up]").evaluate("one => getComputedStyle(one).outlineStyle")
    page.keyboard.press("Space")
    assert turn.locator("[value=up]").get_attribute("aria-pressed") == "true"
    assert outline == "solid"


def test_thumbs_are_counted_for_the_chosen_model_and_endpoint(page: Page, live: Live) -> None:
    """Up, then a change of mind; pressing the same one twice tells nothing new."""
    page.select_option("#model", "claude-haiku-4-5")
    page.select_option("#endpoint", "search")

    def counted(outcome: str) -> float:
        labels = {"model": "claude-haiku-4-5", "endpoint": "search", "outcome": outcome}
        return live.value("llm_outcomes_total", **labels) or 0

    up, down = counted("thumbs_up"), counted("thumbs_down")
    turn = answered(page)
    good, bad = turn.get_by_label("Good answer"), turn.get_by_label("Bad answer")
    good.click()
    until(lambda: counted("thumbs_up") == up + 1)
    good.click()
    assert [one.get_attribute("aria-pressed") for one in (good, bad)] == ["true", "false"]
    bad.click()
    until(lambda: counted("thumbs_down") == down + 1)
    assert [one.get_attribute("aria-pressed") for one in (good, bad)] == ["false", "true"]
    assert counted("thumbs_up") == up + 1


def test_a_stopped_answer_counts_as_abandoned(page: Page, live: Live) -> None:
    """What came so far stays, the app hears of it, and the next question can be asked; leaving for a new conversation is the same."""
    labels = {"model": "gpt-4o-mini", "endpoint": "chat", "outcome": "abandoned"}
    before = live.value("llm_outcomes_total", **labels) or 0
    live.chaos(slow=5)
    page.select_option("#model", "gpt-4o-mini")
    turn = begun(page)
    page.click("#stop")
    assert "Stopped." in ended(turn, "stopped").inner_text()
    assert turn.locator(".answer").inner_text()
    until(lambda: live.value("llm_outcomes_total", **labels) == before + 1)
    begun(page)
    page.click("text=New conversation")
    until(lambda: live.value("llm_outcomes_total", **labels) == before + 2)
    live.chaos(**QUICK)
    answered(page)
    assert page.locator("article").count() == 1


def test_the_examples_are_answered_from_their_passages(page: Page) -> None:
    """Each finds the passage that it was written for, among the two that the simulator reads."""
    corpus = Corpus.load(folder for folder in CORPUS if folder.is_dir())
    assert page.locator("#examples button").all_inner_texts() == list(EXAMPLES)
    for question, title in EXAMPLES.items():
        assert title in [one.title for one in rerank(question, corpus.retrieve(question))[:2]]
    page.locator("#examples button").first.click()
    assert page.locator("article .question").inner_text() == next(iter(EXAMPLES))
    page.locator("#send").wait_for()


def test_the_call_id_can_be_copied(page: Page, context: BrowserContext) -> None:
    """With one press."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn = answered(page)
    turn.locator(".copy").click()
    turn.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == turn.locator(".call code").inner_text()


def test_people_and_conversations_are_told_apart(page: Page) -> None:
    """Both ids outlive a reload; a new conversation has a new id, shows none of the old one, and is of the same person."""
    first = asked_with(page)
    assert first["user_id"] != first["conversation_id"]
    page.reload()
    again = asked_with(page)
    assert (again["user_id"], again["conversation_id"]) == (first["user_id"], first["conversation_id"])
    page.click("text=New conversation")
    assert page.locator("article").count() == 0
    new = asked_with(page)
    assert new["user_id"] == first["user_id"]
    assert new["conversation_id"] != first["conversation_id"]


@pytest.mark.parametrize(("width", "height"), [(360, 640), (1280, 720)])
def test_it_fits_the_screen(page: Page, width: int, height: int) -> None:
    """Without scrolling sideways, whatever is typed, in both themes, which differ."""
    page.set_viewport_size({"width": width, "height": height})
    backgrounds = set()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        turn = answered(page, "baseline " + "x" * 300)
        turn.locator("summary").click()
        backgrounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert len(backgrounds) == 2
