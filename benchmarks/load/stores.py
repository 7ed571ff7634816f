"""What each store holds of the questions, each found by its own id: what is missing, and what is there twice."""

import asyncio
import json
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import aiohttp

SPANS = 4
"""Of a question: ask, retrieve, rerank, generate."""
LINES = 2
"""Of a question: its request and its response."""
_AT_ONCE = 8


def counted(prometheus: str, metric: str) -> int:
    """What the applications' counters add up to in Prometheus."""
    words = urllib.parse.urlencode({"query": f"sum({metric})"})
    with urllib.request.urlopen(f"{prometheus}/api/v1/query?{words}", timeout=30) as response:
        result = json.load(response)["data"]["result"]
    return round(float(result[0]["value"][1])) if result else 0


def written(files: Iterable[Path]) -> "Counter[str]":
    """Lines in the applications' own files, by trace id. Raises ValueError for a torn one."""
    return Counter(json.loads(line)["trace_id"] for path in files for line in path.read_text("utf-8").splitlines())


def served(simulator: str, *, anew: bool = False) -> dict[str, Any]:
    """The provider's own ledger: its last hundred thousand calls by response id; `anew` begins it again."""
    asked = urllib.request.Request(f"{simulator}/ledger?calls=1", method="DELETE" if anew else "GET")
    with urllib.request.urlopen(asked, timeout=60) as response:
        return {one["id"]: one for one in json.load(response)["last"] if one["id"]}


def disagreeing(files: Iterable[Path], ledger: dict[str, Any]) -> tuple[int, int]:
    """Answers that the provider gave an id, and how many of them are logged with other tokens, or another model, than it served."""
    number = wrong = 0
    for path in files:
        for text in path.read_text("utf-8").splitlines():
            line = json.loads(text)
            response_id = line["metadata"]["response_id"]
            if response_id:
                number += 1
                told = ledger.get(response_id)
                tokens = {kind: line["performance"][name] or 0 for kind, name in _TOKENS.items()}
                wrong += told is None or told["tokens"] != tokens or told["model"] != line["metadata"]["model"]
    return number, wrong


_TOKENS = {
    "input": "tokens_in", "output": "tokens_out", "cache_read": "tokens_cache_read", "cache_write": "tokens_cache_write",
    "reasoning": "tokens_reasoning",
}  # fmt: skip


def logged(victorialogs: str) -> "Counter[str]":
    """Lines in the log store, by trace id."""
    words = urllib.parse.urlencode({"query": "* | fields trace_id"})
    with urllib.request.urlopen(f"{victorialogs}/select/logsql/query?{words}", timeout=120) as response:
        return Counter(json.loads(line).get("trace_id", "") for line in response)


async def traced(jaeger: str, trace_ids: Sequence[str], tell: Callable[[int], None]) -> "Counter[str]":
    """Spans in the trace store, by trace id; each trace is asked for by its id."""
    found: Counter[str] = Counter()
    waiting = iter(trace_ids)

    async def ask(session: aiohttp.ClientSession) -> None:
        for trace_id in waiting:
            async with session.get(f"{jaeger}/api/v3/traces/{trace_id}") as response:
                found[trace_id] = _spans(await response.json(content_type=None)) if response.status == 200 else 0
            if len(found) % 1000 == 0:
                tell(len(found))

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(ask(session) for _number in range(_AT_ONCE)))
    return found


def _spans(body: Any) -> int:
    return sum(len(scope["spans"]) for batch in body["result"]["resourceSpans"] for scope in batch["scopeSpans"])
