"""Rules that are broken on purpose: a proof must catch each of them, or the proofs are worth nothing."""

import re
from collections.abc import Iterator

from generator import conventions as c
from generator.model import Model
from generator.prove import evals_mutants
from generator.prove.mutant import Mutant
from generator.rules.errors import looks_back


def mutants(model: Model) -> Iterator[Mutant]:
    """Every mutant of the alerts that are enabled."""
    if model.alerts.latency.enabled:
        yield from _latency(model)
    if model.alerts.errors.enabled:
        yield from _errors(model)
    if model.alerts.spend.enabled:
        yield from _spend(model)
    yield from evals_mutants.mutants(model)


def _common(alert: str, incident: str, pages: str, gap: str) -> Iterator[Mutant]:
    yield Mutant(alert, "wait ten times as long", alert, r"^(\d+)", r"\g<1>0", (pages,), "for")
    yield Mutant(alert, "do not wait", alert, r"^.*$", "0s", (pages, "short-blip", "short-burst"), "for")
    yield Mutant(alert, "keep on firing for long", alert, r"^.*$", "2h", (pages,), "keep_firing_for")
    if gap:
        yield Mutant(
            alert,
            "forget the incident in a gap",
            incident,
            r"\nor\n\((?:(?!\nor\n).)*last_over_time.*\Z",
            "",
            (gap,),
        )
    yield Mutant(alert, "page without a sure sign", incident, r"\nunless on \([^)]*\) \(\n  time\(\).*?\n\)$", "",
                 ("peak-then-almost", "a-little-above-for-a-while", "brief-peak"))  # fmt: skip


def _latency(model: Model) -> Iterator[Mutant]:
    alert, windows = c.ALERT_LATENCY, model.alerts.windows
    now, lately = c.latency_p95(str(windows.detect)), c.latency_p95(str(windows.confirm))
    buckets = c.latency_by_model(str(windows.detect))
    healthy, baseline, slow = c.latency_healthy_p95(str(windows.detect)), c.LATENCY_BASELINE, c.LATENCY_SLOW
    yield from _common(alert, slow, "tenfold-slowdown", "scrape-gap-while-active")
    surely = c.latency_sure(str(windows.double))
    yield Mutant(alert, "drop the floor of requests", (now, surely), r">= \S+", ">= 0", ("too-few-calls",))
    yield Mutant(
        alert, "widen the judged range", buckets, rf"\[{windows.detect}\]", f"[{windows.long}]", ("tenfold-slowdown",)
    )
    yield Mutant(
        alert,
        "drop the model from the grouping",
        buckets,
        r"by \(job, model, le\)",
        "by (job, le)",
        ("tenfold-slowdown",),
    )
    yield Mutant(
        alert,
        "judge the median call",
        now,
        r"histogram_quantile\(0\.95",
        "histogram_quantile(0.5",
        ("one-call-in-six",),
    )
    yield Mutant(
        alert,
        "trust the p95 of few calls",
        surely,
        r"histogram_quantile\(0\.9,",
        "histogram_quantile(0.95,",
        ("few-slow-calls",),
    )
    yield Mutant(alert, "let outages shape the baseline", healthy, r"\nunless.*", "", ("failing-fast",))
    yield Mutant(alert, "drop the offset", baseline, r" offset \w+", "", ("creeping-slowdown",))
    yield Mutant(
        alert,
        "average instead of median",
        baseline,
        r"quantile_over_time\(0\.5, ",
        "avg_over_time(",
        ("slow-after-blips",),
    )
    yield Mutant(
        alert,
        "compare with the worst of the past",
        baseline,
        r"quantile_over_time\(0\.5",
        "quantile_over_time(1",
        ("slow-after-blips",),
    )
    yield Mutant(alert, "do not hold the baseline", baseline, r"\A\(.*?\n\)\nor\n", "", ("long-slowdown",))
    yield Mutant(alert, "hold the baseline for ever", baseline, r"< \d+\)", "< 1e12)", ("new-normal",))
    yield Mutant(alert, "trust a baseline of a minute", baseline, r">= \d+", ">= 1", ("cold-start", "first-calls"))
    yield Mutant(
        alert,
        "divide the baseline by 12",
        baseline,
        r"quantile_over_time",
        "1 / 12 * quantile_over_time",
        ("half-the-way",),
    )
    yield Mutant(alert, "swap the comparison", slow, rf"({re.escape(now)}\S+) > ", r"\1 < ", ("tenfold-slowdown",))
    yield Mutant(alert, "half as strict again", slow, r"> (\S+) \* ", r"> 1.5 * \1 * ", ("moderate-slowdown",))
    yield Mutant(alert, "half the factor", slow, r"> (\S+) \* ", r"> 0.6 * \1 * ", ("half-the-way",))
    yield Mutant(
        alert,
        "do not ask the short range",
        slow,
        rf"\n *unless on \(job, model\) {re.escape(lately)}[^\n]*",
        "",
        ("short-blip",),
    )
    yield Mutant(
        alert,
        "forget to end while the short range is empty",
        lately,
        r"\[\w+\]",
        f"[{windows.long}]",
        ("tenfold-slowdown", "short-blip"),
    )


def _errors(model: Model) -> Iterator[Mutant]:
    alert, windows = c.ALERT_ERRORS, model.alerts.windows
    detect, double, long = str(windows.detect), str(windows.double), str(windows.long)
    high, ratios = c.ERRORS_HIGH, (c.error_ratio(detect), c.error_ratio(double))
    failed = tuple(c.model_errors(window) for window in (str(windows.confirm), detect, double, long))
    yield from _common(alert, high, "some-calls-fail", "")
    yield Mutant(alert, "drop the floor of requests", ratios, r">= \S+ > 0", "> 0", ("a-handful-at-night",))
    yield Mutant(alert, "count one kind of failure", failed, r"\}\[", ',kind="api_error"}[', ("refusal-wave",))
    yield Mutant(
        alert,
        "count no failures of the last minutes",
        c.model_errors(detect),
        r"\[\w+\]",
        f"[{detect}] offset {long}",
        ("outage",),
    )
    yield Mutant(alert, "drop the model from the grouping", failed, r"by \(job, model\)", "by (job)", ("outage",))
    yield Mutant(alert, "divide by 12", ratios, r"\n/\n", "\n/ 12 /\n", ("some-calls-fail", "near-the-limit", "outage"))
    yield Mutant(alert, "do not judge rare models", c.ERRORS_RARE, r"> 0\.5 \+", "> 1e9 +", ("small-model-fails",))
    yield Mutant(alert, "widen the long range's recent past", c.ERRORS_RARE, rf"\n[^\n]*{re.escape(c.model_errors(double))}[^\n]*>= 0\.5", "",
                 ("small-model-fails", "a-handful-at-night"))  # fmt: skip
    yield Mutant(
        alert,
        "swap the comparison",
        high,
        r"(ratio_rate\w+\{[^}]*\}) > ",
        r"\1 < ",
        ("some-calls-fail", "half-the-limit"),
    )
    yield Mutant(
        alert,
        "half the limit",
        high,
        rf"({re.escape(c.error_ratio(detect))}\S+) > (\S+)(.*?)> 0\.5 \+ ",
        r"\1 > 0.5 * \2\3> 0.5 + 0.5 * ",
        ("near-the-limit", "half-the-limit"),
    )
    yield Mutant(alert, "thrice the limit", high, r"(ratio_rate\w+\{[^}]*\}) > ", r"\1 > 3 * ", ("some-calls-fail",))
    now = re.escape(c.error_ratio(detect))
    yield Mutant(alert, "page for the echo of a burst", c.ERRORS_PASSING, rf"\nor\n{now}[^\n]* <= \S+ \* max_over_time\(((?!\nor).)*\)", "",
                 ("burst-and-echo",))  # fmt: skip
    if any(looks_back(model, setting) for setting in (model.alerts.errors, *(llm.errors for llm in model.models))):
        yield Mutant(alert, "page for a burst that has just begun", c.ERRORS_PASSING, rf"\nor\n{now}\S+ offset \S+ <= \S+ \* .*", "",
                     ("trickle-then-burst",))  # fmt: skip
    yield Mutant(alert, "be sure of nothing", high, r"> 0\.5 \+", "> 1e9 +", ("some-calls-fail",))


def _spend(model: Model) -> Iterator[Mutant]:
    alert, windows = c.ALERT_SPEND, model.alerts.windows
    detect, confirm = str(windows.detect), str(windows.confirm)
    now, lately, spike, baseline = c.service_spend(detect), c.service_spend(confirm), c.SPEND_SPIKE, c.SPEND_BASELINE
    yield from _common(alert, spike, "dearer-calls", "scrape-gap-while-active")
    yield Mutant(
        alert, "judge each model alone", now, r"by \(job\)", "by (job, model)", ("traffic-moves", "dearer-calls")
    )
    yield Mutant(alert, "widen the judged range", now, rf"\[{detect}\]", f"[{windows.long}]", ("dearer-calls",))
    yield Mutant(
        alert,
        "drop the floor of calls",
        c.service_spend_usual(detect),
        r"\nand on \(job\)[^\n]*",
        "",
        ("sleepy-night",),
    )
    yield Mutant(
        alert,
        "let outages shape the baseline",
        c.service_spend_usual(detect),
        r"\nunless.*",
        "",
        ("recovery-from-outage",),
    )
    yield Mutant(alert, "drop the offset", baseline, r" offset \w+", "", ("creeping-spend",))
    yield Mutant(alert, "do not hold the baseline", baseline, r"\A\(.*?\n\)\nor\n", "", ("long-spike",))
    yield Mutant(alert, "hold the baseline for ever", baseline, r"< \d+\)", "< 1e12)", ("new-normal",))
    yield Mutant(alert, "trust a baseline of a minute", baseline, r">= \d+", ">= 1", ("cold-start",))
    yield Mutant(
        alert,
        "divide the baseline by 12",
        baseline,
        r"quantile_over_time",
        "1 / 12 * quantile_over_time",
        ("slow-growth",),
    )
    yield Mutant(
        alert,
        "drop the floor of money",
        spike,
        rf"\n *and on \(job\) {re.escape(now)}\S+ >= [\d.]+",
        "",
        ("small-money",),
    )
    yield Mutant(alert, "swap the comparison", spike, rf"({re.escape(now)}\S+) > ", r"\1 < ", ("dearer-calls",))
    yield Mutant(alert, "thrice the factor", spike, r"> (\S+) \* ", r"> 3 * \1 * ", ("dearer-calls",))
    yield Mutant(alert, "half the factor", spike, r"> (\S+) \* ", r"> 0.5 * \1 * ", ("below-the-factor",))
    yield Mutant(
        alert,
        "do not ask the short range",
        spike,
        rf"\n *unless on \(job\) {re.escape(lately)}[^\n]*",
        "",
        ("short-burst",),
    )
    yield Mutant(
        alert,
        "forget what the week has seen",
        c.SERVICE_REQUESTS_BUSY,
        r"quantile_over_time\(0\.95",
        "quantile_over_time(0",
        ("steep-morning",),
    )
    yield Mutant(
        alert,
        "excuse whatever the week has seen",
        spike,
        rf"\n *and on \(job\) {re.escape(now)}\S+ <= [^\n]*",
        "",
        ("dear-at-night",),
    )
