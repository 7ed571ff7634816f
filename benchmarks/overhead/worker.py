"""One subject in a process of its own: reads orders from standard input, a JSON object a line, and answers each with one."""

import gc
import json
import os
import statistics
import sys
import time
from importlib import import_module
from itertools import count, islice
from pathlib import Path
from typing import Any, TextIO

from benchmarks.overhead.questions import asked

_TURNS = map(asked, count())
_PEERS, _KIT = "benchmarks.overhead.peers", "benchmarks.overhead.kit"
_STARTS = {
    "nothing": (_PEERS, "nothing"),
    "kit": (_KIT, "whole"),
    "kit-metrics": (_KIT, "metrics"),
    "kit-log": (_KIT, "log"),
    "kit-redaction": (_KIT, "redaction"),
    "kit-blobs": (_KIT, "blobs"),
    "kit-client": (_KIT, "client"),
    "opentelemetry": (_PEERS, "opentelemetry"),
    "openllmetry": (_PEERS, "openllmetry"),
    "openinference": (_PEERS, "openinference"),
    "langfuse": (_PEERS, "langfuse"),
    "openlit": (_PEERS, "openlit"),
}


def main(name: str, sink: str, folder: str) -> None:
    """Start the subject, tell how long that took up to the first answer, then do as told until the input ends."""
    answers = _quiet()
    began = time.perf_counter()
    # The application's own import; a subject is charged with what it needs on top of it.
    import_module("openai")
    module, start = _STARTS[name]
    observed = getattr(import_module(module), start)(sink, Path(folder))
    observed.ask(observed.client, *next(_TURNS))
    if os.environ.get("OVERHEAD_FREEZE"):
        gc.collect()
        gc.freeze()
    _tell(answers, {"start_s": time.perf_counter() - began})
    orders = {"block": _block, "burst": _burst, "go": _go}
    for line in sys.stdin:
        order = json.loads(line)
        _tell(answers, orders[order["do"]](observed, order["calls"]))


def _block(observed: Any, calls: int) -> dict[str, float]:
    """Microseconds: median, mean, p99 and worst of the calls; processor time of all threads a call, until all is sent."""
    ask, client, clock = observed.ask, observed.client, time.perf_counter_ns
    turns, took = list(islice(_TURNS, calls)), [0] * calls
    before = time.process_time_ns()
    for number, (question, user) in enumerate(turns):
        began = clock()
        ask(client, question, user)
        took[number] = clock() - began
    observed.flush()
    spent = time.process_time_ns() - before
    took.sort()
    return {
        "median": statistics.median(took) / 1000,
        "mean": sum(took) / calls / 1000,
        "p99": took[calls * 99 // 100] / 1000,
        "worst": took[-1] / 1000,
        "cpu": spent / 1000 / calls,
    }


def _burst(observed: Any, calls: int) -> dict[str, float]:
    """As fast as it goes, then all is sent; allocated blocks before and after, what is garbage not counted."""
    gc.collect()
    before, began = sys.getallocatedblocks(), time.perf_counter()
    _go(observed, calls)
    took = time.perf_counter() - began
    observed.flush()
    gc.collect()
    return {"seconds": took, "blocks": sys.getallocatedblocks() - before}


def _go(observed: Any, calls: int) -> dict[str, float]:
    """Nothing is sent on purpose at their end."""
    for question, user in islice(_TURNS, calls):
        observed.ask(observed.client, question, user)
    return {}


def _quiet() -> TextIO:
    """Answers get a descriptor of their own: some subjects print."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers


def _tell(answers: TextIO, what: dict[str, float]) -> None:
    answers.write(json.dumps(what) + "\n")
    answers.flush()


if __name__ == "__main__":
    main(*sys.argv[1:4])
