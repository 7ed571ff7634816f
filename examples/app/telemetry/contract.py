"""The rendered contract: every name, label, bucket and price comes from here."""

import json
from pathlib import Path
from typing import Any


class Contract:
    """`data` is the parsed `contract.json`.

    >>> contract = Contract.load(Path("stack/app/contract.json"))
    >>> contract.model_label("a model that the spec does not name")
    'other'
    """

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.models: dict[str, dict[str, Any]] = {model["name"]: model for model in data["models"]}
        self.endpoints = frozenset[str](data["endpoints"])
        self._other = str(data["other"])

    @classmethod
    def load(cls, path: Path) -> "Contract":
        """Raises OSError and ValueError: without a contract an application should not start."""
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def model_label(self, model: str) -> str:
        """The model itself, or `other`: cardinality stays what the spec says."""
        return model if model in self.models else self._other

    def endpoint_label(self, endpoint: str) -> str:
        """The endpoint itself, or `other`."""
        return endpoint if endpoint in self.endpoints else self._other
