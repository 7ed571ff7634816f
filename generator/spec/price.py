"""What a model's tokens cost."""

# mypy: disable-error-code="valid-type"
# Field types are made by functions, which mypy cannot follow; pydantic checks them at run time.

from generator.spec.fields import Section, about, number

_LANDS = "app/contract.json"
_MONEY = number(0, 1e6)


class Price(Section):
    """USD per million tokens."""

    input: _MONEY = about("Input tokens.", lands=_LANDS, example=0.15)
    output: _MONEY = about("Output tokens, reasoning included.", lands=_LANDS, example=0.6)
    cache_read: _MONEY | None = about("Cached input tokens; none: the input price.", lands=_LANDS, default=None)
    cache_write: _MONEY | None = about(
        "Input tokens written to a cache; none: the input price.", lands=_LANDS, default=None
    )
