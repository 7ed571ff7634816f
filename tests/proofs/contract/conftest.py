"""A rendered stack, and what the check finds after one thing in it was changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from generator.artifact import Artifact
from generator.model import Model
from generator.pipeline import artifacts
from generator.problems import Problem
from generator.proofs.contract.check import Report, check
from generator.proofs.contract.collect import RENDERED

DOC = "docs/queries.md"


@dataclass(frozen=True)
class Stack:
    """The default stack, by the paths that problems name."""

    model: Model
    files: Mapping[str, str]

    def check(self, files: Mapping[str, str]) -> Report:
        rendered = [Artifact(path[len(RENDERED) :], text) for path, text in files.items() if path.startswith(RENDERED)]
        return check(
            self.model, rendered, {path: text for path, text in files.items() if not path.startswith(RENDERED)}
        )

    def having(self, *parts: str) -> str:
        """The first file that holds all of these."""
        return next(path for path, text in self.files.items() if all(part in text for part in parts))

    def changed(self, file: str, old: str, new: str) -> dict[str, str]:
        """The first occurrence replaced; it must be there."""
        assert old in self.files[file], (file, old)
        return {**self.files, file: self.files[file].replace(old, new, 1)}


Asked = Callable[[str], list[Problem]]


@pytest.fixture(scope="session")
def stack(model: Model) -> Stack:
    return Stack(model, {f"{RENDERED}{artifact.path}": artifact.text for artifact in artifacts(model)})


@pytest.fixture(scope="session")
def asked(stack: Stack) -> Asked:
    """The problems of a page of docs that asks one query on its third line, eight columns in."""

    def problems(query: str) -> list[Problem]:
        text = f"# Queries\n   ```promql\n       {query}\n   ```\n"
        return [problem for problem in stack.check({**stack.files, DOC: text}).errors if problem.file == DOC]

    return problems


def place(file: str, text: str, word: str) -> tuple[str, int, int]:
    """Where a word first stands in a file, counted from 1."""
    before = text[: text.index(word)]
    return file, before.count("\n") + 1, len(before) - before.rfind("\n")
