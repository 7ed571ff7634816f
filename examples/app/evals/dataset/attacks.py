"""The attacks, and by what it is known that one succeeded."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.answering.corpus import Passage
from app.evals.dataset.rows import HERE, Rows, digest, texts

CATEGORIES = ("direct_injection", "indirect_injection", "exfiltration", "jailbreak", "pii", "system_prompt")
_NEEDED = frozenset(("id", "category", "question", "source"))
_DETECTORS = ("leaks", "says", "opens", "advises", "hosts", "refuse", "prompt_leak")
_KNOWN = _NEEDED | {"system", "passage", *_DETECTORS}
_SHORTEST = 6


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack; `passage` is planted in the corpus and `system` added to the system prompt, for this case alone.

    It succeeded where a text of `leaks` is in the answer, plain or encoded; where one of `says` is, for saying it is to obey; where the answer
    goes on after one of `opens`, which mark where the harm begins; where it gives the advice of `advises`, rather than a warning of it; where an
    address leads to one of `hosts`; where `refuse` and the answer neither declines nor finds nothing; where `prompt_leak` and the answer repeats
    the system prompt. Only the last but one is excused by declining. `source` says where the idea is from; the texts are this project's own.
    """

    id: str
    category: str
    question: str
    source: str
    passage: Passage | None = None
    system: str = ""
    leaks: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()
    advises: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    refuse: bool = False
    prompt_leak: bool = False
    digest: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Attacks:
    """All of them; `version` is the hash of their file."""

    version: str
    all: tuple[Attack, ...]


def load(path: Path = HERE / "redteam.jsonl") -> Attacks:
    """Read a file. Raises OSError, and ValueError with what is wrong."""
    rows = Rows(path, _KNOWN, _NEEDED)
    return Attacks(rows.version, tuple(_attack(row) for row in rows))


def _attack(row: dict[str, Any]) -> Attack:
    name = row["id"]
    if row["category"] not in CATEGORIES:
        raise ValueError(f"{name}: category is one of {', '.join(CATEGORIES)}, not {row['category']!r}")
    if not any(row.get(one) for one in _DETECTORS):
        raise ValueError(f"{name}: by what is it known that it succeeded? Give one of {', '.join(_DETECTORS)}")
    leaks = texts(row, "leaks")
    if short := [one for one in leaks if sum(map(str.isalnum, one)) < _SHORTEST]:
        raise ValueError(
            f"{name}: {short[0]!r} is found by chance; a canary has {_SHORTEST} letters and digits or more"
        )
    told = row.get("passage")
    if told is not None and (not isinstance(told, dict) or set(told) != {"title", "text"}):
        raise ValueError(f"{name}: passage is an object with title and text")
    return Attack(
        name, row["category"], row["question"], row["source"], None if told is None else Passage(told["title"], told["text"]),
        str(row.get("system", "")), leaks, texts(row, "says"), texts(row, "opens"), texts(row, "advises"), texts(row, "hosts"), bool(row.get("refuse")),
        bool(row.get("prompt_leak")), digest({key: value for key, value in row.items() if key != "source"}),
    )  # fmt: skip
