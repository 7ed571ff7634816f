"""Grafana cannot be had here, so the dashboards are checked by the types that Grafana publishes for its own files."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from generator.launch.obtain.package import cache_folder
from generator.versions import PINNED

TOOLS = (f"@grafana/schema@{PINNED['grafana'].dotted}", "typescript@5.9.3")
HEAD = """\
import type * as dashboard from '@grafana/schema/dist/esm/raw/dashboard/x/Dashboard_types.gen';
import type * as timeseries from '@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen';
import type * as stat from '@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen';
import type * as logs from '@grafana/schema/dist/esm/raw/composable/logs/panelcfg/x/LogsPanelCfg_types.gen';
import type * as table from '@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen';
// JSON knows no enums: a string stands for the member of that value.
type Json<T> = 0 extends 1 & T ? any : unknown extends T ? T : T extends string ? `${T}`
  : T extends number | boolean | null | undefined ? T : T extends (infer U)[] ? Json<U>[] : { [K in keyof T]: Json<T[K]> };
"""


@pytest.fixture(scope="module")
def compiler() -> Path:
    """A folder with the TypeScript compiler and Grafana's types."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("no npm here, so Grafana's own types cannot be had")
    folder = cache_folder() / "npm" / re.sub(r"\W+", "-", " ".join(TOOLS))
    if not (folder / "node_modules/.bin/tsc").exists():
        folder.mkdir(parents=True, exist_ok=True)
        options = ["--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock", "--no-save"]
        done = subprocess.run(
            [npm, "install", *options, *TOOLS], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            pytest.skip(f"npm cannot install {' '.join(TOOLS)}: {done.stderr.strip()[-200:]}")
    return folder


def errors(compiler: Path, work: Path, dashboards: dict[str, object]) -> list[str]:
    """What the compiler says against them."""
    lines = [HEAD]
    for name, tree in dashboards.items():
        assert isinstance(tree, dict)
        identifier = re.sub(r"\W", "_", name)
        lines.append(f"const {identifier}: Json<dashboard.Dashboard> = {json.dumps(tree)};")
        for number, panel in enumerate(tree["panels"]):
            kind = panel["type"]
            lines.append(
                f"const {identifier}_{number}: Partial<Json<{kind}.Options>> = {json.dumps(panel.get('options', {}))};"
            )
            if kind == "timeseries":
                custom = json.dumps(panel["fieldConfig"]["defaults"].get("custom", {}))
                lines.append(f"const {identifier}_{number}_custom: Partial<Json<timeseries.FieldConfig>> = {custom};")
    (work / "check.ts").write_text("\n".join(lines))
    (work / "node_modules").symlink_to(compiler / "node_modules")
    options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--moduleResolution", "nodenext"]
    done = subprocess.run(
        [compiler / "node_modules/.bin/tsc", *options, "check.ts"],
        cwd=work,
        capture_output=True,
        text=True,
        check=False,
    )
    return [line[:1200] for line in done.stdout.splitlines() if "error" in line]


# Grafana's Prometheus data source reads them from an annotation, and its general type does not have them.
UNTYPED = ("target", "tagKeys", "textFormat", "titleFormat")


def committed(repository: Path) -> dict[str, object]:
    folder = repository / "stack/grafana/dashboards"
    dashboards = {path.stem: json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))}
    for tree in dashboards.values():
        for annotation in tree["annotations"]["list"]:
            for key in UNTYPED:
                annotation.pop(key, None)
    return dashboards


def test_grafanas_types_accept_every_dashboard(compiler: Path, repository: Path, tmp_path: Path) -> None:
    """The dashboard, and each panel's options by its kind."""
    dashboards = committed(repository)
    assert len(dashboards) == 3
    assert errors(compiler, tmp_path, dashboards) == []


@pytest.mark.parametrize(
    ("place", "key", "value"),
    [
        ((), "sharedCrosshair", True),
        ((), "version", "1"),
        (("panels", 0, "gridPos"), "w", "12"),
        (("panels", 1, "options", "legend"), "displayMode", "pretty"),
    ],
)
def test_a_wrong_dashboard_would_be_found(
    compiler: Path, repository: Path, tmp_path: Path, place: tuple[str | int, ...], key: str, value: object
) -> None:
    """The check can fail: an unknown key, a wrong type, an option that the panel does not have."""
    tree = committed(repository)["llm-golden-signals"]
    target: Any = tree
    for step in place:
        target = target[step]
    target[key] = value
    assert len(errors(compiler, tmp_path, {"wrong": tree})) >= 1
