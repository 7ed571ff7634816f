"""What people do with the page."""

import json
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page

QUICK = {"slow": 0.2}
"""The simulator's chaos where nothing is to be seen on the way."""


def until(condition: Callable[[], bool]) -> None:
    """The log and the counters of outcomes are written behind the requests."""
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline, "not within 5 seconds"
        time.sleep(0.02)


def ask(page: Page, question: str = "Why is the baseline a median?") -> Locator:
    """Type and send; the turn that it becomes."""
    page.fill("#question", question)
    page.press("#question", "Enter")
    return page.locator("article").last


def ended(turn: Locator, status: str) -> Locator:
    """The turn, once it has ended like that."""
    turn.and_(turn.page.locator(f"[data-status={status}]")).wait_for()
    return turn


def answered(page: Page, question: str = "Why is the baseline a median?") -> Locator:
    """An answer that is one; the simulator fails a few calls in a thousand by itself."""
    for _attempt in range(5):
        turn = ask(page, question)
        turn.page.locator("#send").wait_for()
        if turn.get_attribute("data-status") == "ok":
            return turn
    raise AssertionError(turn.inner_text())


def fulfil(page: Page, *events: tuple[str, dict[str, Any]]) -> None:
    """Let the page see exactly this as the answer to every question."""
    body = "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)
    page.route("**/ask", lambda route: route.fulfill(body=body, content_type="text/event-stream"))


def begin(**more: Any) -> tuple[str, dict[str, Any]]:
    """The event that an answer begins with."""
    return "begin", {"call_id": "c" * 32, "trace_id": "d" * 32, "model": "m", "sources": [], **more}


def begun(page: Page) -> Locator:
    """A turn whose answer is on its way; it takes a second or two."""
    for _attempt in range(5):
        turn = ask(page)
        turn.and_(page.locator(":not([data-status=asking])")).wait_for()
        if turn.get_attribute("data-status") == "streaming":
            return turn
    raise AssertionError(turn.inner_text())


def asked_with(page: Page, question: str = "What is a baseline?") -> dict[str, str]:
    """What the page sends with a question."""
    with page.expect_request("**/ask") as request:
        answered(page, question)
    sent: dict[str, str] = request.value.post_data_json
    return sent
