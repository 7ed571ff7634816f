"""Which characters a name may have: enough for real names, none that could break out of a language it lands in."""

import re
import unicodedata
from dataclasses import dataclass

from generator import conventions as c


class NameError_(ValueError):  # noqa: N801, N818  # the built-in of this name means something else
    """A name that cannot be used; `allowed` says what can."""

    def __init__(self, message: str, allowed: str) -> None:
        super().__init__(message)
        self.allowed = allowed


@dataclass(frozen=True)
class NameRule:
    """One kind of name: `extra` are the characters beside letters and digits, `longest` counts characters."""

    extra: str
    longest: int
    first: str = ""

    @property
    def pattern(self) -> str:
        """For editors, as a regular expression."""
        extra = re.escape(self.extra).replace("\\ ", " ")
        return f"^[A-Za-z0-9{re.escape(self.first)}][A-Za-z0-9{extra}]{{0,{self.longest - 1}}}$"

    @property
    def allowed(self) -> str:
        """For people."""
        start = f", or {' '.join(self.first)}" if self.first else ""
        return f"letters, digits and {' '.join(self.extra)}, starting with a letter or digit{start}; at most {self.longest} characters"

    def check(self, value: str) -> str:
        """The value unchanged. Raises NameError_ naming the first character that is not allowed."""
        if not value:
            raise NameError_("an empty name", self.allowed)
        for place, char in enumerate(value, start=1):
            good = char.isascii() and (char.isalnum() or char in (self.extra if place > 1 else self.first))
            if not good:
                raise NameError_(f"{_described(char)} is not allowed as character {place} of a name", self.allowed)
        if len(value) > self.longest:
            raise NameError_(f"{len(value)} characters are too many", self.allowed)
        if value == c.OTHER:
            raise NameError_(f"`{c.OTHER}` is reserved for what the spec does not name", self.allowed)
        return value


def _described(char: str) -> str:
    name = unicodedata.name(char, "control character" if unicodedata.category(char) == "Cc" else "unnamed character")
    shown = f"`{char}` " if char.isprintable() and not unicodedata.combining(char) else ""
    return f"{shown}(U+{ord(char):04X} {name})"


SERVICE = NameRule("._-", 63)
ENDPOINT = NameRule("._-/", 100)
MODEL = NameRule("._-/:@+", 200)
PROVIDER = NameRule("._-", 63)
CHANNEL = NameRule("._-", 80, first="#@")
FILE = NameRule("._-/+", 200, first="./~_")
PATTERN = NameRule("_-", 40)
URL = NameRule(":/._-~?=&%+@", 300, first="./~_")
TARGET = NameRule(".:-_", 260)
MAIL = NameRule("._-+@", 254)
SENTENCE = NameRule(" ,.:()%_-/", 200)
SMARTHOST = NameRule(".:-", 254)
