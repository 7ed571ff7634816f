"""Read spec.yaml: text -> tree with places -> checked Spec, or every problem at once."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from generator.problems import Problem, ProblemsFound
from generator.spec.checks import cross_check, duplicates
from generator.spec.repair import repaired
from generator.spec.schema import Spec
from generator.spec.translate import translate
from generator.spec.tree import Tree, read

_LARGEST = 1_000_000


@dataclass(frozen=True)
class LoadedSpec:
    """A valid spec; `name` is its file name, `folder` where its relative paths start, `warnings` what is worth a look."""

    spec: Spec
    name: str
    folder: Path
    text: str
    warnings: list[Problem] = field(default_factory=list)
    tree: Tree = field(default_factory=Tree)


def load(path: Path) -> LoadedSpec:
    """The spec in a file. Raises ProblemsFound with everything that is wrong."""
    name = path.name
    text = _text(path)
    spec, tree = parse(text, name)
    from generator.spec.warn import warnings

    return LoadedSpec(spec, name, path.parent, text, warnings(spec, tree, name), tree)


def parse(text: str, name: str) -> tuple[Spec, Tree]:
    """The spec in a text. Raises ProblemsFound."""
    tree = read(text, name)
    problems = [*tree.problems, *duplicates(tree, name)]
    spec = None
    if tree.value is not None or not problems:
        try:
            spec = Spec.model_validate(tree.value)
        except ValidationError as error:
            problems += translate(error.errors(include_url=False), tree, name, Spec)
            spec = repaired(tree.value, error)
    if spec is not None:
        problems += cross_check(spec, tree, name)
    if spec is None or problems:
        raise ProblemsFound(problems, {name: text})
    return spec, tree


def _text(path: Path) -> str:
    def stop(message: str, fix: str, line: int = 1, column: int = 1) -> ProblemsFound:
        return ProblemsFound([Problem("spec/file", path.name or str(path), line, column, 1, message, fix=fix)], {})

    try:
        if path.is_dir():
            raise stop(f"{path} is a folder", "name the file: --spec FILE")
        if path.exists() and not path.is_file():
            raise stop(f"{path} is not a regular file", "name a file: --spec FILE")
        if path.stat().st_size > _LARGEST:
            raise stop(f"larger than {_LARGEST // 1_000_000} MB", "this is not a spec; name another file with --spec")
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise stop(f"{path} is not there", "run this beside spec.yaml, or name the file: --spec FILE") from error
    except OSError as error:
        raise stop(f"{path} cannot be read: {error.strerror}", "check its permissions") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        column = len(before) - (before.rfind("\n") + 1) + 1
        raise stop("not UTF-8 text", "save it as UTF-8", before.count("\n") + 1, column) from error
