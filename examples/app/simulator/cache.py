"""Anthropic's prompt cache: what a `cache_control` marks is written when it is first seen, and read from then on."""

import hashlib
from collections import OrderedDict
from typing import Any

import orjson

from app.simulator.asked import Prefix, listed

MOST = 10_000
"""Prefixes that are remembered; the one that was not used for longest goes first. None expires otherwise."""


def prefixes(model: str, body: dict[str, Any]) -> tuple[Prefix, ...]:
    """A prefix for each block, the last of them marked: tools come first, then the system prompt, then messages.

    A `cache_control` of the request itself marks the last block. Prefixes of different models differ.
    """
    blocks = [*listed(body, "tools"), *_blocks(body.get("system"))]
    for message in listed(body, "messages"):
        blocks += _blocks(message.get("content"))
    digest = hashlib.blake2b(model.encode(), digest_size=16)
    found, characters, last = list[Prefix](), 0, 0
    for number, block in enumerate(blocks, start=1):
        control = block.get("cache_control") or (number == len(blocks) and body.get("cache_control"))
        plain = orjson.dumps({name: value for name, value in block.items() if name != "cache_control"})
        digest.update(plain)
        text = block.get("text")
        characters += len(text) if isinstance(text, str) else len(plain)
        hour = isinstance(control, dict) and control.get("ttl") == "1h"
        last = number if control else last
        found.append(Prefix(digest.digest(), characters, bool(control), hour))
    return tuple(found[:last])


def _blocks(content: Any) -> list[dict[str, Any]]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []


class PromptCache:
    """Remembers prefixes."""

    def __init__(self, most: int = MOST) -> None:
        self._seen, self._most = OrderedDict[bytes, None](), most

    def use(self, given: tuple[Prefix, ...]) -> tuple[int, int]:
        """Characters read, up to the longest prefix that was kept before, and characters written, up to the last mark."""
        read = max((one.characters for one in given if one.digest in self._seen), default=0)
        for one in given:
            if one.kept:
                self._seen[one.digest] = None
                self._seen.move_to_end(one.digest)
        while len(self._seen) > self._most:
            self._seen.popitem(last=False)
        return read, given[-1].characters - read if given else 0
