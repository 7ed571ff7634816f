"""The PromQL that hand-written pages tell people to ask."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from generator.proofs.contract.expression import Expression
from generator.proofs.contract.placed import plain

_BLOCK = re.compile(r"^(?P<indent>[ \t]*)```promql[^\n]*\n(?P<body>.*?)^[ \t]*```", re.MULTILINE | re.DOTALL)
_QUERY = re.compile(r"\S.*?(?=\n[ \t]*\n|\s*\Z)", re.DOTALL)
_COMMENT = re.compile(r"(?:\s*#[^\n]*)+\s*")


def in_page_of_docs(file: str, text: str) -> Iterator[Expression]:
    """The queries of each fenced block; an empty line stands between two."""
    for block in _BLOCK.finditer(text):
        heading = text.rfind("\n#", 0, block.start())
        owner = text[heading + 1 :].split("\n", 1)[0].strip("# ")
        for query in _QUERY.finditer(block["body"]):
            if not _COMMENT.fullmatch(query.group()):
                yield Expression(file, "doc", owner, plain(query.group(), block.start("body") + query.start()))


def docs_beside(spec: Path) -> Mapping[str, str]:
    """The Markdown files of the folders docs and docs/runbooks beside a spec, by their path from there."""
    folder = spec.parent
    pages = sorted([*folder.glob("docs/*.md"), *folder.glob("docs/runbooks/*.md")])
    return {page.relative_to(folder).as_posix(): page.read_text(encoding="utf-8", errors="replace") for page in pages}
