"""Secrets without a form of their own: what stands after `password=`, `api_key:` and the like, and in the addresses of databases."""

import re
from collections.abc import Iterator

from .redact_text import Span

_PASSWORDS = ("password", "passwd", "passphrase", "passcode", "passwort", "kennwort", "pwd", "contraseña", "mot de passe", "senha", "wachtwoord", "пароль", "密码", "パスワード")  # fmt: skip  # codespell:ignore mot
_OF_A_KEY = ("api", "access", "secret", "private", "account", "auth", "signing", "encryption", "subscription")
_BETWEEN = ("_", "-", " ", "")
_KEYS = (*(f"{first}{between}key" for first in _OF_A_KEY for between in _BETWEEN), "secret", "token", "credential", "credentials", "authorization")  # fmt: skip
_NAMES = (*_PASSWORDS, *_KEYS)
_CLOSING = " \t\"'`*\\"
# The last five characters of a name as people write it: one look-up for each colon of a text.
_ENDS = frozenset(
    written[-5:]
    for written in (
        *(way(name) for name in _NAMES if len(name) >= 5 for way in (str.lower, str.upper, str.capitalize)),
        *(f"{first}{between}{key}" for one in _OF_A_KEY for first in (one, one.upper()) for between in _BETWEEN for key in ("Key", "key")),
    )
)  # fmt: skip
_SHORT_ENDS = frozenset(way(name)[-2:] for name in _NAMES if len(name) < 5 for way in (str.lower, str.upper))
_LONGEST_NAME = max(map(len, _NAMES)) + 3
_VALUE = re.compile(
    r"""[:=>]{0,2}[ \t]{0,4} (?:(?P<scheme>basic|bearer|token|apikey|digest)[ \t]+)?
    (?: \\?(?P<quote>["'`])(?P<quoted>(?:(?!(?P=quote))[^\n\\]){4,200})(?=\\?(?P=quote)|\\|\Z|(?<=.{200})) | (?P<plain>[^\s"'`,;&<>(){}\[\]\\]{4,200}) )""",
    re.VERBOSE | re.IGNORECASE,
)
_REST = re.compile(r"[^\s\"'`,;&<>(){}\[\]\\]*")
_NOT_ONE = re.compile(
    r"\$[A-Z_{(]|%[sd({]|\*{3,}|[</]|\{\{|~/|\.{2,}|\[redacted|x{4,}|your\b|your[_-]|os\.|process\.|env\.|getenv|settings\.|config\.|self\.|https?:"
    r"|(?:none|null|nil|true|false|undefined|string|required|optional|hidden|secret|password|token|key|changeme)s?$",
    re.IGNORECASE,
)
_CALLED = {"(", "["}
_ODD = re.compile(r"[\d!@#$%^*?+=~|]")
_DIGIT, _LETTER = re.compile(r"\d"), re.compile(r"[^\W\d_]")
_SAID = re.compile(r"asswor[dt]\s(?P<verb>(?:is|was|ist|es|est)\s)?[\"'`]?(?=(?P<value>[^\s\"'`]{4,200}))")  # fmt: skip  # codespell:ignore ist
_USER = re.compile(r"[^\s/@:?#\"'<>\[]{0,100}:([^\s/@\"'<>\[]{1,200})@")


def named_secrets(text: str) -> list[Span]:
    """What is assigned to a name that says that it is secret, and `password is ...`."""
    found: list[Span] = []
    for sign in (":", "=") if text.isascii() else (":", "=", "\uff1a"):
        at = text.find(sign)
        while at > 0:
            after = at + 1
            # As _ends_a_name, without the call where nothing closes the name.
            if text[at - 5 : at] in _ENDS or text[at - 2 : at] in _SHORT_ENDS or (text[at - 1] in _CLOSING and _ends_a_name(text, at - 1)):  # fmt: skip
                span = _assigned(text, at)
                if span:
                    found.append(span)
                    after = span[1]
            at = text.find(sign, after)
    return found + [span for match in _SAID.finditer(text) if (span := _said(match))] if "asswor" in text else found


def in_addresses(text: str) -> Iterator[Span]:
    """The password in `scheme://user:password@host`."""
    at = text.find("://")
    while at >= 0:
        match = _USER.match(text, at + 3)
        if match and not _NOT_ONE.match(match[1]):
            yield (*match.span(1), "key")
        at = text.find("://", match.end() if match else at + 3)


def _ends_a_name(text: str, at: int) -> bool:
    while at > 0 and text[at - 1] in _CLOSING:
        at -= 1
    return text[at - 5 if at > 5 else 0 : at] in _ENDS or text[at - 2 if at > 2 else 0 : at] in _SHORT_ENDS


def _assigned(text: str, at: int) -> Span | None:
    name = text[max(0, at - _LONGEST_NAME) : at].rstrip(_CLOSING).lower()
    match = _VALUE.match(text, at + 1) if name.endswith(_NAMES) else None
    if match is None:
        return None
    password = name.endswith(_PASSWORDS)
    quoted = match["quoted"] is not None
    begin, end = match.span("quoted" if quoted else "plain")
    value = text[begin:end]
    if not quoted:
        value = value.rstrip(".,:")
        end = begin + len(value)
    if len(value) < 4 or _NOT_ONE.match(value):
        return None
    tight = begin == at + 1
    following = text[end : end + 1]
    if not (
        _password(value, following, quoted=quoted, tight=tight and text[at] == "=")
        if password
        else _key(value, following, scheme=bool(match["scheme"]))
    ):
        return None
    if end - begin == 200:
        rest = _REST.match(text, end)
        end = rest.end() if rest else end
    return begin, end, "key"


def _said(match: re.Match[str]) -> Span | None:
    begin, value = match.start("value"), match["value"].rstrip(".,;:?)")
    # Without a verb, `password` may also begin `password reset`.
    sure = _ODD.search(value) and (match["verb"] or (_DIGIT.search(value) and _LETTER.search(value)))
    return (begin, begin + len(value), "key") if sure and len(value) >= 4 and not _NOT_ONE.match(value) else None


def _password(value: str, following: str, *, quoted: bool, tight: bool) -> bool:
    if quoted:
        return value.count(" ") < 4 or _DIGIT.search(value) is not None
    if tight:
        # Code names a variable, or calls something.
        return (
            following not in _CALLED
            and not ("." in value and value.islower() and not _DIGIT.search(value))
            and not value.lower().endswith(_NAMES)
        )
    return len(value) >= 4 and _ODD.search(value) is not None


def _key(value: str, following: str, *, scheme: bool) -> bool:
    if len(value) < 8 or " " in value or following in _CALLED:
        return False
    if scheme:
        return True
    mixed = len(value) >= 20 and "." not in value and value != value.lower() and value != value.upper()
    return mixed or (_DIGIT.search(value) is not None and _LETTER.search(value) is not None)
