"""The page as people see it, in a real browser against the running stack: content, not pixels."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import chromium
from tests.e2e.conftest import Running

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.browser, pytest.mark.timeout(200)]
PANELS = ("requests", "latency", "errors", "spend")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with chromium() as one:
        yield one


def opened(
    browser: Browser, running: Running, theme: str = "light", query: str = "?range=900"
) -> tuple[Page, list[str]]:
    """The loaded page, and everything that went wrong in it."""
    page = browser.new_page(viewport={"width": 1280, "height": 720}, color_scheme=theme)  # type: ignore[arg-type]
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "request",
        lambda request: (
            wrong.append(request.url)
            if "127.0.0.1" not in request.url and not request.url.startswith("data:")
            else None
        ),
    )
    page.goto(running.page + query)
    page.wait_for_function("Number(document.documentElement.dataset.loaded) >= 1")
    return page, wrong


def numbers(page: Page) -> dict[str, str]:
    """The large number of each panel."""
    return {key: page.inner_text(f"#panel-{key} .big") for key in PANELS}


def painted(page: Page, panel: str) -> int:
    """How many different colours a panel's chart shows."""
    script = """key => { const canvas = document.querySelector(`#panel-${key} canvas`);
      const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      const seen = new Set(); for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 200) seen.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
      return seen.size; }"""
    return int(page.evaluate(script, panel))


@pytest.fixture(scope="module")
def fed(running: Running) -> Running:
    """Running, with enough behind it to draw a line."""
    running.wait(lambda: running.query('job_model:llm_latency_ms:baseline{job="support-bot"}'), 120, "a baseline")
    running.wait(lambda: not running.notified(), 120, "quiet")
    return running


def test_four_panels_show_numbers_and_lines(browser: Browser, fed: Running) -> None:
    """Every headline is a number above zero, errors aside, and every chart has been drawn; nothing from outside is loaded."""
    page, wrong = opened(browser, fed)
    shown = numbers(page)
    for key in ("requests", "latency", "spend"):
        assert any(char in "123456789" for char in shown[key].split("\n")[0]), shown
    assert all(painted(page, key) > 3 for key in PANELS)
    assert wrong == []


def test_limits_and_what_is_usual_are_drawn(browser: Browser, fed: Running) -> None:
    """Both are in the legend of latency, with their values."""
    page, _wrong = opened(browser, fed)
    # The newest step of the chart may be older than the baseline, which has only just begun.
    page.wait_for_function("document.querySelector('#panel-latency .legend').innerText.includes('usually')")
    legend = page.inner_text("#panel-latency .legend")
    for name in ("p50", "p95", "p99", "usually", "page above"):
        assert name in legend


def test_all_of_it_fits_the_screen(browser: Browser, fed: Running) -> None:
    """1280 by 720, in both themes, without scrolling in either direction."""
    for theme in ("light", "dark"):
        page, _wrong = opened(browser, fed, theme)
        size = page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]")
        assert size[0] <= 720
        assert size[1] <= 1280


def test_themes_differ_and_the_choice_stays(browser: Browser, fed: Running) -> None:
    """The button wins over the system's setting."""
    page, _wrong = opened(browser, fed, "dark")
    background = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(background)
    page.click("#theme")
    light = page.evaluate(background)
    assert dark != light
    page.reload()
    page.wait_for_function("Number(document.documentElement.dataset.loaded) >= 1")
    assert page.evaluate(background) == light


def test_a_model_can_be_chosen_and_linked_to(browser: Browser, fed: Running) -> None:
    """The filter changes the numbers, and the address carries it."""
    page, _wrong = opened(browser, fed)
    assert {"gpt-4o-mini", "claude-haiku-4-5"} <= set(
        page.eval_on_selector_all("#model option", "all => all.map(one => one.value)")
    )
    page.select_option("#model", "claude-haiku-4-5")
    page.wait_for_function("document.querySelector('#panel-spend .legend').innerText.includes('claude')")
    page.wait_for_function("!document.querySelector('#panel-spend .legend').innerText.includes('gpt-4o-mini')")
    assert "model=claude-haiku-4-5" in page.url


def test_alert_states_are_named(browser: Browser, fed: Running) -> None:
    """All three, inactive in quiet times."""
    page, _wrong = opened(browser, fed)
    states = page.eval_on_selector_all("#alerts li", "all => all.map(one => one.dataset.name)")
    assert {"LLMLatencyDoubled", "LLMErrorRateHigh", "LLMSpendSpike"} <= set(states)


def test_a_prometheus_that_goes_away_is_said(browser: Browser, fed: Running) -> None:
    """The panels keep what they know, and a banner says so."""
    page, _wrong = opened(browser, fed)
    before = numbers(page)
    page.route("**/api/v1/**", lambda route: route.abort())
    page.select_option("#range", "3600")
    page.wait_for_selector("#banner:not([hidden])")
    assert "cannot be reached" in page.inner_text("#banner")
    assert numbers(page) == before
