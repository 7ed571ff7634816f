"""What is allowed, but worth a look."""

from generator.prices.lookup import lookup
from generator.problems import Problem
from generator.spec import evals_warn
from generator.spec.desk import Desk
from generator.spec.schema import Spec
from generator.spec.tree import Tree


def warnings(spec: Spec, tree: Tree, file: str) -> list[Problem]:
    """Problems of severity `warning`: the spec can be used as it is."""
    found = []
    for number, llm in enumerate(spec.models):
        if llm.price is None and lookup(llm.provider, llm.name) is None:
            place = tree.place(("models", number, "name"))
            found.append(
                Problem(
                    "spec/unpriced",
                    file,
                    place.line,
                    place.column,
                    place.length,
                    f"no price is known for `{llm.name}` of {llm.provider}: its calls are counted as unpriced, not as free",
                    llm.name,
                    fix="add price: {input: ..., output: ...} in USD per million tokens",
                    severity="warning",
                )
            )
    return [*found, *evals_warn.warnings(Desk(spec, tree, file))]
