"""The contract check: every expression of a rendered stack, against what the app registers and the rules record."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from generator import conventions as c
from generator.artifact import Artifact
from generator.model import Model
from generator.problems import Problem
from generator.proofs.contract import say
from generator.proofs.contract.catalog import Catalog, catalog
from generator.proofs.contract.collect import RENDERED, collect
from generator.proofs.contract.derive import Derivation
from generator.proofs.contract.expression import Expression
from generator.proofs.contract.finding import Finding
from generator.proofs.contract.labels import Labels
from generator.proofs.contract.nodes import Name, Node
from generator.proofs.contract.parse import parse
from generator.proofs.contract.placed import Placed
from generator.proofs.contract.signs import Signs
from generator.proofs.contract.tokens import unbalanced
from generator.proofs.contract.unused import unused
from generator.proofs.contract.values import numbers, recorded_numbers

CONTRACT = "app/contract.json"


@dataclass(frozen=True)
class Report:
    """Problems and warnings with their places in `sources`; how many expressions were read, and how many series they name."""

    problems: list[Problem]
    sources: Mapping[str, str]
    expressions: int
    series: int

    @property
    def errors(self) -> list[Problem]:
        """What makes the check fail."""
        return [problem for problem in self.problems if problem.severity == "error"]


def check(model: Model, artifacts: Iterable[Artifact], docs: Mapping[str, str]) -> Report:
    """Check rendered files, and the hand-written pages that tell people what to ask."""
    files = {f"{RENDERED}{artifact.path}": artifact.text for artifact in artifacts} | dict(docs)
    scrape = model.stack.scrape_interval.seconds
    # The pages name the default windows: with other ones their queries need another name, which breaks no panel and no page.
    other = str(model.alerts.windows.detect) != c.DEFAULT_WINDOW
    run = _Run(files, frozenset(docs) if other else frozenset())
    parsed = [(expression, node) for expression in collect(files, scrape) if (node := run.parse(expression))]
    known = catalog(files[f"{RENDERED}{CONTRACT}"], parsed)
    signs = Signs(known)
    read = [(expression, node, run.resolve(expression, node, known)) for expression, node in parsed]
    for expression, node in parsed:
        for finding in numbers(node, known, signs, scrape):
            run.add(expression.file, expression.text, finding)
        for finding in recorded_numbers(node) if expression.kind == "record" else ():
            run.add(expression.file, expression.text, finding)
    for expression, finding in unused(read):
        run.add(expression.file, expression.text, finding, severity="warning")
    run.problems.sort(key=lambda problem: (problem.file, problem.line, problem.column, problem.check))
    return Report(run.problems, files, run.count, len({name for _expression, _node, names in read for name in names}))


@dataclass
class _Run:
    """Collects problems, and turns offsets into lines and columns."""

    files: Mapping[str, str]
    lenient: AbstractSet[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)
    count: int = 0
    starts: dict[str, list[int]] = field(default_factory=dict)

    def parse(self, expression: Expression) -> Node | None:
        """The expression's tree; None after a problem was added."""
        self.count += 1
        text = expression.text
        try:
            return parse(text.text)
        except ValueError as error:
            span = unbalanced(text.text) or (0, len(text.text))
            fix = "try it in Prometheus's own query field, which completes names and marks mistakes"
            finding = Finding("contract/promql", span, f"not PromQL: {error}", fix=fix)
            self.add(expression.file, text, finding)
            return None

    def resolve(self, expression: Expression, node: Node, known: Catalog) -> AbstractSet[str]:
        """Add a problem for each name that does not resolve; returns the names of the series that are read."""
        derivation = Derivation(known, lambda finding: self.add(expression.file, expression.text, finding))
        labels = derivation.labels(node) or Labels({})
        for wanted in expression.wanted:
            if not labels.may_have(wanted.text):
                name = Name(wanted.text, (0, len(wanted.text)))
                finding = say.unknown_label(
                    name, f"the result of {expression.kind} {expression.owner} has no label", labels.values
                )
                self.add(expression.file, wanted, finding)
        return derivation.read

    def add(self, file: str, text: Placed, finding: Finding, *, severity: str = "error") -> None:
        """A finding at its place in the file."""
        start, stop = text.span(*finding.span)
        severity = "warning" if file in self.lenient else severity
        line, column = self._place(file, start)
        end = self.files[file].find("\n", start)
        length = max(1, min(stop, end if end >= 0 else stop) - start)
        self.problems.append(
            Problem(
                finding.check,
                file,
                line,
                column,
                length,
                finding.message,
                finding.found,
                finding.allowed,
                finding.fix,
                severity,
            )
        )

    def _place(self, file: str, offset: int) -> tuple[int, int]:
        if file not in self.starts:
            text = self.files[file]
            self.starts[file] = [0, *(at + 1 for at, char in enumerate(text) if char == "\n")]
        starts = self.starts[file]
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1
