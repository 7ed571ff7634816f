"""`python -m app.simulator`: serve until stopped; loopback unless SIMULATOR_HOST says otherwise."""

import os

import uvicorn

from app.simulator.behaviour import Behaviour
from app.simulator.server import create

uvicorn.run(
    create(Behaviour(int(os.environ.get("SIMULATOR_SEED", "1")), float(os.environ.get("SIMULATOR_PACE", "1")))),
    host=os.environ.get("SIMULATOR_HOST", "127.0.0.1"),
    port=int(os.environ.get("SIMULATOR_PORT", "8081")),
    log_level="warning",
    access_log=False,
)
