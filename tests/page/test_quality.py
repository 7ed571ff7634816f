"""The page about the quality of answers, as people see it: content, not pixels."""

import re
import time
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page

from generator import eval_names as e
from tests.page.conftest import HOSTILE, Served, loaded

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.xdist_group("quality-page"), pytest.mark.timeout(120)]


def test_the_rate_has_a_band_and_a_limit(page: Page) -> None:
    """The interval holds the rate, both stand in the legend, and the chart has the colours of band, lines and limit."""
    legend = page.inner_text("#panel-pass .legend")
    rate, low, high = map(float, re.search(r"groundedness\s*([\d.]+) % \(([\d.]+) % to ([\d.]+) %\)", legend).groups())  # type: ignore[union-attr]
    assert 0 < low < rate < high <= 100
    assert "too low below" in legend
    painted = page.evaluate("""() => { const canvas = document.querySelector("#panel-pass canvas");
      const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
      let pale = 0; for (let at = 3; at < data.length; at += 4) if (data[at] > 30 && data[at] < 130) pale++; return pale; }""")
    assert painted > 10_000


def test_charts_end_at_the_present(page: Page) -> None:
    """A day has steps of minutes; what was judged within the last of them is there all the same."""
    with page.expect_request("**/query_range") as asked:
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    words = parse_qs(asked.value.post_data or "")
    assert float(words["step"][0]) > 120
    assert 0 <= time.time() - float(words["end"][0]) < 35


def test_the_lowest_rate_is_the_large_number(page: Page) -> None:
    """And says whose it is."""
    assert "groundedness" in page.inner_text("#panel-pass .big")


def test_a_taste_that_nobody_calibrated_is_grey_and_says_so(page: Page) -> None:
    """In the legend of the rate, and in the table; the others count."""
    assert "tone, not calibrated" in page.inner_text("#panel-pass .legend")
    assert page.inner_text("#dimensions tr.doubt th") == "tone"
    assert "not calibrated: does not count" in page.inner_text("#dimensions tr.doubt")
    assert page.locator("#dimensions td.good").count() == 2


def test_the_table_says_how_much_the_judge_is_worth(page: Page) -> None:
    """Labels, agreement, the lower end of kappa, and what of the control set has changed."""
    cells = page.locator("#dimensions tbody tr").nth(1).locator("td").all_inner_texts()
    assert cells[2:] == ["✓ yes", "80", "96 %", "0.78", "40", "1"]


def test_another_prompt_is_a_mark_on_the_axis(page: Page) -> None:
    """Named below the header with its time."""
    assert "prompt changed: gpt-4o-mini" in page.inner_text("#marks")
    assert page.evaluate("LLM.marks.filter((mark) => mark.text.includes('gpt-4o-mini')).length") == 1


def test_another_rubric_is_a_mark_of_its_own(page: Page) -> None:
    """A rate that moves there was measured otherwise; what never changed has no mark."""
    assert "judge or rubric of refusal changed" in page.inner_text("#marks")
    assert page.evaluate("LLM.marks.filter((mark) => mark.text.includes('rubric')).length") == 1
    assert len(set(page.evaluate("LLM.marks.map((mark) => mark.color)"))) == 2


def test_a_simulated_judge_is_said_before_any_number(page: Page) -> None:
    """While the worker tells so, with what to do about it, above the panels; with a judge that is a model there is nothing to say."""
    assert not page.locator("#notice").is_visible()
    told = {"status": "success", "data": {"resultType": "vector", "result": [{"metric": {}, "value": [0, "1"]}]}}
    page.route(
        "**/api/v1/query",
        lambda route: (
            route.fulfill(json=told)
            if e.EVAL_JUDGE_SIMULATED in parse_qs(route.request.post_data or "")["query"][0]
            else route.fallback()
        ),
    )
    page.select_option("#range", "21600")
    page.wait_for_selector("#notice:not([hidden])")
    assert "bundled simulator: these verdicts are a demonstration" in page.inner_text("#notice")
    assert "_API_KEY" in page.inner_text("#notice")
    assert page.locator("#notice").bounding_box()["y"] < page.locator("#panel-pass").bounding_box()["y"]  # type: ignore[index]


def test_cost_queue_and_losses_are_numbers(page: Page) -> None:
    """Each has its large one."""
    for key in ("cost", "queue", "oldest", "dropped", "sample", "verdicts"):
        assert any(char.isdigit() for char in page.inner_text(f"#panel-{key} .big")), key
    assert "budget" in page.inner_text("#panel-cost .legend")


def test_what_failed_is_text_and_never_more(page: Page) -> None:
    """The newest first; an element in a judge's words stays words."""
    shown = page.locator("#failures li p").all_inner_texts()
    assert shown == [
        "It names a setting that no passage has.",
        HOSTILE,
        "The passages say median, the answer says mean.",
    ]
    assert page.locator("#failures img, #failures u").count() == 0
    assert page.title() == "support-bot: quality of answers"
    assert page.locator("#failures li").first.locator("a").last.get_attribute("href").endswith("call-2")  # type: ignore[union-attr]


def test_a_model_filters_panels_and_failures(page: Page) -> None:
    """The address carries it, and so does the link to the other page."""
    page.select_option("#model", "claude-haiku-4-5")
    page.wait_for_function("document.querySelectorAll('#failures li').length === 1")
    assert "model=claude-haiku-4-5" in page.url
    assert page.locator("#other").get_attribute("href") == "llm.html?model=claude-haiku-4-5"


def test_both_pages_lead_to_each_other(page: Page) -> None:
    """There and back."""
    page.click("#other")
    loaded(page)
    assert page.title() == "support-bot: golden signals"
    assert page.locator("#endpoint").is_visible()
    page.click("#other")
    loaded(page)
    assert page.locator("#panel-pass").count() == 1
    assert not page.locator("#endpoint").is_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_nothing_is_cut_off_sideways(page: Page, theme: str, width: int) -> None:
    """On a phone and on a desk, in both themes."""
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.wait_for_function(f"document.documentElement.dataset.theme === '{theme}'")


def test_a_worker_that_cannot_be_reached_is_said(page: Page, served: Served) -> None:
    """Where it would be, and where else to look; the panels go on."""
    page.route("**/failures?*", lambda route: route.abort())
    page.select_option("#range", "21600")
    page.wait_for_selector("#failures .note:not([hidden])")
    assert f"127.0.0.1:{served.http.port} cannot be reached" in page.inner_text("#failures .note")
    assert not page.locator("#failures ol").is_visible()
    assert "groundedness" in page.inner_text("#panel-pass .legend")


def test_pages_of_others_may_not_read_what_failed(page: Page, served: Served) -> None:
    """The worker allows Prometheus's page alone."""
    elsewhere = page.url.replace("127.0.0.1", "localhost")
    page.route("http://localhost:*/**", lambda route: route.fulfill(body="<p>elsewhere</p>", content_type="text/html"))
    page.goto(elsewhere)
    url = f"http://127.0.0.1:{served.http.port}/failures?limit=20"
    assert page.evaluate("url => fetch(url).then(() => 'read', () => 'refused')", url) == "refused"
