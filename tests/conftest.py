"""Shared by all tests: the default model, and real tools, obtained as the project itself obtains them."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.ensure import CannotBeHad, ensure
from generator.launch.obtain.package import Obtained
from generator.model import Model
from generator.resolve import resolve
from generator.spec.load import load, parse

REPOSITORY = Path(__file__).parent.parent
SMALL = "service: {name: bot}\nmodels: [{name: m1, provider: x, price: {input: 1, output: 2}}]\n"


_LONGEST = (
    "under_load",
    "all_mutants_are_caught",
    "of_many_valid_specs",
    "every_promtool",
    "pass[latency]",
    "pass[spend]",
    "pass[errors]",
    "any_valid_spec",
)


def pytest_configure() -> None:
    """A shell that starts this behind itself lets it ignore Ctrl-C, and whatever the tests start would inherit that."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first, so that no worker is left alone with one at the end."""

    def place(item: pytest.Item) -> int:
        return next((number for number, part in enumerate(_LONGEST) if part in item.nodeid), len(_LONGEST))

    items.sort(key=place)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def model() -> Model:
    """The model of the default spec."""
    return resolve(load(REPOSITORY / "spec.yaml").spec, spec_name="spec.yaml")


@pytest.fixture(scope="session")
def model_of() -> Callable[[str], Model]:
    """The model of a spec given as text."""

    def build(text: str) -> Model:
        spec, _tree = parse(text, "spec.yaml")
        return resolve(spec, spec_name="spec.yaml")

    return build


def _obtained(name: str) -> Obtained:
    try:
        return ensure(PACKAGES[name], print)
    except CannotBeHad as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def prometheus() -> Obtained:
    """Prometheus and promtool."""
    return _obtained("prometheus")


@pytest.fixture(scope="session")
def alertmanager() -> Obtained:
    """Alertmanager and amtool."""
    return _obtained("alertmanager")


@pytest.fixture(scope="session")
def promtool(prometheus: Obtained) -> Callable[..., str]:
    """Run promtool; fails the test with its output where it fails."""
    return _tool(prometheus.binaries["promtool"])


@pytest.fixture(scope="session")
def amtool(alertmanager: Obtained) -> Callable[..., str]:
    """Run amtool; fails the test with its output where it fails."""
    return _tool(alertmanager.binaries["amtool"])


def _tool(binary: Path) -> Callable[..., str]:
    # There is memory enough; collecting garbage less often saves a seventh of the time.
    roomy = {"GOGC": "400"} | os.environ

    def run(*words: str | Path) -> str:
        done = subprocess.run([binary, *words], capture_output=True, text=True, check=False, timeout=250, env=roomy)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture
def written(tmp_path: Path) -> Callable[[list[object]], Path]:
    """Put artifacts into a folder."""

    def put(artifacts: list[object]) -> Path:
        for artifact in artifacts:
            target = tmp_path / artifact.path  # type: ignore[attr-defined]
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(artifact.text, encoding="utf-8")  # type: ignore[attr-defined]
        return tmp_path

    return put
