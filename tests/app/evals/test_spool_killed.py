"""Writers and a reader are killed in the middle of their work."""

import hashlib
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.app.evals.spooled import drained, segments

WRITER = """
import hashlib, itertools, os, sys
from pathlib import Path
sys.path.insert(0, "examples")
from app.evals.spool import Spool
spool = Spool(Path(sys.argv[1]), segment_bytes=60_000)
for number in itertools.count():
    text = f"{os.getpid()}-{number} " + "x" * (number * 37 % 9000)
    if spool.append(f"{hashlib.sha256(text.encode()).hexdigest()[:32]} {text}".encode()):
        os.write(1, b"%d-%d\\n" % (os.getpid(), number))
"""

READER = """
import os, sys
from pathlib import Path
sys.path.insert(0, "examples")
from app.evals.spool_reader import SpoolReader
reader = SpoolReader(Path(sys.argv[1]))
store = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
os.write(1, b"ready\\n")
while True:
    batch = reader.read(7)
    os.write(store, b"".join(line.split(b" ")[1] + b" %d\\n" % check(line) for line in batch.lines))
    batch.commit()
""".replace(
    "reader =",
    "import hashlib\ncheck = lambda line: line[:32].decode() == hashlib.sha256(line[33:]).hexdigest()[:32]\nreader =",
)


@pytest.mark.parametrize("turns", [3, pytest.param(25, marks=pytest.mark.e2e)])
def test_kills_lose_nothing_and_tear_nothing(tmp_path: Path, repository: Path, turns: int) -> None:
    """Two writers at a time and a reader, all killed at random moments, several times: each line that was said to be kept is read.

    Whole, and once, where the same line coming again is known by its id; its writer's last line may be there without having been told.
    """
    folder, store, rng = tmp_path / "spool", tmp_path / "store", random.Random(7)
    store.touch()
    told: set[str] = set()
    for _turn in range(turns):
        scripts = ([WRITER, folder], [WRITER, folder], [READER, folder, store])
        running = [
            subprocess.Popen([sys.executable, "-c", *script], cwd=repository, stdout=subprocess.PIPE)
            for script in scripts
        ]
        heads = [one.stdout.readline() for one in running if one.stdout]
        time.sleep(rng.random() * 0.06)
        for one in rng.sample(running, 3):
            one.send_signal(signal.SIGKILL)
            time.sleep(rng.random() * 0.01)
        for one, head in zip(running, heads, strict=True):
            rest = one.communicate()[0]
            if head != b"ready\n":
                told |= set((head + rest).decode().split())
    delivered = dict(line.split() for line in store.read_text().splitlines())
    last, _torn = drained(folder)
    whole = {
        line.split(b" ")[1].decode(): hashlib.sha256(line[33:]).hexdigest()[:32] == line[:32].decode() for line in last
    }
    assert len(told) > 20 * turns
    assert set(delivered.values()) == {"1"}, "a line came in pieces"
    assert all(whole.values())
    assert told <= delivered.keys() | whole.keys()
    # At most one line of each writer had been written, and not yet told of.
    assert len((delivered.keys() | whole.keys()) - told) <= 2 * turns
    assert segments(folder) == []
