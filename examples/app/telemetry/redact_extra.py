"""Kinds that a spec asks for by name: IBANs and IP addresses."""

import ipaddress
import re

from .redact_text import Span

# Lengths by country: the IBAN registry of SWIFT.
_LENGTHS = {
    country: int(length)
    for length, countries in {
        "15": "NO", "16": "BE", "18": "DK FI FK FO GL NL SD", "19": "MK SI", "20": "AT BA EE KZ LT LU MN XK", "21": "CH HR LI LV",  # codespell:ignore fo
        "22": "BG BH CR DE GB GE IE ME RS VA", "23": "AE GI IL IQ OM SO TL", "24": "AD CZ ES MD PK RO SA SE SK TN VG", "25": "LY PT ST",
        "26": "IS TR", "27": "BI DJ FR GR IT MC MR SM", "28": "AL AZ BY CY DO GT HN HU LB NI PL SV", "29": "BR EG PS QA UA", "30": "JO KW MU YE",
        "31": "MT SC", "32": "LC", "33": "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
_IBAN = re.compile(r"[A-Za-z]{2}\d\d(?:[ \u00a0-]?[A-Za-z0-9]){11,30}", re.ASCII)
_V4 = re.compile(r"(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?!\w|[.-]\w)", re.ASCII)
_V6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:(?:\.\d{1,3}){3})?(?![\w:])", re.ASCII)
_VERSION = re.compile(r"(?:version|release|section|chapter|v)\s?$", re.IGNORECASE)


def ibans(text: str) -> list[Span]:
    """Every IBAN whose country, length and check digits (ISO 7064, mod 97) are right."""
    found: list[Span] = []
    match = _IBAN.search(text)
    while match:
        end = _end(text, match)
        if end:
            found.append((match.start(), end, "iban"))
        match = _IBAN.search(text, end or match.start() + 2)
    return found


def _end(text: str, match: re.Match[str]) -> int:
    """Where the IBAN ends; 0 where it is none."""
    begin = match.start()
    length = _LENGTHS.get(match[0][:2].upper(), 0)
    places = [begin + place for place, char in enumerate(match[0]) if char.isalnum()][:length]
    if (
        not length
        or len(places) < length
        or (begin and text[begin - 1].isalnum())
        or text[places[-1] + 1 : places[-1] + 2].isalnum()
    ):
        return 0
    plain = "".join(text[place] for place in places)
    return places[-1] + 1 if int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1 else 0


def ips(text: str) -> list[Span]:
    """Every address of version 4 or 6; loopback, `0.0.0.0` and masks are nobody's."""
    found: list[Span] = []
    if text.count(".") >= 3:
        found += [
            (*match.span(), "ip")
            for match in _V4.finditer(text)
            if not _VERSION.search(text[max(0, match.start() - 9) : match.start()]) and _somebodys(match[0])
        ]
    if text.count(":") >= 2:
        found += [
            (*match.span(), "ip") for match in _V6.finditer(text) if _long_enough(match[0]) and _somebodys(match[0])
        ]
    return found


def _long_enough(written: str) -> bool:
    """`a::b` is a name in C++ and Rust."""
    return len(written.replace(":", "")) >= 4 and any(char.isdigit() for char in written)


def _somebodys(written: str) -> bool:
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return False
    return not (
        address.is_loopback or address.is_unspecified or (address.version == 4 and written.startswith(("0.", "255.")))
    )
