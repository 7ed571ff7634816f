"""Who judges which rendered file, with which command."""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from generator import conventions as c
from generator.artifact import Artifact
from generator.launch.obtain.package import Obtained
from generator.verify.listed import unknown

_PATIENCE = 120.0


PARTS = (c.PROMETHEUS, c.ALERTMANAGER, c.COLLECTOR, c.TEMPO, c.JAEGER, c.LOKI, "compose")
"""Whose configs are judged."""


@dataclass(frozen=True)
class Verdict:
    """Of one file: who judged it, what was wrong (empty: nothing), or why nobody could judge it."""

    file: str
    by: str
    problem: str = ""
    skipped: str = ""

    @property
    def part(self) -> str:
        """The component, or `compose`: what can be allowed to go unjudged."""
        return self.file.replace(".", "/").split("/")[0]


def native(etc: Path, obtained: Mapping[str, Obtained]) -> Iterator[Verdict]:
    """The form for this machine, in the folder `etc`, by the programs that would read it."""
    rules = sorted((etc / "prometheus/rules").glob("*.yml"))
    for package, tool, words, file in (
        (c.PROMETHEUS, "promtool", ("check", "config"), "prometheus/prometheus.yml"),
        (c.ALERTMANAGER, "amtool", ("check-config",), "alertmanager/alertmanager.yml"),
        (c.COLLECTOR, "otelcol", ("validate", "--config"), "collector/collector.yaml"),
        (c.TEMPO, "tempo", ("-config.verify", "-config.file"), "tempo/tempo.yaml"),
        (c.JAEGER, "jaeger", ("validate", "--config"), "jaeger/jaeger.yaml"),
        (c.LOKI, "loki", ("-verify-config", "-config.file"), "loki/loki.yaml"),
    ):
        if package not in obtained:
            yield Verdict(
                file, tool, skipped=f"{tool} is not here; `stackgen obtain {package}` fetches or builds it where it can"
            )
        elif (etc / file).exists():
            yield _asked(file, tool, [str(obtained[package].binaries[tool]), *words, str(etc / file)])
    promtool = str(obtained[c.PROMETHEUS].binaries["promtool"])
    command = [promtool, "check", "rules", "--lint-fatal", *map(str, rules)]
    yield _asked("prometheus/rules/*.yml", "promtool", command)


def contained(stack: Path, artifacts: list[Artifact]) -> Iterator[Verdict]:
    """The Compose form, rendered into the folder `stack`."""
    for component in (c.TEMPO, c.LOKI):
        path = f"{component}/{component}.yaml"
        for artifact in artifacts:
            if artifact.path == path:
                wrong = unknown(yaml.safe_load(artifact.text), component)
                told = f"not a key of the pinned version: {', '.join(wrong)}" if wrong else ""
                yield Verdict(path, "its list of keys", told)
    if shutil.which("docker") is None:
        yield Verdict("compose.yaml", "docker compose", skipped="docker is not on PATH")
    elif _run(["docker", "compose", "version"]).returncode != 0:
        yield Verdict("compose.yaml", "docker compose", skipped="docker has no compose plug-in")
    else:
        command = ["docker", "compose", "-f", str(stack / "compose.yaml"), "config", "--quiet"]
        yield _asked("compose.yaml", "docker compose", command)


def _asked(file: str, by: str, command: list[str]) -> Verdict:
    done = _run(command)
    said = (done.stderr + done.stdout).strip()
    return Verdict(file, by, problem=(said or f"{by} ended with {done.returncode}") if done.returncode else "")


def _run(command: list[str]) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, "", str(error))
