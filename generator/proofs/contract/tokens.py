"""PromQL cut into tokens, because promql-parser's tree does not say where things stand."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
    (?P<space>\s+|\#[^\n]*)
    |(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)
    |(?P<number>0[xX][0-9a-fA-F]+|(?:\d+(?:ms|[smhdwy]))+(?![\w.])|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<name>[a-zA-Z_:][\w:]*)
    |(?P<sign>==|!=|>=|<=|=~|!~|.)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """`kind` is string, number, name or sign; the text stands at `start`."""

    kind: str
    text: str
    start: int

    @property
    def span(self) -> tuple[int, int]:
        """Where it starts and ends."""
        return self.start, self.start + len(self.text)


def tokens(text: str) -> list[Token]:
    """All tokens but white space and comments."""
    return [
        Token(match.lastgroup or "sign", match.group(), match.start())
        for match in _TOKEN.finditer(text)
        if match.lastgroup != "space"
    ]


def unbalanced(text: str) -> tuple[int, int] | None:
    """Where a bracket stands that nothing closes, or that nothing opened."""
    pairs, opened = {")": "(", "]": "[", "}": "{"}, list[Token]()
    for token in tokens(text):
        if token.text in pairs.values():
            opened.append(token)
        elif token.text in pairs and (not opened or opened.pop().text != pairs[token.text]):
            return token.span
    return opened[-1].span if opened else None
