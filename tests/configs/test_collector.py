"""The OpenTelemetry Collector itself says whether it would start with what is rendered."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from generator import conventions as c
from generator.configs import collector
from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.ensure import CannotBeHad, ensure
from generator.model import Model

# Where it is neither on PATH nor in the cache it is built, which takes minutes.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1800)]

VENDOR = """
service: {name: bot}
models: [{name: m1, provider: x, price: {input: 1, output: 2}}]
traces: {backend: otlp, endpoint: "https://otlp.example.org", headers_file: secrets/traces}
"""


@pytest.fixture(scope="session")
def otelcol() -> Path:
    """The Collector with the components that the configs use."""
    try:
        return ensure(PACKAGES[c.COLLECTOR], print).binaries["otelcol"]
    except CannotBeHad as error:
        pytest.skip(str(error))


def validate(otelcol: Path, text: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """With the folders of the container moved below `folder`, as the Collector looks whether they are there."""
    for name in ("/run/secrets", "/tmp/otelcol"):
        text = text.replace(name, f"{folder}{name}")
        Path(f"{folder}{name}").mkdir(parents=True, exist_ok=True)
    (folder / "run/secrets/traces").write_text("api-key: invented\n")
    (folder / "collector.yaml").write_text(text)
    command = [otelcol, "validate", f"--config={folder / 'collector.yaml'}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_committed_config_is_accepted(otelcol: Path, repository: Path, tmp_path: Path) -> None:
    """With Tempo, Loki and span metrics."""
    done = validate(otelcol, (repository / "stack/collector/collector.yaml").read_text(), tmp_path)
    assert done.returncode == 0, done.stderr


def test_the_config_for_a_vendors_endpoint_is_accepted(
    otelcol: Path, model_of: Callable[[str], Model], tmp_path: Path
) -> None:
    """Its header comes from a file."""
    (artifact,) = collector.build(model_of(VENDOR))
    assert "otlp.example.org" in artifact.text
    done = validate(otelcol, artifact.text, tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("section", "key"), [("processors", "tail_sampling"), ("connectors", "span_metrics"), ("receivers", "file_log/app")]
)
def test_a_wrong_key_would_be_found(otelcol: Path, repository: Path, tmp_path: Path, section: str, key: str) -> None:
    """In each kind of component."""
    tree = yaml.safe_load((repository / "stack/collector/collector.yaml").read_text())
    tree[section][key]["colour"] = "red"
    done = validate(otelcol, yaml.safe_dump(tree), tmp_path)
    assert done.returncode == 1
    assert "colour" in done.stderr
