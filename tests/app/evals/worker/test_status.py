"""What waits, what was judged and what it cost, for people and for programs."""

import asyncio
import json
import time
from pathlib import Path

import pytest
from app.evals.__main__ import main
from app.evals.settings import Settings
from app.evals.store import Store
from app.evals.worker.purse import OVER, day
from app.evals.worker.status import duration, shown, status
from app.evals.worker.who import KEY, Who
from app.evals.worker.workers import names, register

from tests.app.evals.worker.conftest import GROUNDED, TONE, FakeJudge, item, with_judge


def judged(store: Store, numbers: range, worker: str = "w") -> None:
    """Answers that this worker judged; every seventh is bad."""
    register(store, worker)
    for number in numbers:
        store.put([item(number)], worker=worker)
        claim = store.claim(worker, 1, 60)[0]
        store.record(claim, asyncio.run(FakeJudge().judge(claim.item, GROUNDED)), None, worker=worker)
        store.finish(claim)


def test_all_workers_count_and_each_rate_has_its_interval(store: Store, settings: Settings) -> None:
    judged(store, range(10), "a")
    judged(store, range(10, 21), "b")
    one = status(store, settings)["dimensions"]["groundedness"]
    assert (one["pass"], one["fail"], one["error"]) == (18, 3, 0)
    assert one["pass_rate"] == pytest.approx(18 / 21)
    assert one["effective_n"] == pytest.approx(21)
    assert one["low"] < 18 / 21 < one["high"]
    assert names(store) == ["a", "b"]


def test_a_dimension_without_verdicts_has_no_rate(store: Store, settings: Settings) -> None:
    told = status(store, settings)
    assert told["dimensions"]["refusal"]["pass_rate"] is None
    assert "refusal" in shown(told, "x")


def test_what_is_a_matter_of_taste_counts_once_calibrated(store: Store, settings: Settings) -> None:
    import dataclasses

    tone = dataclasses.replace(settings, dimensions=(TONE,))
    before = status(store, tone)
    assert not before["dimensions"]["tone"]["counts"]
    assert "does not count" in shown(before, "x")
    store.set_state("calibration/tone", {"calibrated": True})
    after = status(store, tone)
    assert after["dimensions"]["tone"]["counts"]
    assert "does not count" not in shown(after, "x")


def test_a_spent_budget_is_said(store: Store, settings: Settings) -> None:
    today = day(time.time())
    reservation = store.reserve(1.5, 5.0, 60, today)
    assert reservation
    store.settle(reservation, 1.25)
    store.set_state(OVER, {"day": today})
    text = shown(status(store, settings), "x")
    assert "1.2500 of 5.00 USD" in text
    assert "THE BUDGET IS SPENT" in text
    tomorrow = status(store, settings, time.time() + 86_400)
    assert not tomorrow["budget"]["over"]


def test_who_judges_is_said(store: Store, settings: Settings) -> None:
    """The judge of the settings before anybody judged; then whoever did, or why nobody does."""
    assert status(store, settings)["judge"] == settings.judge.model
    store.set_state(KEY, Who("simulator", simulated=True).state())
    told = status(store, settings)
    assert (told["judge"], told["judge_simulated"], told["not_judging"]) == ("simulator", True, "")
    assert "judge simulator: " in shown(told, "x")
    assert "THE JUDGE IS SIMULATED" in shown(told, "x")
    store.set_state(KEY, Who("simulator", simulated=True, withheld="no key").state())
    assert "NOTHING IS JUDGED: no key" in shown(status(store, settings), "x")
    store.set_state(KEY, Who("claude-haiku-4-5", simulated=False).state())
    text = shown(status(store, settings), "x")
    assert "judge claude-haiku-4-5: " in text
    assert "SIMULATED" not in text


def test_a_judge_without_a_price_is_told_in_calls(store: Store, settings: Settings) -> None:
    unpriced = with_judge(settings, usd_per_million_tokens=None)
    assert store.reserve(1.0, 1000, 60, f"calls {day(time.time())}")
    assert "of 1,000 calls (no price is known)" in shown(status(store, unpriced), "x")


def test_dead_letters_are_shown_and_retried(
    store: Store, url: str, repository: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the command line: `status`, `retry`, `retry --skipped`."""
    monkeypatch.setenv("EVALS_STORE", url)
    monkeypatch.setenv("LLM_CONTRACT", str(repository / "stack/app/contract.json"))
    store.put([item(1), item(2)])
    first, second = store.claim("w", 2, 60)
    store.bury(first, "400: too long")
    store.skip(second, "the budget is spent")
    assert main(["status"]) == 0
    text = capsys.readouterr().out
    assert "dead 1, skipped 1" in text
    assert f"{first.item.call_id}  gpt-4o-mini  400: too long" in text
    assert main(["status", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["dead"] == 1
    assert main(["retry"]) == 0
    assert capsys.readouterr().out == "1 answer will be judged again\n"
    assert main(["retry", "--skipped"]) == 0
    assert main(["retry", "--skipped"]) == 0
    assert capsys.readouterr().out == "1 answer will be judged again\n0 answers will be judged again\n"
    assert store.depth().waiting == 2


def test_settings_that_are_wrong_are_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("EVALS_PORT", "80a")
    assert main(["status"]) == 2
    assert "EVALS_PORT is '80a': it takes a number from 0 to 65535" in capsys.readouterr().err


def test_no_contract_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("LLM_CONTRACT", str(tmp_path / "none.json"))
    monkeypatch.setenv("EVALS_FOLDER", str(tmp_path / "evals"))
    assert main(["status"]) == 1
    assert "none.json" in capsys.readouterr().err


@pytest.mark.parametrize(("seconds", "told"), [(0, "0 s"), (59.4, "59 s"), (60, "1 min"), (7260, "2 h 1 min")])
def test_ages_in_words(seconds: float, told: str) -> None:
    assert duration(seconds) == told
