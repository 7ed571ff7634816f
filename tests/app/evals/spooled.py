"""What is left in a spool, for tests."""

from pathlib import Path

from app.evals.spool_reader import SpoolReader


def drained(folder: Path, most: int = 100) -> tuple[list[bytes], int]:
    """All that is there, committed; and how many were torn."""
    reader = SpoolReader(folder)
    lines: list[bytes] = []
    torn = 0
    while (batch := reader.read(most)).lines or batch.torn:
        lines += batch.lines
        torn += batch.torn
        batch.commit()
    batch.commit()
    reader.close()
    return lines, torn


def segments(folder: Path) -> list[str]:
    """Files of lines, by name."""
    return sorted(path.name for path in folder.glob("*.jsonl"))
