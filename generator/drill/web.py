"""Ask the drill's own servers, on loopback and never through a proxy."""

import json
import urllib.parse
import urllib.request
from typing import Any

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_PATIENCE = 10.0


def answers(url: str) -> bool:
    """Whether it says 200."""
    try:
        with _direct.open(url, timeout=1) as response:
            return bool(response.status == 200)
    except (OSError, ValueError):
        return False


def send(url: str, body: dict[str, Any] | None, method: str = "POST") -> None:
    """A request whose answer does not matter. Raises OSError."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json"}, method=method)
    with _direct.open(request, timeout=_PATIENCE):
        pass


def query(prometheus: str, kind: str, **parameters: str | float) -> list[dict[str, Any]]:
    """Result of `query` or `query_range`. Raises OSError."""
    words = urllib.parse.urlencode(parameters)
    with _direct.open(f"{prometheus}/api/v1/{kind}?{words}", timeout=_PATIENCE) as response:
        found: list[dict[str, Any]] = json.load(response)["data"]["result"]
    return found
