"""What the simulator's page shows is there, and works as it is shown."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from app.simulator.behaviour import Behaviour
from app.simulator.latency import Shape
from app.simulator.misbehaviour import Chaos
from app.simulator.server import create

from tests.app.simulator.conftest import Simulator

pytestmark = pytest.mark.xdist_group("simulator")
PAGE = (Path(__file__).parents[3] / "examples/app/simulator/README.md").read_text(encoding="utf-8")
URL = "http://127.0.0.1:8081"


def blocks(language: str, word: str) -> list[str]:
    """Blocks of code with this word in them."""
    return [code for code in re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL) if word in code]


def test_every_field_and_path_is_named() -> None:
    """So that nothing is there which nobody finds."""
    routes = {route.path for route in create(Behaviour()).routes}  # type: ignore[attr-defined]
    names = {*Chaos.__dataclass_fields__, *Shape.__dataclass_fields__, *routes}
    assert len(names) > 30
    assert [name for name in sorted(names) if not re.search(rf"`(?:\w+ )?{name}`", PAGE)] == []


@pytest.mark.parametrize("code", blocks("python", "import"))
def test_the_examples_of_the_sdks_run(simulator: Simulator, code: str, capsys: pytest.CaptureFixture[str]) -> None:
    """And print what they ask for."""
    exec(compile(code.replace(URL, simulator.url), "README.md", "exec"), {})  # noqa: S102  # our own page
    out = capsys.readouterr().out
    assert "It is a median." in out if "openai" in code else "{'city': 'Oslo'}" in out
    assert simulator.ledger()["calls"] == (2 if "openai" in code else 1)


@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl here to run the examples with")
@pytest.mark.parametrize("code", blocks("sh", "curl"))
def test_the_examples_of_curl_run(simulator: Simulator, code: str) -> None:
    """Each is answered with JSON or with events, and none with an error."""
    done = subprocess.run(
        ["sh", "-c", code.replace(URL, simulator.url)], capture_output=True, text=True, check=True, timeout=20
    )
    assert done.stdout.startswith(("{", "event: response.created"))
    assert '"error":"' not in done.stdout
