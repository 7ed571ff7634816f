"""What waits, what was judged and what it cost: for people, and for programs."""

import json
import time
from collections.abc import Mapping
from typing import Any

from app.evals.settings import Dimension, Settings
from app.evals.statistics import wilson
from app.evals.store import Store
from app.evals.worker.purse import ASSUMED_USD, OVER, day
from app.evals.worker.who import noted
from app.evals.worker.workers import Counts, results

_MOST_DEAD = 5


def status(store: Store, settings: Settings, now: float | None = None) -> dict[str, Any]:
    """All of it, as JSON; raises what the store raises. Rates are weighted, their interval is Wilson's with Kish's effective number."""
    at = time.time() if now is None else now
    depth, today = store.depth(at), day(at)
    spent = store.spent(today, at)
    priced = settings.judge.usd_per_million_tokens is not None
    calls = None if priced else store.spent(f"calls {today}", at)
    limit, counted = settings.judge.max_usd_per_day, results(store)
    judge = noted(store, settings)
    return {
        "at": at,
        "judge": judge.name,
        "judge_simulated": judge.simulated,
        "not_judging": judge.withheld,
        "waiting": depth.waiting,
        "running": depth.running,
        "oldest_seconds": depth.oldest_seconds,
        "dead": depth.dead,
        "skipped": depth.skipped,
        "budget": {
            "day": today,
            "limit_usd": limit,
            "spent_usd": spent.usd,
            "set_aside_usd": spent.reserved,
            "over": store.state(OVER) == {"day": today},
            "calls": None if calls is None else {"made": calls.usd, "limit": int(limit / ASSUMED_USD + 1e-9)},
        },
        "dimensions": {one.name: _dimension(store, counted, one) for one in settings.dimensions},
        "dead_letters": [
            {
                "call_id": one.call_id,
                "model": one.model,
                "reason": one.reason,
                "attempts": one.attempts,
                "since": one.since,
            }
            for one in store.dead(_MOST_DEAD)
        ],
    }


def _dimension(store: Store, counted: Mapping[tuple[str, str], Counts], dimension: Dimension) -> dict[str, Any]:
    name = dimension.name
    passed, failed, error = (counted.get((name, label), (0, 0.0, 0.0)) for label in ("pass", "fail", "error"))
    weight, squared = passed[1] + failed[1], passed[2] + failed[2]
    effective = weight * weight / squared if squared else 0.0
    rate = passed[1] / weight if weight else None
    low, high = wilson(min(1.0, rate) * effective, effective) if rate is not None else (0.0, 1.0)
    state: Any = store.state(f"calibration/{name}")
    calibrated = bool(state.get("calibrated")) if isinstance(state, Mapping) else False
    return {
        "pass": passed[0],
        "fail": failed[0],
        "error": error[0],
        "pass_rate": rate,
        "low": low,
        "high": high,
        "effective_n": effective,
        "calibrated": calibrated,
        "counts": calibrated or not dimension.taste,
    }


def dumped(told: Mapping[str, Any]) -> str:
    """For programs."""
    return json.dumps(told, indent=1) + "\n"


def shown(told: Mapping[str, Any], store: str) -> str:
    """For people."""
    budget = told["budget"]
    waiting = (
        f"waiting {told['waiting']:,} (oldest {duration(told['oldest_seconds'])}), running {told['running']:,}, "
        f"dead {told['dead']:,}, skipped {told['skipped']:,}   in {store}"
    )
    lines = [
        waiting,
        f"judge {told['judge']}: {_money(budget)} spent on {budget['day']} (UTC)"
        + ("; THE BUDGET IS SPENT, answers are skipped until the day ends" if budget["over"] else ""),
        *_judge(told),
        "",
        f"{'dimension':<16}{'pass':>8}{'fail':>8}{'error':>8}   pass rate (95 % interval)",
    ]
    for name, one in told["dimensions"].items():
        rate = (
            f"{one['pass_rate']:7.1%} ({one['low']:.1%} to {one['high']:.1%})"
            if one["pass_rate"] is not None
            else "      -"
        )
        lines.append(f"{name:<16}{one['pass']:>8,}{one['fail']:>8,}{one['error']:>8,}   {rate:<32}{_trust(one)}")
    if told["dead_letters"]:
        lines += ["", "dead letters (`retry` has them judged again):"]
        lines += [f"  {one['call_id']}  {one['model']}  {one['reason']}" for one in told["dead_letters"]]
    return "\n".join(lines) + "\n"


def _judge(told: Mapping[str, Any]) -> list[str]:
    if told["not_judging"]:
        return [f"NOTHING IS JUDGED: {told['not_judging']}"]
    if told["judge_simulated"]:
        return ["THE JUDGE IS SIMULATED: it only compares words, and its verdicts say nothing about answers"]
    return []


def _money(budget: Mapping[str, Any]) -> str:
    if budget["calls"] is not None:
        return f"{budget['calls']['made']:,.0f} of {budget['calls']['limit']:,} calls (no price is known)"
    return f"{budget['spent_usd']:.4f} of {budget['limit_usd']:.2f} USD"


def _trust(one: Mapping[str, Any]) -> str:
    if one["calibrated"]:
        return "calibrated"
    return "not calibrated" if one["counts"] else "not calibrated: a matter of taste, so it does not count"


def duration(seconds: float) -> str:
    """In words.

    >>> duration(7260)
    '2 h 1 min'
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = int(seconds // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
