"""HTTP for the simulator: both providers' endpoints, and `/chaos` to make it misbehave."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from app.simulator import wire
from app.simulator.behaviour import Behaviour, Chaos, Reply

NEVER = 120.0
"""Seconds after which even a client without a time-out has given up."""


def create(behaviour: Behaviour) -> Starlette:
    """The ASGI application."""

    async def openai(request: Request) -> Response:
        body = await request.json()
        messages = body.get("messages", [])
        reply = behaviour.reply(body["model"], _text(messages, "system"), _text(messages, "user"), _limit(body))
        await _wait_for_failure(reply)
        if reply.failure == "api_error":
            error = wire.openai_error("The server had an error while processing your request.", "server_error")
            return JSONResponse(error, 500)
        if body.get("stream"):
            usage = bool((body.get("stream_options") or {}).get("include_usage"))
            return _stream(reply, wire.openai_events(body["model"], reply, usage=usage))
        await asyncio.sleep(reply.total)
        return JSONResponse(wire.openai_body(body["model"], reply))

    async def anthropic(request: Request) -> Response:
        body = await request.json()
        system = body.get("system", "")
        reply = behaviour.reply(body["model"], str(system), _text(body.get("messages", []), "user"), _limit(body))
        await _wait_for_failure(reply)
        if reply.failure == "api_error":
            return JSONResponse(wire.anthropic_error("Overloaded", "overloaded_error"), 529)
        if body.get("stream"):
            return _stream(reply, wire.anthropic_events(body["model"], reply))
        await asyncio.sleep(reply.total)
        return JSONResponse(wire.anthropic_body(body["model"], reply))

    async def chaos(request: Request) -> Response:
        if request.method == "DELETE":
            behaviour.chaos = Chaos()
        elif request.method == "POST":
            try:
                behaviour.chaos = Chaos.parse(await request.json())
            except (ValueError, TypeError, AttributeError) as error:
                return JSONResponse({"error": str(error)}, 400)
        return JSONResponse(behaviour.chaos.as_dict())

    async def ready(_request: Request) -> Response:
        return JSONResponse({"status": "ready"})

    return Starlette(
        routes=[
            Route("/v1/chat/completions", openai, methods=["POST"]),
            Route("/v1/messages", anthropic, methods=["POST"]),
            Route("/chaos", chaos, methods=["GET", "POST", "DELETE"]),
            Route("/readyz", ready),
        ]
    )


def _limit(body: dict[str, Any]) -> int:
    return int(body.get("max_completion_tokens") or body.get("max_tokens") or 1000)


def _text(messages: list[dict[str, Any]], role: str) -> str:
    parts = []
    for message in messages:
        content = message.get("content") if message.get("role") == role else None
        if isinstance(content, str):
            parts.append(content)
        elif isinstance(content, list):
            parts += [part.get("text", "") for part in content if isinstance(part, dict)]
    return "\n".join(parts)


async def _wait_for_failure(reply: Reply) -> None:
    if reply.failure == "timeout":
        await asyncio.sleep(NEVER)
    elif reply.failure == "api_error":
        await asyncio.sleep(0.04)


def _stream(reply: Reply, events: Iterable[wire.Event]) -> Response:
    async def body() -> AsyncIterator[str]:
        listed = list(events)
        await asyncio.sleep(reply.first_token)
        pause = (reply.total - reply.first_token) / len(listed)
        due = 0.0
        for event in listed:
            yield wire.sse(event)
            due += pause
            # The event loop cannot wait for less than a millisecond or so: wait for several pieces at once.
            if due > 0.02:
                await asyncio.sleep(due)
                due = 0.0

    return StreamingResponse(body(), media_type="text/event-stream")
