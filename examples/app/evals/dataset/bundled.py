"""The bundled simulator on a free port of this machine, for as long as a run takes."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

SEED = 1
_WORDS_AT_ONCE = 50
_START = 20.0


@contextlib.contextmanager
def simulator(seed: int = SEED, **chaos: float) -> Iterator[str]:
    """Its address; flawless unless `chaos` says otherwise, without pauses, and the same for the same seed. Raises OSError where it does not start."""
    import uvicorn

    from app.simulator.behaviour import Behaviour
    from app.simulator.misbehaviour import Chaos
    from app.simulator.server import create

    behaviour = Behaviour(seed, 0.0, _WORDS_AT_ONCE, flawless=True)
    if chaos:
        behaviour.chaos = Chaos.parse(chaos)
    # asyncio turns Nagle's delay of 40 ms off only where a socket says that it is TCP.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        server = uvicorn.Server(uvicorn.Config(create(behaviour), log_level="error", timeout_graceful_shutdown=1))
        thread = threading.Thread(target=server.run, args=([listener],), name="simulator", daemon=True)
        thread.start()
        try:
            deadline = time.monotonic() + _START
            while not server.started:
                if not thread.is_alive() or time.monotonic() > deadline:
                    raise OSError("the bundled simulator does not start")
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(5)
