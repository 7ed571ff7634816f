"""A round of labels over a real store, and its page on a real port."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import uvicorn
from app.evals.item import Item
from app.evals.judge.rubric import version_of
from app.evals.label.server import create
from app.evals.label.session import Session
from app.evals.settings import Dimension
from app.evals.store import Store, open_store
from app.evals.verdict import Verdict

GROUNDED = Dimension("groundedness", "", 2, 2, taste=False)
SCORED = Dimension("clarity", "Is the answer clear to a beginner?", 5, 4, taste=False)
TOKEN = "a-token-that-nobody-guesses"
HOSTILE = "<img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"
ANSWER = (
    "The baseline is the median of the recorded value over the last hour, ten minutes behind the present. "
    "It is held for six hours at most while an alert is active."
)
PASSAGES = (
    "The baseline: The baseline of an alert is the median of the recorded value over the last hour, ten minutes behind the present.",
    "Holding the baseline: While an alert is active its baseline is held at the last value from before, for six hours at most.",
    "Quiet nights and gaps: Nothing is recorded below the floor of requests, so a quiet night leaves no baseline behind.",
)


def judged(store: Store, dimension: Dimension, count: int, **more: str) -> list[str]:
    """That many answers with a verdict each; their call_ids."""
    items = [
        Item(
            f"call-{number:03}", "chat", f"secret-model-{number % 2}", "secret-provider", f"What is the baseline, {number}?",
            more.get("answer", ANSWER), PASSAGES, "ok", 0.5, "sample", 1_000.0 + number,
        )
        for number in range(count)
    ]  # fmt: skip
    store.put(items)
    for number, claim in enumerate(store.claim("w", count, 60.0)):
        label = "fail" if number % 2 else "pass"
        verdict = Verdict(
            claim.item.call_id, dimension.name, version_of(dimension), label, None, "SECRET-REASON", (), "secret-judge", 0.0,
            2_000.0 + number, claim.item.model, 2.0,
        )  # fmt: skip
        assert store.record(claim, verdict, worker="w")
        assert store.finish(claim)
    return [one.call_id for one in items]


class Live(NamedTuple):
    """A page that is served, and what is behind it."""

    url: str
    session: Session
    store: Store

    @property
    def address(self) -> str:
        return f"{self.url}/#{TOKEN}"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with open_store(f"sqlite:///{tmp_path / 'evals.sqlite'}") as one:
        yield one


def served(session: Session, store: Store) -> Iterator[Live]:
    """Until the test is over."""
    server = uvicorn.Server(uvicorn.Config(create(session, TOKEN), port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < until
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Live(f"http://127.0.0.1:{port}", session, store)
    server.should_exit = True
    thread.join(5)


@pytest.fixture
def live(store: Store) -> Iterator[Live]:
    """A round of six answers in groundedness by Ada."""
    judged(store, GROUNDED, 6)
    yield from served(Session(store, GROUNDED, "ada", 50), store)
