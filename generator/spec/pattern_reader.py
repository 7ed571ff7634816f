"""Read a pattern of the part of Python's regular expressions that RE2 has too: how long its matches are, and in how many ways they can be tried."""

import re
from dataclasses import dataclass

LONGEST_MATCH, MOST_WAYS = 500, 10_000
_CLASSES, _ANCHORS, _CONTROLS = frozenset("dwsDWS"), frozenset("bBA"), frozenset("tnrfv")
_COUNT = re.compile(r"\{(\d{1,9})(?:(,)(\d{0,9}))?\}")
_GROUPS = re.compile(r"\?(?:i?:|P<[A-Za-z_][A-Za-z0-9_]{0,30}>)")
_REFUSED_GROUPS = {
    "(?=": "looks ahead", "(?!": "looks ahead", "(?<=": "looks back", "(?<!": "looks back", "(?P=": "refers back",
    "(?(": "is a condition", "(?>": "never gives back", "(?#": "is a comment",
}  # fmt: skip


class PatternError(ValueError):
    """A pattern that cannot be used; `at` is where, counted from 0, and `length` how much of it."""

    def __init__(self, message: str, at: int, length: int, fix: str) -> None:
        super().__init__(f"{message} (character {at + 1} of the pattern)" if at else message)
        self.at, self.length, self.fix = at, length, fix


@dataclass(frozen=True)
class Shape:
    """How short and how long a match is, and in how many ways one can be tried."""

    shortest: int
    longest: int
    ways: int = 1


class Reader:
    """Reads by descent; what it does not know is refused."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 4 * text.startswith("(?i)")

    def whole(self) -> Shape:
        """Raises PatternError for what it does not know."""
        shape = self._alternatives()
        if self._at < len(self._text):
            raise self._problem("closes nothing", 1, r"write \), or open it")
        return shape

    def _problem(self, message: str, length: int, fix: str, at: int | None = None) -> PatternError:
        at = self._at if at is None else at
        return PatternError(f"`{self._text[at : at + length]}` {message}", at, length, fix)

    def _next(self) -> str:
        return self._text[self._at : self._at + 1]

    def _alternatives(self) -> Shape:
        shapes = [self._sequence()]
        while self._next() == "|":
            self._at += 1
            shapes.append(self._sequence())
        shortest, longest = min(one.shortest for one in shapes), max(one.longest for one in shapes)
        return Shape(shortest, longest, sum(one.ways for one in shapes))

    def _sequence(self) -> Shape:
        whole = Shape(0, 0)
        while self._next() not in {"", "|", ")"}:
            part = self._repeated(self._atom())
            whole = Shape(
                whole.shortest + part.shortest,
                whole.longest + part.longest,
                min(whole.ways * part.ways, 10 * MOST_WAYS),
            )
        return whole

    def _atom(self) -> Shape:
        char = self._next()
        if char == "(":
            return self._group()
        if char == "[":
            return self._set()
        if char == "\\":
            return self._escape()
        if char in "*+?{":
            raise self._problem("repeats nothing", 1, f"write \\{char}, or put something before it")
        self._at += 1
        return Shape(0, 0) if char in "^$" else Shape(1, 1)

    def _group(self) -> Shape:
        opened = self._at
        self._at += 1
        if self._next() == "?":
            known = _GROUPS.match(self._text, self._at)
            if known is None:
                start = next((one for one in _REFUSED_GROUPS if self._text.startswith(one, opened)), "(?")
                why = _REFUSED_GROUPS.get(start, "is a group of an unknown kind")
                raise self._problem(why, len(start), "describe what is to be hidden, and nothing around it", opened)
            self._at = known.end()
        shape = self._alternatives()
        if self._next() != ")":
            raise self._problem("is never closed", 1, r"close it with ), or write \(", opened)
        self._at += 1
        return shape

    def _set(self) -> Shape:
        opened = self._at
        self._at += 1 + self._text.startswith("[^", opened)
        if self._next() == "]":
            raise self._problem(
                "is a set of nothing", self._at + 1 - opened, r"fill it, or write \] for the sign", opened
            )
        while self._next() != "]":
            if not self._next():
                raise self._problem("is never closed", 1, r"close it with ], or write \[", opened)
            if self._next() == "[":
                raise self._problem("within a set is read in two ways", 1, r"write \[")
            if self._next() == "\\":
                self._escape(within=True)
            else:
                self._at += 1
        self._at += 1
        return Shape(1, 1)

    def _escape(self, *, within: bool = False) -> Shape:
        begin, char = self._at, self._text[self._at + 1 : self._at + 2]
        self._at += 2
        if char in _ANCHORS and char and not within:
            return Shape(0, 0)
        if char == "x" and re.match(r"[0-9A-Fa-f]{2}", self._text[self._at : self._at + 2]):
            self._at += 2
            return Shape(1, 1)
        if char.isdigit():
            raise self._problem("refers back", 2, "write out what repeats", begin)
        if not char or not (char in _CLASSES | _CONTROLS or (char.isascii() and not char.isalnum())):
            raise self._problem("is not an escape that both know", 2, "leave out the backslash, or double it", begin)
        return Shape(1, 1)

    def _repeated(self, shape: Shape) -> Shape:
        begin, char = self._at, self._next()
        if not char or char not in "*+?{":
            return shape
        low, high = (0, 1) if char == "?" else self._count()
        if char == "?":
            self._at += 1
        if self._next() == "?":  # as few as possible
            self._at += 1
        if self._next() and self._next() in "*+?{":
            raise self._problem("repeats a repeat", 1, "put (?: ) around the inner one, or leave one out")
        if not shape.longest:
            raise self._problem("repeats what has no length", self._at - begin, "leave it out", begin)
        ways = high - low + 1 if shape.ways == 1 else _sum_of_powers(shape.ways, low, high)
        return Shape(shape.shortest * low, shape.longest * high, ways)

    def _count(self) -> tuple[int, int]:
        begin = self._at
        found = _COUNT.match(self._text, begin)
        if self._next() in "*+" or (found and found[2] and not found[3]):
            length = len(found[0]) if found else 1
            least = found[1] if found else "01"[self._next() == "+"]
            raise self._problem(
                "repeats without an end", length, f"give it one, such as {{{least},{max(20, 2 * int(least))}}}"
            )
        if not found:
            raise self._problem("begins no count", 1, r"write {n} or {n,m}, or \{ for the sign")
        self._at = found.end()
        low = int(found[1])
        high = int(found[3]) if found[3] else low
        if low > high:
            raise self._problem("counts backwards", len(found[0]), "put the smaller number first", begin)
        if high > LONGEST_MATCH:
            raise self._problem("is too often", len(found[0]), f"at most {LONGEST_MATCH} times", begin)
        return low, high


def _sum_of_powers(ways: int, low: int, high: int) -> int:
    total = 0
    for times in range(low, high + 1):
        total += min(ways**times, 10 * MOST_WAYS)
        if total > MOST_WAYS:
            break
    return total
