"""Two machines judge from one Postgres: each ships its own spool, and either takes over what the other leaves."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from app.evals.spool import Spool
from app.evals.store import open_store

from tests.app.evals.store.postgres import Missing, cluster
from tests.app.evals.worker.conftest import item
from tests.app.evals.worker.fleet import Fleet

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]
ANSWERS = 120


@pytest.fixture
def fleets(tmp_path: Path, repository: Path) -> Iterator[tuple[Fleet, Fleet]]:
    """Two folders, two names, one store; nothing is started yet."""
    made: list[Fleet] = []
    with ExitStack() as stack:
        try:
            url = stack.enter_context(cluster())
        except Missing as error:
            pytest.skip(str(error))
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            fleet = Fleet(tmp_path / name, repository, processes=1, pace=0.05)
            fleet.environ |= {"EVALS_STORE": url, "EVALS_WORKER": name}
            made.append(fleet)
        yield made[0], made[1]
        for fleet in made:
            fleet.stop()


def test_a_machine_that_dies_leaves_nothing_behind(fleets: tuple[Fleet, Fleet]) -> None:
    """Every answer of both is judged once in each dimension, the counters of both names add up to the rows, and no password is told."""
    one, two = fleets
    for number, fleet in enumerate(fleets):
        spool = Spool(fleet.folder / "evals/spool")
        for turn in range(ANSWERS // 2):
            assert spool.append(item(number * 1000 + turn).dumped())
        spool.close()
        fleet.start_worker()
    store = open_store(one.environ["EVALS_STORE"])
    one.until(lambda: len(store.verdicts(most=10_000)) > ANSWERS // 2, "some verdicts of either")
    for child in one.children():
        child.kill()
    one.kill(one.worker)
    # What it had shipped is in the store; what not, its next start ships.
    one.start_worker("ship")
    two.until(lambda: len(store.verdicts(most=10_000)) == 3 * ANSWERS, "all verdicts", 90)
    time.sleep(1)
    rows = store.verdicts(most=10_000)
    assert len({(row.verdict.call_id, row.verdict.dimension) for row in rows}) == len(rows) == 3 * ANSWERS
    counted = [store.totals(name).results for name in ("one", "two")]
    assert sum(number for results in counted for number, _weight, _squared in results.values()) == len(rows)
    assert all(sum(found[0] for found in results.values()) for results in counted), "both have judged"
    store.close()
    password = one.environ["EVALS_STORE"].partition("@")[0].rpartition(":")[2]
    assert password not in one.said() + two.said()
