"""The worker that judges the reference app's answers: it is placed beside the app, and runs where answers are sampled."""

from generator import conventions as c
from generator.model import Model
from generator.placement import Place

LOG = "evals.jsonl"
"""The worker's log of verdicts, in its data folder."""


def worker(model: Model) -> Place | None:
    """Where it runs; None without the reference app, and where no answer is judged."""
    return model.placement.get(c.EVALS) if model.app.example and model.evals.enabled else None


def spool(model: Model) -> dict[str, str]:
    """What the environment of app and worker has in common, so that one judges what the other answers."""
    here = worker(model)
    return {"EVALS_FOLDER": here.data} if here else {}


def environment(model: Model, here: Place) -> dict[str, str]:
    """What the worker alone is told; `EVALS_ORIGINS` are the pages that may read what failed."""
    page = model.placement[c.PROMETHEUS].url
    return {
        **spool(model),
        "EVALS_HOST": here.listen,
        "EVALS_LOG_FILE": f"{here.data}/{LOG}",
        "EVALS_ORIGINS": " ".join(sorted({page, page.replace("127.0.0.1", "localhost")})),
        "EVALS_PORT": str(here.ports["http"]),
        # Counters go on where they stood: a container's host name is another one after each start.
        "EVALS_WORKER": c.EVALS,
    }
