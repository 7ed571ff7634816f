"""One endpoint of a provider: understand, decide, answer, count."""

import os

import orjson
from starlette.types import Receive, Scope, Send

from app.simulator import account
from app.simulator.asked import MalformedError
from app.simulator.behaviour import Behaviour, Tokens
from app.simulator.delivery import Delivery, read
from app.simulator.faults import Failed, Fault
from app.simulator.ledger import Entry, Ledger
from app.simulator.wire import Wire

NEVER = 120.0
"""Seconds after which even a client without a time-out has given up."""
SOON = 0.04
"""Seconds after which an error comes."""
UNKNOWN = "(unknown)"
"""Stands in the ledger for the model of a request that names none."""


class Endpoint:
    """An ASGI application for one wire format; `hang` is how long a call that times out says nothing, in seconds."""

    def __init__(self, wire: Wire, behaviour: Behaviour, ledger: Ledger, hang: float = NEVER) -> None:
        self._wire, self._behaviour, self._ledger, self._hang = wire, behaviour, ledger, hang

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        wire, raw, uid = self._wire, await read(receive), os.urandom(12).hex()
        caller = account.of_headers(scope["headers"])
        try:
            asked = wire.asked(raw)
        except MalformedError as error:
            self._ledger.add("", uid, UNKNOWN, "malformed", Tokens())
            with Delivery(receive, send, wire.headers(uid, caller, None)) as delivery:
                await _refuse(delivery, wire.malformed(error, uid))
            return
        reply = self._behaviour.reply(asked)
        fault = wire.fault(Failed(asked, reply, caller, uid)) if reply.failure else None
        entry = Entry(self._ledger, "" if fault else wire.PREFIX, uid, asked.model, reply)
        with Delivery(receive, send, wire.headers(uid, caller, reply)) as delivery:
            try:
                if fault:
                    await self._fail(delivery, entry, fault, hangs=reply.failure == "timeout")
                elif asked.stream:
                    stream = wire.stream(asked, reply, uid)
                    await delivery.stream(stream, reply.first_token, reply.total, lambda: entry.ended(delivery.sent))
                else:
                    body = wire.whole(asked, reply, uid)
                    await delivery.wait(reply.total)
                    if not delivery.gone:
                        entry.ended(0.0)
                        await delivery.whole(200, body, cut=reply.failure == "cut")
            finally:
                entry.left(delivery.sent)

    async def _fail(self, delivery: Delivery, entry: Entry, fault: Fault, *, hangs: bool) -> None:
        entry.failed()
        await delivery.wait(self._hang if hangs else SOON)
        await _refuse(delivery, fault)


async def _refuse(delivery: Delivery, fault: Fault) -> None:
    await delivery.whole(fault.status, orjson.dumps(fault.body), fault.headers)
