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
        self.error_kinds = frozenset[str](data["metrics"]["errors"]["values"]["kind"])
        self._other = str(data["other"])

    @classmethod
    def load(cls, path: Path) -> "Contract":
        """Raises OSError and ValueError, in words for people: without a contract an application should not start.

        >>> Contract.load(Path("stack/app/contract.json")).data["service"]["name"]
        'support-bot'
        """
        try:
            return cls(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            raise FileNotFoundError(
                f"there is no contract at {path}; `stackgen render` writes stack/app/contract.json"
            ) from None
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ValueError(
                f"{path} is no contract ({type(error).__name__}: {error}); `stackgen render` writes it anew"
            ) from error

    def model_label(self, model: str) -> str:
        """The model itself, or `other`: cardinality stays what the spec says.

        >>> contract.model_label("gpt-4o-mini"), contract.model_label("gpt-17")
        ('gpt-4o-mini', 'other')
        """
        return model if model in self.models else self._other

    def endpoint_label(self, endpoint: str) -> str:
        """The endpoint itself, or `other`.

        >>> contract.endpoint_label("chat"), contract.endpoint_label("/users/17")
        ('chat', 'other')
        """
        return endpoint if endpoint in self.endpoints else self._other
