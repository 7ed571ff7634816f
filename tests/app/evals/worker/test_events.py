"""Verdicts as lines of the log, after the store has them and at least once."""

import asyncio
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from app.evals.store import Store
from app.evals.verdict import Verdict
from app.evals.worker.events import Events
from app.evals.worker.turn import Turn
from app.telemetry import Telemetry
from app.telemetry.contract import Contract
from app.telemetry.journal import Journal
from app.telemetry.logs import Log

from tests.app.evals.worker.conftest import GROUNDED, FakeJudge, item


@pytest.fixture
def events(store: Store, contract: Contract, kit: Telemetry, tmp_path: Path) -> Events:
    """Lines into a file."""
    return Events(
        store, Journal(tmp_path / "evals.jsonl"), Log(contract, kit.clean), contract, Turn(store, "lines", "w", 30)
    )


def judged(store: Store, number: int, reason: str = "because", **more: Any) -> None:
    """One verdict in the store."""
    import dataclasses

    store.put([item(number, **more)], worker="w")
    claim = store.claim("w", 1, 60)[0]
    verdict: Verdict = dataclasses.replace(asyncio.run(FakeJudge().judge(claim.item, GROUNDED)), reason=reason)
    store.record(claim, verdict, None, worker="w")
    store.finish(claim)


def lines(tmp_path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (tmp_path / "evals.jsonl").read_text().splitlines()]


def test_a_line_for_each_verdict_valid_by_the_schema(
    store: Store, events: Events, tmp_path: Path, repository: Path
) -> None:
    """Joined to its call by id and trace; statuses that the log does not know are none of its own."""
    schema = json.loads((repository / "stack/app/log.schema.json").read_text())
    for number, status in enumerate(("ok", "refusal", "unheard of"), 1):
        judged(store, number, status=status, trace_id="ab" * 16, span_id="cd" * 8, conversation_id="c-1")
    assert events.once() == 3
    found = lines(tmp_path)
    for line in found:
        jsonschema.validate(line, schema)
    assert found[0]["event"] == "gen_ai.evaluation.result"
    assert found[0]["call_id"] == item(1).call_id
    assert (found[0]["trace_id"], found[0]["span_id"]) == ("ab" * 16, "cd" * 8)
    assert found[0]["evaluation"] == {
        "gen_ai.evaluation.name": "groundedness",
        "gen_ai.evaluation.score.label": "pass",
        "gen_ai.evaluation.score.value": None,
        "gen_ai.evaluation.explanation": "because",
    }
    assert [line["outcome"]["status"] for line in found] == ["ok", "refusal", "ok"]


def test_each_line_once(store: Store, events: Events, tmp_path: Path) -> None:
    judged(store, 1)
    assert events.once() == 1
    assert events.once() == 0
    judged(store, 2)
    assert events.once() == 1
    assert len(lines(tmp_path)) == 2


def test_a_kill_before_the_note_repeats_the_line(
    store: Store, events: Events, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least once."""
    judged(store, 1)

    class Killed(BaseException):
        pass

    def die(_ids: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(store, "logged", die)
        with pytest.raises(Killed):
            events.once()
    assert events.once() == 1
    first, second = lines(tmp_path)
    assert first == second


def test_a_full_disk_keeps_verdicts_waiting(
    store: Store, contract: Contract, kit: Telemetry, caplog: pytest.LogCaptureFixture
) -> None:
    judged(store, 1)
    events = Events(
        store, Journal(Path("/dev/full")), Log(contract, kit.clean), contract, Turn(store, "lines", "w", 30)
    )
    assert events.once() == 0
    assert events.once() == 0
    assert caplog.text.count("the log takes no lines") == 1
    assert len(store.unlogged(10)) == 1


def test_what_a_judge_quotes_is_redacted(store: Store, events: Events, tmp_path: Path) -> None:
    judged(store, 1, reason="it names ada@example.org")
    events.once()
    assert lines(tmp_path)[0]["evaluation"]["gen_ai.evaluation.explanation"] == "it names [redacted:email]"
