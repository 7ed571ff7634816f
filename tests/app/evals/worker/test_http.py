"""What a worker tells over HTTP."""

import asyncio
import dataclasses
import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from app.evals.settings import Settings
from app.evals.store import Store, StoreError
from app.evals.worker.http import Http
from app.evals.worker.metrics import Metrics
from app.telemetry.contract import Contract
from prometheus_client import CollectorRegistry

from tests.app.evals.worker.conftest import GROUNDED, FakeJudge, item


@pytest.fixture
def base(store: Store, contract: Contract) -> Iterator[str]:
    """A worker's address; pages of one origin may read it."""
    registry = CollectorRegistry()
    metrics = Metrics(store, Settings.of(contract), contract, "w")
    registry.register(metrics)
    http = Http("127.0.0.1", 0, registry, store, metrics.ready, ["http://127.0.0.1:3000"])
    http.start()
    yield f"http://127.0.0.1:{http.port}"
    http.close()


def got(url: str, **headers: str) -> tuple[int, dict[str, str], Any]:
    """Status, headers and body."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=5) as answer:
            body = answer.read()
            status, told = answer.status, dict(answer.headers)
    except urllib.error.HTTPError as error:
        body, status, told = error.read(), error.code, dict(error.headers)
    return status, told, json.loads(body) if told["content-type"] == "application/json" else body.decode()


def failed(store: Store, count: int) -> None:
    """So many answers that failed, and one that did not."""
    judge = FakeJudge()
    for number in range(count + 1):
        more = {"answer": "It is made of cheese."} if number < count else {}
        store.put([item(number + 1, trace_id=f"{number:032x}", prompt_version="v2", **more)], worker="w")
        claim = store.claim("w", 1, 60)[0]
        store.record(claim, asyncio.run(judge.judge(claim.item, GROUNDED)), None, worker="w")
        store.finish(claim)


def test_metrics_in_the_text_format_of_prometheus(base: str) -> None:
    status, headers, body = got(f"{base}/metrics")
    assert status == 200
    assert headers["content-type"].startswith("text/plain")
    assert 'llm_eval_results_total{dimension="groundedness",model="gpt-4o-mini",verdict="pass"} 0.0' in body


def test_alive_and_ready(base: str, store: Store, contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    assert got(f"{base}/healthz")[0] == 200
    assert got(f"{base}/readyz")[0] == 200

    def down(*_words: object) -> None:
        raise StoreError("down")

    monkeypatch.setattr(store, "totals", down)
    metrics = Metrics(store, Settings.of(contract), contract, "w")
    http = Http("127.0.0.1", 0, CollectorRegistry(), store, metrics.ready, [])
    http.start()
    status, _headers, body = got(f"http://127.0.0.1:{http.port}/readyz")
    http.close()
    assert (status, body) == (503, {"status": "waiting for the store"})


def test_why_nothing_is_judged_is_told(store: Store) -> None:
    """By both pages, and it makes a worker that ships and serves neither dead nor unready."""
    http = Http("127.0.0.1", 0, CollectorRegistry(), store, lambda: True, [], "there is no key")
    http.start()
    base = f"http://127.0.0.1:{http.port}"
    found = [got(f"{base}/{page}") for page in ("healthz", "readyz")]
    http.close()
    assert [(status, body["not_judging"]) for status, _headers, body in found] == [(200, "there is no key")] * 2


def test_the_newest_failures_without_their_answers(base: str, store: Store) -> None:
    failed(store, 4)
    status, _headers, body = got(f"{base}/failures?limit=3")
    assert status == 200
    assert [one["trace_id"] for one in body] == [f"{number:032x}" for number in (3, 2, 1)]
    assert sorted(body[0]) == [
        "at", "call_id", "dimension", "endpoint", "model", "prompt_version", "quotes", "reason", "score", "trace_id",
    ]  # fmt: skip
    assert body[0]["prompt_version"] == "v2"
    assert "cheese" not in json.dumps(body)


@pytest.mark.parametrize("limit", ["0", "-1", "x", "201", "1e2", "99999999999999999999"])
def test_a_limit_that_is_none_is_told(base: str, limit: str) -> None:
    status, _headers, body = got(f"{base}/failures?limit={limit}")
    assert status == 400
    assert body == {"error": "limit takes a number from 1 to 200"}


def test_only_pages_of_known_origins_may_read(base: str) -> None:
    known = got(f"{base}/failures", origin="http://127.0.0.1:3000")[1]
    assert known["access-control-allow-origin"] == "http://127.0.0.1:3000"
    assert "access-control-allow-origin" not in got(f"{base}/failures", origin="http://evil.example")[1]
    assert "access-control-allow-origin" not in got(f"{base}/failures")[1]


@pytest.mark.parametrize(
    ("host", "status"),
    [("127.0.0.1:1", 200), ("localhost", 200), ("[::1]:8082", 200), ("evil.example", 403), ("", 403), ("[", 403), ("127.0.0.1.evil.example", 403)],
)  # fmt: skip
def test_a_name_that_was_made_to_lead_here_is_refused(base: str, host: str, status: int) -> None:
    """DNS rebinding: to the browser it is the page's own origin, and no header of ours would stop it."""
    assert got(f"{base}/failures", host=host)[0] == status
    assert got(f"{base}/healthz", host=host)[0] == 200


def test_a_store_that_is_down_is_told(base: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(**_words: object) -> None:
        raise StoreError("the store x: connection refused")

    monkeypatch.setattr(store, "verdicts", down)
    status, _headers, body = got(f"{base}/failures")
    assert (status, body) == (503, {"error": "the store x: connection refused"})


def test_anything_else_is_not_there(base: str) -> None:
    assert got(f"{base}/answers")[0] == 404


def test_failures_older_than_what_is_kept_are_not_told(store: Store) -> None:
    """Though the sweep has not come by yet."""
    failed(store, 2)
    old = dataclasses.replace(store.verdicts(label="fail")[0].verdict, at=time.time() - 7_200, rubric="old")
    store.record(None, old)
    http = Http("127.0.0.1", 0, CollectorRegistry(), store, lambda: True, [], keep_seconds=3_600)
    http.start()
    assert len(got(f"http://127.0.0.1:{http.port}/failures")[2]) == 2
    http.close()
