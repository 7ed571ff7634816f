"""The simulator as a judge: it works out what is right by comparing words, and is wrong as often as it is told to.

It knows a judge's request by the schema or the tool named `verdict`, or by its first words, and reads the fences that carry a mark.
"""

import hashlib
import random
import re
from dataclasses import dataclass
from typing import Any

import orjson

from app.simulator.asked import Asked, ToolCall
from app.simulator.misbehaviour import Chaos
from app.simulator.truth import Case, finding

_BEGINNING = "You judge one answer"
_TOOL = "verdict"
_DIMENSION = re.compile(r"^Dimension: (.+)$", re.MULTILINE)
_SCALE = re.compile(r'^"score": a whole number from 1 \(worst\) to (\d+)', re.MULTILINE)
_MARK = re.compile(r"\AThe mark of the fences is ([0-9a-f]+)\.$", re.MULTILINE)
_INVENTED = "As the passages put it, every third heron in the valley agrees."


@dataclass(frozen=True, slots=True)
class Judged:
    """A judge's request: `case` is what is judged, `scale` 2 for pass and fail, `tool` where the verdict is the call of a tool."""

    case: Case
    scale: int
    tool: bool


def judged(asked: Asked) -> Judged | None:
    """What is to be judged; None for any other request."""
    body = asked.body
    tool = _named(body.get("tool_choice"))
    if not (tool or _named(_inside(body.get("response_format"), "json_schema")) or asked.system.startswith(_BEGINNING)):
        return None
    dimension, mark = _DIMENSION.search(asked.system), _MARK.search(asked.prompt)
    if not dimension or not mark:
        return None
    parts = {name: _fenced(asked.prompt, f"{name}-{mark[1]}") for name in ("passages", "question", "answer")}
    scale = _SCALE.search(asked.system)
    return Judged(Case(dimension[1].strip(), **parts), int(scale[1]) if scale else 2, tool)


def verdict(told: Judged, asked: Asked, chaos: Chaos, seed: int) -> str:
    """The JSON of a reply. The same case gets the same verdict from the same seed; a request that is put differently may be spared garbage."""
    found = finding(told.case)
    case = told.case
    texts = f"{seed} {asked.model} {case.dimension}\0{case.question}\0{case.answer}\0{case.passages}"
    wrong = _draw(texts.encode()) >= chaos.judge_accuracy
    passes = found.passes != wrong
    quotes, reason = found.for_pass if passes else found.for_fail
    last: dict[str, Any] = {"verdict": "pass" if passes else "fail"}
    if told.scale != 2:
        last = {"score": told.scale if passes else 1}
    whole = orjson.dumps({"quotes": quotes, "reason": reason} | last).decode()
    spoiled = orjson.dumps([seed, asked.body])
    if _draw(spoiled) >= chaos.judge_garbage:
        return whole
    if _draw(b"kind" + spoiled) < 0.5:
        return orjson.dumps({"quotes": [_INVENTED], "reason": reason} | last).decode()
    # A tool's arguments are always JSON: a provider sees to that, though not to what is in it.
    return '{"quotes": "none"}' if told.tool else whole[: len(whole) // 2]


def called(told: Judged, said: str) -> tuple[ToolCall, ...]:
    """A verdict as the call that was demanded, if one was."""
    return (ToolCall(_TOOL, said),) if told.tool else ()


def _named(thing: Any) -> bool:
    return isinstance(thing, dict) and thing.get("name") == _TOOL


def _inside(thing: Any, name: str) -> Any:
    return thing.get(name) if isinstance(thing, dict) else None


def _fenced(prompt: str, name: str) -> str:
    start, end = f"<{name}>\n", f"\n</{name}>"
    at = prompt.find(start)
    return prompt[at + len(start) : prompt.find(end, at)] if at >= 0 else ""


def _draw(content: bytes) -> float:
    """A number below 1 that the content decides."""
    return random.Random(hashlib.sha256(content).digest()).random()  # noqa: S311  # a simulation
