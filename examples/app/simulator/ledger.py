"""What was really served, for a client to compare its own counts with: exact totals, and the last calls one by one."""

import time
from collections import Counter, deque
from typing import Any

from app.simulator.behaviour import ANSWERED, Reply, Tokens

MOST_CALLS = 100_000
MOST_MODELS = 1000
OTHER = "(other)"
"""Models beyond the first thousand, which only a client that makes names up can reach, are counted together."""


class Ledger:
    """Counts since it was made or cleared; memory is bounded."""

    def __init__(self, most_calls: int = MOST_CALLS) -> None:
        self._last: deque[tuple[str, str, str, str, Tokens]] = deque(maxlen=most_calls)
        self.under_way = 0
        self.clear()

    def clear(self) -> None:
        """Begin again; calls under way are counted when they end."""
        self._since, self._calls = time.time(), Counter[tuple[str, str]]()
        self._tokens: dict[tuple[str, str], list[int]] = {}
        self._models: set[str] = set()
        self._last.clear()

    def add(self, prefix: str, uid: str, model: str, fate: str, tokens: Tokens) -> None:
        """A call that is over; `prefix` and `uid` are its response id, which a call without an answer lacks: then `prefix` is empty."""
        if model not in self._models:
            if len(self._models) >= MOST_MODELS:
                model = OTHER
            self._models.add(model)
        key = (model, fate)
        self._calls[key] += 1
        counted = self._tokens.get(key)
        if counted is None:
            counted = self._tokens[key] = [0] * len(Tokens._fields)
        for number, count in enumerate(tokens):
            counted[number] += count
        self._last.append((prefix, uid, model, fate, tokens))

    def totals(self) -> dict[str, Any]:
        """Calls by model and fate, tokens by model and kind, and by fate too."""
        models: dict[str, Any] = {}
        for (model, fate), calls in sorted(self._calls.items()):
            told = models.setdefault(model, {"calls": {}, "tokens": Tokens()._asdict(), "tokens_by_fate": {}})
            told["calls"][fate] = calls
            told["tokens_by_fate"][fate] = dict(zip(Tokens._fields, self._tokens[model, fate], strict=True))
            for kind, count in told["tokens_by_fate"][fate].items():
                told["tokens"][kind] += count
        return {
            "since": self._since,
            "calls": self._calls.total(),
            "under_way": self.under_way,
            "tokens": {kind: sum(told["tokens"][kind] for told in models.values()) for kind in Tokens._fields},
            "models": models,
        }

    def last(self) -> list[dict[str, Any]]:
        """The last calls, oldest first."""
        return [
            {
                "id": prefix + uid if prefix else None,
                "request_id": f"req_{uid}",
                "model": model,
                "fate": fate,
                "tokens": dict(zip(Tokens._fields, tokens, strict=True)),
            }
            for prefix, uid, model, fate, tokens in self._last
        ]


class Entry:
    """One call's line: written once, by whichever comes first; a broken answer counts the output as far as it was sent."""

    def __init__(self, ledger: Ledger, prefix: str, uid: str, model: str, reply: Reply) -> None:
        self._ledger, self._prefix, self._uid, self._model, self._reply = ledger, prefix, uid, model, reply
        self._open = True
        ledger.under_way += 1

    def ended(self, sent: float) -> None:
        """Answered; `sent` is the share of the answer that went out, which matters where it broke."""
        reply = self._reply
        broken = reply.failure in ANSWERED and reply.failure
        self._write(reply.failure or "ok", _part(reply.tokens, sent) if broken else reply.tokens)

    def failed(self) -> None:
        """Not answered: no tokens."""
        self._write(self._reply.failure, Tokens())

    def left(self, sent: float) -> None:
        """Who asked has left before the end."""
        if self._open:
            self._write("abandoned", _part(self._reply.tokens, sent))

    def _write(self, fate: str, tokens: Tokens) -> None:
        self._open = False
        self._ledger.under_way -= 1
        self._ledger.add(self._prefix, self._uid, self._model, fate, tokens)


def _part(tokens: Tokens, sent: float) -> Tokens:
    """What was read and thought is spent, whatever became of the answer."""
    said = tokens.output - tokens.reasoning
    return tokens._replace(output=tokens.reasoning + int(said * sent))
