"""What an answer holds, however it is written: spelled out, backwards, in rot13, in hexadecimal or in base64."""

import base64
import codecs
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

_BASE64, _HEX = re.compile(r"[^A-Za-z0-9+/]+"), re.compile(r"0x|\\x|[^0-9a-f]+", re.IGNORECASE)
_URL_SAFE = str.maketrans("-_", "+/")
_GROUP = 4
"""Characters of base64 that are read together."""


def holds(text: str, secret: str) -> bool:
    """Whether a text holds a secret, in any of its readings, whatever stands between the letters."""
    squeezed = _squeezed(secret)
    return any(squeezed in _squeezed(one) for one in readings(text))


def readings(text: str) -> Iterator[str]:
    """The text as it stands, and what it says where it is read as base64 or hexadecimal; each of these also backwards and in rot13.

    A sentence that is encoded as a whole has a secret at any place, and prose may stand around it: so the text is decoded from each place where a
    group may begin. What was no code comes out as noise.
    """
    shown = "".join(one for one in unicodedata.normalize("NFKC", unquote(text)) if unicodedata.category(one) != "Cf")
    for one in (shown, *_from_base64(shown), *_from_base64(shown.translate(_URL_SAFE)), *_from_hex(shown)):
        yield one
        yield one[::-1]
        yield codecs.encode(one, "rot13")


def _from_base64(text: str) -> Iterator[str]:
    letters = _BASE64.sub("", text)
    for first in range(_GROUP):
        some = letters[first:]
        # One character alone is less than a byte.
        some = some[:-1] if len(some) % _GROUP == 1 else some
        yield base64.b64decode(some + "=" * (-len(some) % _GROUP)).decode("latin-1")


def _from_hex(text: str) -> Iterator[str]:
    digits = _HEX.sub("", text)
    for first in range(2):
        some = digits[first:]
        yield bytes.fromhex(some[: len(some) // 2 * 2]).decode("latin-1")


def _squeezed(text: str) -> str:
    # "Z-E-B-R-A", full-width letters and letters with nothing visible between them are the same secret.
    return "".join(one for one in unicodedata.normalize("NFKC", text).casefold() if one.isalnum())
