"""Every expression of the rendered files and of the pages beside them."""

import re
from collections.abc import Iterator, Mapping

from generator.proofs.contract.expression import Expression
from generator.proofs.contract.in_dashboards import in_dashboard, in_page
from generator.proofs.contract.in_docs import in_page_of_docs
from generator.proofs.contract.in_rules import in_rules

RENDERED = "stack/"
"""Where a rendered file stands, seen from the spec."""

_RULES = re.compile(rf"{RENDERED}prometheus/rules/[^/]+\.ya?ml")
_PAGE = re.compile(rf"{RENDERED}prometheus/consoles/[^/]+\.html")
_DASHBOARD = re.compile(rf"{RENDERED}grafana/dashboards/[^/]+\.json")


def collect(files: Mapping[str, str], scrape: int) -> Iterator[Expression]:
    """In the order of the files; `scrape` is the scrape interval in seconds."""
    for file, text in files.items():
        if _RULES.fullmatch(file):
            yield from in_rules(file, text)
        elif _DASHBOARD.fullmatch(file):
            yield from in_dashboard(file, text, scrape)
        elif _PAGE.fullmatch(file):
            yield from in_page(file, text)
        elif file.endswith(".md") and not file.startswith(RENDERED):
            yield from in_page_of_docs(file, text)
