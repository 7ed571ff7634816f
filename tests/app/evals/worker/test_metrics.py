"""What a scrape sees is what the store says."""

import asyncio
import dataclasses
import time
from typing import Any

import pytest
from app.evals.settings import Settings
from app.evals.store import Store, StoreError
from app.evals.worker import metrics as module
from app.evals.worker.metrics import Metrics
from app.evals.worker.who import KEY, Who
from app.telemetry.contract import Contract
from prometheus_client import CollectorRegistry

from tests.app.evals.worker.conftest import GROUNDED, TONE, USD, FakeJudge, item


@pytest.fixture
def registry(store: Store, contract: Contract, monkeypatch: pytest.MonkeyPatch) -> CollectorRegistry:
    """Of worker `w`; each scrape asks the store."""
    monkeypatch.setattr(module, "_FRESH", 0.0)
    made = CollectorRegistry()
    made.register(Metrics(store, Settings.of(contract), contract, "w"))
    return made


def judged(store: Store, number: int, **more: Any) -> None:
    """One answer that a worker has judged."""
    store.put([item(number, **more)], worker="w")
    claim = store.claim("w", 1, 60)[0]
    verdict = asyncio.run(FakeJudge().judge(claim.item, GROUNDED))
    assert store.record(claim, verdict, None, worker="w")
    store.finish(claim)


def name(contract: Contract, role: str) -> str:
    return str({**contract.data["metrics"], **contract.data["evals"]["metrics"]}[role]["name"])


def test_every_foreseeable_series_is_there_from_the_start(registry: CollectorRegistry, contract: Contract) -> None:
    """A counter that is born above 0 loses its first increase."""
    models = [*contract.models, "other"]
    for role in ("eval_results", "eval_weight", "eval_squared_weight"):
        for model in models:
            for dimension in ("groundedness", "refusal", "tone"):
                for verdict in ("pass", "fail", "error"):
                    labels = {"model": model, "dimension": dimension, "verdict": verdict}
                    assert registry.get_sample_value(name(contract, role), labels) == 0, (role, labels)
    for reason in ("budget", "full", "spool", "dead"):
        assert registry.get_sample_value(name(contract, "eval_dropped"), {"reason": reason}) == 0
    there = {sample.name for family in registry.collect() for sample in family.samples}
    unknown = {role for role in contract.data["evals"]["metrics"] if name(contract, role) not in there}
    assert unknown == {"eval_agreement", "eval_kappa", "eval_kappa_low"}, "nobody has labelled yet"
    for model in models:
        for kind in ("prompt", "model"):
            assert registry.get_sample_value(name(contract, "eval_changes"), {"model": model, "kind": kind}) == 0


def test_types_and_labels_are_the_contracts(registry: CollectorRegistry, contract: Contract) -> None:
    families = {family.name: family for family in registry.collect()}
    for spec in contract.data["evals"]["metrics"].values():
        family = families[spec["name"].removesuffix("_total") if spec["type"] == "counter" else spec["name"]]
        assert family.type == spec["type"]
        assert all(sorted(sample.labels) == sorted(spec["labels"]) for sample in family.samples)


def test_verdicts_are_counted_by_model_and_others_are_one(
    store: Store, registry: CollectorRegistry, contract: Contract
) -> None:
    for number, model in enumerate(("gpt-4o-mini", "gpt-4o-mini", "strange", "stranger"), 1):
        judged(store, number, model=model)
    labels = {"dimension": "groundedness", "verdict": "pass"}

    def value(role: str, model: str) -> float | None:
        return registry.get_sample_value(name(contract, role), {"model": model, **labels})

    assert value("eval_results", "gpt-4o-mini") == 2
    assert value("eval_weight", "gpt-4o-mini") == 8
    assert value("eval_squared_weight", "gpt-4o-mini") == 32
    assert value("eval_results", "other") == 2
    assert registry.get_sample_value(name(contract, "eval_judge_cost")) == pytest.approx(4 * USD)


def test_the_time_at_which_the_ruler_changed_is_told(
    store: Store, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By dimension, 0 where it never did; as far as the contract knows it."""
    monkeypatch.setattr(module, "_FRESH", 0.0)
    told = {
        "name": "llm_eval_ruler_changed_timestamp_seconds", "type": "gauge", "help": "When the ruler changed.", "labels": ["dimension"],
    }  # fmt: skip
    evals = contract.data["evals"]
    known = Contract(contract.data | {"evals": evals | {"metrics": evals["metrics"] | {"eval_ruler_changed": told}}})
    registry = CollectorRegistry()
    registry.register(Metrics(store, Settings.of(known), known, "w"))

    def changed(dimension: str) -> float | None:
        return registry.get_sample_value(told["name"], {"dimension": dimension})

    judged(store, 1)
    assert (changed("groundedness"), changed("tone")) == (0, 0)
    verdict = asyncio.run(FakeJudge().judge(item(2), GROUNDED))
    store.record(None, dataclasses.replace(verdict, rubric="stricter"), now=1_000_000.0)
    assert (changed("groundedness"), changed("tone")) == (1_000_000.0, 0)


def test_drops_are_told_by_reason(store: Store, registry: CollectorRegistry, contract: Contract) -> None:
    store.count_dropped("w", "spool", 3)
    assert registry.get_sample_value(name(contract, "eval_dropped"), {"reason": "spool"}) == 3


def test_the_queue_and_the_money(store: Store, registry: CollectorRegistry, contract: Contract) -> None:
    store.put([item(1, ended=time.time() - 50), item(2)], worker="w")
    assert registry.get_sample_value(name(contract, "eval_queue_depth")) == 2
    assert 49 < (registry.get_sample_value(name(contract, "eval_oldest")) or 0) < 60
    limit = Settings.of(contract).judge.max_usd_per_day
    assert registry.get_sample_value(name(contract, "eval_budget_left")) == limit


def test_what_calibration_left_in_the_store_is_told(
    store: Store, registry: CollectorRegistry, contract: Contract
) -> None:
    """Unknown keys and values that are no numbers are passed over."""
    told = {"labels": 120, "agreement": 0.9, "kappa": 0.8, "kappa_low": 0.7, "calibrated": True, "more": "x"}
    store.set_state(f"calibration/{TONE.name}", told)
    store.set_state(f"control/{TONE.name}", {"size": 60, "changed": 2})
    expected = {
        "eval_labels": 120, "eval_agreement": 0.9, "eval_kappa": 0.8, "eval_kappa_low": 0.7, "eval_calibrated": 1,
        "eval_control_size": 60, "eval_control_changed": 2,
    }  # fmt: skip
    for role, value in expected.items():
        assert registry.get_sample_value(name(contract, role), {"dimension": "tone"}) == value
        measured = role in {"eval_agreement", "eval_kappa", "eval_kappa_low"}
        nobody_said = None if measured else 0
        assert registry.get_sample_value(name(contract, role), {"dimension": "refusal"}) == nobody_said, role


def test_a_store_that_is_down_leaves_the_last_numbers(
    store: Store, registry: CollectorRegistry, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged(store, 1)
    labels = {"model": "gpt-4o-mini", "dimension": "groundedness", "verdict": "pass"}
    assert registry.get_sample_value(name(contract, "eval_results"), labels) == 1

    def down(*_words: object) -> None:
        raise StoreError("down")

    monkeypatch.setattr(store, "totals", down)
    assert registry.get_sample_value(name(contract, "eval_results"), labels) == 1


def test_before_the_store_has_answered_there_are_no_numbers(
    store: Store, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A counter at 0 that jumps to what it was before the restart would look like a burst."""

    def down(*_words: object) -> None:
        raise StoreError("down")

    monkeypatch.setattr(module, "_FRESH", 0.0)
    totals = store.totals
    monkeypatch.setattr(store, "totals", down)
    metrics = Metrics(store, Settings.of(contract), contract, "w")
    assert list(metrics.collect()) == []
    assert not metrics.ready()
    monkeypatch.setattr(store, "totals", totals)
    assert list(metrics.collect())
    assert metrics.ready()


def test_a_store_that_hangs_holds_no_scrape_up(
    store: Store, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last numbers, within the scrape's time; and one thread waits, not one more with each scrape."""
    monkeypatch.setattr(module, "_FRESH", 0.0)
    metrics = Metrics(store, Settings.of(contract), contract, "w")
    assert metrics.ready()
    monkeypatch.setattr(module, "_PATIENCE", 0.1)
    calls = [0]

    def hang(_worker: str) -> None:
        calls[0] += 1
        time.sleep(1.0)
        raise StoreError("down")

    monkeypatch.setattr(store, "totals", hang)
    began = time.monotonic()
    for _scrape in range(3):
        assert list(metrics.collect())
    assert time.monotonic() - began < 0.8
    assert calls[0] == 1
    time.sleep(1.0)


def test_numbers_survive_a_restart(store: Store, url: str, contract: Contract) -> None:
    """Another process of the same name goes on where the last one was."""
    from app.evals.store import open_store

    judged(store, 1)
    again = open_store(url)
    registry = CollectorRegistry()
    registry.register(Metrics(again, Settings.of(contract), contract, "w"))
    labels = {"model": "gpt-4o-mini", "dimension": "groundedness", "verdict": "pass"}
    assert registry.get_sample_value(name(contract, "eval_results"), labels) == 1
    again.close()


@pytest.mark.parametrize("simulated", [True, False])
def test_a_simulated_judge_is_told_where_the_contract_has_a_name_for_it(
    store: Store, contract: Contract, simulated: bool
) -> None:
    """1 or 0, as the store says; a contract of an earlier version lacks it, and nothing is told."""
    store.set_state(KEY, Who("j", simulated=simulated).state())
    spec = {"name": "judge_is_simulated", "type": "gauge", "help": "Is it?", "labels": []}
    evals = contract.data["evals"]
    known = {role: one for role, one in evals["metrics"].items() if role != "eval_judge_simulated"}
    for metrics, value in ((known, None), ({**known, "eval_judge_simulated": spec}, float(simulated))):
        told = Contract(contract.data | {"evals": evals | {"metrics": metrics}})
        registry = CollectorRegistry()
        registry.register(Metrics(store, Settings.of(told), told, "w"))
        assert registry.get_sample_value("judge_is_simulated") == value
