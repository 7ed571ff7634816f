"""The corpus: Markdown pages cut into passages, searched with SQLite's full-text index."""

import re
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from app.answering.passages import Passage, passages_of

_WORD = re.compile(r"[A-Za-z0-9_]{2,}")
_COMMON = """
    am an and are as at be by can do does for from had has have how if in into is it its me my no not of on or our so than that
    the their them then there these they this to up us was we were what when where which who why will with you your
"""
_CARRY_NOTHING = frozenset(_COMMON.split())

__all__ = ["Corpus", "Passage", "rerank", "words"]


class Corpus:
    """Read-only after loading; safe to use from several threads."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.execute("CREATE VIRTUAL TABLE passages USING fts5(title, text, tokenize='porter')")
        self._db.executemany("INSERT INTO passages VALUES (?, ?)", [(one.title, one.text) for one in passages])

    @classmethod
    def load(cls, folders: Iterable[Path]) -> "Corpus":
        """Every Markdown page of the folders, cut into passages."""
        pages = sorted(page for folder in folders for page in folder.rglob("*.md"))
        return cls(passage for page in pages for passage in passages_of(page.read_text(encoding="utf-8"), page.stem))

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM passages").fetchone()[0])

    def retrieve(self, question: str, most: int = 12) -> list[Passage]:
        """Passages that share words with the question, best first."""
        terms = words(question)
        if not terms:
            return []
        query = " OR ".join(f'"{term}"' for term in terms)
        rows = self._db.execute(
            "SELECT title, text, -bm25(passages, 4.0, 1.0) AS score FROM passages WHERE passages MATCH ? ORDER BY score DESC LIMIT ?",
            (query, most),
        )
        return [Passage(*row) for row in rows]


def rerank(question: str, passages: list[Passage], most: int = 4) -> list[Passage]:
    """The passages that cover most of the question's different words, retrieval's score breaking ties."""
    wanted = set(words(question))

    def cover(passage: Passage) -> tuple[float, float]:
        there = wanted & set(words(f"{passage.title} {passage.text}"))
        return (len(there) / max(1, len(wanted)), passage.score)

    return sorted(passages, key=cover, reverse=True)[:most]


def words(text: str) -> list[str]:
    """Lower-case words that carry meaning."""
    return [word for word in (match.lower() for match in _WORD.findall(text)) if word not in _CARRY_NOTHING]
