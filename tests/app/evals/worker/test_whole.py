"""A worker as people start it: real processes, a real spool, a real store, the simulator as the judge."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from app.evals.spool import Spool
from app.evals.store import open_store
from app.evals.worker.purse import day

from tests.app.evals.worker.conftest import item
from tests.app.evals.worker.fleet import Fleet
from tests.app.evals.worker.test_killed import cost


@pytest.fixture
def fleet(tmp_path: Path, repository: Path) -> Iterator[Fleet]:
    """Its worker is not started yet."""
    made = Fleet(tmp_path, repository, processes=1)
    yield made
    made.stop()


def spooled(fleet: Fleet, number: int) -> None:
    spool = Spool(fleet.folder / "evals/spool")
    for one in range(number):
        assert spool.append(item(one).dumped())
    spool.close()


def command(fleet: Fleet, *words: str) -> subprocess.CompletedProcess[str]:
    """One word of the command line."""
    return subprocess.run(
        [sys.executable, "-m", "app.evals", *words], env=fleet.environ, capture_output=True, text=True, timeout=30, check=False
    )  # fmt: skip


@pytest.mark.e2e
def test_from_the_spool_to_status_and_back(fleet: Fleet) -> None:
    """One process ships, judges, serves and writes; it ends within five seconds; a second one in its folder is told why not."""
    spooled(fleet, 20)
    fleet.start_worker()
    fleet.until(
        lambda: fleet.sample("llm_eval_queue_depth") == 0 and fleet.sample("llm_eval_judge_cost_usd_total") > 0, "work"
    )
    store = open_store(fleet.store)
    fleet.until(lambda: len(store.verdicts()) == 60 and not store.unlogged(1), "sixty verdicts and their lines")
    assert {row.verdict.judge for row in store.verdicts()} == {"simulator"}
    assert (fleet.folder / "worker.log").read_text().count("THE JUDGE IS SIMULATED") == 1
    assert len((fleet.folder / "evals.jsonl").read_text().splitlines()) == 60
    assert fleet.got(f"http://127.0.0.1:{fleet.port}/readyz") == {"status": "ready"}
    second = command(fleet, "worker")
    assert second.returncode == 1
    assert f"(process {fleet.worker.pid if fleet.worker else 0})" in second.stderr
    began = time.monotonic()
    assert fleet.worker
    fleet.worker.send_signal(signal.SIGTERM)
    assert fleet.worker.wait(6) == 0
    assert time.monotonic() - began < 5
    told = command(fleet, "status")
    assert told.returncode == 0, told.stderr
    assert "groundedness" in told.stdout
    assert "waiting 0" in told.stdout
    store.close()


def test_ship_only_ships(fleet: Fleet) -> None:
    spooled(fleet, 20)
    fleet.start_worker("ship")
    fleet.until(lambda: fleet.sample("llm_eval_queue_depth") == 20, "shipping")
    assert fleet.got(f"{fleet.simulator}/ledger")["calls"] == 0


@pytest.mark.parametrize("processes", [1, 2])
def test_answers_of_a_real_model_wait_for_a_real_judge(tmp_path: Path, repository: Path, processes: int) -> None:
    """They are shipped and kept; why is said once, by `status`, and by the page that says whether the worker is well."""
    fleet = Fleet(tmp_path, repository, processes=processes, model="claude-haiku-4-5", provider="anthropic")
    fleet.environ["OPENAI_API_KEY"] = "sk-nobody-sends-this"
    try:
        spooled(fleet, 5)
        fleet.start_worker()
        fleet.until(lambda: fleet.sample("llm_eval_queue_depth") == 5, "shipping")
        assert fleet.children() == []
        well = fleet.got(f"http://127.0.0.1:{fleet.port}/healthz")
        assert well["status"] == "alive"
        assert "OPENAI_API_KEY is set" in well["not_judging"]
        told = command(fleet, "status")
        assert "NOTHING IS JUDGED: answers are a real model's (OPENAI_API_KEY is set)" in told.stdout
        assert (fleet.folder / "worker.log").read_text().count("NOTHING IS JUDGED") == 1
        assert fleet.got(f"{fleet.simulator}/ledger")["calls"] == 0
        assert "sk-nobody" not in fleet.said()
    finally:
        fleet.stop()


@pytest.mark.e2e
def test_a_second_worker_of_one_name_is_refused(fleet: Fleet, tmp_path: Path, repository: Path) -> None:
    """On another machine (in another folder), with the same store; killed and started again, the first has its name at once."""
    (tmp_path / "other").mkdir()
    other = Fleet(tmp_path / "other", repository, processes=1)
    other.environ |= {"EVALS_STORE": fleet.store}
    try:
        for _start in range(2):
            fleet.start_worker()
            fleet.until(lambda: fleet.got(f"http://127.0.0.1:{fleet.port}/readyz") is not None, "the worker")
            fleet.kill(fleet.worker)
        fleet.start_worker()
        fleet.until(lambda: fleet.got(f"http://127.0.0.1:{fleet.port}/readyz") is not None, "the worker again")
        other.start_worker()
        assert other.worker
        assert other.worker.wait(60) == 1
        assert (
            "'w': two of one name would count everything twice; set EVALS_WORKER to a name of its own" in other.said()
        )
        assert fleet.worker
        assert fleet.worker.poll() is None
    finally:
        other.stop()


@pytest.mark.e2e
def test_children_stop_with_their_parent(tmp_path: Path, repository: Path) -> None:
    """Asked in the middle of work: within five seconds, and all that was not judged waits for another worker at once."""
    fleet = Fleet(tmp_path, repository, processes=2, per_minute=300)
    try:
        spooled(fleet, 60)
        fleet.start_worker()
        store = open_store(fleet.store)
        fleet.until(lambda: len(store.verdicts()) > 5, "some verdicts")
        children = fleet.children()
        assert len(children) == 2
        assert fleet.worker
        began = time.monotonic()
        fleet.worker.send_signal(signal.SIGTERM)
        fleet.worker.wait(6)
        assert time.monotonic() - began < 5
        assert not any(child.is_running() for child in children)
        depth = store.depth()
        assert depth.running == 0
        assert depth.waiting > 0
        store.close()
    finally:
        fleet.stop()


@pytest.mark.e2e
def test_eight_processes_never_spend_more_than_the_budget(tmp_path: Path, repository: Path) -> None:
    """By the store's books, and by what the simulator says that it served; and it is said once."""
    fleet = Fleet(tmp_path, repository, processes=8, concurrency=16, max_usd_per_day=0.02)
    try:
        spooled(fleet, 150)
        fleet.start_worker()
        store = open_store(fleet.store)
        fleet.until(lambda: store.depth().skipped > 0, "a spent budget", 200)
        fleet.until(lambda: not store.depth().waiting and not store.depth().running, "the end", 60)
        paid, spent = cost(fleet, fleet.got(f"{fleet.simulator}/ledger")), store.spent(day(time.time()))
        print(f"limit 0.02 USD, paid {paid:.6f}, booked {spent.usd:.6f}, {store.depth().skipped} of 150 skipped")
        assert paid <= spent.usd + spent.reserved + 1e-9
        assert spent.usd + spent.reserved <= 0.02 + 1e-9
        assert paid > 0.012
        assert (fleet.folder / "worker.log").read_text().count("the budget of") == 1
        assert fleet.sample('llm_eval_dropped_total{reason="budget"}') == store.depth().skipped
        store.close()
    finally:
        fleet.stop()


def test_help_is_quick_and_light() -> None:
    """No database, no SDK, no metrics library."""
    code = (
        "import sys, app.evals.__main__ as main\n"
        "try: main.main(['worker', '--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('sqlalchemy', 'openai', 'anthropic', 'prometheus_client', 'asyncio') if name in sys.modules])"
    )
    folder = str(Path(__file__).parents[4] / "examples")
    told = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": folder}, capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines()[-1] == "[]"
    assert "--processes" in told.stdout


@pytest.mark.parametrize("words", [["worker", "--processes", "0"], ["worker", "--concurrency", "x"], ["unheard"], []])
def test_wrong_usage_is_told(words: list[str]) -> None:
    folder = str(Path(__file__).parents[4] / "examples")
    told = subprocess.run(
        [sys.executable, "-m", "app.evals", *words], env={"PYTHONPATH": folder}, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert told.returncode == 2
    assert "usage:" in told.stderr


def memory(process: psutil.Process) -> int:
    """Resident bytes."""
    return int(process.memory_info().rss)
