"""Text of models in Markdown, made inert: it is shown as it is, and is no link, no image, no mention, no markup, no instruction to a terminal.

Every character of ASCII that is neither letter nor digit becomes a reference to it, which Markdown never takes for structure
(CommonMark 0.31, section 2.5), and all stands in `code` or `pre`, where GitHub looks for no addresses, names and numbers of issues.
"""

import unicodedata

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ")
# What nobody sees, or what turns the direction of what they see: control, format, surrogate, private use, unassigned.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def inline(text: str, most: int = 200) -> str:
    """On one line, for a sentence or a table's cell."""
    return f"<code>{_encoded(' '.join(shortened(text, most).split()) or '(nothing)')}</code>"


def block(text: str, most: int = 800) -> str:
    """With its line ends, as a paragraph of its own."""
    return f"<pre>{_encoded(shortened(text, most).strip() or '(nothing)')}</pre>"


def words(text: str, most: int = 400) -> str:
    """For a sentence of this project's own, which may hold names: as itself, and no markup."""
    return _encoded(" ".join(shortened(text, most).split()))


def shortened(text: str, most: int) -> str:
    """At most so many characters, and a mark where there were more."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def visible(text: str) -> str:
    """For a terminal: no control character is left, so that nothing moves the cursor or changes colours."""
    return "".join(_shown(one) if _unseen(one) else one for one in text)


def _encoded(text: str) -> str:
    return "".join(_one(one) for one in text)


def _one(character: str) -> str:
    if character in _PLAIN:
        return character
    if _unseen(character) and character != "\n":
        return _encoded(_shown(character))
    return f"&#{ord(character)};" if character.isascii() else character


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN


def _shown(character: str) -> str:
    return " " if character in "\t\r\n" else f"\\u{ord(character):04x}"
