"""Full questions and answers, keyed by call_id: a log shipper's index is not a document store."""

import json
import queue
import threading
from pathlib import Path
from typing import Any


class Blobs:
    """A folder of JSON files, written behind the request by one thread; a full queue or a failing disk drops and counts."""

    def __init__(self, folder: Path, waiting: int = 1000) -> None:
        self._folder = folder
        self._queue: queue.Queue[tuple[str, dict[str, Any]] | None] = queue.Queue(waiting)
        self.dropped = 0
        self._thread = threading.Thread(target=self._run, name="blobs", daemon=True)
        self._thread.start()

    def reference(self, call_id: str) -> str:
        """Where the texts of a call are, or will be."""
        return f"{call_id[:2]}/{call_id}.json"

    def put(self, call_id: str, texts: dict[str, Any]) -> None:
        """Hand over; never blocks, never raises."""
        try:
            self._queue.put_nowait((call_id, texts))
        except queue.Full:
            self.dropped += 1

    def close(self) -> None:
        """Write what is waiting, then stop."""
        self._queue.put(None)
        self._thread.join(5)

    def _run(self) -> None:
        while (item := self._queue.get()) is not None:
            call_id, texts = item
            try:
                target = self._folder / self.reference(call_id)
                target.parent.mkdir(parents=True, exist_ok=True)
                part = target.with_suffix(".part")
                part.write_text(json.dumps(texts, ensure_ascii=False), encoding="utf-8")
                part.replace(target)
            except OSError:
                self.dropped += 1
