"""What the rules that look at more than one field work with."""

from dataclasses import dataclass

from generator.problems import Problem
from generator.spec.schema import Spec
from generator.spec.tree import Path, Tree


@dataclass(frozen=True)
class Desk:
    """A spec whose single fields are right, with the places of what was written."""

    spec: Spec
    tree: Tree
    file: str

    def problem(
        self, check: str, path: Path, message: str, *, allowed: str = "", fix: str = "", severity: str = "error", key: bool = False,
    ) -> Problem:  # fmt: skip
        """A problem at `path`, or at its key."""
        place = self.tree.place(path, key=key)
        found = str(path[-1]) if key else self.tree.raw.get(path, "")
        return Problem(
            f"spec/{check}", self.file, place.line, place.column, place.length, message, found, allowed, fix, severity
        )
