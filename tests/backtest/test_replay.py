"""Cutting the work up, and replaying variants side by side, change nothing that comes out."""

from array import array
from pathlib import Path

import pytest

from generator import conventions as c
from generator.backtest import shards as cutting
from generator.backtest.pages import Page, collect
from generator.backtest.promtest import Clock
from generator.backtest.replay import replay
from generator.backtest.series import Series
from generator.backtest.thresholds import Variant, variants
from generator.buckets import LATENCY_BUCKETS_MS
from generator.launch.obtain.package import Obtained
from generator.model import Model
from generator.spec.load import load

STEP, HOURS, SLOW = 30, 4, (3 * 3600, 3 * 3600 + 1500)
MODELS = {"quick": 300.0, "slow": 900.0}


def traffic(model: Model) -> dict[str, tuple[int, list[Series]]]:
    """Four steady hours of two models; the second takes three times as long for 25 minutes."""
    found: dict[str, list[Series]] = {}
    moments = range(0, HOURS * 3600, STEP)
    for name, normal in MODELS.items():
        labels = ((c.JOB, model.service.name), (c.MODEL, name))
        found.setdefault(c.KIT_REQUESTS, []).append(
            Series(c.KIT_REQUESTS, labels, array("d", (moment / 2.0 for moment in moments)))
        )
        found.setdefault(c.KIT_ERRORS, []).append(Series(c.KIT_ERRORS, labels, array("d", (0.0 for _ in moments))))
        for bound in (*map(float, LATENCY_BUCKETS_MS), float("inf")):
            values, total = array("d"), 0.0
            for moment in moments:
                took = normal * (3 if name == "slow" and SLOW[0] <= moment < SLOW[1] else 1)
                total += STEP / 2.0 * (took <= bound)
                values.append(total)
            le = "+Inf" if bound == float("inf") else f"{bound:g}"
            metric = f"{c.KIT_LATENCY}_bucket"
            found.setdefault(metric, []).append(Series(metric, (*labels, (c.LE, le)), values))
    return {name: (0, series) for name, series in found.items()}


def pages(
    tried: list[Variant],
    model: Model,
    prometheus: Obtained,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    parts: int,
) -> dict[str, list[Page]]:
    monkeypatch.setattr(cutting, "ENOUGH", 1 if parts > 1 else 10**6)
    monkeypatch.setattr(cutting.os, "cpu_count", lambda: parts)
    clocks = {c.ALERT_LATENCY: Clock(0, 3600, HOURS * 3600 - STEP, STEP, STEP)}
    work = cutting.shards(tried, traffic(model), clocks)
    assert len(work) == parts
    folder.mkdir()
    outcomes = replay(prometheus.binaries["promtool"], work, folder, bucket=600, done=lambda _count: None)
    return collect(outcomes).pages


@pytest.mark.e2e
def test_nothing_depends_on_how_the_work_is_cut(
    model: Model, prometheus: Obtained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repository: Path
) -> None:
    """One process, one a model, and one a variant find the same page, for the model that was slow, at its time."""
    tried = [
        Variant(one.key, one.about, {c.ALERT_LATENCY: one.chains[c.ALERT_LATENCY]})
        for one in variants(load(repository / "spec.yaml"), [], tickets=False, what_if=True)
        if c.ALERT_LATENCY in one.chains
    ]
    whole = pages(tried, model, prometheus, tmp_path / "whole", monkeypatch, parts=1)
    (page,) = whole["spec"]
    assert page.subject == "slow"
    assert 300 <= page.start - SLOW[0] <= 900
    assert -60 <= page.end - SLOW[1] <= 900
    assert page.peak is not None
    assert page.baseline is not None
    assert 2 < page.peak / page.baseline < 4
    assert whole["alerts.latency.factor=3"] == [] or whole["alerts.latency.factor=3"][0].start >= page.start
    assert pages(tried, model, prometheus, tmp_path / "models", monkeypatch, parts=2) == whole
    for number, one in enumerate(tried):
        alone = Variant("spec", one.about, one.chains)
        found = pages([alone], model, prometheus, tmp_path / str(number), monkeypatch, parts=1)
        assert found["spec"] == whole[one.key]
