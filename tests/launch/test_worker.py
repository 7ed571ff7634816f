"""The worker that judges, beside the real app: it joins by itself, and Prometheus has its numbers under the app's job."""

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from generator import eval_names as e
from tests.launch.conftest import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(200)]


def soon(what: Callable[[], Any], seconds: float = 60) -> Any:
    """What is true at last; whatever cannot be reached is not true yet."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            found = what()
        except OSError:
            found = None
        if found or time.monotonic() > deadline:
            return found
        time.sleep(0.3)


def asked(stack: Stack, query: str) -> list[dict[str, Any]]:
    """What Prometheus answers."""
    url = f"http://127.0.0.1:{stack.ports['prometheus']}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
    with urllib.request.urlopen(url, timeout=5) as reply:
        found: list[dict[str, Any]] = json.load(reply)["data"]["result"]
    return found


def test_what_the_app_answers_is_judged(stack: Stack) -> None:
    """Launched without waiting for it; then an answer goes through spool, store and judge to Prometheus and the page."""
    stack.spec(app="example", more="evals: {sample: 100%}")
    launched = stack.up()
    assert launched.returncode == 0, launched.stderr
    assert stack.running()["evals"]["state"] in {"starting", "running"}
    assert soon(lambda: stack.running()["evals"]["state"] == "running"), stack.run("logs", "evals").stdout
    assert stack.run("status").returncode == 0
    judged = soon(lambda: asked(stack, f'sum({e.KIT_EVAL_RESULTS}{{job="bot"}}) > 0'))
    assert judged, stack.run("logs", "evals").stdout
    url = f"http://127.0.0.1:{stack.ports['evals']}/failures?limit=5"
    request = urllib.request.Request(url, headers={"Origin": f"http://127.0.0.1:{stack.ports['prometheus']}"})
    with urllib.request.urlopen(request, timeout=5) as reply:
        assert reply.headers["access-control-allow-origin"] == request.get_header("Origin")
        assert isinstance(json.load(reply), list)
    # Lines follow the verdicts by a moment.
    log = stack.folder / ".stackgen/data/evals/evals.jsonl"
    assert soon(lambda: log.stat().st_size > 0)


def test_with_evals_off_nothing_of_it_runs(stack: Stack) -> None:
    """No worker, and no target that is down."""
    stack.spec(app="example", more="evals: {sample: 0%}")
    assert stack.up().returncode == 0
    assert "evals" not in stack.running()
    soon(lambda: asked(stack, 'up{job="bot"}'))
    assert len(asked(stack, 'up{job="bot"}')) == 1
