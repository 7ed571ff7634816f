"""Write the snapshot anew from the installed price library: `python -m generator.prices.refresh`."""

import json
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from generator.prices.lookup import SNAPSHOT

_KINDS = {
    "equals": "equals",
    "starts_with": "starts_with",
    "ends_with": "ends_with",
    "contains": "contains",
    "regex": "regex",
}


def snapshot(now: datetime) -> dict[str, Any]:
    """Providers with their models in the library's order: match clause, then USD per million input, output, cached read and write.

    Tiers that depend on the length of a prompt count with their first step. A cache price that a provider does not name
    is its input price. Models without token prices are left out.
    """
    from genai_prices.data import providers

    found: dict[str, Any] = {}
    for provider in providers:
        rows = []
        for model in provider.models:
            prices = model.get_prices(now)
            given, made = _base(prices.input_mtok), _base(prices.output_mtok)
            if given is None and made is None:
                continue
            read, write = _base(prices.cache_read_mtok), _base(prices.cache_write_mtok)
            given = given or 0.0
            rows.append(
                [
                    _clause(model.match),
                    [given, made or 0.0, given if read is None else read, given if write is None else write],
                ]
            )
        if rows:
            found[provider.id] = rows
    return {"source": f"genai-prices {version('genai-prices')}", "providers": dict(sorted(found.items()))}


def _base(price: Any) -> float | None:
    if price is None:
        return None
    return float(getattr(price, "base", price))


def _clause(clause: Any) -> list[Any]:
    for attribute, kind in (("or_", "or"), ("and_", "and")):
        if hasattr(clause, attribute):
            return [kind, *map(_clause, getattr(clause, attribute))]
    for attribute, kind in _KINDS.items():
        if hasattr(clause, attribute):
            text = getattr(clause, attribute)
            return [kind, text if kind == "regex" else text.lower()]
    raise TypeError(f"a clause of an unknown kind: {clause!r}")


def main() -> None:
    """Write the file and say how much is in it."""
    data = snapshot(datetime.now(UTC))
    lines = [
        f'  "{name}": [\n' + ",\n".join(f"    {json.dumps(row)}" for row in rows) + "\n  ]"
        for name, rows in data["providers"].items()
    ]
    text = f'{{\n "source": {json.dumps(data["source"])},\n "providers": {{\n' + ",\n".join(lines) + "\n }\n}\n"
    SNAPSHOT.write_text(text, encoding="utf-8")
    print(f"{data['source']}: {sum(map(len, data['providers'].values()))} models of {len(data['providers'])} providers")


if __name__ == "__main__":
    main()
