"""What holds for every text, not only for those that somebody thought of."""

import string

from app.telemetry.redact import KINDS, Redactor
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.provisional import domains

EVERYTHING = Redactor(KINDS)
DEFAULT = Redactor(["email", "phone", "card", "key"])
OWN = Redactor(KINDS, {"employee": r"E-\d{6}", "word": r"\w{4}d", "last": "Z"})

PIECES = st.sampled_from([
    "a", "x", "1", "0", "Z", " ", "\n", ".", ",", "-", "_", ":", "=", "/", "://", "@", "%40", "(", ")", "<", ">", "{", "#", '"', "'", "]", "\u00e9", "\u4e2d",
    "\uff11", "\u00a0", "\ud83d", "A" * 20, "AbC123", "ada@example.org", "4111111111111111", "4111 1111 1111 1111", "+49 30 901820", "0171 3920015", "98765 43210",
    "tel ", "order ", "password=", "password is ", "token: ", "hunter2!", "Bearer ", "sk-", "ghp_", "org-abc123", "E-123456", "DE89370400440532013000", "203.0.113.4",
    "2001:db8::1", "AKIA" + "ABCDEFGHIJKLMNOP", "eyJhbGciOiJIUzI1NiJ9" + ".eyJ9.x", "-----BEGIN " + "PRIVATE KEY-----", "-----END PRIVATE KEY-----",
    "organization (7f54fbff-3504-477a-b4a2-08359988239d)", "[redacted:email]", "[redacted:",
])  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=14).map("".join), st.text(st.characters()))


@given(TEXTS)
@settings(max_examples=800, deadline=None)
def test_redacting_twice_changes_nothing_more(text: str) -> None:
    """Logs, blobs and the Collector may each redact what another one has."""
    for redactor in (EVERYTHING, DEFAULT, OWN):
        once = redactor(text)
        assert redactor(once) == once


@given(TEXTS)
@settings(max_examples=500, deadline=None)
def test_a_text_without_finds_is_the_same_object(text: str) -> None:
    """Nothing is copied for nothing."""
    once = EVERYTHING(text)
    assert once is text or "[redacted:" in once


ATOM = st.text(string.ascii_letters + string.digits + "_+-%~!#$*^'", min_size=1, max_size=12)
LOCAL = st.builds(
    lambda first, rest: ".".join([first, *rest]),
    st.builds(str.__add__, st.sampled_from(string.ascii_letters + string.digits), ATOM),
    st.lists(ATOM, max_size=2),
).filter(lambda local: len(local) <= 64)
AROUND = st.sampled_from([
    ("", ""), (" ", " "), ("<", ">"), ("(", ")."), ("mailto:", "?subject=x"), ("to=", "&x=1"), ("\u90ae\u7bb1\u662f", "\u3002"), ('"', '",')
])  # fmt: skip


@given(LOCAL, domains(), AROUND)
@settings(max_examples=800, deadline=None)
def test_no_valid_address_survives(local: str, domain: str, around: tuple[str, str]) -> None:
    """Every one that RFC 5321 allows with these characters, whole, and nothing of what stands around it."""
    before, after = around
    assert DEFAULT(f"{before}{local}@{domain}{after}") == f"{before}[redacted:email]{after}"


BRANDS = {"4": (13, 16, 19), "51": (16,), "55": (16,), "2221": (16,), "2720": (16,), "34": (15,), "37": (15,), "36": (14,), "3095": (14,), "6011": (16, 19),
          "65": (16,), "3528": (16,), "3589": (16,), "62": (16, 17, 18, 19), "2200": (16,), "6759": (13, 16, 19), "5018": (13, 19), "6521": (16,)}  # fmt: skip


def checked(digits: str) -> str:
    """The digits with their check digit, worked out as ISO/IEC 7812-1 says it."""
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))]
    return digits + str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


@st.composite
def cards(draw: st.DrawFn) -> str:
    """A number of a known brand, as people write it."""
    brand = draw(st.sampled_from(sorted(BRANDS)))
    length = draw(st.sampled_from(BRANDS[brand]))
    rest = draw(st.text("0123456789", min_size=length - len(brand) - 1, max_size=length - len(brand) - 1))
    number = checked(brand + rest)
    sizes = draw(st.sampled_from([(19,), (4, 4, 4, 4, 3), (4, 6, 9), (8, 11), (6, 13)]))
    apart = draw(st.sampled_from([" ", "-"]))
    groups, done = [], 0
    for size in sizes:
        groups.append(number[done : done + size])
        done += size
    return apart.join(group for group in groups if group)


@given(
    cards(), st.sampled_from([("card ", ""), ("", ", 12/27"), ("pan=", "&x"), ("(", ")"), ("\u5361\u53f7", "\u3002")])
)
@settings(max_examples=800, deadline=None)
def test_no_card_of_a_known_brand_survives(card: str, around: tuple[str, str]) -> None:
    """Whole, in groups, with spaces or hyphens."""
    before, after = around
    assert DEFAULT(f"{before}{card}{after}") == f"{before}[redacted:card]{after}"
