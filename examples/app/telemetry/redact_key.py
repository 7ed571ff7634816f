"""Keys of services and ids of accounts, by the prefixes that they have; what has none is found by the word before it."""

import re
from collections.abc import Callable, Iterable, Iterator

from .redact_secret import in_addresses, named_secrets
from .redact_text import Span

_Match = Callable[[str, int], re.Match[str] | None]


def _run(pattern: str) -> _Match:
    return re.compile(pattern, re.ASCII).match


# By the two characters before the hyphen: what the text holds then, and the whole run that begins there.
_DASHED: dict[str, tuple[str, _Match]] = {
    # OpenAI, Anthropic, OpenRouter; OpenAI repeats a wrong one with stars in it.
    "sk": ("sk-", _run(r"sk-[\w*-]{16,}")),
    "rg": ("org-", _run(r"org-[A-Za-z0-9]{6,}")),  # an account of OpenAI, in its messages
    "pp": ("xapp-", _run(r"xapp-[\w-]{20,}")),  # Slack
    "ai": ("xai-", _run(r"xai-\w{20,}")),
    "lx": ("pplx-", _run(r"pplx-\w{20,}")),  # Perplexity
    "at": ("glpat-", _run(r"glpat-[\w-]{16,}")),  # GitLab
}
# By what the bones hold of it.
_CAPITAL: dict[str, tuple[str, _Match]] = {
    "AKIA": ("AKIA", _run(r"AKIA[A-Z0-9]{16}(?!\w)")),  # AWS
    "ASIA": ("ASIA", _run(r"ASIA[A-Z0-9]{16}(?!\w)")),
    "AI": ("AIza", _run(r"AIza[\w-]{30,}")),  # Google
}
_OTHERS: dict[str, tuple[str, _Match]] = {
    "xx": ("xox", _run(r"xox[a-z]-[\w-]{10,}")),  # Slack
    "kkT": ("hooks.slack.com/services/", _run(r"hooks\.slack\.com/services/[\w/]{16,}")),
    "J": ("eyJ", _run(r"eyJ[\w.-]{16,}")),  # a JSON Web Token
}
_MANY = 20
_UNDERSCORED = {
    "github_pat_": _run(r"github_pat_\w{20,}"),
    **{
        prefix: _run(rf"{prefix}[A-Za-z0-9]{{16,}}")
        for prefix in (
            *("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
            *("sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_"),  # Stripe
            *("gsk_", "hf_", "npm_", "proj_", "dop_v1_"),  # Groq, Hugging Face, npm, a project of OpenAI, DigitalOcean
        )
    },
}
_MAYBE_UNDERSCORED = re.compile(r"_[A-Z0-9gkx]{6}")
_TELLING = re.compile(r"[A-Z0-9*]")
_BEARER = re.compile(r"Bearer[ \t:]+[\"']?([\w.~+/=-]{8,})", re.ASCII)
# The bones of a UUID.
_MAYBE_UUID = re.compile(r"-[0-9]{0,4}-[0-9]{0,4}-[0-9]{0,4}-[0-9]")
_ORGANIZATION = re.compile(
    r"\borg(?:ani[sz]ation)?(?:['\u2019]s)?(?:[ _-]?id)?[\s\"':=(]{1,4}([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})",
    re.IGNORECASE,
)
_PEM = re.compile(r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----")
_PEM_END = re.compile(r"-----END [A-Z0-9 ]{0,40}-----")
_PEM_LINES = re.compile(r"(?:(?:\s|\\n|\\r){1,8}[A-Za-z0-9+/=]{16,})*")
_LONGEST_PEM = 16_384


def keys(text: str, bones: str) -> list[Span]:
    """Every key, token, named secret and account id; `bones` is what redact.py leaves of the text."""
    found: list[Span] = []
    if "k-" in bones or "g-" in bones or "x-" in bones:
        dashed = _dashed(text, bones.count("-"))
        if dashed:
            found += _of(text, dashed)
    if "AI" in bones or "AKI" in bones or "ASI" in bones:
        found += _of(text, (prefix for left, prefix in _CAPITAL.items() if left in bones))
    if "J" in bones or "xx" in bones or "kkT" in bones:
        found += _of(text, (prefix for left, prefix in _OTHERS.items() if left in bones))
    if "_" in bones and _MAYBE_UNDERSCORED.search(bones):
        found += _of(text, _UNDERSCORED.items())
    if "B" in bones:
        if "Bearer" in text:
            found += [(*match.span(1), "key") for match in _BEARER.finditer(text) if _TELLING.search(match[1])]
        if "-----BEGIN" in bones:
            found += _pem(text)
    if bones.count("-") > 3 and _MAYBE_UUID.search(bones) and "org" in text:
        found += [(*match.span(1), "key") for match in _ORGANIZATION.finditer(text)]
    if ":" in bones or "=" in bones or "\xef" in bones or "asswor" in text:
        found += named_secrets(text)
        if "@" in bones and "://" in text:
            found += in_addresses(text)
    return found


def _of(text: str, prefixes: Iterable[tuple[str, _Match]]) -> Iterator[Span]:
    for literal, run in prefixes:
        if literal in text:
            yield from _prefixed(text, literal, run)


def _dashed(text: str, hyphens: int) -> list[tuple[str, _Match]]:
    """The prefixes that end in a hyphen and are in the text: few hyphens are looked at one by one, which is quicker."""
    if hyphens > _MANY:
        return [(literal, run) for literal, run in _DASHED.values() if literal in text]
    found: list[tuple[str, _Match]] = []
    at = text.find("-", 2)
    while at > 0:
        one = _DASHED.get(text[at - 2 : at])
        if one and one not in found:
            found.append(one)
        at = text.find("-", at + 1)
    return found


def _begins(text: str, at: int) -> bool:
    return at == 0 or not text[at - 1].isalnum()


def _prefixed(text: str, literal: str, run: _Match) -> Iterator[Span]:
    at = text.find(literal)
    while at >= 0:
        match = run(text, at) if _begins(text, at) else None
        after = at + len(literal)
        # A word such as `sk-learn-pipelines` has neither capitals nor digits.
        if match and _TELLING.search(text, after, match.end()) and (literal != "eyJ" or "." in match[0]):
            yield (*match.span(), "key")
        at = text.find(literal, match.end() if match else after)


def _pem(text: str) -> Iterator[Span]:
    begin, end = _PEM.search(text), _PEM_END.search(text)
    while begin:
        while end and end.start() < begin.end():
            end = _PEM_END.search(text, begin.end())
        if end and end.start() - begin.end() <= _LONGEST_PEM:
            stop = end.end()
        else:
            # One that was cut off, or only its first line in a sentence.
            lines = _PEM_LINES.match(text, begin.end())
            stop = lines.end() if lines else begin.end()
        yield begin.start(), stop, "key"
        begin = _PEM.search(text, stop)
