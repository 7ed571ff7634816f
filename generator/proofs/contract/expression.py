"""One PromQL expression: where it stands, who owns it, what its reader asks of the result."""

from dataclasses import dataclass
from typing import Literal

from generator.proofs.contract.placed import Placed

Kind = Literal["record", "alert", "annotation", "panel", "variable", "page", "doc"]


@dataclass(frozen=True)
class Expression:
    """`owner` is the series, alert, panel or heading that it belongs to; `group` the rule group.

    `wanted` are labels that somebody reads from the result: in a legend, a variable, an annotation. `labels` are those that
    an alert adds.
    """

    file: str
    kind: Kind
    owner: str
    text: Placed
    group: str = ""
    wanted: tuple[Placed, ...] = ()
    labels: tuple[str, ...] = ()
