"""A run put together: contract, simulator or providers, app, judge."""

import argparse
import asyncio
import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from app.evals.dataset.attacks import Attacks
from app.evals.dataset.attacks import load as load_attacks
from app.evals.dataset.bundled import simulator
from app.evals.dataset.check import check
from app.evals.dataset.markdown import simulated
from app.evals.dataset.questions import Questions
from app.evals.dataset.questions import load as load_questions
from app.evals.dataset.redteam import RESISTED, redteam
from app.evals.dataset.result import Run
from app.evals.dataset.tell import NotTold, tell
from app.evals.settings import Settings
from app.telemetry.contract import Contract


def run_part(arguments: argparse.Namespace, environ: Mapping[str, str] = os.environ) -> int:
    """Do it; the exit code. Raises NotTold."""
    try:
        contract = Contract.load(Path(environ.get("LLM_CONTRACT", "stack/app/contract.json")))
        settings = Settings.of(contract)
    except (OSError, ValueError) as error:
        raise NotTold(f"no contract: {error}; run `make render`, or set LLM_CONTRACT") from None
    model = arguments.model or next(iter(contract.models))
    if model not in contract.models:
        raise NotTold(f"no model {model!r} in the contract: there are {', '.join(contract.models)}")
    with _simulator(arguments.simulator) as url:
        now = asyncio.run(_run(arguments, contract, settings, model, url, environ))
    return tell(arguments, now, settings)


@contextlib.contextmanager
def _simulator(url: str | None) -> Iterator[str]:
    if url:
        yield url.rstrip("/")
        return
    try:
        with simulator() as own:
            yield own
    except OSError as error:
        raise NotTold(str(error)) from None


async def _run(
    arguments: argparse.Namespace, contract: Contract, settings: Settings, model: str, url: str, environ: Mapping[str, str]
) -> Run:  # fmt: skip
    from app.evals.dataset.application import Application
    from app.evals.dataset.judged import Bench, Hopeless
    from app.evals.dataset.purse import Purse
    from app.evals.judge import JudgeRefused, judge_of

    attacked = arguments.part == "redteam"
    data = _data(arguments)
    purse = Purse(arguments.max_usd)
    concurrency = arguments.concurrency or settings.judge.concurrency
    try:
        application = Application(contract, model, url, purse)
        judge = None if attacked and not arguments.judge else judge_of(settings.judge, url, environ)
    except (OSError, ValueError, JudgeRefused) as error:
        raise NotTold(str(error)) from None
    try:
        if application.real and application.prices is None:
            _unpriced(purse.limit, model)
        if judge and judge.real and not judge.priced:
            _unpriced(purse.limit, judge.name)
        if not application.real or (judge and not judge.real):
            print(simulated("model: simulator" if not application.real else ""), file=sys.stderr)
        dimensions = (RESISTED,) if attacked else settings.dimensions
        bench = Bench(judge, dimensions, purse, concurrency) if judge else None
        if isinstance(data, Attacks):
            return await redteam(data, application, bench, concurrency, arguments.limit)
        assert bench is not None  # noqa: S101  # only attacks do without
        return await check(data, application, bench, arguments.limit)
    except Hopeless as error:
        raise NotTold(str(error)) from None
    finally:
        await application.close()
        if judge:
            await judge.close()


def _data(arguments: argparse.Namespace) -> Questions | Attacks:
    try:
        return load_attacks(arguments.data) if arguments.part == "redteam" else load_questions(arguments.data)
    except (OSError, ValueError) as error:
        raise NotTold(str(error)) from None


def _unpriced(limit: float | None, name: str) -> None:
    if limit is not None:
        raise NotTold(
            f"no price is known for {name}, so that --max-usd {limit:g} cannot be kept: give it a price in spec.yaml, or say --max-usd none"
        )
