"""The rendered contract: every name, label, bucket and price comes from here."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Contract:
    """`data` is the parsed `contract.json`."""

    data: dict[str, Any]

    @classmethod
    def load(cls, path: Path) -> "Contract":
        """Raises OSError and ValueError: without a contract an application should not start."""
        return cls(json.loads(path.read_text(encoding="utf-8")))

    @cached_property
    def models(self) -> dict[str, dict[str, Any]]:
        """By name."""
        return {model["name"]: model for model in self.data["models"]}

    @cached_property
    def endpoints(self) -> frozenset[str]:
        """Names."""
        return frozenset(self.data["endpoints"])

    def model_label(self, model: str) -> str:
        """The model itself, or `other`: cardinality stays what the spec says."""
        return model if model in self.models else str(self.data["other"])

    def endpoint_label(self, endpoint: str) -> str:
        """The endpoint itself, or `other`."""
        return endpoint if endpoint in self.endpoints else str(self.data["other"])
