"""What people use: ask, streamed or not; say what the answer was worth; look at its trace."""

import asyncio
import json
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, Field

from app.answering.answer import Answer, Answering, Question

if TYPE_CHECKING:
    from app.server import State

PAGE = Path(__file__).parent / "page"
_STREAM = "text/event-stream"
_ASK_AGAIN = {"cache-control": "no-cache"}
"""A browser that keeps files asks each time whether they are still right, so that two versions never meet in one page."""


class Ask(BaseModel):
    """A question; without endpoint and model the app chooses."""

    question: str = Field(min_length=1, max_length=4000)
    endpoint: str | None = None
    model: str | None = None
    user_id: str | None = Field(None, max_length=200)
    conversation_id: str | None = Field(None, max_length=200)


class Feedback(BaseModel):
    """What somebody thinks of an answer."""

    call_id: str = Field(pattern="^[0-9a-f]{32}$")
    thumbs: Literal["up", "down"]


def add(app: FastAPI, state: "State", trace_urls: Sequence[str]) -> None:
    """The routes for people; `trace_urls` are addresses of traces with `{trace_id}` in them, the best first."""
    telemetry = state.telemetry

    @app.post("/ask", response_model=None)
    async def ask(asked: Ask, request: Request) -> Response:
        answering = state.answering
        if answering is None:
            raise HTTPException(503, "still loading; try again in a few seconds")
        endpoint = asked.endpoint or telemetry.contract.data["endpoints"][0]
        model = asked.model or answering.choose(state.rng)
        question = Question(asked.question, endpoint, model, asked.user_id, asked.conversation_id)
        if _STREAM in request.headers.get("accept", ""):
            return StreamingResponse(_events(state, answering, question, request), media_type=_STREAM)
        with telemetry.continued(request.headers):
            async with answering.ask(question) as answer:
                call = await answer.whole()
        return JSONResponse(
            {**_head(answer), "answer": call.answer, "status": call.status}, 200 if call.answer else 502
        )

    @app.post("/feedback", status_code=204)
    async def feedback(told: Feedback) -> None:
        telemetry.outcome(told.call_id, thumbs=told.thumbs)

    @app.get("/trace/{trace_id}")
    async def trace(trace_id: str) -> RedirectResponse:
        for template in trace_urls:
            url = template.replace("{trace_id}", urllib.parse.quote(trace_id, safe=""))
            # The only address is not looked at first: from within a container it may not be reached.
            if len(trace_urls) == 1 or await asyncio.to_thread(_answers, url):
                return RedirectResponse(url)
        raise HTTPException(404, "no store of traces answers here yet; `make status` shows how far it is")

    @app.get("/models")
    async def models() -> dict[str, Any]:
        contract = telemetry.contract
        return {"models": list(contract.models), "endpoints": contract.data["endpoints"], "real": state.real}

    if PAGE.is_dir():
        app.mount("/page", _Fresh(directory=PAGE))

        @app.get("/")
        async def page() -> FileResponse:
            return FileResponse(PAGE / "index.html", headers=_ASK_AGAIN)


class _Fresh(StaticFiles):
    def file_response(self, *args: Any, **more: Any) -> Response:
        response = super().file_response(*args, **more)
        response.headers.update(_ASK_AGAIN)
        return response


async def _events(state: "State", answering: Answering, question: Question, request: Request) -> AsyncIterator[str]:
    with state.telemetry.continued(request.headers):
        async with answering.ask(question) as answer:
            yield _event("begin", _head(answer))
            async for piece in answer.pieces:
                yield _event("piece", {"text": piece})
            yield _event("end", {"status": answer.call.status, "first_token_ms": answer.call.first_token_ms})


def _head(answer: Answer) -> dict[str, Any]:
    call = answer.call
    sources = [{"title": one.title, "text": one.text} for one in answer.sources]
    return {"call_id": call.call_id, "trace_id": call.trace_id, "model": call.model, "sources": sources}


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url.partition("?")[0], timeout=1) as response:
            return bool(response.status == 200)
    except OSError:
        return False
