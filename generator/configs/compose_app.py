"""Containers of the reference app: one image, built from this checkout, which the first of them builds for all."""

from typing import Any

from generator import conventions as c
from generator import judging
from generator.configs.collector import APP_LOG
from generator.configs.container import HEALTHY, STARTED, Container, published
from generator.configs.trace_links import trace_links
from generator.model import Model
from generator.placement import Place

STORE = ("evals-store", "${EVALS_STORE_FILE:-/dev/null}")
"""A secret with the address of the database of verdicts, and its file: that of whoever calls Compose, else an empty one."""
_USER = "10001:10001"
_CONTRACT = "./app:/etc/app:ro"
_DATA = "app:/var/lib/app"
# Each project has an image of its own: another checkout has other code.
_IMAGE = f"${{COMPOSE_PROJECT_NAME}}-{c.APP}:local"
_KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL")
_OF_THE_JUDGE = ("JUDGE_API_KEY", "EVALS_SIMULATED_JUDGE", "EVALS_STORE")


def example(model: Model) -> list[Container]:
    """Simulator, app, the worker that judges where there is one, demo traffic."""
    place = model.placement
    simulator, app, collector = place[c.SIMULATOR], place[c.APP], place[c.COLLECTOR]
    judge = judging.worker(model)
    endpoint = f"http://{collector.address('otlp_http')}"
    shared: dict[str, Any] = {"image": _IMAGE, "user": _USER, "pull": "never"}
    return [
        Container(
            c.SIMULATOR, memory="256m", volumes=(_CONTRACT,), command=("python", "-m", "app.simulator"),
            environment={"LLM_CONTRACT": "/etc/app/contract.json", "SIMULATOR_HOST": simulator.listen,
                         "SIMULATOR_PORT": str(simulator.ports["http"])},
            ports=published(model, c.SIMULATOR, http="simulator"), check=_alive(simulator), **shared | {"pull": "build"},
        ),
        Container(
            c.APP, memory="512m", volumes=(_CONTRACT, _DATA), command=("python", "-m", "app.server"),
            environment={
                "APP_BLOBS": f"{app.data}/blobs", "APP_HOST": app.listen, "APP_LOG_FILE": f"{app.data}/{APP_LOG}",
                "APP_PORT": str(app.ports["http"]), "APP_TRACE_URLS": " ".join(trace_links(model)[:1]), "LLM_CONTRACT": "/etc/app/contract.json",
                "LLM_SIMULATOR_URL": f"http://{simulator.address()}",
                "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint, **judging.spool(model),
            },
            passed=_KEYS, ports=published(model, c.APP, http="app"), check=_alive(app),
            after={c.SIMULATOR: HEALTHY, c.COLLECTOR: STARTED}, **shared,
        ),
        *([_judge(model, judge, endpoint, shared)] if judge else []),
        Container(
            c.TRAFFIC, memory="128m", volumes=(_CONTRACT,), command=("python", "-m", "app.traffic"),
            environment={"LLM_CONTRACT": "/etc/app/contract.json", "TRAFFIC_TARGET": f"http://{app.address()}",
                         "TRAFFIC_ANY_HOST": "1"},
            # It ends well where questions would cost money.
            restart="on-failure", after={c.APP: HEALTHY}, **shared,
        ),
    ]  # fmt: skip


def _judge(model: Model, here: Place, endpoint: str, shared: dict[str, Any]) -> Container:
    """Beside the app, with its volume: the spool is there, and the log that the Collector reads."""
    environment = judging.environment(model, here)
    name = environment.pop("EVALS_WORKER")
    return Container(
        c.EVALS, memory="256m", volumes=(_CONTRACT, _DATA), command=("python", "-m", "app.evals", "worker"),
        environment={
            **environment, "LLM_CONTRACT": "/etc/app/contract.json",
            "LLM_SIMULATOR_URL": f"http://{model.placement[c.SIMULATOR].address()}", "OTEL_EXPORTER_OTLP_ENDPOINT": endpoint,
        },
        told={"EVALS_WORKER": f"${{EVALS_WORKER:-{name}}}", "EVALS_STORE_FILE": f"${{EVALS_STORE_FILE:+{here.secrets}/{STORE[0]}}}"},
        secrets=(STORE[0],), passed=(*_KEYS, *_OF_THE_JUDGE), ports=published(model, c.EVALS, http="evals"), check=_alive(here),
        after={c.APP: STARTED}, **shared,
    )  # fmt: skip


def _alive(here: Place) -> tuple[str, ...]:
    url = f"http://127.0.0.1:{here.ports['http']}/readyz"
    return ("python", "-c", f"import urllib.request as u; u.urlopen('{url}', timeout=2)")
