"""The Compose file lets nothing in from outside, and nothing do more than it must."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.configs.compose import build
from generator.model import Model
from generator.versions import PINNED
from tests.conftest import SMALL

BUILT = {"app", "simulator", "evals", "traffic"}


@pytest.fixture(scope="module")
def compose(repository: Path) -> dict[str, Any]:
    """The committed file."""
    tree: dict[str, Any] = yaml.safe_load((repository / "stack/compose.yaml").read_text())
    return tree


def test_every_published_port_is_on_loopback(compose: dict[str, Any]) -> None:
    """And at least Grafana, Prometheus and the app are published."""
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert len(ports) >= 5
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_nobody_is_root_and_nothing_is_writable_that_need_not_be(compose: dict[str, Any]) -> None:
    """For every service of the file."""
    for name, service in compose["services"].items():
        assert service["user"].split(":")[0] != "0", name
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["deploy"]["resources"]["limits"]["memory"], name


def test_every_image_is_pinned(compose: dict[str, Any]) -> None:
    """The newest versions that the configs are written for."""
    shared = {"collector-queue": "alertmanager"}
    for name, service in compose["services"].items():
        pinned = PINNED.get(shared.get(name, name))
        assert name in BUILT or (pinned and service["image"] == f"{pinned.image}:{pinned.tag}"), name


def test_the_app_is_built_once_from_this_checkout(compose: dict[str, Any]) -> None:
    """By hand, too, every `up` builds it; the others take that image, which no registry is asked for and no other project has."""
    services = {name: compose["services"][name] for name in BUILT}
    assert {service["image"] for service in services.values()} == {"${COMPOSE_PROJECT_NAME}-app:local"}
    assert {name for name, service in services.items() if "build" in service} == {"simulator"}
    assert {name: service["pull_policy"] for name, service in services.items()} == {
        name: "build" if name == "simulator" else "never" for name in BUILT
    }


def test_a_build_gets_what_it_copies_and_nothing_else(repository: Path) -> None:
    """Without BuildKit the whole context is sent: data and secrets are beside the code."""
    dockerfile = (repository / "examples/app/Dockerfile").read_text()
    copied = re.findall(r"^COPY (\S+) ", dockerfile, re.MULTILINE)
    lines = [line for line in (repository / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert lines[0] == "*"
    assert [line[1:] for line in lines if line.startswith("!")] == copied


def test_what_the_collector_keeps_is_on_a_volume_that_it_may_write_to(compose: dict[str, Any]) -> None:
    """A new volume is root's where the image has no such folder; somebody else's image has one, and its owner opens it."""
    collector, queue = compose["services"]["collector"], compose["services"]["collector-queue"]
    assert "collector:/var/lib/otelcol" in collector["volumes"]
    assert collector["depends_on"]["collector-queue"] == {"condition": "service_completed_successfully"}
    assert queue["volumes"] == ["collector:/alertmanager"]
    assert queue["entrypoint"] == ["/bin/chmod", "0777", "/alertmanager"]
    assert queue["restart"] == "no"
    assert queue["profiles"] == collector["profiles"]


def test_traffic_may_end(compose: dict[str, Any]) -> None:
    """Where questions would cost money it does, and is not started again and again."""
    assert compose["services"]["traffic"]["restart"] == "on-failure"


def test_the_worker_can_be_given_a_name_and_a_database(compose: dict[str, Any], repository: Path) -> None:
    """From the environment of whoever calls Compose, the address as a file, too; the driver is in the image."""
    evals = compose["services"]["evals"]
    assert evals["environment"]["EVALS_WORKER"] == "${EVALS_WORKER:-evals}"
    assert evals["environment"]["EVALS_STORE_FILE"] == "${EVALS_STORE_FILE:+/run/secrets/evals-store}"
    assert evals["secrets"] == ["evals-store"]
    assert compose["secrets"]["evals-store"] == {"file": "${EVALS_STORE_FILE:-/dev/null}"}
    for name in ("EVALS_STORE", "EVALS_SIMULATED_JUDGE"):
        assert evals["environment"][name] is None
    assert re.search(r"^psycopg-binary==", (repository / "requirements/app.txt").read_text(), re.MULTILINE)


@pytest.mark.parametrize(
    ("file", "mounted"), [("secrets/slack", "../secrets/slack"), ("/etc/keys/slack", "/etc/keys/slack")]
)
def test_a_secret_is_the_file_that_the_spec_names(model_of: Callable[[str], Model], file: str, mounted: str) -> None:
    """Relative to the spec, which is one folder up, or absolute."""
    spec = (
        f"{SMALL}notify: {{slack: {{webhook_file: {file}}}}}\n"
        f"traces: {{backend: otlp, endpoint: 'https://otlp.example.org', headers_file: {file}}}\n"
    )
    secrets = yaml.safe_load(build(model_of(spec))[0].text)["secrets"]
    assert secrets["slack"] == secrets["traces"] == {"file": mounted}


def test_without_the_reference_app_nothing_is_built(model_of: Callable[[str], Model]) -> None:
    """And no secret of its is wanted."""
    tree = yaml.safe_load(build(model_of(f"{SMALL}app: {{targets: ['app:1']}}\n"))[0].text)
    assert not set(tree["services"]) & BUILT
    assert "secrets" not in tree


def test_every_volume_secret_and_dependency_is_declared(repository: Path, compose: dict[str, Any]) -> None:
    """What is mounted from the folder is there; what is waited for exists, and can become healthy."""
    services = compose["services"]
    for service in services.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (repository / "stack" / source).exists() if source.startswith(".") else source in compose["volumes"]
        for name, wanted in service.get("depends_on", {}).items():
            assert wanted["condition"] != "service_healthy" or "healthcheck" in services[name]


def test_keys_are_passed_by_name_and_only_to_who_needs_them(compose: dict[str, Any]) -> None:
    """Their values stay in the environment of whoever calls Compose."""
    keys = {
        name: {key for key in service.get("environment", {}) if key.endswith("_KEY")}
        for name, service in compose["services"].items()
    }
    both = {"OPENAI_API_KEY", "ANTHROPIC_API_KEY"}
    assert {name: found for name, found in keys.items() if found} == {"app": both, "evals": {*both, "JUDGE_API_KEY"}}
    for service in compose["services"].values():
        assert all(value is None for name, value in service.get("environment", {}).items() if name.endswith("_KEY"))
