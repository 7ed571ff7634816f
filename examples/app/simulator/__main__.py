"""`python -m app.simulator`: serve until stopped; loopback unless told otherwise."""

import argparse
import os
from collections.abc import Mapping

import uvicorn

from app.simulator.behaviour import Behaviour
from app.simulator.endpoint import NEVER
from app.simulator.server import create

_ABOUT = """Speaks OpenAI's chat completions and responses and Anthropic's messages, offline. POST /chaos makes it
misbehave, POST /latency sets how long models take, GET /ledger says what was served; see README.md beside this module."""


def parser(env: Mapping[str, str]) -> argparse.ArgumentParser:
    """The options; what the environment says is their default."""
    found = argparse.ArgumentParser(
        prog="python -m app.simulator", description=_ABOUT, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )

    def option(name: str, kind: type, usual: str, about: str) -> None:
        variable = f"SIMULATOR_{name.upper().replace('-', '_')}"
        # argparse converts a default that is text just like an option: what is wrong in the environment is told as well.
        found.add_argument(
            f"--{name}",
            type=kind,
            default=env.get(variable, usual),
            metavar=kind.__name__.upper(),
            help=f"{about} [{variable}]",
        )

    option("host", str, "127.0.0.1", "address to listen on")
    option("port", int, "8081", "port to listen on")
    option("seed", int, "1", "the same calls in the same order meet the same fate")
    option("pace", float, "1", "multiplies every time: 0.1 is ten times as fast, 0 does not wait")
    option("words-at-once", int, "1", "words in a piece of a stream")
    option("hang", float, str(NEVER), "seconds that a call that times out says nothing")
    option("invented", float, "0.03", "share of answers with an invented sentence, unless flawless")
    found.add_argument(
        "--flawless",
        action="store_true",
        default=env.get("SIMULATOR_FLAWLESS", "") not in {"", "0"},
        help="nothing fails unless chaos says so; else two calls in a thousand fail and three are refused [SIMULATOR_FLAWLESS]",
    )
    return found


def main() -> None:
    """Serve."""
    told = parser(os.environ).parse_args()
    behaviour = Behaviour(told.seed, told.pace, told.words_at_once, flawless=told.flawless, invented=told.invented)
    app = create(behaviour, told.hang)
    print(f"model simulator at http://{told.host}:{told.port}, Ctrl-C ends it", flush=True)
    uvicorn.run(app, host=told.host, port=told.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
