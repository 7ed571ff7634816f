"""Play a world against the rendered rules with promtool, and say when each alert fired."""

import re
import subprocess
from pathlib import Path

import yaml

from tests.behaviour.world import World

_GOT = re.compile(r"time: (?P<time>\S+),.*?got:\s*(?P<got>.*?)(?=\n\s*\n|\n\s*expr:|\Z)", re.DOTALL)
_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}


def firing(
    promtool: Path, rules: list[Path], world: World, folder: Path, alerts: tuple[str, ...]
) -> dict[str, list[int]]:
    """Alert -> the minutes at which it fires."""
    asked = []
    for number, alert in enumerate(alerts):
        # The value says which alert it is, so that the outcome can be read without labels.
        expr = f'count(ALERTS{{alertname="{alert}",alertstate="firing"}}) * 0 + {number + 1}'
        asked += [{"expr": expr, "eval_time": f"{minute}m", "exp_samples": []} for minute in range(1, world.minutes)]
    test = {
        "rule_files": [str(path) for path in rules],
        "evaluation_interval": f"{world.scrape}s",
        "tests": [{"interval": f"{world.scrape}s", "input_series": list(world.series()), "promql_expr_test": asked}],
    }
    file = folder / "world.yml"
    file.write_text(yaml.dump(test, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), width=10**9))
    done = subprocess.run([promtool, "test", "rules", file], capture_output=True, text=True, check=False, timeout=280)
    output = done.stdout + done.stderr
    assert done.returncode in (0, 1), output[:2000]
    found: dict[str, list[int]] = {alert: [] for alert in alerts}
    for match in _GOT.finditer(output):
        value = re.search(r"(\d+)(?:E\+00)?\s*\Z", match["got"].strip().rstrip("}"))
        assert value, match[0]
        found[alerts[int(value[1]) - 1]].append(_minutes(match["time"]))
    if done.returncode == 1:
        assert any(found.values()), output[:2000]
    return found


def _minutes(text: str) -> int:
    return sum(int(amount) * _UNITS[unit] for amount, unit in re.findall(r"(\d+)([dhms])", text)) // 60
