"""A real browser on the real app."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.app.conftest import Live
from tests.app.page.use import QUICK
from tests.browser import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with chromium() as one:
        yield one


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor who was never here."""
    made = browser.new_context(viewport={"width": 1280, "height": 720})
    made.set_default_timeout(10_000)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, live: Live) -> Iterator[Page]:
    """The open page; whatever the test does, no script fails, no policy is violated, and nothing comes from elsewhere."""
    live.chaos(**QUICK)
    wrong: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("request", lambda request: None if request.url.startswith(live.app) else wrong.append(request.url))
    # A request that fails is what some tests are about.
    opened.on("console", lambda one: wrong.append(one.text) if _bad(one.type, one.text) else None)
    opened.goto(live.app)
    opened.wait_for_selector("#endpoint option", state="attached")
    yield opened
    live.recover()
    assert wrong == []


def _bad(kind: str, text: str) -> bool:
    return kind in {"error", "warning"} and not text.startswith("Failed to load resource")
