"""What one request to a judging model is, whichever protocol carries it."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from app.evals.judge.price import MOST_THINKING, MOST_TOKENS
from app.evals.judge.prompt import Prompt

TIMEOUT_SECONDS = 60.0
Pace: TypeAlias = Callable[[], Awaitable[None]]
"""Is waited for before each HTTP request, those included that a refused parameter makes necessary."""
_THINKS = re.compile(r"(?:^|[^a-z0-9])(?:o[1345]|r1|qw?vq|qwq)(?![a-z0-9])|gpt-5|reason|think|magistral", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heard:
    """A reply: `said` is text, or a tool's arguments; `problem` where the model gave none. Tokens None: nobody counted them.

    `echo` is the reply as its protocol repeats it in a conversation.
    """

    said: Any
    tokens: Mapping[str, int] | None
    echo: Any
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The first reply, and what is to be said to it."""

    echo: Any
    words: str


async def at_once() -> None:
    """No pace: requests wait for nothing."""


class Wire(Protocol):
    """One endpoint and model."""

    async def ask(self, prompt: Prompt, scale: int, most_usd: float, earlier: Earlier | None = None) -> Heard:
        """One request that is answered, never repeated. Raises JudgeUnavailable, with `most_usd` where it may have been paid for, or JudgeRefused."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...


def most_tokens(model: str) -> int:
    """The limit of a reply, in tokens; thoughts come on top where the model's name says that it has some."""
    return MOST_TOKENS + (MOST_THINKING if _THINKS.search(model) else 0)
