"""E-mail addresses, found from their `@` to both sides."""

import re
import string

from .redact_text import Span

_MARKS = "._%+-'~!#$*^"
_LOCAL = string.ascii_letters + string.digits + _MARKS
_LONGEST_LOCAL = 64
_DOMAIN = re.compile(
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,126}(?:[xX][nN]--[A-Za-z0-9-]{1,59}|[A-Za-z]{2,63}|[^\W\d_]{2,63})"
)
_SERVICES = {"git"}
"""Local parts that are nobody's: `git@github.com:org/repo` is an address of code."""


def emails(text: str) -> list[Span]:
    """Every address; `%40`, as URLs write it, counts as `@`."""
    found = _around(text, "@")
    return found + _around(text, "%40") if "%" in text else found


def _around(text: str, sign: str) -> list[Span]:
    found: list[Span] = []
    at, done = text.find(sign), 0
    while at >= 0:
        begin = _begin(text, max(done, at - _LONGEST_LOCAL), at)
        after = at + len(sign)
        domain = _DOMAIN.match(text, after) if begin < at else None
        if domain and text[begin:at] not in _SERVICES:
            done = after = domain.end()
            found.append((begin, done, "email"))
        elif found and at == done:
            # Two addresses without a space between: the first took the name of the second.
            domain = _DOMAIN.match(text, after)
            done = after = domain.end() if domain else after
            found[-1] = (found[-1][0], done, "email")
        at = text.find(sign, after)
    return found


def _begin(text: str, least: int, at: int) -> int:
    """Where the local part begins that ends at `at`; `at` itself where there is none."""
    head = text[least:at].rstrip(_LOCAL)
    if head and head[-1].isalnum() and (len(head) == at - least or head[-1] < "\u2e80"):
        # Letters beyond ASCII belong to it, but the Chinese word before an address does not.
        end = len(head)
        while end and (head[end - 1].isalnum() or head[end - 1] in _MARKS):
            end -= 1
        head = head[:end]
    begin = least + len(head)
    return at - len(text[begin:at].lstrip(_MARKS))
