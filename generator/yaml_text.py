"""Dump plain data as YAML that people like to read: block style, given order, long text as literal blocks."""

import re
from typing import Any

import yaml

FLOAT = re.compile(r"^[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?$")
"""What YAML 1.2 reads as a number; PyYAML, which follows YAML 1.1, takes `51e100` for text and would not quote it."""

_Base: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Dumper(_Base):  # type: ignore[misc]  # the C class is there or not, decided at run time
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # the name is PyYAML's
        """Never write anchors: a reader should not have to chase them."""
        return True


def _text(dumper: Any, value: str) -> Any:
    style = "|" if "\n" in value else "'" if FLOAT.match(value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(str, _text)


def dump(data: Any) -> str:
    """YAML text ending in a newline; strings with a line break become `|` blocks."""
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, width=4096, allow_unicode=True)
    return text
