"""Markdown pages cut into passages, as a person reads them: a paragraph with the list that it introduces, a list, a table's row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_LEAST = 40
"""Characters below which a passage answers nothing by itself."""
_MOST = 600
"""Characters of a long list or table that go together."""


@dataclass(frozen=True)
class Passage:
    """A piece of a page; `score` is better when higher."""

    title: str
    text: str
    score: float = 0.0


def passages_of(page: str, name: str) -> Iterator[Passage]:
    r"""The passages of one page, in order; code is left out, and `name` is the title until a heading says another.

    >>> [one.text for one in passages_of("Three things are worth a page at night:\n\n- latency\n- errors", "alerts")]
    ['Three things are worth a page at night:\n- latency\n- errors']
    """
    title, introduction = name, ""
    tokens = _MARKDOWN.parse(page)
    for kind, inside in _blocks(tokens):
        if kind == "heading":
            title, introduction = _plain(inside), ""
            continue
        text = _rows(inside) if kind == "table" else _items(inside) if kind.endswith("list") else _plain(inside)
        if kind == "paragraph" and text.endswith(":"):
            introduction = text
            continue
        for part in _parts(text, _MOST):
            whole = f"{introduction}\n{part}" if introduction else part
            if len(whole) > _LEAST:
                yield Passage(title, whole)
        introduction = ""


def _blocks(tokens: Sequence[Token]) -> Iterator[tuple[str, Sequence[Token]]]:
    """The outermost blocks that hold words: kind, and the tokens within."""
    start = 0
    for at, token in enumerate(tokens):
        if token.level == 0 and token.nesting == 1:
            start = at
        elif token.level == 0 and token.nesting == -1:
            yield token.type.removesuffix("_close"), tokens[start + 1 : at]


def _parts(text: str, most: int) -> Iterator[str]:
    """Whole lines, as many at once as are no longer than `most`; a longer line stays whole."""
    lines: list[str] = []
    for line in text.split("\n"):
        if lines and len("\n".join(lines)) + len(line) > most:
            yield "\n".join(lines)
            lines = []
        lines.append(line)
    yield "\n".join(lines)


def _plain(tokens: Sequence[Token]) -> str:
    return " ".join(_words(token) for token in tokens if token.type == "inline")


def _items(tokens: Sequence[Token]) -> str:
    """A line an item; lists within lists are indented."""
    return "\n".join(
        f"{'  ' * ((token.level - 3) // 2)}- {_words(token)}" for token in tokens if token.type == "inline"
    )


def _rows(tokens: Sequence[Token]) -> str:
    """A line a row, with the name of its column before each cell, so that a row can be understood alone."""
    names: list[str] = []
    rows: list[list[str]] = []
    for at, token in enumerate(tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            (names if tokens[at - 1].type == "th_open" else rows[-1]).append(_words(token))
    lines = [
        ", ".join(f"{name} {cell}".strip() for name, cell in zip(names, row, strict=False) if cell)
        for row in rows
        if row
    ]
    return "\n".join(f"- {line}" for line in lines)


def _words(token: Token) -> str:
    """What is read, without the marks around it."""
    found = []
    for child in token.children or ():
        if child.type in {"text", "code_inline"}:
            found.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            found.append(" ")
    return " ".join("".join(found).split())
