"""What must not leave the process is replaced by a mark, whatever stands around it."""

import re
import time

import pytest
from app.telemetry.redact import KINDS, Redactor, redact

DEFAULT = ("email", "phone", "card", "key")
EVERYTHING = Redactor(KINDS, {"employee": r"E-\d{6}"})


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("I am ada@example.org, call +49 170 1234567.", "I am [redacted:email], call [redacted:phone]."),
        ("<ada.l+list@sub.example.co.uk>", "<[redacted:email]>"),
        ("/reset?email=ada%40example.org&x=1", "/reset?email=[redacted:email]&x=1"),
        ("clone git@github.com:example/repo.git", "clone git@github.com:example/repo.git"),
        ("ada@web-01:~$ make", "ada@web-01:~$ make"),
        ("card 4111 1111 1111 1111, 12/27", "card [redacted:card], 12/27"),
        ("4111 1111 1111 1112 fails Luhn", "4111 1111 1111 1112 fails Luhn"),
        ("(415) 555-0132 x204 or 415-555-0133", "[redacted:phone] or [redacted:phone]"),
        ("Tel. 030/23125-014", "Tel. [redacted:phone]"),
        ("order 415-555-0133", "order 415-555-0133"),
        ("my phone is 612 345 678", "my phone is [redacted:phone]"),
        ("a total of 612 345 678", "a total of 612 345 678"),
        ("\uff10\uff19\uff10\uff0d\uff11\uff12\uff13\uff14\uff0d\uff15\uff16\uff17\uff18", "[redacted:phone]"),
        ("01\u00a099\u00a000\u202f12\u202f34", "[redacted:phone]"),
        ("password=hunter2&x=1", "password=[redacted:key]&x=1"),
        ("My password is Tr0ub4dor&3, help", "My password is [redacted:key], help"),
        ("password: at least 12 characters", "password: at least 12 characters"),
        ("api_key=os.environ['KEY']", "api_key=os.environ['KEY']"),
        ("postgres://app:p4ssw0rd@db/x", "postgres://app:[redacted:key]@db/x"),
        ("Authorization: Bearer abcDEF0123456789", "Authorization: Bearer [redacted:key]"),
        ("IBAN DE89 3704 0044 0532 0130 00, BIC X", "IBAN [redacted:iban], BIC X"),
        ("DE89 3704 0044 0532 0130 01", "DE89 3704 0044 0532 0130 01"),
        ("from 203.0.113.4 and 2001:db8::8a2e:1, not 127.0.0.1", "from [redacted:ip] and [redacted:ip], not 127.0.0.1"),
        ("ask E-004711 about it", "ask [redacted:employee] about it"),
    ],
)  # fmt: skip
def test_finds_are_replaced_and_look_alikes_stay(text: str, kept: str) -> None:
    """A few of each kind; tests/app/samples/personal.jsonl has hundreds."""
    assert EVERYTHING(text) == kept


def test_messages_of_providers_name_no_account() -> None:
    """OpenAI names the organization, Anthropic its UUID, and a wrong key comes back in part."""
    organization = "0f9f1c4e-1111-4222-8333-444455556666"
    for said in (
        "Rate limit reached for gpt-4o in organization org-abc123 on tokens per min. user ada@example.org",
        f"would exceed the rate limit for your organization ({organization}) of 40,000 input tokens per minute",
        f"exceed your organization's rate limit of 30,000 input tokens per minute (org: {organization}, model: m)",
        "Incorrect API key provided: " + "sk-" + "proj-********************************Ab3d.",
    ):
        clean = redact(said, DEFAULT)
        assert "[redacted:key]" in clean
        assert not re.search(r"org-abc|0f9f1c4e|Ab3d|ada@", clean)


def test_only_what_is_asked_for_goes() -> None:
    """Each kind by itself."""
    text = "ada@example.org, +49 30 23125014, 4111111111111111, AKIA" + "ABCDEFGHIJKLMNOP, 203.0.113.4"
    for kind in ("email", "phone", "card", "key", "ip"):
        assert redact(text, [kind]).count("[redacted:") == redact(text, [kind]).count(f"[redacted:{kind}]") == 1
    assert Redactor([])(text) is text


def test_overlapping_finds_get_one_mark() -> None:
    """The whole of both is hidden, under the name of the surer kind."""
    assert redact('password: "ada@example.org"', DEFAULT) == 'password: "[redacted:key]"'
    assert Redactor(["email"], {"host": "example[.]org"})("ada@example.org") == "[redacted:host]"


def test_a_pattern_that_fits_a_mark_leaves_it_whole() -> None:
    """Otherwise every round would add another."""
    greedy = Redactor(DEFAULT, {"word": r"[a-z]{5,8}"})
    assert greedy("x@example.org 12") == greedy(greedy("x@example.org 12"))
    assert Redactor([], {"word": "redacted"})("[redacted:word] redacted") == "[redacted:word] [redacted:word]"


def test_an_unknown_kind_is_refused() -> None:
    """A contract of a newer generator must not lose what it asks for without a word."""
    with pytest.raises(ValueError, match=r"cannot redact passport: there are key, card, .*newer than this kit"):
        Redactor(["email", "passport"])


@pytest.mark.parametrize(
    "find", ["ada@example.org", "+49 30 23125014", "4111 1111 1111 1111", "sk-" + "Ab12Cd34Ef56Gh78Ij90Kl"]
)
def test_no_length_hides_a_find(find: str) -> None:
    """In a text of 200 kB, at every place around its 64 kB mark."""
    filler = "the baseline is a median. " * 8_000
    for begin in range(65_536 - len(find) - 2, 65_536 + 3):
        text = f"{filler[:begin]} {find} {filler[begin:]}"
        assert find not in redact(text, DEFAULT)


HOSTILE = {
    "digits": "4", "groups": "4111 ", "pairs": "41 ", "zeros": "0 ", "phones": "555-555-5555 ", "pluses": "+1 (", "calls": "tel 1234567 ",
    "dots": "a.", "long words": "abcdef.", "at": "@", "a at": "a@", "labels": "a@b.", "hyphens": "a@b-", "encoded": "a%40", "letters": "\u00e9@",
    "spaces": " ", "lines": "\n", "keys": "-sk-aaaa", "tokens": "-eyJ-", "blocks": "-----BEGIN PRIVATE KEY-----", "ends": "-----END -----BEGIN PRIVATE KEY-----",
    "names": "token:", "passwords": "password=", "quotes": 'password="', "open": '"=', "links": "://a:", "ibans": "DE12 ", "ips": "1.1.1.1.", "hex": "a1b2:",
    "marks": "[redacted:email] a@b.org ", "employees": "E-123456", "said": "password is a1aa ", "bearers": "Bearer aaaaaaaa", "uuids": "organization (-1-1-1-1",
}  # fmt: skip


def seconds(text: str) -> float:
    """The fastest of three, as a busy machine only ever adds."""
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        EVERYTHING(text)
        taken.append(time.perf_counter() - began)
    return min(taken)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_takes_no_longer_than_its_length(name: str) -> None:
    """Eight times the text takes about eight times as long; with the square of it, it would be sixty-four times."""
    unit = HOSTILE[name]
    short, long = (unit * (size // len(unit)) for size in (5_000, 40_000))
    assert seconds(long) < 24 * max(seconds(short), 0.0003)
