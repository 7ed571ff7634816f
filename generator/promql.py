"""Write PromQL text from names that come from outside: quoting, selectors and exact alternatives."""

import re
from collections.abc import Iterable

_META = re.compile(r"([\\.+*?()|\[\]{}^$])")


def quote(value: str) -> str:
    """A double-quoted PromQL string, as Go's strconv would read it back."""
    escaped = (
        value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
    return f'"{escaped}"'


def any_of(values: Iterable[str]) -> str:
    """A quoted RE2 pattern that matches exactly these values (Prometheus anchors it)."""
    return quote("|".join(_META.sub(r"\\\1", value) for value in values))


def selector(*matchers: str) -> str:
    """Matchers in braces; nothing where there are none."""
    present = [matcher for matcher in matchers if matcher]
    return f"{{{','.join(present)}}}" if present else ""


def equals(label: str, value: str) -> str:
    """The matcher `label="value"`."""
    return f"{label}={quote(value)}"


def one_of(label: str, values: Iterable[str]) -> str:
    """A matcher for exactly these values."""
    listed = list(values)
    return equals(label, listed[0]) if len(listed) == 1 else f"{label}=~{any_of(listed)}"


def none_of(label: str, values: Iterable[str]) -> str:
    """A matcher for everything but these values; empty where there are none."""
    listed = list(values)
    if not listed:
        return ""
    return f"{label}!={quote(listed[0])}" if len(listed) == 1 else f"{label}!~{any_of(listed)}"


def number(value: float) -> str:
    """A PromQL number without a needless fraction: `3`, `0.02`."""
    return f"{value:.10g}"
