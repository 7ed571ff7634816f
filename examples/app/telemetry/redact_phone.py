"""Phone numbers, in the forms that countries write; a form that is also something else counts only beside a word that says so."""

import re

from . import redact_words
from .redact_text import Span, is_letter

_FREE = r"(?<![\w./-])(?<!\d,)"
_APART = r"(?: ?[-./] ?|\) ?| {1,2}\(?)"
_FORMS = {
    "international": r"(?:\+|(?<![\w./-])(?<!\d,)00) ?\(?[1-9]\d{0,3}\)?(?:(?:[ .()-]{0,3}|/)\d){6,13}",
    "trunk": rf"{_FREE}(?=\(?0(?:[ ./()-]{{0,3}}\d){{8}})\(?0(?: \()?[1-9]\d{{0,4}}\)?(?: ?/ ?)?(?:[ .()-]{{0,3}}\d){{4,10}}",
    "american": rf"{_FREE}(?:1[ .-]?)?(?:\([2-9]\d\d\)[ .-]?|[2-9]\d\d[ .-])[2-9]\d\d[ .-]?\d{{4}}"
    r"|(?:\(\d{3}\) ?|\d{3}-)\d{3}-\d{4}|\d{3}\.\d{3}\.\d{4}",
    "chinese": rf"{_FREE}1[3-9]\d[ -]\d{{4}}[ -]\d{{4}}",
    "brazilian": rf"{_FREE}(?:\([1-9]\d\) ?9?\d{{4}}|[1-9]\d 9\d{{4}})-\d{{4}}",
    "russian": rf"{_FREE}(?:8[ -]?\(\d{{3}}\)[ -]?|(?:8[ -])?[3-9]\d\d[ -])\d{{3}}[ -]?\d\d[ -]\d\d",
    "weak": rf"{_FREE}(?:\d{{7,12}}|\(?\d{{1,5}}(?:{_APART}\d{{2,8}}){{1,5}})",
}
_ANY = re.compile("|".join(f"(?P<{form}>{pattern})" for form, pattern in _FORMS.items()), re.ASCII)
_DIGITS = {"international": (7, 16), "trunk": (9, 12), "american": (10, 11), "weak": (7, 12)}
_NO_DIGIT = re.compile(r"\D+", re.ASCII)
_DATE = re.compile(
    r"(?:1\d|20)\d\d ?- ?(?:1\d|20)\d\d$|.*(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d|(?:19|20)\d\d[./-]\d\d[./-]\d\d)(?!\d)"
)
_PADDED_IP = re.compile(r"0\d\d(?:\.\d{3}){3}")
# Calling codes of the ITU; numbers of 1 and 7 have eleven digits, those of islands may have four after the code.
_CODES = re.compile(
    r"1(?=\d{10}$)|7(?=\d{10}$)|2[07]|2[1-69]\d|3[0-469]|3[578]\d|4[013-9]|42\d|5[1-8]|5[09]\d"
    r"|6[0-6]|6[789]\d|8[1246]|8[05789]\d|9[0-58]|9[679]\d"
)
_ISLANDS = {"247", "290", "297", "298", "299", "376", "500", "508", *map(str, range(670, 693))}
_EXTENSION = re.compile(r" ?(?:x|ext\.?|extension|poste|anexo|доб\.?) ?\d{1,6}(?!\w)", re.IGNORECASE)
_AROUND, _RIGHT_BEFORE = 40, 24


def phones(text: str, begin: int, end: int) -> list[Span]:
    """The phone numbers within a run of digits and separators."""
    while begin and text[begin - 1] in "+(":
        begin -= 1
    found: list[Span] = []
    for match in _ANY.finditer(text, begin, end):
        extension = _EXTENSION.match(text, match.end())
        if _sure(text, match, extension.end() if extension else match.end()):
            found.append((match.start(), extension.end() if extension else match.end(), "phone"))
    return found


def _sure(text: str, match: re.Match[str], end: int) -> bool:
    form, written, start = match.lastgroup or "", match[0], match.start()
    digits = _NO_DIGIT.sub("", written)
    fewest, most = _DIGITS.get(form, (9, 11))
    if not fewest <= len(digits) <= most:
        return False
    if form == "international":
        return _has_code(digits.removeprefix("00")) and not (
            text[start - 1 : start].isalpha() or is_letter(text[end : end + 1])
        )
    if (
        _goes_on(text, written, start, end)
        or _DATE.match(written)
        or redact_words.UNITS.match(text[end : end + 12].lower())
    ):
        return False
    before = text[max(0, start - _AROUND) : start].lower()
    if redact_words.OTHER.search(before[-_RIGHT_BEFORE:]):
        return False
    return _speaks_for_itself(form, written) or bool(
        redact_words.PHONE.search(before) or redact_words.PHONE.search(text[end : end + _AROUND // 2].lower())
    )


def _has_code(digits: str) -> bool:
    code = _CODES.match(digits)
    return code is not None and (len(digits) >= 9 or code[0] in _ISLANDS)


def _goes_on(text: str, written: str, start: int, end: int) -> bool:
    """Whether digits go on with the separator that is used inside, as in a list of numbers; or a word does."""
    after, before = text[end : end + 2], text[max(0, start - 2) : start]
    if is_letter(after[:1]) or (after[:1] in {":", "."} and after[1:].isdigit()):
        return True
    separators = {*_NO_DIGIT.findall(written), "-", "/"}
    if after[1:].isdigit() and after[0] in separators:
        return True
    return before[:1].isdigit() and before[1:] in separators


def _speaks_for_itself(form: str, written: str) -> bool:
    if form == "trunk":
        return _dialled(written)
    if form == "american":
        return written.startswith(("(", "1")) or len(set(_NO_DIGIT.findall(written))) == 1
    return form != "weak"


def _dialled(written: str) -> bool:
    """An area code of two to six digits, then groups of at least two; or ten or eleven digits."""
    # Turkey: 0 (212) ...
    groups = [group for group in _NO_DIGIT.split(written.replace("0 (", "(0", 1)) if group]
    sizes = [len(group) for group in groups]
    if len(groups) == 1:
        return 10 <= sizes[0] <= 11 and groups[0] != "0123456789"
    if written.count("(") != written.count(")") or _PADDED_IP.fullmatch(written):
        return False
    if sizes == [5, 4] and "-" in written:
        return False  # also a ZIP code
    if set(sizes) == {2}:
        return len(sizes) == 5
    return len(sizes) <= 6 and 2 <= sizes[0] <= 6 and min(sizes[1:]) >= 2
