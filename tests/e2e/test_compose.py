"""The Compose form with a real engine: one question found everywhere, nothing on the outside, back after a kill, a page that arrives."""

import json
import os
import re
import shutil
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from generator import conventions as c
from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.ensure import CannotBeHad, ensure
from generator.output.write import render_into
from generator.pipeline import artifacts
from generator.resolve import resolve
from generator.spec.load import load
from generator.versions import PINNED
from tests import promtools
from tests.e2e.composed import LEFT_OUT, SPEC, TAKES, Composed, checkout, images, replace
from tests.e2e.engine import Engine, unpacked
from tests.e2e.whole import until
from tests.launch.conftest import free_ports

pytestmark = [pytest.mark.e2e, pytest.mark.alone, pytest.mark.timeout(1800)]
LINES = {"llm.request", "llm.response"}


@pytest.fixture(scope="module")
def engine(repository: Path) -> Iterator[Engine]:
    """Running, with the images that can be made here."""
    # The path of a socket must be short.
    run = Path(tempfile.mkdtemp(prefix="sg-", dir="/tmp"))
    one = None
    try:
        one = Engine(unpacked(), run)
        promtool = promtools.promtool("newest")
        binaries = {
            name: ensure(PACKAGES[name], print).binaries
            for name in (c.JAEGER, c.COLLECTOR, c.ALERTMANAGER, c.VICTORIA_LOGS)
        }
        one.start()
        images(one, promtool, binaries)
        yield one
    except CannotBeHad as error:
        pytest.skip(str(error))
    finally:
        if one:
            one.stop()
        shutil.rmtree(run, ignore_errors=True)


@pytest.fixture(scope="module")
def composed(engine: Engine, tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Composed]:
    """Up, without what cannot be had; down at the end."""
    folder, ports = tmp_path_factory.mktemp("composed"), free_ports()
    checkout(repository, folder)
    (folder / "spec.yaml").write_text(SPEC.format(ports=", ".join(f"{name}: {port}" for name, port in ports.items())))
    one = Composed(folder, ports, engine)
    assert one.stackgen("render").returncode == 0
    replace(folder / "stack/collector/collector.yaml", *TAKES)
    # There is no network but the machine's own here.
    replace(folder / "stack/compose.yaml", "examples/app/Dockerfile}", "examples/app/Dockerfile, network: host}")
    done = one.up()
    try:
        assert done.returncode == 0, done.stdout + done.stderr
        assert re.search(r"evals +running +\S+ +\d+\.\d +\d+ MB", done.stdout), done.stdout
        print(f"left out, as no image can be made here: {', '.join(LEFT_OUT)}")
        yield one
    finally:
        one.stackgen("down")


@pytest.mark.parametrize("traces", ["tempo", "jaeger"])
def test_compose_accepts_what_is_rendered(engine: Engine, repository: Path, tmp_path: Path, traces: str) -> None:
    """The oldest Compose that the stack is made for, for the committed file and with Jaeger in Tempo's place."""
    stack = repository / "stack"
    if traces == "jaeger":
        spec = (repository / "spec.yaml").read_text()
        (tmp_path / "spec.yaml").write_text(spec.replace("backend: tempo", "backend: jaeger"))
        loaded = load(tmp_path / "spec.yaml")
        stack = tmp_path / "stack"
        render_into(stack, artifacts(resolve(loaded.spec, spec_name="spec.yaml")))
    for words in (["config", "--quiet"], ["--profile", "*", "config", "--services"]):
        done = engine.docker("compose", "-f", stack / "compose.yaml", *words)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
    assert traces in done.stdout.split()


def test_one_question_is_counted_traced_and_logged(composed: Composed) -> None:
    """Through app, Collector and store, in containers that know each other by name."""
    answer = composed.ask()

    def counted() -> bool:
        found = composed.get("prometheus", "/api/v1/query", query="sum(llm_requests_total)")["data"]["result"]
        return bool(found) and float(found[0]["value"][1]) >= 1

    until(counted, 40, "the metric")
    path = f"/api/v3/traces/{answer['trace_id']}"

    def spans() -> list[Any]:
        found = composed.get("jaeger", path)["result"]["resourceSpans"]
        return [span for one in found for scope in one["scopeSpans"] for span in scope["spans"]]

    until(lambda: len(spans()) == 4, 60, "the trace")
    names = '{__name__=~"traces_span_metrics_calls_total",span_name="llm.generate"}'
    until(
        lambda: composed.get("prometheus", "/api/v1/query", query=names)["data"]["result"], 90, "span metrics by OTLP"
    )
    told = f'trace_id:="{answer["trace_id"]}"'

    def lines() -> list[dict[str, Any]]:
        found = composed.get("loki", "/select/logsql/query", query=told)
        # A verdict on the answer may be among them.
        return [line for line in found if json.loads(line["_msg"])["event"] in LINES]

    until(lambda: len(lines()) == 2, 60, "the two log lines")
    assert {json.loads(line["_msg"])["event"] for line in lines()} == LINES
    assert {line["service.name"] for line in lines()} == {"support-bot"}


def test_the_containers_are_as_tight_as_the_file_says(composed: Composed) -> None:
    """Nobody is root, nothing can be written, nothing is published beyond loopback, memory is bounded, the secret is a file."""
    found = composed.containers()
    ended = found.pop("collector-queue")
    assert (ended["State"]["Status"], ended["State"]["ExitCode"]) == ("exited", 0)
    assert set(found) == {"prometheus", "alertmanager", "jaeger", "loki", "collector", "simulator", "app", "evals"}
    assert {one["State"]["Status"] for one in found.values()} == {"running"}
    for name, one in {**found, "collector-queue": ended}.items():
        host = one["HostConfig"]
        assert one["Config"]["User"].split(":")[0] not in {"", "0", "root"}, name
        assert host["ReadonlyRootfs"], name
        assert host["CapDrop"] == ["ALL"], name
        assert host["Memory"] > 0, name
        addresses = {bound["HostIp"] for ports in host["PortBindings"].values() for bound in ports}
        assert addresses <= {"127.0.0.1"}, name
    assert "/run/secrets/slack" in {mount["Destination"] for mount in found["alertmanager"]["Mounts"]}


def test_what_the_collector_keeps_is_on_its_volume(composed: Composed) -> None:
    """It writes there as the user that it is, and nobody had to be root for it."""
    volume = composed.engine.run / "data/volumes/stackgen-support-bot_collector/_data"
    queue = volume / "queue"
    assert queue.is_dir()
    assert queue.stat().st_uid == PINNED[c.COLLECTOR].uid
    assert volume.stat().st_uid == PINNED[c.ALERTMANAGER].uid


def test_edited_code_runs_after_the_next_launch(composed: Composed) -> None:
    """In everything that is made of it, as one image of the project's own; it has the driver of Postgres, too."""
    before = composed.containers()
    made = ("simulator", "app", "evals")
    assert {before[name]["Config"]["Image"] for name in made} == {"stackgen-support-bot-app:local"}
    with (composed.folder / "examples/app/__init__.py").open("a") as code:
        code.write('EDITED = "yes"\n')
    done = composed.up()
    assert done.returncode == 0, done.stderr
    after = composed.containers()
    assert len({after[name]["Image"] for name in made}) == 1
    assert {name for name in after if before[name]["Id"] != after[name]["Id"]} == set(made)
    words = ("exec", after["evals"]["Id"], "python", "-c", "import psycopg, app; print(app.EDITED)")
    done = composed.engine.docker(*words)
    assert done.stdout.strip() == "yes", done.stderr


def test_what_is_killed_comes_back(composed: Composed) -> None:
    """The engine restarts it, the app answers all the while, and the trace of a question asked meanwhile arrives."""
    before = composed.containers()["jaeger"]["State"]["Pid"]
    os.kill(before, 9)
    answer = composed.ask()
    until(lambda: composed.containers()["jaeger"]["State"]["Pid"] not in {0, before}, 30, "a new process")
    until(lambda: composed.get("jaeger", f"/api/v3/traces/{answer['trace_id']}")["result"], 90, "the trace")


def test_a_page_reaches_the_web_hook_that_a_closed_file_names(composed: Composed) -> None:
    """The file is open to Alertmanager's user alone; written anew it is another container's, and an alert arrives."""
    arrived: list[bytes] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            arrived.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_words: object) -> None:
            pass

    before = composed.containers()
    secret = composed.folder / "secrets/slack"
    with ThreadingHTTPServer((composed.gateway(), 0), Hook) as hook:
        threading.Thread(target=hook.serve_forever, daemon=True).start()
        secret.unlink()
        secret.write_text(f"http://{composed.gateway()}:{hook.server_port}/T0P")
        secret.chmod(0o600)
        refused = composed.up()
        assert refused.returncode == 1
        assert f"chown {PINNED[c.ALERTMANAGER].uid} secrets/slack" in refused.stderr
        os.chown(secret, PINNED[c.ALERTMANAGER].uid, -1)
        done = composed.up()
        assert done.returncode == 0, done.stderr
        after = composed.containers()
        others = {name for name in after if before[name]["Id"] != after[name]["Id"]} - {"alertmanager"}
        assert before["alertmanager"]["Id"] != after["alertmanager"]["Id"]
        # Compose makes what depends on it anew as well (docker/compose#10308), and nothing else.
        assert others <= {"prometheus"}, others
        alert = {"labels": {"alertname": "LLMLatencyDoubled", "severity": "page", "service": "support-bot"}}
        url = f"http://127.0.0.1:{composed.ports['alertmanager']}/api/v2/alerts"
        body = json.dumps([alert]).encode()
        urllib.request.urlopen(urllib.request.Request(url, body, {"content-type": "application/json"})).close()
        until(lambda: arrived, 90, "the page")
        hook.shutdown()
    assert b"LLMLatencyDoubled" in arrived[0]


def test_up_again_is_quick_and_status_shows_it(composed: Composed) -> None:
    """Nothing restarts; the table has every container."""
    before = {name: one["State"]["Pid"] for name, one in composed.containers().items()}
    began = time.monotonic()
    done = composed.up()
    assert done.returncode == 0, done.stderr
    assert time.monotonic() - began < 20
    assert {name: one["State"]["Pid"] for name, one in composed.containers().items()} == before
    rows = json.loads(composed.stackgen("status", "--json").stdout)["components"]
    assert {row["component"]: row["state"] for row in rows} == dict.fromkeys(
        set(before) - {"collector-queue"}, "running"
    )
    assert all(5e6 < row["memory"] < 500e6 for row in rows), rows


def test_down_leaves_no_container(composed: Composed) -> None:
    """Of any profile."""
    assert composed.stackgen("down").returncode == 0
    assert composed.containers() == {}
