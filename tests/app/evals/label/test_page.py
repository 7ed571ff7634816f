"""The page, in a real browser, as a person uses it."""

from collections.abc import Iterator

import pytest
from app.evals.label.session import Session
from app.evals.store import Store
from playwright.sync_api import Browser, Page, expect

from tests.app.evals.label.conftest import GROUNDED, HOSTILE, SCORED, Live, judged, served
from tests.browser import chromium

pytestmark = [pytest.mark.e2e, pytest.mark.browser]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with chromium() as one:
        yield one


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Whatever the test does, no script fails, no policy is violated, and nothing comes from elsewhere."""
    wrong: list[str] = []
    opened = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    opened.set_default_timeout(10_000)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda one: wrong.append(one.text) if one.type in {"error", "warning"} else None)
    opened.on("request", lambda one: None if one.url.startswith("http://127.0.0.1:") else wrong.append(one.url))
    yield opened
    opened.context.close()
    assert wrong == []


def said(live: Live, dimension: str = "groundedness") -> list[str]:
    return sorted(one.human for one in live.store.labelled(dimension))


def test_a_round_is_labelled_by_keys_alone(page: Page, live: Live) -> None:
    """Pass, fail, skip, one step back and another word; then the end, and back again."""
    page.goto(live.address)
    expect(page.locator("#count")).to_have_text("1 of 6")
    assert "#" not in page.url
    for key, count in (("p", "2 of 6"), ("f", "3 of 6"), ("s", "4 of 6"), ("p", "5 of 6")):
        page.keyboard.press(key)
        expect(page.locator("#count")).to_have_text(count)
    assert said(live) == ["fail", "pass", "pass"]
    page.keyboard.press("u")
    expect(page.locator("#before")).to_have_text("You said pass. Choose again, or skip to leave it so.")
    page.keyboard.press("f")
    expect(page.locator("#count")).to_have_text("5 of 6")
    assert said(live) == ["fail", "fail", "pass"]
    page.keyboard.press("s")
    expect(page.locator("#count")).to_have_text("6 of 6")
    page.keyboard.press("s")
    expect(page.locator("#sum")).to_have_text("3 of 6 answers have your label; the others were skipped.")
    page.keyboard.press("u")
    expect(page.locator("#question")).to_be_visible()


def test_help_shows_the_keys_and_closes(page: Page, live: Live) -> None:
    page.goto(live.address)
    expect(page.locator("#question")).not_to_be_empty()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("p")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    assert said(live) == []


def test_scores_have_a_key_each(page: Page, store: Store) -> None:
    judged(store, SCORED, 2)
    for live in served(Session(store, SCORED, "ada", 50), store):
        page.goto(live.address)
        expect(page.locator("#choices .good")).to_have_count(2)
        expect(page.locator("#count")).to_have_text("1 of 2")
        page.keyboard.press("4")
        expect(page.locator("#count")).to_have_text("2 of 2")
        page.keyboard.press("3")
        expect(page.locator("#end")).to_be_visible()
        assert said(live, "clarity") == ["fail", "pass"]


def test_an_answer_is_text_whatever_it_holds(page: Page, store: Store) -> None:
    judged(store, GROUNDED, 1, answer=HOSTILE)
    for live in served(Session(store, GROUNDED, "ada", 50), store):
        page.goto(live.address)
        expect(page.locator("#answer")).to_have_text(HOSTILE)
        assert page.locator("#answer *").count() == 0
        assert page.title() == "Label groundedness"


def test_a_reload_goes_on_where_it_was_and_an_address_without_token_says_what_to_do(
    browser: Browser, live: Live
) -> None:
    opened = browser.new_context().new_page()
    opened.goto(live.address)
    expect(opened.locator("#question")).not_to_be_empty()
    opened.keyboard.press("p")
    expect(opened.locator("#count")).to_have_text("2 of 6")
    opened.reload()
    expect(opened.locator("#count")).to_have_text("2 of 6")
    other = browser.new_context().new_page()
    other.goto(live.url)
    expect(other.locator("#trouble")).to_contain_text("whole address")
    for one in (opened, other):
        one.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_all_of_it_without_scrolling_sideways(browser: Browser, live: Live, scheme: str) -> None:
    """390 pixels wide; buttons are large enough for a thumb."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, color_scheme="dark" if scheme == "dark" else "light"
    )  # fmt: skip
    opened = context.new_page()
    opened.goto(live.address)
    expect(opened.locator("#question")).not_to_be_empty()
    assert opened.evaluate("document.documentElement.scrollWidth") <= 390
    box = opened.locator("#choices .good").bounding_box()
    assert box is not None
    assert box["height"] >= 44
    opened.tap("#choices .good")
    expect(opened.locator("#count")).to_have_text("2 of 6")
    light = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (light == "rgb(16, 20, 24)") == (scheme == "dark")
    context.close()


def test_a_program_that_is_gone_is_said(browser: Browser, store: Store) -> None:
    """And what was chosen meanwhile is not shown as kept."""
    judged(store, GROUNDED, 3)
    running = served(Session(store, GROUNDED, "ada", 50), store)
    live = next(running)
    opened = browser.new_context().new_page()
    opened.goto(live.address)
    expect(opened.locator("#count")).to_have_text("1 of 3")
    next(running, None)
    opened.keyboard.press("p")
    expect(opened.locator("#trouble")).to_contain_text("Not kept")
    expect(opened.locator("#count")).to_have_text("1 of 3")
    opened.context.close()
