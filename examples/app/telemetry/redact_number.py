"""Runs of digits: payment cards and phone numbers."""

import re
import string

from . import redact_words
from .redact_phone import phones
from .redact_text import Span, is_letter, spaced

FEWEST_DIGITS = 7
_SEPARATORS = b" ./()-"
# Every digit as 0, every separator as a hyphen: one literal to look for, at the same places as in the text.
_CLASS = bytes(ord("0" if chr(byte).isdecimal() else "-" if byte in _SEPARATORS else "x") for byte in range(256))
_RUN = re.compile(rb"0[-0]{5,}0")
_LETTERS = frozenset(string.ascii_letters)
_GROUP = re.compile(r"\d+", re.ASCII)
_BRANDS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}|(?:1800|2131)\d{11}"  # American Express, old JCB
    r"|3(?:0[0-5]\d|095|[689]\d\d)\d{10}(?:\d{2,5})?"  # Diners Club
    r"|(?:6011|64[4-9]\d|65\d\d|62\d\d|35(?:2[89]|[3-8]\d))\d{12,15}"  # Discover, UnionPay, JCB
    r"|(?:220[0-4]|8[12]\d\d|508\d|9792)\d{12,15}"  # Mir, RuPay, Troy
    r"|(?:501[89]|5020|5038|5893|6304|67\d\d|50[69]\d)\d{9,15}"  # Maestro, Verve
)
_LONGEST_CARD, _SHORTEST_CARD = 19, 12
_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")


def numbers(text: str, *, card: bool, phone: bool) -> list[Span]:
    """Cards first: what belongs to one is no phone number."""
    text = spaced(text)
    classes = text.encode("ascii", "replace").translate(_CLASS)
    found: list[Span] = []
    for run in _RUN.finditer(classes):
        begin, end = run.span()
        digits = classes.count(b"0", begin, end)
        if digits < FEWEST_DIGITS or (digits < _SHORTEST_CARD and _part_of_more(text, classes, begin, end)):
            continue
        if card and digits >= _SHORTEST_CARD:
            for span in _cards(text, begin, end):
                found.append(span)
                if phone:
                    found += phones(text, begin, span[0])
                begin = span[1]
        if phone:
            found += phones(text, begin, end)
    return found


def _part_of_more(text: str, classes: bytes, begin: int, end: int) -> bool:
    """Whether it is a date or a piece of a word, which most long numbers are: quicker to see than that they are no phone number."""
    if classes.startswith(b"0000-00-00", begin) and end - begin in {10, 13}:
        return text[begin : begin + 2] in {"19", "20"}
    return text[begin - 1 : begin] in _LETTERS or (text[end : end + 1] in _LETTERS and text[end] not in "xXeE")


def is_card(digits: str, before: str = "") -> bool:
    """Whether the check digit (Luhn) is right, and a known brand has such numbers or a word `before` says that it is a card."""
    if not (_BRANDS.fullmatch(digits) or redact_words.CARD.search(before)):
        return False
    raw = digits.encode()
    # 48 is the code of "0": the sum of codes less 48 for each digit.
    return (sum(raw[-1::-2]) + sum(raw[-2::-2].translate(_DOUBLED)) - 48 * len(raw)) % 10 == 0


def _cards(text: str, begin: int, end: int) -> list[Span]:
    groups = [match.span() for match in _GROUP.finditer(text, begin, end)]
    found: list[Span] = []
    place = 0
    while place < len(groups):
        last = _last(text, groups, place)
        if last is not None:
            found.append((groups[place][0], groups[last][1], "card"))
        place = place + 1 if last is None else last + 1
    return found


def _last(text: str, groups: list[tuple[int, int]], first: int) -> int | None:
    """The group that ends the card that begins with group `first`; None where there is no card."""
    start = groups[first][0]
    if _glued(text[max(0, start - 2) : start]):
        return None
    before = text[max(0, start - 30) : start].lower()
    digits, best, previous = "", None, 0
    for place in range(first, len(groups)):
        low, high = groups[place]
        apart = text[groups[place - 1][1] : low] if place > first else "-"
        if apart not in {" ", "-"} or (place > first and previous < 4):
            break
        previous = high - low
        digits += text[low : min(high, low + _LONGEST_CARD + 1)]
        if len(digits) > _LONGEST_CARD:
            break
        if len(digits) >= _SHORTEST_CARD and not _glued(text[high : high + 2][::-1]) and is_card(digits, before):
            best = place
    return best


def _glued(neighbours: str) -> bool:
    """Whether the two characters beside a number, the nearer one last, make it a part of something else: a word or a decimal."""
    near = neighbours[-1:]
    return is_letter(near) or (near == "." and neighbours[0].isdigit())
