"""The native engine with real servers: up, again, down, and everything that goes wrong between."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable

import psutil
import pytest

from tests.launch.conftest import NATIVE, Stack

Leftovers = Callable[[], list[str]]


def test_up_is_ready_when_it_returns_and_a_second_up_does_nothing(stack: Stack) -> None:
    """Every component answers; the second run keeps every process."""
    first = stack.up()
    assert first.returncode == 0, first.stderr
    assert "Your four golden signals" in first.stdout
    for name in ("prometheus", "alertmanager"):
        with urllib.request.urlopen(f"http://127.0.0.1:{stack.ports[name]}/-/ready", timeout=5) as response:
            assert response.status == 200
    before = stack.pids()
    assert stack.up().returncode == 0
    assert stack.pids() == before


def test_three_alerts_are_loaded(stack: Stack) -> None:
    """Prometheus itself says so."""
    assert stack.up().returncode == 0
    url = f"http://127.0.0.1:{stack.ports['prometheus']}/api/v1/rules?type=alert"
    with urllib.request.urlopen(url, timeout=5) as response:
        groups = json.load(response)["data"]["groups"]
    names = {rule["name"] for group in groups for rule in group["rules"]}
    assert names == {"LLMLatencyDoubled", "LLMErrorRateHigh", "LLMSpendSpike"}


def test_a_changed_threshold_is_reloaded_and_nothing_restarts(stack: Stack) -> None:
    """Prometheus gets a signal, and has the new rule."""
    assert stack.up().returncode == 0
    before = stack.pids()
    stack.spec(more="alerts: {errors: {above: 42%}}")
    assert stack.up().returncode == 0
    assert stack.pids() == before
    url = f"http://127.0.0.1:{stack.ports['prometheus']}/api/v1/rules?type=record"
    deadline = time.monotonic() + 10
    text = ""
    while "0.42" not in text and time.monotonic() < deadline:
        with urllib.request.urlopen(url, timeout=5) as response:
            text = response.read().decode()
        time.sleep(0.2)
    assert "0.42" in text


def test_down_stops_everything_and_again_is_no_error(stack: Stack, leftovers: Leftovers) -> None:
    """No process is left, and the ports are free."""
    assert stack.up().returncode == 0
    assert leftovers()
    assert stack.run("down").returncode == 0
    assert leftovers() == []
    again = stack.run("down")
    assert again.returncode == 0
    assert "nothing runs" in again.stderr


def test_nothing_listens_beyond_loopback(stack: Stack) -> None:
    """Every listening socket of every process and its children."""
    assert stack.up().returncode == 0
    pids = set(stack.pids())
    listening = [
        connection for connection in psutil.net_connections("inet")
        if connection.pid in pids and (connection.status == psutil.CONN_LISTEN or connection.type == socket.SOCK_DGRAM)
    ]  # fmt: skip
    assert len(listening) >= 2
    assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}


def test_a_port_in_use_is_named_with_its_holder(stack: Stack, leftovers: Leftovers) -> None:
    """Nothing stays behind, and when the port is free the next run works."""
    with socket.create_server(("127.0.0.1", stack.ports["alertmanager"])):
        done = stack.up()
    assert done.returncode == 1
    assert f"port {stack.ports['alertmanager']} for alertmanager is held by" in done.stderr
    assert f"process {os.getpid()}" in done.stderr
    assert "stack.ports" in done.stderr
    assert leftovers() == []
    assert stack.up().returncode == 0


def test_a_killed_component_comes_back_by_itself(stack: Stack, leftovers: Leftovers) -> None:
    """Status says so; the others are left alone, and `down` ends what looked after them."""
    assert stack.up().returncode == 0
    before = {entry["name"]: entry["pid"] for entry in stack.entries()}
    os.kill(before["alertmanager"], signal.SIGKILL)
    deadline = time.monotonic() + 60
    while stack.run("status").returncode == 0 and not stack.running()["alertmanager"]["restarts"]:
        assert time.monotonic() < deadline
    while stack.running()["alertmanager"]["state"] != "running":
        assert time.monotonic() < deadline
    after = {entry["name"]: entry["pid"] for entry in stack.entries()}
    assert after["prometheus"] == before["prometheus"]
    assert after["alertmanager"] != before["alertmanager"]
    status = stack.run("status")
    assert status.returncode == 0
    assert "alertmanager ended and was started again once" in status.stdout
    assert stack.run("down").returncode == 0
    assert leftovers() == []


def test_ctrl_c_leaves_nothing_behind(stack: Stack, leftovers: Leftovers) -> None:
    """Interrupted while components start, it stops what it had started."""
    stack.spec(app="example")
    process = subprocess.Popen(
        [sys.executable, "-m", "generator", "up", "--core-only"],
        cwd=stack.folder,
        env=os.environ | NATIVE,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        # Whoever runs the tests in the background may have set it to be ignored, which children inherit.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    deadline = time.monotonic() + 20
    while not stack.pids() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _out, error = process.communicate(timeout=30)
    assert process.returncode == 130, error
    assert leftovers() == []
    assert stack.pids() == []


def test_a_state_file_that_is_no_json_is_no_obstacle(stack: Stack) -> None:
    """A crash in the middle of writing it must not need a person."""
    assert stack.up().returncode == 0
    assert stack.run("down").returncode == 0
    (stack.folder / ".stackgen/state.json").write_text('{"running": [')
    assert stack.up().returncode == 0


@pytest.mark.parametrize("leads", [True, False])
def test_a_process_id_of_somebody_else_is_never_signalled(stack: Stack, *, leads: bool) -> None:
    """After a restart of the machine an id may belong to another process, whether older or as old as ours and of another group."""
    assert stack.up().returncode == 0
    path = stack.folder / ".stackgen/state.json"
    ours = stack.pids()
    with subprocess.Popen(["sleep", "60"], start_new_session=leads) as bystander:
        state = json.loads(path.read_text())
        for entry in state["running"]:
            entry["pid"] = bystander.pid
            entry["began"] = psutil.Process(bystander.pid).create_time() - (3600 if leads else 0)
        path.write_text(json.dumps(state))
        down = stack.run("down")
        assert down.returncode == 0
        assert "prometheus: had ended before" in down.stderr
        assert bystander.poll() is None
        bystander.kill()
    for pid in ours:
        os.killpg(pid, signal.SIGTERM)


def test_two_at_once_do_not_disturb_each_other(stack: Stack) -> None:
    """One works, the other says who does, and exits 1 or finds it done."""
    runs = [
        subprocess.Popen([sys.executable, "-m", "generator", "up", "--core-only"], cwd=stack.folder, env=os.environ | NATIVE, stderr=subprocess.PIPE, text=True, stdout=subprocess.DEVNULL)
        for _number in range(2)
    ]  # fmt: skip
    errors = [run.communicate(timeout=60)[1] for run in runs]
    codes = sorted(run.returncode for run in runs)
    assert codes in ([0, 0], [0, 1])
    if codes == [0, 1]:
        assert any("works on this stack" in error for error in errors)
    assert len(stack.pids()) == 2


def test_a_component_that_dies_at_once_is_named_with_its_log(stack: Stack, leftovers: Leftovers) -> None:
    """The end of the log is printed, the others are stopped."""
    data = stack.folder / ".stackgen/data"
    data.mkdir(parents=True)
    (data / "prometheus").write_text("in the way")
    done = stack.up()
    assert done.returncode == 1
    assert "prometheus" in done.stderr
    assert leftovers() == []
    (data / "prometheus").unlink()
    assert stack.up().returncode == 0


def test_a_wrong_spec_stops_before_anything_starts(stack: Stack, leftovers: Leftovers) -> None:
    """Line and column, and a running stack goes on."""
    assert stack.up().returncode == 0
    before = stack.pids()
    with (stack.folder / "spec.yaml").open("a") as handle:
        handle.write("colour: red\n")
    done = stack.up()
    assert done.returncode == 1
    assert "spec.yaml:8:1" in done.stderr
    assert stack.pids() == before


def test_what_runs_is_shown_while_the_spec_is_wrong(stack: Stack) -> None:
    """Somebody edits it just now."""
    assert stack.up().returncode == 0
    with (stack.folder / "spec.yaml").open("a") as handle:
        handle.write("colour: red\n")
    done = stack.run("status")
    assert done.returncode == 0, done.stderr
    assert "prometheus" in done.stdout


def test_secrets_stay_in_their_files(stack: Stack) -> None:
    """Not in rendered files, not in logs, not in anybody's arguments; a missing one is a note."""
    stack.spec(more="notify: {slack: {webhook_file: secrets/slack}}")
    assert "secrets/slack is not there" in stack.up().stderr
    stack.run("down")
    (stack.folder / "secrets").mkdir()
    (stack.folder / "secrets/slack").write_text("https://hooks.slack.example/T0PS3CR3T")
    done = stack.up()
    assert done.returncode == 0, done.stderr
    for path in (stack.folder / ".stackgen").rglob("*"):
        if path.is_file() and "secrets" not in path.parts:
            assert b"T0PS3CR3T" not in path.read_bytes(), path
    for pid in stack.pids():
        assert "T0PS3CR3T" not in " ".join(psutil.Process(pid).cmdline())


@pytest.mark.parametrize("words", [("logs",), ("logs", "prometheus", "-n", "3")])
def test_logs_name_their_component(stack: Stack, words: tuple[str, ...]) -> None:
    """Every line says whose it is."""
    assert stack.up().returncode == 0
    lines = stack.run(*words).stdout.splitlines()
    assert lines
    assert all(line.split(" ")[0] in {"prometheus", "alertmanager"} for line in lines)


def test_logs_of_an_unknown_component_name_the_known(stack: Stack) -> None:
    """Exit code 1."""
    assert stack.up().returncode == 0
    done = stack.run("logs", "promtheus")
    assert done.returncode == 1
    assert "known: prometheus, alertmanager" in done.stderr


def test_the_page_is_served(stack: Stack) -> None:
    """Where the table says."""
    assert stack.up().returncode == 0
    url = f"http://127.0.0.1:{stack.ports['prometheus']}/consoles/llm.html"
    with urllib.request.urlopen(url, timeout=5) as response:
        assert b"golden signals" in response.read()
