"""The page's two requests: who may ask, what is told, and what is kept."""

from collections.abc import Iterator

import httpx2 as httpx
import pytest
from app.evals.judge.rubric import version_of
from app.evals.label.session import Session
from app.evals.store import Store

from tests.app.evals.label.conftest import GROUNDED, SCORED, TOKEN, Live, judged, served

OPEN = {"X-Label-Token": TOKEN}


@pytest.fixture
def scored(store: Store) -> Iterator[Live]:
    """A dimension with scores from 1 to 5, of which 4 and 5 pass."""
    judged(store, SCORED, 2)
    yield from served(Session(store, SCORED, "ada", 50), store)


def words(store: Store, dimension: str = "groundedness") -> dict[str, str]:
    return {one.call_id: one.human for one in store.labelled(dimension)}


def test_nothing_that_a_browser_gets_tells_the_model_or_the_verdict(live: Live) -> None:
    told = httpx.get(f"{live.url}/round", headers=OPEN)
    assert told.status_code == 200
    assert len(told.json()["items"]) == 6
    assert "median of the recorded value" in told.text
    for secret in ("secret", "SECRET", "call-0"):
        assert secret not in told.text
    assert {one["said"] for one in told.json()["items"]} == {None}
    assert {key for one in told.json()["items"] for key in one} == {"question", "passages", "answer", "said"}


def test_a_label_is_kept_at_once_and_the_last_one_counts(live: Live) -> None:
    for place, choice in ((0, "pass"), (1, "fail"), (0, "fail")):
        reply = httpx.post(f"{live.url}/label", headers=OPEN, json={"place": place, "choice": choice})
        assert reply.json() == {"label": choice}
    assert sorted(words(live.store).values()) == ["fail", "fail"]
    assert {one.rubric for one in live.store.labelled("groundedness")} == {version_of(GROUNDED)}
    assert {one.by for one in live.store.labelled("groundedness")} == {"ada"}


def test_a_score_becomes_a_label_by_the_threshold(scored: Live) -> None:
    for place, choice, label in ((0, 4, "pass"), (1, 3, "fail")):
        reply = httpx.post(f"{scored.url}/label", headers=OPEN, json={"place": place, "choice": choice})
        assert reply.json() == {"label": label}
    assert httpx.post(f"{scored.url}/label", headers=OPEN, json={"place": 0, "choice": 6}).status_code == 400
    assert httpx.post(f"{scored.url}/label", headers=OPEN, json={"place": 0, "choice": "pass"}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Label-Token": "guessed"},
        OPEN | {"Origin": "http://evil.example"},
        OPEN | {"Sec-Fetch-Site": "cross-site"},
        OPEN | {"Sec-Fetch-Site": "same-site"},
        OPEN | {"Host": "evil.example"},
        OPEN | {"Host": "127.0.0.1.evil.example:80"},
    ],
)
def test_another_page_program_or_name_gets_nothing_and_keeps_nothing(live: Live, headers: dict[str, str]) -> None:
    """Without the token, from another origin, or by a name that was pointed here."""
    assert httpx.get(f"{live.url}/round", headers=headers).status_code == 403
    reply = httpx.post(f"{live.url}/label", headers=headers, json={"place": 0, "choice": "pass"})
    assert reply.status_code == 403
    assert "problem" in reply.json()
    assert words(live.store) == {}


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '{"place": 6, "choice": "pass"}', '{"place": -1, "choice": "pass"}', '{"place": true, "choice": "pass"}',
     '{"place": 0, "choice": "good"}', '{"place": 0, "choice": {"a": 1}}', '{"place": "0", "choice": "pass"}', "\x00\xff"],
)  # fmt: skip
def test_what_is_no_label_is_refused_in_words(live: Live, body: str) -> None:
    reply = httpx.post(f"{live.url}/label", headers=OPEN, content=body.encode())
    assert reply.status_code == 400
    assert reply.json()["problem"]
    assert words(live.store) == {}


def test_a_body_without_end_is_not_read(live: Live) -> None:
    assert httpx.post(f"{live.url}/label", headers=OPEN, content=b"x" * 5_000).status_code == 413


def test_the_page_allows_no_script_but_its_own_and_no_frame(live: Live) -> None:
    page = httpx.get(live.url)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in page.text.replace("http-equiv", "")
    for name, kind in (("label.css", "text/css"), ("label.js", "text/javascript"), ("show.js", "text/javascript")):
        assert httpx.get(f"{live.url}/{name}").headers["content-type"].startswith(kind)
    assert httpx.get(f"{live.url}/../session.py").status_code == 404


def test_a_round_leaves_out_what_this_person_has_labelled_and_not_what_another_has(store: Store) -> None:
    judged(store, GROUNDED, 4)
    first = Session(store, GROUNDED, "ada", 50)
    first.choose(0, "pass")
    assert len(Session(store, GROUNDED, "ada", 50)) == 3
    assert len(Session(store, GROUNDED, "bob", 50)) == 4
    assert len(Session(store, GROUNDED, "bob", 2)) == 2
