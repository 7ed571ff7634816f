"""The page about quality as Prometheus serves it: a real Prometheus with a day behind it, a real store with verdicts, a real browser."""

import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from app.evals.item import Item
from app.evals.store import Store, open_store
from app.evals.verdict import Verdict
from app.evals.worker.http import Http
from playwright.sync_api import Browser, Page
from prometheus_client import CollectorRegistry

from generator.launch.obtain.package import Obtained
from generator.model import Model
from generator.output.write import render_into
from generator.pipeline import artifacts
from generator.resolve import resolve
from generator.spec.load import parse
from tests.browser import chromium
from tests.page import history

SPEC = """\
service: {{name: support-bot, endpoints: [chat]}}
models:
  - {{name: gpt-4o-mini, provider: openai}}
  - {{name: claude-haiku-4-5, provider: anthropic}}
  - {{name: local-llama, provider: ollama, price: {{input: 0, output: 0}}}}
alerts: {{pass_rate: {{enabled: true}}}}
stack: {{ports: {{prometheus: {prometheus}, evals: {evals}}}}}
"""
HOSTILE = "<img src=x onerror=\"document.title='broken'\"> claims <b>more</b> than the passages say {{ . }}"


@dataclass
class Served:
    """Where the pages are, and the worker's HTTP, which a test may stop."""

    url: str
    http: Http
    store: Store


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def served(prometheus: Obtained, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A day of verdicts up to now, and three answers that failed."""
    folder = tmp_path_factory.mktemp("page")
    ports = {"prometheus": _free(), "evals": _free()}
    model = resolve(parse(SPEC.format(**ports), "spec.yaml")[0], spec_name="spec.yaml")
    render_into(folder / "stack", artifacts(model))
    store = open_store(f"sqlite:///{folder / 'evals.sqlite'}")
    _fill(store)
    url = f"http://127.0.0.1:{ports['prometheus']}"
    http = Http("127.0.0.1", ports["evals"], CollectorRegistry(), store, lambda: True, [url])
    http.start()
    process = _prometheus(prometheus, model, folder, ports["prometheus"])
    try:
        _wait(f"{url}/-/ready")
        yield Served(f"{url}/consoles", http, store)
    finally:
        process.terminate()
        process.wait(20)
        http.close()
        store.close()


def _prometheus(obtained: Obtained, model: Model, folder: Path, port: int) -> "subprocess.Popen[bytes]":
    history.write(folder / "day.txt", model, int(time.time()) // history.STEP * history.STEP)
    words = ["tsdb", "create-blocks-from", "openmetrics", folder / "day.txt", folder / "data"]
    subprocess.run([obtained.binaries["promtool"], *words], check=True, capture_output=True)
    (folder / "prometheus.yml").write_text(f'rule_files: ["{folder}/stack/prometheus/rules/*.yml"]\n')
    return subprocess.Popen(
        [
            obtained.binaries["prometheus"], f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}", f"--web.console.templates={folder / 'stack/prometheus/consoles'}",
            f"--web.console.libraries={folder / 'stack/prometheus/consoles'}",
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def _wait(url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(url, timeout=1)
        except (urllib.error.URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _fill(store: Store) -> None:
    now = time.time()
    reasons = ("The passages say median, the answer says mean.", HOSTILE, "It names a setting that no passage has.")
    for number, (reason, model) in enumerate(
        zip(reasons, ("gpt-4o-mini", "gpt-4o-mini", "claude-haiku-4-5"), strict=True)
    ):
        call = f"call-{number}"
        item = Item(
            call_id=call, endpoint="chat", model=model, provider="openai", question="q", answer="a", passages=("p",), status="ok",
            probability=1.0, reason="sample", ended=now - 60, trace_id=f"{number + 1:032x}",
        )  # fmt: skip
        store.put([item])
        verdict = Verdict(
            call_id=call, dimension="groundedness", rubric="r1", label="fail", score=None, reason=reason, quotes=("a <u>quote</u>",),
            judge="judge", usd=0.0, at=now - 60 + number, model=model, weight=1.0,
        )  # fmt: skip
        assert store.record(None, verdict)


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """The page of quality, loaded; no script fails, and nothing comes from beyond this machine."""
    wrong: list[str] = []
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(10_000)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda one: wrong.append(one.text) if _bad(one.type, one.text) else None)
    opened.on(
        "request",
        lambda one: (
            None if one.url.startswith(("http://127.0.0.1", "http://localhost", "data:")) else wrong.append(one.url)
        ),
    )
    opened.goto(f"{served.url}/llm-quality.html")
    loaded(opened)
    yield opened
    opened.close()
    assert wrong == []


def loaded(page: Page) -> None:
    """Wait until everything on it was asked once."""
    page.wait_for_function("Number(document.documentElement.dataset.loaded) >= 1")


def _bad(kind: str, text: str) -> bool:
    # A worker that cannot be reached is what one test is about.
    return kind in {"error", "warning"} and not text.startswith("Failed to load resource") and "CORS" not in text
