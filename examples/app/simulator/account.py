"""Whose call it is: an account made up for each API key, the same whenever the key comes."""

import functools
import hashlib
import uuid
from collections.abc import Iterable
from typing import NamedTuple

_PEOPLE = ("ada", "alan", "barbara", "edsger", "grace", "john", "katherine", "niklaus")


class Account(NamedTuple):
    """Organisation as OpenAI and as Anthropic write it, a person's address, and the key as OpenAI shows it in errors."""

    organisation: str
    organisation_id: str
    email: str
    masked: str


def of_headers(headers: Iterable[tuple[bytes, bytes]]) -> Account:
    """The account of a request; headers in lower case, as ASGI has them."""
    for name, value in headers:
        if name in {b"authorization", b"x-api-key"}:
            return of_key(value.removeprefix(b"Bearer ").decode("latin-1"))
    return of_key("")


@functools.lru_cache(1000)
def of_key(key: str) -> Account:
    """The account of a key."""
    digest = hashlib.sha256(key.encode()).digest()
    person = _PEOPLE[digest[0] % len(_PEOPLE)]
    masked = f"{key[:8]}{'*' * 12}{key[-4:]}" if len(key) > 16 else "*" * len(key)
    return Account(
        f"org-{digest[:12].hex()}",
        str(uuid.UUID(bytes=digest[:16])),
        f"{person}.{digest[1:3].hex()}@example.org",
        masked,
    )
