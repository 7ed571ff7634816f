"""The command line, and what one call costs."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from app.simulator import chaos
from app.simulator.__main__ import parser
from app.simulator.misbehaviour import FATES

from tests.app.simulator.conftest import PASSAGES, Simulator

pytestmark = pytest.mark.xdist_group("simulator")
COMMAND = [sys.executable, "-m", "app.simulator"]


def run(repository: Path, *words: str, **environment: str) -> subprocess.Popen[str]:
    """The real command."""
    env = {**os.environ, "PYTHONPATH": str(repository / "examples"), **environment}
    return subprocess.Popen([*COMMAND, *words], env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_options_have_defaults_from_the_environment_and_win_over_it() -> None:
    """Types are those of the simulator."""
    env = {"SIMULATOR_PORT": "9", "SIMULATOR_PACE": "0.5", "SIMULATOR_FLAWLESS": "1"}
    told = parser(env).parse_args(["--pace", "2", "--seed", "3"])
    assert (told.host, told.port, told.pace, told.seed, told.words_at_once, told.flawless) == (
        "127.0.0.1",
        9,
        2.0,
        3,
        1,
        True,
    )
    usual = parser({}).parse_args([])
    assert (usual.port, usual.pace, usual.seed, usual.hang, usual.flawless) == (8081, 1.0, 1, 120.0, False)


def test_a_wrong_value_is_told_wherever_it_comes_from(capsys: pytest.CaptureFixture[str]) -> None:
    """On the command line as in the environment."""
    for env, words in (({"SIMULATOR_PORT": "many"}, []), ({}, ["--port", "many"])):
        with pytest.raises(SystemExit, match="2"):
            parser(env).parse_args(words)
        assert "--port: invalid int value: 'many'" in capsys.readouterr().err


def test_help_names_every_option_and_variable(repository: Path) -> None:
    """And ends well."""
    with run(repository, "--help") as process:
        out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    for name in ("HOST", "PORT", "SEED", "PACE", "WORDS_AT_ONCE", "HANG", "FLAWLESS"):
        assert f"SIMULATOR_{name}" in out
        assert f"--{name.lower().replace('_', '-')}" in out


def test_every_way_to_fail_can_be_typed(simulator: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """Its usage names all of them; what is refused says what is known."""
    assert [field for field in [*FATES, "leak", "retry_after"] if field not in chaos.USAGE] == []
    monkeypatch.setenv("LLM_SIMULATOR_URL", simulator.url)
    assert chaos.main(["rate_limits", "0.2", "leak", "1", "models", "a,b"]) == 0
    told = simulator.steer("/chaos")
    assert (told["rate_limits"], told["leak"], told["models"]) == (0.2, 1.0, ["a", "b"])
    assert chaos.main(["rate_limit", "0.2"]) == 1
    assert "unknown: rate_limit; known: " in capsys.readouterr().err


def test_the_command_serves_until_it_is_stopped(repository: Path) -> None:
    """It says where, and a stream that is cut on purpose leaves nothing in its log."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
    with run(repository, "--port", port, SIMULATOR_PACE="0") as process:
        url = f"http://127.0.0.1:{port}"
        _wait(f"{url}/readyz")
        post(f"{url}/chaos", {"cuts": 1})
        with pytest.raises(Exception, match="IncompleteRead"):
            post(f"{url}/v1/responses", {"model": "m", "input": PASSAGES, "stream": True})
        process.terminate()
        out, err = process.communicate(timeout=20)
    assert f"model simulator at {url}" in out
    assert err == ""


def post(url: str, body: dict[str, Any]) -> bytes:
    """The answer."""
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode()), timeout=5) as response:
        answer: bytes = response.read()
    return answer


def _wait(url: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{url} is not ready")
