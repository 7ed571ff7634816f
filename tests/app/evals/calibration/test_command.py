"""The command line, as somebody types it."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from app.evals.__main__ import main
from app.evals.store import Store, open_store

from tests.app.evals.calibration.judged import GROUNDED, labelled
from tests.app.evals.calibration.test_calibrate import GOOD

ROOT = Path(__file__).parents[4]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a contract whose judge is `judge-1`; the store is in it."""
    contract = json.loads((ROOT / "stack/app/contract.json").read_text())
    contract["evals"]["judge"] |= {"model": "judge-1", "provider": "openai", "base_url": None, "per_minute": 100_000}
    contract["evals"]["dimensions"] = [
        {"name": name, "rubric": "", "scale": 2, "threshold": 2, "taste": name == "tone"}
        for name in ("groundedness", "tone")
    ]
    (tmp_path / "contract.json").write_text(json.dumps(contract))
    monkeypatch.setenv("LLM_CONTRACT", str(tmp_path / "contract.json"))
    monkeypatch.setenv("EVALS_FOLDER", str(tmp_path))
    for name in ("EVALS_STORE", "EVALS_STORE_FILE", "JUDGE_API_KEY", "OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def store(home: Path) -> Store:
    return open_store(f"sqlite:///{home / 'evals.sqlite'}")


def test_calibrate_reports_each_dimension_and_fails_while_one_is_not_calibrated(
    home: Path, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    labelled(store, GROUNDED, GOOD)
    assert main(["calibrate"]) == 1
    told = capsys.readouterr().out
    assert "groundedness   judge judge-1" in told
    assert "TRUSTED: people agree" in told
    assert "0 labels are too few to tell" in told
    assert main(["calibrate", "--dimension", "groundedness"]) == 0
    capsys.readouterr()
    assert main(["calibrate", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [one["calibrated"] for one in found.values()] == [True, False]


def test_a_dimension_that_is_not_there_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for part in ("calibrate", "label"):
        assert main([part, "--dimension", "charm"]) == 2
        assert "no dimension 'charm' in the contract: there are groundedness, tone" in capsys.readouterr().err


def test_control_without_a_judge_says_so(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens on that port."""
    monkeypatch.setenv("LLM_SIMULATOR_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("app.evals.calibration.control.back_off", lambda *_: 0.0)
    assert main(["control"]) == 1
    assert "the control set was not judged" in capsys.readouterr().err


def test_control_is_not_judged_by_the_simulator_where_a_model_judges(
    home: Path, store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its verdicts would be those of a judge that has changed. Nor where the application's models are real."""
    store.set_state("judge", {"name": "judge-1", "simulated": False})
    assert main(["control"]) == 1
    assert "the control set was not judged: THE JUDGE IS SIMULATED" in capsys.readouterr().err
    store.set_state("judge", {"name": "simulator", "simulated": True})
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk")
    assert main(["control"]) == 1
    assert "answers are a real model's (ANTHROPIC_API_KEY is set)" in capsys.readouterr().err


def test_calibrate_is_of_whoever_judged(home: Path, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    """The simulator's verdicts are compared with people as its own, and make no other judge trusted."""
    labelled(store, GROUNDED, GOOD, judge="simulator")
    store.set_state("judge", {"name": "simulator", "simulated": True})
    assert main(["calibrate", "--dimension", "groundedness"]) == 0
    assert "groundedness   judge simulator" in capsys.readouterr().out
    store.set_state("judge", {"name": "judge-1", "simulated": False})
    assert main(["calibrate", "--dimension", "groundedness"]) == 1


def test_power_needs_no_store_and_takes_percent_and_shares(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLM_CONTRACT", "/nowhere")
    assert main(["power", "--calls", "200000", "--sample", "1%", "--from", "95", "--to", "85"]) == 0
    first = capsys.readouterr().out
    assert main(["power", "--calls", "200_000", "--sample", "0.01", "--from", "95%", "--to", "0.85"]) == 0
    assert capsys.readouterr().out == first
    assert "200,000 calls a day, 1 % of them judged" in first
    assert main(["power", "--from", "80", "--to", "90"]) == 2
    with pytest.raises(SystemExit):
        main(["power", "--sample", "much"])


def test_labels_are_imported_and_exported(
    home: Path, store: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled(store, GROUNDED, [("pass", "pass", 3)])
    assert main(["label", "--export", str(home / "labels.jsonl")]) == 0
    assert "3 labels written" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO((home / "labels.jsonl").read_text().replace('"ada"', '"bob"')))
    assert main(["label", "--import", "-"]) == 0
    assert "3 labels imported" in capsys.readouterr().out
    assert len(store.labelled("groundedness")) == 6
    (home / "bad.jsonl").write_text("{}\n")
    assert main(["label", "--import", str(home / "bad.jsonl")]) == 1
    assert "line 1: call_id is missing; nothing was imported" in capsys.readouterr().err


def test_label_serves_a_page_on_this_machine_and_ends_by_ctrl_c(home: Path, store: Store) -> None:
    """The address and its token are printed; what is left is said at the end."""
    labelled(store, GROUNDED, [("pass", "pass", 2)], by="somebody else")
    environ = os.environ | {"PYTHONPATH": str(ROOT / "examples")}
    words = [sys.executable, "-m", "app.evals", "label", "--by", "ada", "--dimension", "groundedness"]
    with subprocess.Popen(words, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("2 answers, groundedness, by ada.")
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/#[\w-]{32}\n", process.stdout.readline())
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        rest, code = process.stdout.read(), process.wait(10)
    assert code == 0
    assert rest.startswith("0 labelled. How far judge and people agree: python -m app.evals calibrate")


def test_nothing_to_label_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["label", "--by", "ada"]) == 1
    assert "nothing to label in groundedness: answers come here once they are judged" in capsys.readouterr().err
