"""The PromQL inside Prometheus's Go templates: `{{ with printf `expr{job=%q}` $labels.job | query }}`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.proofs.contract.placed import Placed, quoted

_LITERAL = r'`[^`]*`|"(?:[^"\\]|\\.)*"'
_ACTION = re.compile(rf"\{{\{{-?(?P<body>(?:{_LITERAL}|(?!\}}\}}).)*)\}}\}}", re.DOTALL)
_STRING = re.compile(_LITERAL)
_VERB = re.compile(r"%[-+# 0]*[\d.]*([a-zA-Z%])")
_ALERT_LABEL = re.compile(r"\$labels\.(\w+)")
_RESULT_LABEL = re.compile(r"\.Labels\.(\w+)")
_UNKNOWN = "$"
"""Stands for a value that only the alert knows."""


@dataclass(frozen=True)
class Query:
    """One query of a template, and the labels that the template reads from its result."""

    text: Placed
    wanted: tuple[Placed, ...]


def labels_read(template: Placed) -> Iterator[Placed]:
    """The names in `$labels.name`."""
    for action, code in _actions(template):
        for match in _ALERT_LABEL.finditer(code):
            yield action[match.start(1) : match.end(1)]


def queries(template: Placed) -> list[Query]:
    """Every query; what a block reads from `.Labels` belongs to the query that opened it."""
    found: list[tuple[Placed, list[Placed]]] = []
    blocks: list[int | None] = [None]
    for action, code in _actions(template):
        word = (code.split() or [""])[0]
        own = blocks[-1]
        if re.search(r"\bquery\b", code) and (literal := _STRING.search(action.text)):
            own = len(found)
            found.append((_promql(action, literal), []))
        if own is not None:
            for match in _RESULT_LABEL.finditer(code):
                found[own][1].append(action[match.start(1) : match.end(1)])
        if word in {"with", "range", "if"}:
            blocks.append(own if word != "if" else blocks[-1])
        elif word == "else" and len(blocks) > 1:
            blocks[-1] = blocks[-2]
        elif word == "end" and len(blocks) > 1:
            blocks.pop()
    return [Query(text, tuple(wanted)) for text, wanted in found]


def _actions(template: Placed) -> Iterator[tuple[Placed, str]]:
    """Each action, and its code with the strings blanked out."""
    for match in _ACTION.finditer(template.text):
        action = template[match.start("body") : match.end("body")]
        yield action, _STRING.sub(lambda literal: " " * len(literal.group()), action.text)


def _promql(action: Placed, literal: re.Match[str]) -> Placed:
    inner = action[literal.start() + 1 : literal.end() - 1]
    if literal.group().startswith('"'):
        inner = _unescaped(inner)
    # A template without printf holds no verbs, and PromQL's own % is modulo.
    return inner.sub(_VERB, _filled).strip() if "printf" in action.text[: literal.start()] else inner.strip()


def _unescaped(text: Placed) -> Placed:
    value = re.sub(r"\\(.)", r"\1", text.text)
    steps = quoted(value, text.text, 0, '"').places
    return Placed(value, [text.places[step] for step in steps])


def _filled(verb: re.Match[str]) -> str:
    return {"%": "%", "q": f'"{_UNKNOWN}"', "s": _UNKNOWN, "v": "1", "d": "1"}.get(verb.group(1), "1")
