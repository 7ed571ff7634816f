"""From the spool into the store, and no line given up before the store has it."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from app.evals.spool import Spool
from app.evals.spool_reader import SpoolReader
from app.evals.store import Store, StoreError
from app.evals.worker.ship import Shipper

from tests.app.evals.worker.conftest import item


def filled(folder: Path, number: int) -> None:
    """A spool with so many answers."""
    spool = Spool(folder)
    for one in range(number):
        assert spool.append(item(one).dumped())


def test_everything_is_put_once(tmp_path: Path, store: Store) -> None:
    filled(tmp_path / "spool", 1200)
    shipper = Shipper(SpoolReader(tmp_path / "spool"), store, "w")
    while shipper.once():
        pass
    assert store.depth().waiting == shipper.shipped == 1200
    assert shipper.once() == 0


def test_a_kill_between_store_and_spool_ships_again_and_doubles_nothing(tmp_path: Path, store: Store) -> None:
    filled(tmp_path / "spool", 10)
    reader = SpoolReader(tmp_path / "spool")

    class Killed(BaseException):
        pass

    class Dying(SpoolReader):
        def read(self, most: int) -> Any:
            batch = super().read(most)

            def die() -> None:
                raise Killed

            return type(batch)(batch.lines, die, batch.torn)

    del reader
    dying = Dying(tmp_path / "spool")
    with pytest.raises(Killed):
        Shipper(dying, store, "w").once()
    assert store.depth().waiting == 10
    dying.close()
    Shipper(SpoolReader(tmp_path / "spool"), store, "w").once()
    assert store.depth().waiting == 10


def test_what_is_no_answer_is_passed_over(tmp_path: Path, store: Store, caplog: pytest.LogCaptureFixture) -> None:
    spool = Spool(tmp_path / "spool")
    for line in (b"{", b'{"call_id": 5}', item(1).dumped(), b"[]"):
        spool.append(line)
    shipper = Shipper(SpoolReader(tmp_path / "spool"), store, "w")
    shipper.once()
    assert shipper.shipped == 1
    assert "3 line(s)" in caplog.text
    assert store.totals("w").dropped["spool"] == 3


def test_what_the_spool_had_no_room_for_is_counted_once(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the store is down at that moment."""
    spool = Spool(tmp_path / "spool", most_bytes=2_000)
    kept = sum(spool.append(item(number).dumped()) for number in range(20))
    assert 0 < kept < 20
    shipper = Shipper(SpoolReader(tmp_path / "spool"), store, "w")

    def down(*_words: object) -> None:
        raise StoreError("down")

    with monkeypatch.context() as patch:
        patch.setattr(store, "count_dropped", down)
        with pytest.raises(StoreError):
            shipper.once()
    shipper.once()
    shipper.once()
    assert store.totals("w").dropped["spool"] == 20 - kept
    assert store.depth().waiting == kept


def test_while_the_store_is_down_the_spool_keeps_all_and_it_is_said_once_a_minute(
    tmp_path: Path, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    """Then everything is shipped, and that is said, too."""
    filled(tmp_path / "spool", 50)
    put, down = store.put, True

    def maybe(*words: Any, **more: Any) -> Any:
        if down:
            raise StoreError("the store x: connection refused; is the server up?")
        return put(*words, **more)

    store.put = maybe  # type: ignore[method-assign]
    now = [0.0]
    shipper = Shipper(SpoolReader(tmp_path / "spool"), store, "w", lambda: now[0])
    stop = threading.Event()
    thread = threading.Thread(target=shipper.run, args=(stop,), daemon=True)
    with caplog.at_level(logging.INFO):
        thread.start()
        assert until(lambda: "is the server up?" in caplog.text)
        time.sleep(1.0)
        assert caplog.text.count("is the server up?") == 1
        now[0] += 61
        assert until(lambda: caplog.text.count("is the server up?") == 2)
        assert store.depth().waiting == 0
        down = False
        assert until(lambda: store.depth().waiting == 50)
        assert until(lambda: "there again after 61 s" in caplog.text)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()


def until(done: Callable[[], bool], seconds: float = 8.0) -> bool:
    """Whether something becomes so in time."""
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.02)
    return done()
