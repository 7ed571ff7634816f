"""Play a world against the rendered rules with promtool, and say when each alert fired."""

import os
import re
import subprocess
from pathlib import Path

import yaml

from generator import conventions as c
from tests.behaviour.world import World

SPAN = 30
"""Minutes that one question covers: their bits fit into the whole numbers of a double."""
_ASKED = re.compile(r"time: (?P<time>\S+),.*?got:(?P<got>.*?)(?=\n\s*expr:|\Z)", re.DOTALL)
_GOT = re.compile(r'\{alertname="(?P<alert>\w+)"\} (?P<bits>[\d.E+]+)')
_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def firing(
    promtool: Path, rules: list[Path], world: World, folder: Path, alerts: tuple[str, ...]
) -> dict[str, list[int]]:
    """Alert -> the minutes at which it fires."""
    # A bit a minute: thirty times fewer questions than one a minute, which took most of the time.
    active = f'count by (alertname) (ALERTS{{alertname=~"{"|".join(alerts)}",alertstate="firing"}})'
    expr = f"sum_over_time(((({active}) > bool 0) * 2 ^ (time() % {SPAN * 60} / 60))[{SPAN - 1}m30s:1m])"
    ends = range(SPAN - 1, world.minutes + SPAN, SPAN)
    test = {
        "rule_files": [str(path) for path in rules],
        "evaluation_interval": f"{world.scrape}s",
        "group_eval_order": list(c.RULE_GROUPS),
        "tests": [
            {
                "interval": f"{world.scrape}s",
                "input_series": list(world.series()),
                "promql_expr_test": [{"expr": expr, "eval_time": f"{end}m", "exp_samples": []} for end in ends],
            }
        ],
    }
    file = folder / "world.yml"
    file.write_text(yaml.dump(test, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), width=10**9))
    # There is memory enough; collecting garbage less often saves an eighth of the time.
    roomy = os.environ | {"GOGC": "400"}
    done = subprocess.run(
        [promtool, "test", "rules", file], capture_output=True, text=True, check=False, timeout=280, env=roomy
    )
    output = done.stdout + done.stderr
    assert done.returncode in (0, 1), output[:2000]
    found: dict[str, list[int]] = {alert: [] for alert in alerts}
    for asked in _ASKED.finditer(output):
        start = _minutes(asked["time"]) - SPAN + 1
        for got in _GOT.finditer(asked["got"]):
            bits = int(float(got["bits"]))
            found[got["alert"]] += [
                start + bit for bit in range(SPAN) if bits >> bit & 1 and start + bit < world.minutes
            ]
    assert " err: " not in output, output[:2000]
    if done.returncode == 1:
        assert _GOT.search(output), output[:2000]
    return found


def _minutes(text: str) -> int:
    return sum(int(amount) * _UNITS[unit] for amount, unit in re.findall(r"(\d+)([dhms])", text)) // 60
