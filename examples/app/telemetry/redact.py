"""Replace what should not leave the process by a mark: hidden is not the same as missing."""

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_PHONE = re.compile(
    r"(?<![\w.])(?:\+\d{1,3}[ ./-]?)?(?:\(\d{2,5}\)[ ./-]?|\d{2,5}[ ./-])\d{2,4}[ ./-]?\d{2,4}(?:[ ./-]?\d{2,4})?(?!\w|\.\d)"
)
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_KEY = re.compile(
    r"\b(?:sk|pk|rk|ghp|gho|xox[abp])[-_][A-Za-z0-9_-]{16,}|\bAKIA[0-9A-Z]{16}\b|\bBearer [A-Za-z0-9._-]{16,}"
)


def _luhn(match: re.Match[str]) -> bool:
    digits = [int(char) for char in match[0] if char.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _phone(match: re.Match[str]) -> bool:
    return 9 <= sum(char.isdigit() for char in match[0]) <= 15


# Keys and cards first: a phone pattern would find digits inside them.
_PATTERNS: dict[str, tuple[re.Pattern[str], Callable[[re.Match[str]], bool]]] = {
    "key": (_KEY, lambda _match: True),
    "card": (_CARD, _luhn),
    "email": (_EMAIL, lambda _match: True),
    "phone": (_PHONE, _phone),
}


def redact(text: str, kinds: Iterable[str]) -> str:
    """The text with every e-mail address, phone number, card (Luhn) and key of `kinds` as `[redacted:kind]`."""
    wanted = set(kinds)
    for kind, (pattern, sure) in _PATTERNS.items():
        if kind in wanted:
            text = pattern.sub(_mark(kind, sure), text)
    return text


def _mark(kind: str, sure: Callable[[re.Match[str]], bool]) -> Callable[[re.Match[str]], str]:
    return lambda match: f"[redacted:{kind}]" if sure(match) else match[0]


class Redactor:
    """Replaces every find of `kinds` by `[redacted:kind]`, and of `patterns` (name to regular expression) by `[redacted:name]`."""

    def __init__(self, kinds: Iterable[str], patterns: Mapping[str, str] = MappingProxyType({})) -> None:
        self._kinds = frozenset(kinds)
        self._own = {name: re.compile(pattern, re.ASCII) for name, pattern in patterns.items()}

    def __call__(self, text: str) -> str:
        """The text without its finds; the same object where there are none."""
        for name, pattern in self._own.items():
            text = pattern.sub(f"[redacted:{name}]", text)
        return redact(text, self._kinds)
