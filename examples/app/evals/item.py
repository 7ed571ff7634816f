"""One answer on its way to a judge: the only thing that the application and the worker have to agree on."""

import dataclasses
from dataclasses import dataclass
from typing import Any, Self

import orjson

NO_TRACE, NO_SPAN = "0" * 32, "0" * 16
REASONS = ("sample", "refusal", "thumbs_down", "control", "dataset")


@dataclass(frozen=True, slots=True)
class Item:
    """One answer to be judged, all texts redacted; `ended` is in seconds since the epoch.

    >>> item = Item("c1", "chat", "gpt-4o-mini", "openai", "What is p95?", "A percentile.", (), "ok", 0.25, "sample", 1.0)
    >>> item.weight, Item.loaded(item.dumped()) == item
    (4.0, True)
    """

    call_id: str
    endpoint: str
    model: str
    provider: str
    question: str
    answer: str
    passages: tuple[str, ...]
    """What was retrieved, as the model got it, in its order."""
    status: str
    """As the kit says it: `ok`, `refusal`, …"""
    probability: float
    """With which this call was chosen, fixed before it was: more than 0, at most 1."""
    reason: str
    """One of `REASONS`."""
    ended: float
    trace_id: str = NO_TRACE
    span_id: str = NO_SPAN
    prompt_version: str | None = None
    response_model: str | None = None
    conversation_id: str | None = None
    cluster: str | None = None
    """Short hash of the conversation with which this call was chosen as a whole; None where it was chosen by itself."""

    @property
    def weight(self) -> float:
        """For how many calls this one stands (Horvitz and Thompson, 1952): 1 / probability.

        0 for a thumbs-down, which is judged and shown, but says nothing of the other answers: it was chosen for what came after it.
        """
        return 0.0 if self.reason == "thumbs_down" else 1.0 / self.probability

    def dumped(self) -> bytes:
        """One line of JSON, without its end; half a surrogate pair, which no UTF-8 can hold, becomes a question mark."""
        # Attribute by attribute: dataclasses.asdict copies deeply, and takes ten times as long.
        told = {name: getattr(self, name) for name in _FIELDS}
        try:
            return orjson.dumps(told)
        except TypeError:
            return orjson.dumps({name: _whole(value) for name, value in told.items()})

    @classmethod
    def loaded(cls, line: bytes | str) -> Self:
        """From such a line; fields that are not known here are left out. Raises ValueError for anything else, saying what is wrong."""
        found = orjson.loads(line)
        if not isinstance(found, dict):
            raise ValueError(f"an item is a JSON object, and this is {type(found).__name__}")  # noqa: TRY004  # ValueError is promised
        missing = [name for name in _NEEDED if name not in found]
        if missing:
            raise ValueError(f"an item without {', '.join(missing)}")
        told = {name: found[name] for name in _FIELDS if name in found}
        wrong = [name for name, value in told.items() if not _fits(name, value)]
        if wrong:
            raise ValueError(f"an item with a wrong value of {', '.join(wrong)}")
        return cls(**{**told, "passages": tuple(told["passages"])})


_FIELDS = tuple(field.name for field in dataclasses.fields(Item))
_NEEDED = tuple(field.name for field in dataclasses.fields(Item) if field.default is dataclasses.MISSING)
_MAYBE = frozenset(("prompt_version", "response_model", "conversation_id", "cluster"))


def _fits(name: str, value: Any) -> bool:
    if name == "passages":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if name in {"probability", "ended"}:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and (name == "ended" or 0 < value <= 1)
    if name == "reason":
        return value in REASONS
    return (isinstance(value, str) and (name != "call_id" or bool(value))) or (value is None and name in _MAYBE)


def _whole(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_whole(one) for one in value]
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
