"""Text of which every character knows where it stands in its file, through quoting, escapes and replacements."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

_FOLD = r"[ \t]*\n[ \t\n]*"
_WRITTEN = {
    # Of a character outside the Basic Multilingual Plane JSON writes two halves.
    '"': re.compile(rf"\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\(?:x..|u....|U.{{8}}|\n[ \t]*|[^\n])|{_FOLD}|.", re.DOTALL),
    "'": re.compile(rf"''|{_FOLD}|.", re.DOTALL),
    "": re.compile(rf"{_FOLD}|.", re.DOTALL),
}


@dataclass(frozen=True)
class Placed:
    """`places` holds the offset of each character, and at last the offset behind the text."""

    text: str
    places: Sequence[int]

    def __getitem__(self, part: slice) -> Self:
        start, stop, _step = part.indices(len(self.text))
        stop = max(start, stop)
        return type(self)(self.text[start:stop], self.places[start : stop + 1])

    def strip(self) -> Self:
        """Without white space at both ends."""
        start = len(self.text) - len(self.text.lstrip())
        return self[start : len(self.text.rstrip())]

    def sub(self, pattern: re.Pattern[str], replace: Callable[[re.Match[str]], str]) -> Self:
        """As `re.sub`; what is put in stands where the match began."""
        text, places, at = "", list[int](), 0
        for match in pattern.finditer(self.text):
            put = replace(match)
            text += self.text[at : match.start()] + put
            places += self.places[at : match.start()]
            # An untouched match keeps the place of each character.
            same = put == match.group()
            places += self.places[match.start() : match.end()] if same else [self.places[match.start()]] * len(put)
            at = match.end()
        return type(self)(text + self.text[at:], [*places, *self.places[at:]])

    def span(self, start: int, stop: int) -> tuple[int, int]:
        """Offsets in the file of where a part of the text starts and ends."""
        last = len(self.text)
        return self.places[min(start, last)], self.places[min(stop, last)]


def plain(text: str, offset: int) -> Placed:
    """Text as it stands in the file."""
    return Placed(text, range(offset, offset + len(text) + 1))


def quoted(value: str, raw: str, offset: int, style: str) -> Placed:
    """A string of JSON, YAML or Go, written as `raw` between its quotes; `style` is the quote, or nothing for plain YAML."""
    places: list[int] = []
    for written in _WRITTEN[style].finditer(raw):
        places += [offset + written.start()] * _stands_for(written.group())
    if len(places) != len(value):
        return somewhere_in(value, raw, offset)
    return Placed(value, [*places, offset + len(raw)])


def somewhere_in(value: str, raw: str, offset: int) -> Placed:
    """For what is written in a way that nobody here writes: every character stands where the string begins."""
    return Placed(value, [offset] * len(value) + [offset + len(raw)])


def _stands_for(written: str) -> int:
    """How many characters of the value: a folded line end is a space, or one line end less than there are."""
    if written.startswith("\\\n"):
        return 0
    return max(1, written.count("\n") - 1) if len(written.strip()) == 0 else 1


def block(value: str, raw: str, offset: int) -> Placed:
    """A literal block of YAML, whose lines are all indented by as much as the first that is not empty."""
    header, _newline, body = raw.partition("\n")
    at, places = offset + len(header) + 1, list[int]()
    for line, written in zip(value.split("\n"), body.split("\n"), strict=False):
        indent = max(0, len(written) - len(line))
        places += range(at + indent, at + indent + len(line) + 1)
        at += len(written) + 1
    return Placed(value, places) if len(places) > len(value) else somewhere_in(value, raw, offset)
