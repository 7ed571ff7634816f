"""Whatever somebody hands over as text or JSON: slower where it is odd, never refused."""

import json
from typing import Any

import orjson


def told(value: object) -> str:
    """As text; what cannot even be told is named by its type.

    >>> told(ValueError("no room"))
    'no room'
    """
    try:
        return str(value)
    except Exception:  # noqa: BLE001  # somebody's own __str__
        return f"<{type(value).__name__}>"


def dumped(value: dict[str, Any], option: int = 0) -> bytes:
    r"""As JSON.

    >>> dumped({"half": "\ud83d"})
    b'{"half": "\\ud83d"}'
    """
    try:
        return orjson.dumps(value, option=option)
    except TypeError:
        # Half of a surrogate pair, which no UTF-8 can hold, or an integer beyond 64 bits.
        return json.dumps(value, default=told).encode() + (b"\n" if option & orjson.OPT_APPEND_NEWLINE else b"")


def loaded(data: bytes) -> Any:
    """What was dumped. Raises ValueError where it is no JSON."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        # Half a pair can be written, and orjson does not read it.
        return json.loads(data)
