"""Replace what should not leave the process by a mark: hidden is not the same as missing."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType

from .redact_email import emails
from .redact_extra import ibans, ips
from .redact_key import keys
from .redact_number import FEWEST_DIGITS, numbers
from .redact_text import Span, folded, joined, outside

KINDS = ("key", "card", "iban", "email", "ip", "phone")
"""Where two finds overlap, the kind that comes first here names both."""

# What is left of a text once these bytes are dropped shows what it cannot hold, and is short: every check after it is cheap.
_FLESH = bytes(set(range(256)) - set(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ@%:=_-gkx\xd9\xdb\xe0\xef"))
# What stands between the digits of a number is no bone, except for hyphens.
_NUMBER = re.compile(rf"[0-9][0-9\xef-]{{{FEWEST_DIGITS - 1},}}")
_APART = frozenset(("", " ", "\n", ",", ".", "<", ">"))
_ROUNDS = 10


class Redactor:
    """Replaces every find of `kinds` by `[redacted:kind]`, and of `patterns` (name to regular expression) by `[redacted:name]`.

    Raises ValueError for a kind that there is not, re.error for a pattern that is none.

    >>> Redactor(["email"], {"employee": r"E-[0-9]{6}"})("ada@example.org is E-004711")
    '[redacted:email] is [redacted:employee]'
    """

    def __init__(self, kinds: Iterable[str], patterns: Mapping[str, str] = MappingProxyType({})) -> None:
        wanted = frozenset(kinds)
        unknown = sorted(wanted.difference(KINDS))
        if unknown:
            raise ValueError(
                f"cannot redact {', '.join(unknown)}: there are {', '.join(KINDS)}; the contract may be newer than this kit"
            )
        self._email, self._key, self._iban, self._ip = (kind in wanted for kind in ("email", "key", "iban", "ip"))
        self._card, self._phone = "card" in wanted, "phone" in wanted
        self._numbers = self._card or self._phone
        # RE2, which the Collector uses, knows digits, letters and spaces of ASCII only: both must find the same.
        self._own = [(name, re.compile(pattern, re.ASCII).finditer) for name, pattern in patterns.items()]
        self._order = {name: place for place, name in enumerate((*patterns, *KINDS))}
        self._marks = re.compile(rf"\[redacted:({'|'.join(map(re.escape, self._order))})\]")

    def __call__(self, text: str) -> str:
        """The text without its finds; the same object where there are none."""
        # As _bones, without the call: nearly every text ends here.
        bones = text.encode("utf-8", "surrogatepass").translate(None, _FLESH).decode("latin-1")
        found = self._found(text, bones)
        if not found:
            return text
        if len(found) == 1 and not self._own and not _NUMBER.search(bones):
            ((start, end, kind),) = found
            if kind == "email" and text[start - 1 : start] in _APART and text[end : end + 1] in _APART:
                return f"{text[:start]}[redacted:{kind}]{text[end:]}"
        return self._rest(text, found)

    def _found(self, written: str, bones: str) -> list[Span]:
        text = written
        if not text.isascii():
            plain = folded(text, bones)
            if plain is not None:
                text, bones = plain, _bones(plain)
        found = keys(text, bones) if self._key else []
        if self._email and ("@" in bones or "%" in bones):
            found += emails(text)
        if self._numbers and _NUMBER.search(bones):
            found += numbers(text, card=self._card, phone=self._phone)
        if self._iban:
            found += ibans(text)
        if self._ip:
            found += ips(text)
        for name, finditer in self._own:
            found += [(match.start(), match.end(), name) for match in finditer(written) if match[0]]
        return found

    def _rest(self, text: str, found: list[Span]) -> str:
        """Until nothing is found any more: a find can stand where another one ended."""
        for _ in range(_ROUNDS):
            marks = [(*mark.span(), mark[1]) for mark in self._marks.finditer(text)] if "[redacted:" in text else []
            found = outside(found, marks)
            if not found:
                break
            text = joined(text, found + marks, self._order)
            found = self._found(text, _bones(text))
        return text


def _bones(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").translate(None, _FLESH).decode("latin-1")


def redact(text: str, kinds: Iterable[str]) -> str:
    """The text with every find of `kinds` as `[redacted:kind]`; raises ValueError for a kind that there is not."""
    return _redactor(frozenset(kinds))(text)


_redactor: Callable[[frozenset[str]], Redactor] = lru_cache(64)(Redactor)
