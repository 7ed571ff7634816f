"""The reference app. Run: `python -m app.server`; addresses and folders come from the environment."""

import asyncio
import gc
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client.exposition import choose_encoder

from app import chat
from app.answering.answer import Answering
from app.answering.corpus import Corpus
from app.answering.generate import provider_for
from app.evals.enqueue import watch
from app.telemetry import Telemetry
from app.telemetry.contract import Contract

_HERE = Path(__file__).parent
CORPUS = (_HERE / "corpus", _HERE.parent / "docs", _HERE.parent.parent / "docs")
"""The documentation is beside the app in the image, and at the top of a checkout."""


class State:
    """What the running app holds; `answering` is None until the SDKs are loaded."""

    def __init__(self, telemetry: Telemetry, simulator: str) -> None:
        self.telemetry = telemetry
        self.simulator = simulator
        self.answering: Answering | None = None
        self.real = False
        self.rng = random.Random()  # noqa: S311  # spreads demo traffic over models

    def load(self) -> None:
        """Import the SDKs that the contract's providers need, which takes seconds, and read the corpus."""
        names = {model["provider"] for model in self.telemetry.contract.models.values()}
        providers = {name: provider_for(name, self.simulator) for name in sorted(names)}
        self.real = any(provider.real for provider in providers.values())
        self.answering = Answering(
            self.telemetry, Corpus.load(folder for folder in CORPUS if folder.is_dir()), providers
        )
        # What the SDKs have loaded stays: without this a full collection walks all of it, while somebody waits.
        gc.collect()
        gc.freeze()


def create(telemetry: Telemetry, simulator: str) -> FastAPI:
    """The ASGI application: `POST /ask`, `POST /feedback`, `GET /` for people, `/metrics`, `/healthz`, `/readyz`."""
    state = State(telemetry, simulator)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        loading = asyncio.create_task(asyncio.to_thread(state.load))
        yield
        await loading
        await asyncio.to_thread(telemetry.close)

    app = FastAPI(title="Reference app", lifespan=lifespan, openapi_url=None, telemetry={"tracing": False})

    @app.get("/metrics")
    def metrics(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(telemetry.metrics.registry), media_type=content_type)

    @app.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        ready = state.answering is not None
        body = {"status": "ready" if ready else "loading", "provider": "real" if state.real else "simulator"}
        return JSONResponse(body, 200 if ready else 503)

    chat.add(app, state, os.environ.get("APP_TRACE_URLS", "").split())
    return app


def main() -> None:
    """Serve until stopped."""
    env = os.environ
    contract = Contract.load(Path(env.get("LLM_CONTRACT", "stack/app/contract.json")))
    log_file = env.get("APP_LOG_FILE")
    blobs = env.get("APP_BLOBS", contract.data["logs"]["blobs"])
    telemetry = Telemetry(contract, log_file=Path(log_file) if log_file else None, blobs=blobs)
    if folder := env.get("EVALS_FOLDER"):
        watch(telemetry, Path(folder))
    app = create(telemetry, env.get("LLM_SIMULATOR_URL", "http://127.0.0.1:8081"))
    port = int(env.get("APP_PORT", "8080"))
    uvicorn.run(app, host=env.get("APP_HOST", "127.0.0.1"), port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
