"""HTTP for the simulator: both providers' endpoints, and what steers and counts them."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.simulator.behaviour import Behaviour
from app.simulator.endpoint import NEVER, Endpoint
from app.simulator.ledger import Ledger
from app.simulator.misbehaviour import Chaos
from app.simulator.wire import Wire, chat, messages, responses

WIRES: tuple[Wire, ...] = (chat, responses, messages)


def create(behaviour: Behaviour, hang: float = NEVER) -> Starlette:
    """The ASGI application; `hang` is how long a call that times out says nothing, in seconds."""
    ledger = Ledger()
    logging.getLogger("uvicorn.error").addFilter(_unintended)

    def behaving() -> dict[str, Any]:
        return behaviour.chaos.as_dict()

    def behave(told: dict[str, Any]) -> None:
        behaviour.chaos = Chaos.parse(told)

    chaos = _steered(behaving, behave, lambda: behave({}))
    latency = _steered(behaviour.latency.as_dict, behaviour.latency.change, behaviour.latency.forget)

    async def counted(request: Request) -> Response:
        if request.method == "DELETE":
            ledger.clear()
        told = ledger.totals()
        if request.query_params.get("calls", "0") != "0":
            told["last"] = ledger.last()
        return Response(orjson.dumps(told), media_type="application/json")

    async def ready(_request: Request) -> Response:
        return JSONResponse({"status": "ready"})

    return Starlette(
        routes=[
            *(Route(wire.PATH, Endpoint(wire, behaviour, ledger, hang), methods=["POST"]) for wire in WIRES),
            Route("/chaos", chaos, methods=["GET", "POST", "DELETE"]),
            Route("/latency", latency, methods=["GET", "POST", "DELETE"]),
            Route("/ledger", counted, methods=["GET", "DELETE"]),
            Route("/readyz", ready),
        ]
    )


def _steered(
    show: Callable[[], dict[str, Any]], change: Callable[[Any], None], forget: Callable[[], None]
) -> Callable[[Request], Awaitable[Response]]:
    """GET shows, POST changes, DELETE forgets; what cannot be understood changes nothing and is told."""

    async def answer(request: Request) -> Response:
        try:
            if request.method == "DELETE":
                forget()
            elif request.method == "POST":
                change(await request.json())
        except (ValueError, TypeError, AttributeError) as error:
            return JSONResponse({"error": str(error)}, 400)
        return JSONResponse(show())

    return answer


def _unintended(record: logging.LogRecord) -> bool:
    """A stream that is cut on purpose is no error of the server's."""
    return record.msg != "ASGI callable returned without completing response."
