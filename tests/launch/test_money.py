"""With a real provider's key nothing asks questions by itself, and nothing takes that for a failure."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.launch.money import key_set
from generator.model import Model
from tests.conftest import SMALL
from tests.launch.conftest import Stack

ANTHROPIC = SMALL.replace("provider: x", "provider: anthropic")


@pytest.mark.parametrize(
    ("spec", "environ", "found"),
    [
        (SMALL, {"OPENAI_API_KEY": "x"}, "OPENAI_API_KEY"),
        (SMALL, {"OPENAI_API_KEY_FILE": "/run/secrets/openai"}, "OPENAI_API_KEY_FILE"),
        (ANTHROPIC, {"ANTHROPIC_API_KEY": "x"}, "ANTHROPIC_API_KEY"),
        (SMALL, {"OPENAI_API_KEY": " "}, ""),
        (SMALL, {"ANTHROPIC_API_KEY": "x"}, ""),
        (ANTHROPIC, {"OPENAI_API_KEY": "x"}, ""),
        (SMALL, {}, ""),
    ],
)
def test_a_key_counts_where_a_model_of_the_spec_is_asked_with_it(
    model_of: Callable[[str], Model], spec: str, environ: dict[str, str], found: str
) -> None:
    """As the app itself decides it; one of another provider changes nothing."""
    assert key_set(model_of(spec), environ) == found


SLOW = """#!/bin/sh
case "$*" in *-version*) echo "victoria-logs-20260101-v1.52.1"; exit 0;; esac
sleep 6
exec {python} -m http.server --bind 127.0.0.1 --directory {served} {port}
"""


@pytest.mark.e2e
def test_a_slow_back_end_joins_a_stack_that_costs_money(stack: Stack, tmp_path: Path) -> None:
    """No traffic is planned, so none can have ended meanwhile; the line says why, and the status is good."""
    stack.spec(app="example", more="evals: {sample: 0%}")
    tools, served = tmp_path / "tools", tmp_path / "served"
    tools.mkdir()
    served.mkdir()
    (served / "health").write_text("OK")
    slow = tools / "victoria-logs"
    slow.write_text(SLOW.format(python=sys.executable, served=served, port=stack.ports["victorialogs"]))
    slow.chmod(0o755)
    environment = {"OPENAI_API_KEY": "x", "PATH": f"{tools}:{os.environ['PATH']}"}
    without = [word for role in ("traces", "collector", "dashboards") for word in ("--without", role)]
    done = stack.run("up", *without, **environment)
    assert done.returncode == 0, done.stderr
    assert "traffic: not needed, questions cost money with a real provider's key (OPENAI_API_KEY is set)" in done.stderr
    states = {name: row["state"] for name, row in stack.running().items()}
    assert states.pop("victorialogs") == "running"
    assert "app" in states
    assert "traffic" not in states
    assert stack.run("status").returncode == 0
