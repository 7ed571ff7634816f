"""Jaeger 2: by the spec's wish in the Compose form, as a stand-in without Docker; judged by itself."""

import json
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator import conventions as c
from generator.configs import jaeger
from generator.launch.obtain.catalog import PACKAGES
from generator.launch.obtain.ensure import CannotBeHad, ensure
from generator.launch.obtain.package import Obtained
from generator.launch.placement import native_placement
from generator.launch.state import State
from generator.model import Model
from generator.pipeline import artifacts
from generator.resolve import resolve
from generator.spec.load import parse
from tests.conftest import SMALL
from tests.launch.conftest import free_ports

WANTED = SMALL + "traces: {backend: jaeger}\n"
ELSEWHERE = SMALL + "traces: {backend: otlp, endpoint: 'https://otlp.example.org'}\n"


def trees(model: Model) -> dict[str, Any]:
    """Every rendered YAML and JSON file, parsed."""
    return {
        artifact.path: yaml.safe_load(artifact.text)
        for artifact in artifacts(model)
        if artifact.path.endswith((".yaml", ".yml", ".json")) and "/rules/" not in artifact.path
    }


def test_jaeger_takes_tempos_place(model_of: Callable[[str], Model]) -> None:
    """As service, as target of the Collector, as data source, and behind every link to a trace."""
    found = trees(model_of(WANTED))
    services = found["compose.yaml"]["services"]
    assert "tempo" not in services
    assert "tempo/tempo.yaml" not in found
    assert services["jaeger"]["volumes"] == ["./jaeger/jaeger.yaml:/etc/jaeger/jaeger.yaml:ro", "jaeger:/tmp"]
    assert "tmpfs" not in services["jaeger"]
    assert services["collector"]["depends_on"]["jaeger"] == {"condition": "service_started", "required": False}
    assert found["collector/collector.yaml"]["exporters"]["otlp_grpc/traces"]["endpoint"] == "jaeger:4317"
    sources = {one["uid"]: one for one in found["grafana/provisioning/datasources/datasources.yml"]["datasources"]}
    assert set(sources) == {"prometheus", "jaeger", "loki"}
    assert sources["prometheus"]["jsonData"]["exemplarTraceIdDestinations"][0]["datasourceUid"] == "jaeger"
    assert sources["loki"]["jsonData"]["derivedFields"][0]["datasourceUid"] == "jaeger"
    text = json.dumps(found["grafana/dashboards/llm-call.json"])
    assert '"type": "jaeger"' in text
    assert "llm.call_id=$call_id" in text


def test_nothing_stores_traces_that_go_elsewhere(model_of: Callable[[str], Model]) -> None:
    """No service, no data source, and no panel that would stay empty."""
    found = trees(model_of(ELSEWHERE))
    assert not {"tempo", "jaeger"} & set(found["compose.yaml"]["services"])
    sources = found["grafana/provisioning/datasources/datasources.yml"]["datasources"]
    assert {one["uid"] for one in sources} == {"prometheus", "loki"}
    panels = found["grafana/dashboards/llm-call.json"]["panels"]
    assert [panel["title"] for panel in panels] == ["Log lines of the call", "Verdicts on the answer"]


@pytest.mark.e2e
@pytest.mark.timeout(1800)
def test_jaeger_itself_starts_with_the_config(tmp_path: Path) -> None:
    """It answers its health check, and what it keeps is in the folder that the config names."""
    try:
        obtained = ensure(PACKAGES[c.JAEGER], print)
    except CannotBeHad as error:
        pytest.skip(str(error))
    ports = free_ports()
    listed = ", ".join(f"{name}: {port}" for name, port in ports.items())
    spec, _tree = parse(f"{WANTED}stack: {{ports: {{{listed}}}}}\n", "spec.yaml")
    prometheus = Obtained(c.PROMETHEUS, (3, 0, 0), "test", {})
    placement = native_placement(
        State(tmp_path), spec.stack.ports.model_dump(), {c.PROMETHEUS: prometheus, c.JAEGER: obtained}, example_app=True
    )
    (artifact,) = jaeger.build(resolve(spec, spec_name="spec.yaml", placement=placement))
    (tmp_path / "jaeger.yaml").write_text(artifact.text)
    here = placement[c.JAEGER]
    with subprocess.Popen([obtained.binaries["jaeger"], f"--config={tmp_path / 'jaeger.yaml'}"]) as process:
        try:
            deadline = time.monotonic() + 20
            while True:
                try:
                    urllib.request.urlopen(f"http://{here.address('health')}/status").close()
                    break
                except OSError:
                    assert time.monotonic() < deadline
                    time.sleep(0.2)
        finally:
            process.terminate()
    assert list(Path(here.data, "keys").iterdir())
