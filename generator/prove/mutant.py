"""One rule that is broken on purpose."""

import re
from dataclasses import dataclass

import yaml

from generator.artifact import Artifact
from generator.yaml_text import dump


@dataclass(frozen=True)
class Mutant:
    """One way to break one rule: in `target` (recorded series, or an alert) `pattern` becomes `replacement`.

    `part` is the key of the rule that is changed. `killers` are scenarios that are likely to notice, tried first.
    """

    alert: str
    name: str
    target: str | tuple[str, ...]
    pattern: str
    replacement: str
    killers: tuple[str, ...]
    part: str = "expr"

    def applied(self, artifact: Artifact) -> Artifact | None:
        """The rule file with this one mistake; None where the target is in another file. Raises ValueError where it changes nothing."""
        tree = yaml.safe_load(artifact.text)
        rules = [rule for group in tree["groups"] for rule in group["rules"]]
        wanted = {self.target} if isinstance(self.target, str) else set(self.target)
        hit = [rule for rule in rules if wanted & {rule.get("record"), rule.get("alert")}]
        if not hit:
            return None
        for rule in hit:
            before = str(rule[self.part])
            rule[self.part] = re.sub(self.pattern, self.replacement, before, flags=re.DOTALL | re.MULTILINE)
            if rule[self.part] == before:
                raise ValueError(f"{self.name}: {self.pattern} is not in {self.target} ({self.part}):\n{before}")
        return Artifact(artifact.path, dump(tree))
