"""Full texts are whole or not there, wherever they are kept; a store that fails loses nothing but them."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from app.telemetry import Telemetry, keep
from app.telemetry.blobs import reference, store
from app.telemetry.contract import Contract

CALL_ID = "ab" * 16


@pytest.mark.parametrize("address", ["{folder}", "memory://blobs", "file://{folder}"])
def test_texts_are_kept_by_call_and_swept_by_age(tmp_path: Path, address: str) -> None:
    """In a folder, and in whatever fsspec knows."""
    blobs = store(address.format(folder=tmp_path))
    blobs.put(reference(CALL_ID), {"question": "q"})
    blobs.put(reference("7"), {"question": "q"})
    assert blobs.sweep(time.time() - 60) == 0
    if "memory" in address:
        import fsspec

        kept = fsspec.filesystem("memory").cat(f"/blobs/{reference(CALL_ID)}")
    else:
        kept = (tmp_path / reference(CALL_ID)).read_bytes()
    assert json.loads(kept) == {"question": "q"}
    assert blobs.sweep(time.time() + 60) == 2
    assert blobs.sweep(time.time() + 60) == 0


@pytest.mark.parametrize("address", ["{folder}", "memory://halves", "file://{folder}"])
def test_half_a_surrogate_pair_is_kept(tmp_path: Path, address: str) -> None:
    """As some clients cut a text in the middle of an emoji: no UTF-8 holds it, an escape of JSON does."""
    blobs = store(address.format(folder=tmp_path))
    blobs.put(reference(CALL_ID), {"question": "half \ud83d"})
    assert blobs.get(reference(CALL_ID)) == {"question": "half \ud83d"}
    assert blobs.sweep(time.time() + 60) == 1


def test_files_of_the_application_are_not_the_stores_to_lose(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it writes through the same kind of files, while a text is being kept, is there at once, and stays when that fails."""
    import fsspec

    own = fsspec.filesystem("file")
    blobs = store(f"file://{tmp_path}/blobs")
    kept = type(own).makedirs

    def write(name: str) -> None:
        with own.open(str(tmp_path / name), "wb") as file:
            file.write(b"mine")
        assert (tmp_path / name).read_bytes() == b"mine"

    def meanwhile(files: object, *words: object, **more: object) -> None:
        # Within the transaction, where another thread would be.
        kept(files, *words, **more)
        write("one")
        if len(list(tmp_path.iterdir())) > 2:
            raise OSError("no room")

    monkeypatch.setattr(type(own), "makedirs", meanwhile)
    blobs.put(reference(CALL_ID), {"question": "q"})
    write("two")
    with pytest.raises(OSError, match="no room"):
        blobs.put(reference("cd" * 16), {"question": "q"})
    assert {path.name for path in tmp_path.iterdir()} == {"one", "two", "blobs"}
    assert blobs.get(reference(CALL_ID)) == {"question": "q"}


def test_a_part_that_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    """After an hour; one that is being written is not."""
    blobs = store(str(tmp_path))
    blobs.put(reference(CALL_ID), {"question": "q"})
    old, new = (tmp_path / "ab" / f"{name}.json.1.part" for name in ("old", "new"))
    for part in (old, new):
        part.write_text("{")
    os.utime(old, (time.time() - 7200,) * 2)
    assert blobs.sweep(0) == 1
    assert new.exists()


def test_a_process_that_lives_for_minutes_sweeps(
    contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first time is a minute after its start, and not an hour."""
    assert keep._MINUTE == 60  # noqa: SLF001
    monkeypatch.setattr(keep, "_MINUTE", 0.0)
    swept = threading.Event()
    monkeypatch.setattr(keep, "_sweep", lambda *_what: swept.set())
    telemetry = Telemetry(contract, log_file=tmp_path / "log", blobs=tmp_path / "blobs")
    assert swept.wait(20)
    telemetry.close()


def test_a_store_that_fails_is_counted_and_nothing_else_is_lost(contract: Contract, tmp_path: Path) -> None:
    """A file where the folder should be: the log line is there, the text is not."""
    (tmp_path / "blobs").write_text("in the way")
    telemetry = Telemetry(contract, log_file=tmp_path / "log", blobs=tmp_path / "blobs")
    with telemetry.call(endpoint="chat", model="gpt-4o-mini", question="q") as call:
        call.answered("fine", {"input": 1, "output": 1})
    telemetry.close()
    assert len((tmp_path / "log").read_text().splitlines()) == 2
    assert telemetry.metrics.registry.get_sample_value("llm_telemetry_dropped_total", {"part": "blob"}) == 1


def test_without_content_no_text_leaves(contract: Contract, tmp_path: Path) -> None:
    """Hash and length remain."""
    quiet = Contract(contract.data | {"logs": contract.data["logs"] | {"capture_content": False}})
    telemetry = Telemetry(quiet, log_file=tmp_path / "log", blobs=tmp_path / "blobs")
    with telemetry.call(endpoint="chat", model="gpt-4o-mini", question="a secret question") as call:
        call.answered("a secret answer", {"input": 1, "output": 1})
    telemetry.close()
    assert not (tmp_path / "blobs").exists()
    text = (tmp_path / "log").read_text()
    assert "secret" not in text
    last = json.loads(text.splitlines()[-1])
    assert (last["input"]["question_chars"], last["output"]["answer_chars"]) == (17, 15)
    assert len(last["input"]["question_hash"]) == len(last["output"]["answer_hash"]) == 16


WRITER = """
import sys
sys.path.insert(0, "examples")
from app.telemetry.blobs import reference, store
blobs = store(sys.argv[1])
number = 0
while True:
    number += 1
    if number == 30:
        print("ready", flush=True)
    blobs.put(reference(f"{number % 500:032x}"), {"text": "x" * (number * 37 % 20_000)})
"""


def test_a_kill_leaves_no_half_text(tmp_path: Path, repository: Path) -> None:
    """At ten moments: whatever is there under a call's name is whole."""
    for turn in range(10):
        command = [sys.executable, "-c", WRITER, tmp_path]
        writer = subprocess.Popen(command, cwd=repository, stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.003 * turn)
        writer.kill()
        writer.wait()
        writer.stdout.close()
        kept = list(tmp_path.rglob("*.json"))
        for path in kept:
            json.loads(path.read_bytes())
    assert len(kept) >= 28
