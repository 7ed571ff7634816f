"""Durations, ratios and numbers as people write them in the spec."""

import re

_DURATION = re.compile(r"^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$")
_SIZES = (86400, 3600, 60, 1)
_NUMBER = re.compile(r"^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$")
DURATION_PATTERN = r"^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$"
RATIO_PATTERN = r"^[0-9]+(\.[0-9]+)?%$"


class UnitError(ValueError):
    """A value that is not in its unit; `fix` says how to write it."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


def parse_duration(value: object) -> int:
    """Whole seconds of `90s`, `5m`, `1h30m`, `14d`. Raises UnitError."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise UnitError("not a duration", "write a number with a unit, such as 5m")
    text = str(value).strip()
    match = _DURATION.match(text)
    if match and text:
        return sum(int(part) * size for part, size in zip(match.groups(), _SIZES, strict=True) if part)
    if _NUMBER.match(text):
        raise UnitError("a duration without a unit", f"write {text}s, {text}m or {text}h")
    if re.match(r"^\d+ms$", text):
        raise UnitError("a duration below one second", "use whole seconds, such as 1s")
    if re.match(r"^\d+:\d+(:\d+)?$", text):
        raise UnitError("a clock time where a duration is needed", "write it with units, such as 1h30m")
    raise UnitError("not a duration", "write a number with s, m, h or d, the larger unit first, such as 1h30m")


def parse_ratio(value: object) -> float:
    """0 to 1 from `2%` or a fraction such as 0.02. Raises UnitError."""
    if isinstance(value, str) and re.match(RATIO_PATTERN, value.strip()):
        return float(value.strip()[:-1]) / 100
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise UnitError("not a ratio", "write a percentage such as 2%")
    if 0 <= value < 1:
        return float(value)
    raise UnitError("a ratio without a unit", f"write {value:g}% for {value:g} in a hundred")


def show_duration(seconds: int) -> str:
    """The shortest way to write it."""
    parts = []
    for unit, size in zip("dhms", _SIZES, strict=True):
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"
