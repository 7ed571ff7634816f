"""A problem with what a person wrote: where it is, what was found, what is allowed, what to do; printed with a caret."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

_WIDEST = 120


@dataclass(frozen=True)
class Problem:
    """One problem. `line` and `column` start at 1 and count characters; `length` is how many of them the caret marks."""

    check: str
    file: str
    line: int
    column: int
    length: int
    message: str
    found: str = ""
    allowed: str = ""
    fix: str = ""
    severity: str = "error"


class ProblemsFound(Exception):  # noqa: N818  # it carries problems; it is not one error
    """What a person wrote cannot be used; `sources` holds the text of the files that the problems point into."""

    def __init__(self, problems: Sequence[Problem], sources: Mapping[str, str]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = sorted(
            problems, key=lambda problem: (problem.file, problem.line, problem.column, problem.check)
        )
        self.sources = dict(sources)


def to_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Plain data for machines."""
    return [asdict(problem) for problem in problems]


def render(problems: Sequence[Problem], sources: Mapping[str, str], *, color: bool) -> str:
    """All problems in the order of their places, then how many there are."""
    blocks = [_block(problem, sources.get(problem.file, ""), color=color) for problem in problems]
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    counts = [
        f"{number} {word}{'s' * (number != 1)}"
        for number, word in ((errors, "problem"), (warnings, "warning"))
        if number
    ]
    closing = " and ".join(counts) + (". Nothing was written." if errors else ".")
    return "\n\n".join([*blocks, closing])


def _block(problem: Problem, source: str, *, color: bool) -> str:
    hue = "31" if problem.severity == "error" else "33"

    def paint(text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if color else text

    lines = [
        f"{paint(problem.severity.capitalize(), f'1;{hue}')}: {problem.message} ({problem.check})",
        f"  --> {problem.file}:{problem.line}:{problem.column}",
    ]
    text = source.splitlines()[problem.line - 1] if 0 < problem.line <= len(source.splitlines()) else None
    if text is not None:
        shown, before, marked = _window(text, problem.column - 1, max(1, problem.length))
        number = str(problem.line)
        lines.append(f"{number} | {shown}")
        caret = paint("^" * max(1, _width(marked)), hue)
        lines.append(f"{' ' * len(number)} | {' ' * _width(before)}{caret}")
    for label, value in (("found", problem.found), ("allowed", problem.allowed), ("do", problem.fix)):
        if value:
            lines.append(f"  {label + ':':<8} {value}")
    return "\n".join(lines)


def _window(text: str, start: int, length: int) -> tuple[str, str, str]:
    """The line as it can be shown: cut around the caret, every character that would move the cursor replaced."""
    low = max(0, start - _WIDEST // 2) if len(text) > _WIDEST else 0
    high = min(len(text), low + _WIDEST)
    clean = "".join(_visible(char) for char in text[low:high])
    at = start - low
    marked = clean[at : at + length] or " "
    head, tail = ("..." if low else ""), ("..." if high < len(text) else "")
    return f"{head}{clean}{tail}", head + clean[:at], marked


def _visible(char: str) -> str:
    """One character for one character, so that columns stay true: tabs as a space, controls and bidi marks as a sign."""
    if char == "\t":
        return " "
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"} else char


def _width(text: str) -> int:
    """Columns on a terminal."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1
        for char in text
    )
