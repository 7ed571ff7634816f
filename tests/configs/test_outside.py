"""An application of one's own, outside the containers: what the README shows reaches Prometheus and the Collector, and so do traces."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.configs import collector, compose, prometheus
from generator.configs.outside import seen
from generator.launch.obtain.package import Obtained
from generator.launch.placement import native_placement
from generator.launch.state import State
from generator.model import Model
from tests.conftest import SMALL

ModelOf = Callable[[str], Model]
NAMED = "host.docker.internal"
BY_NAME = [f"{NAMED}:host-gateway"]


def trees(model: Model) -> tuple[Any, Any, Any]:
    """Of Prometheus, Collector and Compose file."""
    texts = [one.text for build in (prometheus.build, collector.build, compose.build) for one in build(model)]
    return yaml.safe_load(texts[0]), yaml.safe_load(texts[1]), yaml.safe_load(texts[2])


def example(page: Path, begins: str) -> str:
    """The line of YAML that a page shows."""
    (line,) = re.findall(rf"^{re.escape(begins)}.*$", page.read_text(), re.MULTILINE)
    return str(line)


def test_what_the_readme_shows_works_in_containers(repository: Path, model_of: ModelOf) -> None:
    """Metrics are scraped from the machine, not from Prometheus itself; the log file is where the Collector reads it."""
    told = example(repository / "README.md", "app: {targets:")
    scraped, shipped, composed = trees(model_of(f"{SMALL}{told}\n"))
    (targets,) = scraped["scrape_configs"][0]["static_configs"]
    assert targets["targets"] == [f"{NAMED}:8000"]
    assert composed["services"]["prometheus"]["extra_hosts"] == BY_NAME
    assert shipped["receivers"]["file_log/app"]["include"] == ["/var/log/app/0/my-app.jsonl"]
    assert "/var/log:/var/log/app/0:ro" in composed["services"]["collector"]["volumes"]
    assert "extra_hosts" not in composed["services"]["collector"]


def test_the_endpoint_that_the_documentation_shows_works_in_containers(repository: Path, model_of: ModelOf) -> None:
    """A Collector of one's own on this machine gets the traces, not the stack's own loopback."""
    told = example(repository / "docs/traces.md", 'traces: {backend: otlp, endpoint: "http://127.0.0.1')
    _scraped, shipped, composed = trees(model_of(f"{SMALL}{told}\n"))
    assert shipped["exporters"]["otlp_http/traces"]["endpoint"] == f"http://{NAMED}:4418"
    assert composed["services"]["collector"]["extra_hosts"] == BY_NAME
    assert "extra_hosts" not in composed["services"]["prometheus"]


@pytest.mark.parametrize(
    ("told", "known"),
    [
        ("localhost:8000", f"{NAMED}:8000"),
        ("127.1.2.3:8000", f"{NAMED}:8000"),
        ("0.0.0.0:8000", f"{NAMED}:8000"),
        ("LocalHost", NAMED),
        ("app:8000", "app:8000"),
        ("localhost.example.org:8000", "localhost.example.org:8000"),
        ("127.0.0.1.example.org:80", "127.0.0.1.example.org:80"),
        ("10.127.0.0:80", "10.127.0.0:80"),
    ],
)
def test_only_loopback_is_another_address(told: str, known: str, model_of: ModelOf) -> None:
    """As a target, and within a URL with all that it has."""
    spec = f"{SMALL}app: {{targets: ['{told}']}}\ntraces: {{backend: otlp, endpoint: 'https://me@{told}/v1?a=localhost:1'}}\n"
    inside = seen(model_of(spec))
    assert inside.app.targets == (known,)
    assert inside.traces.endpoint == f"https://me@{known}/v1?a=localhost:1"


def test_each_folder_of_logs_is_mounted_once_and_read_only(model_of: ModelOf) -> None:
    """A relative one is beside the spec; two files of one folder share the mount."""
    files = "log_files: [/srv/a/one.jsonl, logs/two.jsonl, /srv/a/three.jsonl, ./four.jsonl]"
    _scraped, shipped, composed = trees(model_of(f"{SMALL}app: {{targets: ['app:1'], {files}}}\n"))
    mounts = [one for one in composed["services"]["collector"]["volumes"] if "/var/log/app" in one]
    assert mounts == ["/srv/a:/var/log/app/0:ro", "../logs:/var/log/app/1:ro", "../.:/var/log/app/2:ro"]
    include = shipped["receivers"]["file_log/app"]["include"]
    assert include == [f"/var/log/app/{one}.jsonl" for one in ("0/one", "1/two", "0/three", "2/four")]
    assert "/srv/a" not in composed["volumes"]


def test_without_containers_everything_stays_as_the_spec_has_it(model_of: ModelOf) -> None:
    """Loopback is the machine's own there."""
    more = "app: {targets: ['127.0.0.1:8000'], log_files: [/srv/a.jsonl]}\ntraces: {backend: otlp, endpoint: 'http://127.0.0.1:1'}\n"
    model = model_of(SMALL + more)
    obtained = {name: Obtained(name, (3, 5, 0), "test", {}) for name in ("prometheus", "alertmanager")}
    natively = model.placed(native_placement(State(Path("/s")), model.stack.ports, obtained, example_app=False))
    assert seen(natively) == natively
