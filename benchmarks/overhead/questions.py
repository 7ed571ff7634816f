"""Questions as different as people's own: nobody asks twice in a row, and one in eight says an address that must not be kept."""

import random

_VOCABULARY = (
    "alert baseline median mean latency token budget trace span collector scrape bucket histogram counter gauge label "
    "series window page runbook incident deploy restart refusal timeout retry cache prompt answer model endpoint "
    "provider cost price spend day week hour night traffic spike tail percentile error rate floor threshold noise "
    "drift season gap probe store shipper line schema hash preview blob redaction secret card phone address user "
    "conversation turn thumb verdict judge sample queue worker thread process memory disk port network host cluster "
    "dashboard panel query rule record recording group interval evaluation silence route receiver webhook channel "
    "why how when where which does should would could after before without because never always slower cheaper"
)
_WORDS = _VOCABULARY.split()
_ABOUT = 32
"""Words in a question, about 230 characters."""
_QUESTIONS, _USERS = 1_000, 997
"""Without a common divisor, so that a user who comes back asks something else."""


def _question(rng: random.Random, number: int) -> str:
    words = rng.sample(_WORDS, _ABOUT)
    if number % 8 == 0:
        words[-1] = f"ada.{number}@example.org"
    return f"{' '.join(words).capitalize()}?"


def _all() -> tuple[str, ...]:
    rng = random.Random(1)  # noqa: S311  # a load, not a secret
    return tuple(_question(rng, number) for number in range(_QUESTIONS))


QUESTIONS = _all()


def asked(turn: int) -> tuple[str, str]:
    """Question and user of a turn."""
    return QUESTIONS[turn % _QUESTIONS], f"u-{turn % _USERS}"
