"""The expressions of Grafana dashboards and of the pages that Prometheus serves."""

import re
from collections.abc import Iterator
from typing import Any

from generator import conventions as c
from generator.proofs.contract.expression import Expression
from generator.proofs.contract.leaves import Leaf, read_json
from generator.proofs.contract.placed import Placed

_VARIABLE = re.compile(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\$\{?(?P<name>\w+)(?::\w+)?\}?""")
_LABEL_VALUES = re.compile(r"label_values\((?:(?P<expr>.*),)?\s*(?P<label>\w+)\s*\)\s*", re.DOTALL)
_QUERY_RESULT = re.compile(r"query_result\((?P<expr>.*)\)\s*", re.DOTALL)
_LEGEND = re.compile(r"\{\{\s*(\w+)\s*\}\}|(?<!\{)\{(\w+)\}(?!\})")
_CONFIG = re.compile(r'<script id="config" type="application/json">(.*?)</script>', re.DOTALL)
_FILTER = re.compile(r"@(ME|M|J)@")
_FILTERED = {"ME": (c.JOB, c.MODEL, c.ENDPOINT), "M": (c.JOB, c.MODEL), "J": (c.JOB,)}


def in_dashboard(file: str, text: str, scrape: int) -> Iterator[Expression]:
    """Targets, annotations and variables that ask Prometheus; `scrape` is the interval in seconds."""
    for kind, owner, found, wanted in _walk(read_json(text), "", prometheus=False):
        yield Expression(file, kind, owner, _without_variables(found, scrape), wanted=wanted)


def _walk(tree: Any, owner: str, *, prometheus: bool) -> Iterator[tuple[Any, str, Placed, tuple[Placed, ...]]]:
    if isinstance(tree, list):
        for item in tree:
            yield from _walk(item, owner, prometheus=prometheus)
    if not isinstance(tree, dict):
        return
    owner = _value(tree.get("title")) or _value(tree.get("name")) or owner
    source = tree.get("datasource")
    if isinstance(source, dict):
        prometheus = _value(source.get("type")) == "prometheus"
    if prometheus and isinstance(tree.get("expr"), Leaf):
        yield "panel", owner, tree["expr"].placed().strip(), _legend(tree.get("legendFormat"))
    if prometheus and _value(tree.get("type")) == "query":
        query = tree.get("query")
        yield from _variable(owner, query["query"] if isinstance(query, dict) else query)
    for item in tree.values():
        yield from _walk(item, owner, prometheus=prometheus)


def _variable(owner: str, query: Any) -> Iterator[tuple[Any, str, Placed, tuple[Placed, ...]]]:
    if not isinstance(query, Leaf):
        return
    placed = query.placed()
    match = _LABEL_VALUES.fullmatch(placed.text) or _QUERY_RESULT.fullmatch(placed.text)
    if match and match["expr"]:
        label = match.groupdict().get("label")
        wanted = (placed[match.start("label") : match.end("label")],) if label else ()
        yield "variable", owner, placed[match.start("expr") : match.end("expr")].strip(), wanted


def _value(leaf: Any) -> str:
    return leaf.value if isinstance(leaf, Leaf) else ""


def _legend(leaf: Any) -> tuple[Placed, ...]:
    if not isinstance(leaf, Leaf):
        return ()
    placed = leaf.placed()
    return tuple(
        placed[match.start(match.lastindex or 0) : match.end(match.lastindex or 0)]
        for match in _LEGEND.finditer(placed.text)
    )


def _without_variables(text: Placed, scrape: int) -> Placed:
    """Grafana's variables outside strings as what they can be at the least; `$1` inside a string is label_replace's."""
    known = {"__rate_interval": f"{4 * scrape}s", "__interval": f"{scrape}s", "__range": "1h"}
    return text.sub(_VARIABLE, lambda match: known.get(match["name"], "1") if match["name"] else match.group())


def in_page(file: str, text: str) -> Iterator[Expression]:
    """What a page that Prometheus serves asks: its panels and whatever else has a query, with every filter that it can put in."""
    match = _CONFIG.search(text)
    if match is None:
        return
    config = read_json(text, match.start(1), match.end(1))
    if "requests" in config:
        yield Expression(file, "page", "filters", config["requests"].placed())
    for owner, query in _queries(config, "page"):
        placed = query["expr"].placed().sub(_FILTER, _matchers)
        yield Expression(file, "page", owner, placed.strip(), wanted=_legend(query.get("legend")))


def _queries(tree: Any, owner: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(tree, dict):
        owner = _value(tree.get("title")) or owner
        if isinstance(tree.get("expr"), Leaf):
            yield owner, tree
    for part in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from _queries(part, owner)


def _matchers(found: re.Match[str]) -> str:
    return ",".join(f'{label}="$"' for label in _FILTERED[found[1]])
