"""`python -m app.simulator`: serve until stopped; loopback unless SIMULATOR_HOST says otherwise."""

import os

import uvicorn

from app.simulator.behaviour import Behaviour
from app.simulator.server import create

env = os.environ
behaviour = Behaviour(
    seed=int(env.get("SIMULATOR_SEED", "1")),
    pace=float(env.get("SIMULATOR_PACE", "1")),
    words_at_once=int(env.get("SIMULATOR_WORDS_AT_ONCE", "1")),
)
uvicorn.run(
    create(behaviour),
    host=env.get("SIMULATOR_HOST", "127.0.0.1"),
    port=int(env.get("SIMULATOR_PORT", "8081")),
    log_level="warning",
    access_log=False,
)
