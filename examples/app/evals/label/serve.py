"""Serves the page until Ctrl-C."""

import contextlib
import secrets
import socket

import uvicorn

from app.evals.label.server import create
from app.evals.label.session import Session


def serve(session: Session, port: int, head: str) -> None:
    """Print where the page is, and return once it is no longer wanted. Raises OSError where the port is taken."""
    token = secrets.token_urlsafe(24)
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        print(head, flush=True)
        print(f"http://127.0.0.1:{listening.getsockname()[1]}/#{token}", flush=True)
        config = uvicorn.Config(
            create(session, token), log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=1
        )
        # It stops on Ctrl-C and raises that again afterwards.
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])
