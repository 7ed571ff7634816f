"""What the native engine starts, with which command."""

import sys
from collections.abc import Mapping
from pathlib import Path

from generator import __version__, judging
from generator import conventions as c
from generator.configs.collector import APP_LOG
from generator.configs.trace_links import trace_links
from generator.launch.back_ends import STARTERS
from generator.launch.component import Component
from generator.launch.money import FOLLOWED
from generator.launch.obtain.package import Obtained
from generator.launch.state import State
from generator.model import Model

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


def components(model: Model, state: State, obtained: Mapping[str, Obtained], *, demo_traffic: bool) -> list[Component]:
    """Everything to start, in the order of the table."""
    found = [STARTERS[name](model, one) for name, one in obtained.items()]
    if model.app.example:
        found += _example(model, state, demo_traffic=demo_traffic)
    return found


def _example(model: Model, state: State, *, demo_traffic: bool) -> list[Component]:
    app, simulator = model.placement[c.APP], model.placement[c.SIMULATOR]
    common = {
        "LLM_CONTRACT": f"{app.etc}/contract.json",
        "LLM_SIMULATOR_URL": simulator.url,
        "PYTHONPATH": str(EXAMPLES),
        "PYTHONUNBUFFERED": "1",
    }
    # The Collector's address even where it does not run yet: it may join, and the app need not restart for it.
    exported = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{app.host}:{model.stack.ports['otlp_http']}"}

    def python(module: str) -> list[str]:
        return [sys.executable, "-m", module]

    found = [
        Component(
            c.SIMULATOR, __version__, python("app.simulator"), f"{simulator.url}/readyz", simulator.url, (simulator.ports["http"],),
            ("app",), common | {"SIMULATOR_HOST": simulator.listen, "SIMULATOR_PORT": str(simulator.ports["http"])},
        ),
        Component(
            c.APP, __version__, python("app.server"), f"{app.url}/readyz", app.url, (app.ports["http"],), ("app",),
            common | exported | {
                "APP_BLOBS": str(state.data(c.APP) / "blobs"), "APP_HOST": app.listen, "APP_PORT": str(app.ports["http"]),
                "APP_LOG_FILE": str(state.data(c.APP) / APP_LOG), "APP_TRACE_URLS": " ".join(trace_links(model)),
                **judging.spool(model),
            }, inherits=FOLLOWED,
        ),
    ]  # fmt: skip
    if judge := judging.worker(model):
        found.append(
            Component(
                c.EVALS, __version__, [*python("app.evals"), "worker"], f"{judge.url}/readyz", judge.url, (judge.ports["http"],), ("app",),
                common | exported | judging.environment(model, judge), inherits=FOLLOWED, core=False, late=True,
            )
        )  # fmt: skip
    if demo_traffic:
        environment = common | {"TRAFFIC_TARGET": app.url}
        found.append(
            Component(
                c.TRAFFIC, __version__, python("app.traffic"), config=("app",), environment=environment, core=False
            )
        )
    return found
