"""A program of the name `docker` that says what a test wants, and a stack that `stackgen up` launches with it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.configs import alertmanager, collector, loki, prometheus, tempo
from generator.configs import compose as compose_file
from generator.launch import compose
from generator.launch.table import Row
from generator.output.write import render_into
from generator.resolve import resolve
from generator.spec.load import load

DOCKER = """\
#!/bin/sh
here={here}
echo "$*" >>"$here/calls"
case "$*" in
  "compose version --short") cat "$here/compose" ;;
  info*) cat "$here/info" ;;
  *" up "*) echo "building"; env | grep -E '^(STACKGEN|COMPOSE|EVALS)' >"$here/environment"; exit "$(cat "$here/code")" ;;
  "ps --all --filter label="*) cat "$here/owner" ;;
  "ps --filter publish="*) cat "$here/publisher" ;;
  *" ps --all --format json") cat "$here/entries" ;;
  *" logs "*) echo "no demo traffic" ;;
esac
"""
PLAIN = {"ServerVersion": "28.2.2", "OperatingSystem": "Debian GNU/Linux 12", "SecurityOptions": ["name=seccomp"]}
SPEC = """\
service: {{name: bot}}
models: [{{name: m1, provider: x, price: {{input: 1, output: 2}}}}]
{more}
stack: {{ports: {{{ports}}}}}
"""
BUILDERS = (compose_file.build, prometheus.build, alertmanager.build, collector.build, loki.build, tempo.build)
"""Of all that is rendered, what these tests look at."""
SLACK = "notify: {slack: {webhook_file: secrets/slack}}"


@dataclass
class Docker:
    """What it says is in `here`; the stack is in `folder`."""

    here: Path
    folder: Path
    ports: dict[str, int]
    said: list[str]

    def says(self, name: str, text: str) -> None:
        """From now on."""
        (self.here / name).write_text(text)

    def entry(self, service: str, **more: Any) -> None:
        """One more container."""
        one = {"ID": service, "Service": service, "State": "running", "Health": "", "ExitCode": 0, "Publishers": []}
        with (self.here / "entries").open("a") as entries:
            entries.write(json.dumps(one | more) + "\n")

    def spec(self, more: str = SLACK) -> Path:
        """Render; the Compose file."""
        ports = ", ".join(f"{name}: {port}" for name, port in self.ports.items())
        (self.folder / "spec.yaml").write_text(SPEC.format(more=more, ports=ports))
        loaded = load(self.folder / "spec.yaml")
        model = resolve(loaded.spec, spec_name="spec.yaml")
        render_into(self.folder / "stack", [one for build in BUILDERS for one in build(model)])
        return self.folder / "stack/compose.yaml"

    def up(self, more: str = SLACK, **words: Any) -> list[Row]:
        """Render and launch."""
        file = self.spec(more)
        loaded = load(self.folder / "spec.yaml")
        model = resolve(loaded.spec, spec_name="spec.yaml")
        return compose.up(file, model, loaded.folder, self.said.append, **{"demo_traffic": True, **words})

    @property
    def calls(self) -> list[str]:
        """Every command line so far."""
        return (self.here / "calls").read_text().splitlines()

    @property
    def started(self) -> bool:
        """Whether containers were."""
        return any(" up " in call for call in self.calls)

    def environment(self) -> dict[str, str]:
        """Of the last `up`."""
        return dict(line.split("=", 1) for line in (self.here / "environment").read_text().splitlines())

    def secret(self, mode: int, name: str = "slack") -> Path:
        """A file that is ours."""
        file = self.folder / "secrets" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("https://receiver.invalid/T0P")
        file.chmod(mode)
        return file
