"""What a simulated answer costs in processor time, without the HTTP server: `python -m benchmarks.simulator`."""

import asyncio
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "examples"))

from app.simulator.behaviour import Behaviour
from app.simulator.server import create

PROMPT = "[1] Baseline: A baseline is a median. It stays behind. It is held. It ends.\n\nQuestion: What is a baseline?"
REQUESTS: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"messages": [{"role": "user", "content": PROMPT}]},
    "/v1/responses": {"input": PROMPT},
    "/v1/messages": {"max_tokens": 400, "messages": [{"role": "user", "content": PROMPT}]},
}
CALLS, ROUNDS = 200, 9


async def seconds(application: Any, path: str, body: bytes) -> float:
    """Processor seconds a call, of CALLS in a row."""
    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": [], "root_path": "",
    }  # fmt: skip

    async def send(message: Any) -> None:
        if message.get("status", 200) != 200:
            raise SystemExit(f"{path}: {message}")

    begun = time.process_time()
    for _call in range(CALLS):
        messages = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive(messages: list[dict[str, Any]] = messages) -> Any:
            return messages.pop() if messages else await asyncio.Event().wait()

        await application(dict(scope), receive, send)
    return (time.process_time() - begun) / CALLS


def main() -> None:
    """Print the table."""
    print("| request | whole, ms | streamed word by word, ms |\n|---|---:|---:|")
    for path, request in REQUESTS.items():
        told = []
        for stream in (False, True):
            application = create(Behaviour(1, pace=0, flawless=True))
            body = json.dumps({"model": "m", "stream": stream, **request}).encode()
            told.append(statistics.median(asyncio.run(seconds(application, path, body)) for _round in range(ROUNDS)))
        print(f"| `POST {path}` | {told[0] * 1000:.2f} | {told[1] * 1000:.2f} |")


if __name__ == "__main__":
    main()
