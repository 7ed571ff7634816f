"""Errors as a provider sends them: what the two providers' tables of errors are filled in with."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from app.simulator.account import Account
from app.simulator.asked import Asked
from app.simulator.behaviour import Reply

Header = tuple[bytes, bytes]
Headers = list[Header]


class Fault(NamedTuple):
    """An answer that is an error; the headers are those beside what every answer has."""

    status: int
    body: dict[str, Any]
    headers: Headers


@dataclass(frozen=True, slots=True)
class Failed:
    """A call that failed."""

    asked: Asked
    reply: Reply
    account: Account
    uid: str

    @property
    def fate(self) -> str:
        """Why."""
        return self.reply.failure

    def words(self) -> dict[str, str]:
        """What messages are filled in with."""
        account, reply = self.account, self.reply
        who = f" (account {account.email})" if reply.leaks else ""
        return {
            "model": self.asked.model,
            "tokens": str(reply.tokens.input),
            "organisation": account.organisation + who,
            "organisation_id": account.organisation_id + who,
            "key": account.masked,
            "wait": f"{reply.retry_after:g}s",
            "too_many_openai": str(128_000 + reply.tokens.input),
            "too_many_anthropic": str(200_000 + reply.tokens.input),
        }
