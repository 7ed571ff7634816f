"""The chat page when something is wrong: with the model, the way to it, the browser, or the text."""

import pytest
from playwright.sync_api import BrowserContext, Error, Page

from tests.app.conftest import Live
from tests.app.page.use import QUICK, answered, ask, asked_with, begin, ended, fulfil, until

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.xdist_group("app"), pytest.mark.timeout(120)]
HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script> [x](javascript:alert(1))"
)


@pytest.mark.parametrize(
    ("chaos", "kind", "words"),
    [
        ("errors", "api_error", "The model's provider failed."),
        ("timeouts", "timeout", "The model took too long."),
        ("refusals", "refusal", "The model declined to answer."),
        ("safety", "safety_block", "The answer was blocked."),
    ],
)
def test_failures_are_named(page: Page, live: Live, chaos: str, kind: str, words: str) -> None:
    """In words and as the kind that is counted; a refusal's own words stay visible."""
    live.chaos(**{chaos: 1.0})
    page.select_option("#model", "gpt-4o-mini")
    turn = ended(ask(page), kind)
    shown = turn.locator(".failure").inner_text()
    assert words in shown
    assert f"Counted as {kind}." in shown
    assert turn.locator(".answer").is_visible() == (kind == "refusal")
    assert turn.locator(".thumbs").is_visible() == (kind == "refusal")
    assert words in page.inner_text("#said")


def test_asking_again_is_a_retry(page: Page, live: Live) -> None:
    """A new turn with the same question, which the app counts as a retry of the failed call."""
    labels = {"model": "gpt-4o-mini", "endpoint": "chat", "outcome": "retry"}
    before = live.value("llm_outcomes_total", **labels) or 0
    live.chaos(errors=1.0)
    page.select_option("#model", "gpt-4o-mini")
    failed = ended(ask(page, "What is an exemplar?"), "api_error").element_handle()
    assert failed is not None
    live.chaos(**QUICK)
    page.click("text=Ask again")
    page.locator("#send").wait_for()
    assert page.locator("article .question").all_inner_texts() == ["What is an exemplar?"] * 2
    assert failed.get_attribute("data-status") == "api_error"
    until(lambda: live.value("llm_outcomes_total", **labels) == before + 1)


def test_what_happens_on_the_way_is_told_apart(page: Page) -> None:
    """An app that is not there, one that is not ready, and a stream that ends too soon."""
    page.route("**/ask", lambda route: route.abort())
    assert "The app does not answer." in ended(ask(page), "unreachable").inner_text()
    page.unroute("**/ask")
    page.route("**/ask", lambda route: route.fulfill(status=503, json={"detail": "still loading"}))
    assert "did not take the question: still loading" in ended(ask(page), "rejected").inner_text()
    page.unroute("**/ask")
    fulfil(page, begin(), ("piece", {"text": "Half of"}))
    assert "The connection broke." in ended(ask(page), "broken").inner_text()


def test_a_thumb_that_cannot_be_told_is_not_shown_as_told(page: Page) -> None:
    """It springs back, and the page says so."""
    turn = answered(page)
    page.route("**/feedback", lambda route: route.abort())
    turn.get_by_label("Good answer").click()
    page.locator("#said", has_text="could not be told").wait_for(state="attached")
    assert turn.get_by_label("Good answer").get_attribute("aria-pressed") == "false"


def test_a_question_without_passages_says_so(page: Page) -> None:
    """Instead of a list that opens on nothing."""
    turn = answered(page, "Who are you?")
    assert turn.locator(".none").is_visible()
    assert not turn.locator(".sources").is_visible()


def test_hostile_text_is_shown_as_text(page: Page) -> None:
    """In questions, answers, titles, passages and ids."""
    source = {"title": HOSTILE, "text": HOSTILE}
    told = begin(call_id=HOSTILE, trace_id="../..//evil.example/?x", model=HOSTILE, sources=[source])
    fulfil(page, told, ("piece", {"text": HOSTILE}), ("end", {"status": "ok", "first_token_ms": 1}))
    turn = ended(ask(page, HOSTILE), "ok")
    turn.locator("summary").click()
    for place in (".question", ".answer", ".sources h3", ".sources p", ".model", ".call code"):
        assert turn.locator(place).inner_text() == HOSTILE
    assert turn.locator("img, script, a:not(.trace)").count() == 0
    assert turn.locator(".trace").get_attribute("href") == "trace/..%2F..%2F%2Fevil.example%2F%3Fx"
    assert page.title() == "Ask about llm-stackgen"


def test_the_page_cannot_be_given_html_or_code(context: BrowserContext, live: Live) -> None:
    """Its policy refuses both, even to a script that is already running in it."""
    page = context.new_page()
    page.goto(live.app)
    for attack in ("document.body.innerHTML = '<b>x</b>'", "document.createElement('script').src = 'data:,alert(1)'"):
        with pytest.raises(Error, match="requires 'Trusted"):
            page.evaluate(attack)
    page.evaluate("document.head.append(Object.assign(document.createElement('base'), {href: 'http://evil.example/'}))")
    assert page.evaluate("document.baseURI") == f"{live.app}/"


def test_blocked_storage_blocks_nobody(page: Page, context: BrowserContext) -> None:
    """The ids then last as long as the page."""
    context.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('blocked'); }})")
    page.reload()
    one, other = asked_with(page), asked_with(page, "What is an exemplar?")
    assert (one["user_id"], one["conversation_id"]) == (other["user_id"], other["conversation_id"])


def test_it_says_that_no_model_is_called(page: Page) -> None:
    """As long as there is no key, which only a loaded app knows."""
    note = page.locator("#note")
    assert note.inner_text() == "Simulator: no model is called, answers are made of the passages."
    page.route("**/models", lambda route: route.fulfill(json={"models": [], "endpoints": [], "real": True}))
    page.route("**/readyz", lambda route: route.fulfill(status=503, json={}), times=1)
    page.reload()
    note.and_(page.get_by_text("The app is still loading.")).wait_for()
    note.and_(page.get_by_text("Questions go to a provider, and cost money.")).wait_for()
