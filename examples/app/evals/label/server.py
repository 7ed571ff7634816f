"""The page and its two requests, on this machine only.

A token in the address's fragment, which no browser sends along, opens it: other programs and other pages of the same browser cannot guess it. What
is asked for under another name than a local one is refused as well, so that no name on the internet can be pointed here (DNS rebinding).
"""

import hmac
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import orjson
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.evals.label.session import Session
from app.evals.store import StoreError

_PAGE = Path(__file__).parent / "page"
_KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_LOCAL = {"127.0.0.1", "localhost", "[::1]"}
_PORT = re.compile(r":\d+$")
_MOST_BYTES = 1_000
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
Handler = Callable[[Request], Awaitable[Response]]


def create(session: Session, token: str) -> Starlette:
    """The ASGI application of one round."""

    async def shown(_request: Request) -> Response:
        return _json(session.shown())

    async def choose(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > _MOST_BYTES:
                return _json({"problem": "that is too long for a label"}, 413)
        try:
            told = orjson.loads(body)
            if not isinstance(told, dict):
                raise ValueError("a label is a JSON object")  # noqa: TRY004, TRY301  # said like the others
            label = await run_in_threadpool(session.choose, told.get("place"), told.get("choice"))
        except ValueError as error:
            return _json({"problem": str(error)}, 400)
        except StoreError as error:
            return _json({"problem": f"not kept: {error}"}, 503)
        return _json({"label": label})

    routes = [Route(f"/{name}", _file(_PAGE / name)) for name in ("label.css", "label.js", "show.js")]
    return Starlette(
        routes=[
            Route("/", _file(_PAGE / "index.html")),
            *routes,
            Route("/round", _guarded(shown, token)),
            Route("/label", _guarded(choose, token), methods=["POST"]),
        ]
    )


def _file(path: Path) -> Handler:
    body = path.read_bytes()

    async def serve(request: Request) -> Response:
        if not _local(request):
            return _refused()
        return Response(body, headers=_HEADERS, media_type=_KINDS[path.suffix])

    return serve


def _guarded(handler: Handler, token: str) -> Handler:
    async def serve(request: Request) -> Response:
        given = request.headers.get("x-label-token", "")
        if not _local(request) or not _same_origin(request):
            return _refused()
        if not hmac.compare_digest(given.encode(), token.encode()):
            return _json({"problem": "open the page by the whole address that `label` printed, with its #token"}, 403)
        return await handler(request)

    return serve


def _local(request: Request) -> bool:
    return _PORT.sub("", request.headers.get("host", "")) in _LOCAL


def _same_origin(request: Request) -> bool:
    origin = request.headers.get("origin")
    own = f"http://{request.headers.get('host', '')}"
    return origin in {None, own} and request.headers.get("sec-fetch-site", "same-origin") == "same-origin"


def _refused() -> Response:
    return _json({"problem": "only this page, on this machine"}, 403)


def _json(told: object, status: int = 200) -> Response:
    return JSONResponse(told, status, headers=_HEADERS)
