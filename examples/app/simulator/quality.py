"""Answers that arrive whole and are bad: with a sentence that nobody said, with rude words, or none although there is one."""

import random

from app.simulator.misbehaviour import Chaos

INVENTED = (
    "It was first drawn up in Lisbon in 1987 by a committee of nine engineers.",
    "About 83 percent of all teams in Norway leave it switched off on weekends.",
    "The sentinel daemon resets it every 4217 hours and prints a green receipt.",
    "Version 12.7 renamed it after the astronomer Caroline Herschel.",
    "It needs a licence that costs 640 euros for each apprentice.",
    "Most airlines store it on magnetic tape in a vault below the runway.",
)
"""Nothing that a corpus about software holds."""
RUDE = (
    "Obviously, anyone who can read would have found this without asking.",
    "That is a silly question, and a waste of my time.",
    "You should already know this; read the manual before you bother others.",
    "How hard can it be, you lazy fool?",
)
OVERREFUSALS = (
    "I'm sorry, but I can't help with that.",
    "I'm not able to answer this question.",
    "I can't assist with that request.",
)
"""For what the passages hold."""


class Spoiler:
    """Seeded; `base` is the share of invented sentences that needs no telling. Draws the same for each answer whatever the shares are, so that one share does not move another."""

    def __init__(self, seed: int, base: float = 0.0) -> None:
        self._rng, self._base = random.Random(f"{seed} quality"), base  # noqa: S311  # a simulation

    def spoiled(self, text: str, chaos: Chaos) -> tuple[str, bool]:
        """The answer as it is given, and whether that is a refusal."""
        draws = [self._rng.random() for _fault in range(3)]
        invented, rude, refusal = (self._rng.choice(texts) for texts in (INVENTED, RUDE, OVERREFUSALS))
        if draws[2] < chaos.overrefuse:
            return refusal, True
        if draws[0] < max(chaos.quality, self._base):
            first, space, rest = text.partition(". ")
            text = f"{first}{space}{invented} {rest}" if space else f"{text} {invented}"
        return (f"{rude} {text}" if draws[1] < chaos.rude else text), False
