"""What a test says to a running stack over HTTP, whichever engine runs it."""

import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any


def got(url: str, words: dict[str, str], *, lines: bool) -> Any:
    """The JSON that is there; with `lines` one value a line, as a list."""
    with urllib.request.urlopen(f"{url}?{urllib.parse.urlencode(words)}", timeout=10) as response:
        text = response.read().decode()
    return [json.loads(line) for line in text.splitlines()] if lines else json.loads(text)


def asked(port: int, body: dict[str, str]) -> dict[str, Any]:
    """The app's answer to one question; a failed call is an answer too."""
    url, words = f"http://127.0.0.1:{port}/ask", json.dumps(body).encode()
    request = urllib.request.Request(url, words, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            found: dict[str, Any] = json.load(response)
    except urllib.error.HTTPError as error:
        found = json.load(error)
    return found
