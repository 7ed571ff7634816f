"""promtool as oracle: play one proof, and say at which seconds its alert fired."""

import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator import conventions as c
from generator.artifact import Artifact
from generator.yaml_text import dump

_PATIENCE = 300.0
_FAILURE = re.compile(
    r"expr: (?P<expr>\"(?:[^\"\\]|\\.)*\"), time: (?P<time>\S+),\s*exp:(?P<exp>.*?)got:(?P<got>.*?)(?=\n\s*expr: |\Z)",
    re.DOTALL,
)
_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_PROBE = "0.5"


class OracleError(Exception):
    """promtool could not run the proof at all; the message is what it said."""


@dataclass(frozen=True)
class Answer:
    """`failed`: seconds of the checks that did not hold; `firing`: seconds at which the probes saw the alert fire."""

    failed: tuple[int, ...]
    firing: tuple[int, ...]


def ask(
    promtool: Path,
    rules: Sequence[Artifact],
    proof: dict[str, Any],
    interval: str,
    probe: str = "",
    at: Sequence[int] = (),
) -> Answer:
    """Play one proof against rule files, evaluated every `interval`. Raises OracleError.

    `probe` is PromQL that has a value above 0 while the alert fires; it is looked at every second of `at`.
    """
    own = proof["promql_expr_test"]
    # A probe expects nothing, so promtool reports it exactly where the alert fires.
    looks = [{"expr": f"{probe} > {_PROBE}", "eval_time": f"{second}s", "exp_samples": []} for second in at]
    with tempfile.TemporaryDirectory(prefix="stackgen-prove-") as name:
        folder = Path(name)
        for number, artifact in enumerate(rules):
            (folder / f"{number}.yml").write_text(artifact.text, encoding="utf-8")
        data = {
            "rule_files": [f"{number}.yml" for number in range(len(rules))],
            "evaluation_interval": interval,
            "group_eval_order": list(c.RULE_GROUPS),
            "tests": [{**proof, "promql_expr_test": [*own, *looks]}],
        }
        (folder / "proof.yml").write_text(dump(data), encoding="utf-8")
        command = [str(promtool), "test", "rules", str(folder / "proof.yml")]
        # A proof needs little memory; collecting garbage less often saves a seventh of the time.
        roomy = {"GOGC": "400"} | os.environ
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False, env=roomy)
        except subprocess.TimeoutExpired as error:
            raise OracleError(f"promtool took longer than {_PATIENCE:.0f} s") from error
    output = done.stdout + done.stderr
    if done.returncode == 0:
        return Answer((), ())
    found = list(_FAILURE.finditer(output))
    if done.returncode != 1 or not found or output.count('expr: "') != len(found):
        raise OracleError(output.strip()[-600:] or f"promtool ended with {done.returncode}")
    seen = [(_seconds(one["time"]), one["expr"].endswith(f'> {_PROBE}"')) for one in found]
    return Answer(
        tuple(sorted(second for second, probed in seen if not probed)),
        tuple(sorted(second for second, probed in seen if probed)),
    )


def _seconds(text: str) -> int:
    return round(sum(float(amount) * _UNITS[unit] for amount, unit in re.findall(r"([\d.]+)(ms|[dhms])", text)))


def shown(seconds: int) -> str:
    """As people read it: `5m30s`, `2h6m`."""
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    parts = [f"{amount}{unit}" for amount, unit in ((hours, "h"), (minutes, "m"), (rest, "s")) if amount]
    return "".join(parts) or "0s"
