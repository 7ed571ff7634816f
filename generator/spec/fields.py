"""Field types of the spec: values with units and names with rules, each with its JSON Schema for editors."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from generator.spec import names, patterns
from generator.spec.pattern_reader import PatternError
from generator.spec.units import DURATION_PATTERN, RATIO_PATTERN, UnitError, parse_duration, parse_ratio, show_duration


class Section(BaseModel):
    """A mapping of the spec: unknown keys are refused, values never change type silently."""

    # Built once, inside the whole spec, instead of once for each section as well: a third of the start-up time.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


def about(text: str, *, lands: str, example: Any = None, default: Any = ..., **more: Any) -> Any:
    """A field with its description, where it ends up, and an example as it is written in the spec."""
    extra: dict[str, Any] = {"x-lands": lands} | ({"examples": [example]} if example is not None else {})
    if default is not ...:
        more["default"] = default
    return Field(description=text, json_schema_extra=extra, validate_default=False, **more)


def refuse(kind: str, message: str, *, allowed: str = "", fix: str = "", **part: int) -> PydanticCustomError:
    """The error that a validator raises; the loader turns it into a Problem with `check` spec/<kind>; `at` and `length` name a part of the value."""
    # Braces would be read as a template of pydantic's.
    return PydanticCustomError(kind, "{message}", {"message": message, "allowed": allowed, "fix": fix, **part})


def _duration(least: int, most: int) -> BeforeValidator:
    def parse(value: object) -> int:
        allowed = f"{show_duration(least)} to {show_duration(most)}"
        try:
            seconds = parse_duration(value)
        except UnitError as error:
            raise refuse("duration", str(error), allowed=allowed, fix=error.fix) from error
        if not least <= seconds <= most:
            word = "short" if seconds < least else "long"
            raise refuse("duration", f"too {word} a duration", allowed=allowed, fix="choose one in that range")
        return seconds

    return BeforeValidator(parse)


def duration(least: str, most: str) -> Any:
    """Seconds, written with units."""
    schema = {"type": "string", "pattern": DURATION_PATTERN, "x-range": f"{least} to {most}"}
    return Annotated[int, _duration(parse_duration(least), parse_duration(most)), WithJsonSchema(schema)]


def _ratio(*, zero: bool, one: bool) -> BeforeValidator:
    allowed = f"{'0%' if zero else 'above 0%'} to {'100%' if one else 'below 100%'}"

    def parse(value: object) -> float:
        try:
            ratio = parse_ratio(value)
        except UnitError as error:
            raise refuse("ratio", str(error), allowed=allowed, fix=error.fix) from error
        if ratio > 1 or (ratio == 1 and not one) or (ratio == 0 and not zero):
            raise refuse("ratio", "out of range", allowed=allowed, fix="choose one in that range")
        return ratio

    return BeforeValidator(parse)


def ratio(*, zero: bool = True, one: bool = True) -> Any:
    """0 to 1, written as a percentage."""
    text = {"type": "string", "pattern": RATIO_PATTERN}
    schema = {"anyOf": [text, {"type": "number", "minimum": 0, "exclusiveMaximum": 1}]}
    return Annotated[float, _ratio(zero=zero, one=one), WithJsonSchema(schema)]


def _number(least: float, most: float, *, whole: bool, above: bool) -> BeforeValidator:
    allowed = f"{'above ' if above else ''}{least:.12g} to {most:.12g}" + (", whole" if whole else "")

    def parse(value: object) -> float | int:
        if isinstance(value, bool) or not isinstance(value, (int, float) if not whole else int):
            raise refuse(
                "number", "not a whole number" if whole else "not a number", allowed=allowed, fix=_number_fix(value)
            )
        if not least <= value <= most or (above and value == least):
            raise refuse("number", "out of range", allowed=allowed, fix="choose one in that range")
        return value if whole else float(value)

    return BeforeValidator(parse)


def _number_fix(value: object) -> str:
    if isinstance(value, str) and value.lstrip("-+").replace("_", "").isdigit():
        return "write it in plain decimal digits, without quotes, leading zeros or underscores"
    return "write a number, without unit or quotes"


def number(least: float, most: float, *, above: bool = False) -> Any:
    """A finite number within bounds, the lower one excluded with `above`."""
    schema: dict[str, Any] = {"type": "number", "exclusiveMinimum" if above else "minimum": least, "maximum": most}
    return Annotated[float, _number(least, most, whole=False, above=above), WithJsonSchema(schema)]


def whole(least: int, most: int) -> Any:
    """A whole number within bounds."""
    schema = {"type": "integer", "minimum": least, "maximum": most}
    return Annotated[int, _number(least, most, whole=True, above=False), WithJsonSchema(schema)]


def named(rule: names.NameRule) -> Any:
    """A name that follows a rule."""

    def parse(value: object) -> str:
        if not isinstance(value, str):
            raise refuse("name", "not text", allowed=rule.allowed, fix="put it in quotes")
        try:
            return rule.check(value)
        except names.NameError_ as error:
            raise refuse("name", str(error), allowed=error.allowed, fix="choose another name") from error

    return Annotated[str, BeforeValidator(parse), WithJsonSchema({"type": "string", "pattern": rule.pattern})]


def named_patterns(rule: names.NameRule) -> Any:
    """Regular expressions that Python and RE2 read alike, by names that follow a rule."""

    def parse(value: object) -> str:
        if not isinstance(value, str):
            raise refuse("pattern", "not text", allowed=patterns.ALLOWED, fix="put it in single quotes")
        try:
            return patterns.check(value)
        except PatternError as error:
            part = {"at": error.at, "length": error.length}
            raise refuse("pattern", str(error), allowed=patterns.ALLOWED, fix=error.fix, **part) from error

    one = {"type": "string", "format": "regex", "maxLength": patterns.LONGEST_PATTERN}
    schema = {"type": "object", "additionalProperties": False, "patternProperties": {rule.pattern: one}}
    return Annotated[dict[named(rule), Annotated[str, BeforeValidator(parse)]], WithJsonSchema(schema)]  # type: ignore[misc]


def named_ratios(rule: names.NameRule) -> Any:
    """Percentages by names that follow a rule."""
    schema = {
        "type": "object",
        "additionalProperties": False,
        "patternProperties": {rule.pattern: {"type": ["string", "number"]}},
    }
    return Annotated[dict[named(rule), ratio()], WithJsonSchema(schema)]  # type: ignore[misc]


def prose(least: int, most: int) -> Any:
    """Text of several lines, between so many characters, without control characters or marks that turn its direction."""
    allowed = f"{least} to {most} printable characters and line ends"

    def parse(value: object) -> str:
        if not isinstance(value, str):
            raise refuse("text", "not text", allowed=allowed, fix="put it in quotes, or below a |")
        bad = next((char for char in value if not char.isprintable() and char not in "\n\t"), None)
        if bad is not None:
            raise refuse("text", f"U+{ord(bad):04X} is not allowed in a text", allowed=allowed, fix="remove it")
        if not least <= len(value.strip()) <= most:
            word = "short" if len(value.strip()) < least else "long"
            raise refuse(
                "text", f"too {word}", allowed=allowed, fix="say in a sentence or more what is good and what is not"
            )
        return value

    return Annotated[
        str, BeforeValidator(parse), WithJsonSchema({"type": "string", "minLength": least, "maxLength": most})
    ]


def is_name(field: Any) -> bool:
    """Whether a field, or the items of a list, are names that a person chooses freely."""
    return "named.<locals>.parse" in f"{field.annotation} {field.metadata}"
