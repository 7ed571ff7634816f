"""Who is judged is decided by a hash: reproducible, in the right shares, with weights that are right."""

import hashlib
import math
import random
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from app.evals.sampling import Chosen, Sampler, draw
from app.evals.settings import JudgeSettings, Settings
from app.telemetry import Call
from hypothesis import given, settings
from hypothesis import strategies as st

MANY = 20_000
HOUR, DAY = 3600.0, 86_400.0
Z = 4.0
"""Standard errors that a share may be off: which chance does once in 16 000 times, and the ids are the same in each run."""

LUCKY = next(name for name in map(str, range(1_000_000)) if draw(name) < 0.001)
"""Whatever the share, it is chosen."""


def settings_with(**changes: Any) -> Settings:
    """Judge 1 % of the calls, unless told otherwise."""
    judge = JudgeSettings("gpt-4o-mini", "openai", None, 5.0, 4, 120, None)
    told = {
        "sample": 0.01, "by": "call", "endpoints": {}, "models": {}, "floor_per_day": 0, "always": (), "judge": judge, "dimensions": (),
        "control_seconds": 1, "max_waiting": 1, "keep_seconds": 1, "pass_rate_below": 0.9, "enabled": True,
    }  # fmt: skip
    return Settings(**(told | changes))


def sampler(now: Callable[[], float] = lambda: 0.0, **changes: Any) -> Sampler:
    """With such settings."""
    return Sampler(settings_with(**changes), now)


def call(number: int, **known: Any) -> Call:
    """A call whose id is always the same."""
    return Call(**{"endpoint": "chat", "model": "m", "status": "ok", "call_id": f"{number:032x}"} | known)


def share(of: Sampler, number: int = MANY, **known: Any) -> float:
    """How many of so many calls are chosen."""
    return sum(of.choose(call(one, **known)) is not None for one in range(number)) / number


def near(found: float, wanted: float, number: int = MANY) -> bool:
    """Within what chance does (a binomial's standard error)."""
    return abs(found - wanted) <= Z * math.sqrt(wanted * (1 - wanted) / number)


@pytest.mark.parametrize("wanted", [0.001, 0.01, 0.2, 0.5, 0.99, 1.0])
def test_the_share_is_right(wanted: float) -> None:
    """Within what chance does."""
    assert near(share(sampler(sample=wanted)), wanted)


def test_draws_are_spread_evenly_even_for_ids_that_are_not() -> None:
    """Chi-square over 100 bins of counting ids: 99 degrees of freedom, so 179 is once in a million."""
    bins = Counter(int(draw(f"{number:032x}") * 100) for number in range(MANY))
    assert sum((bins[one] - MANY / 100) ** 2 / (MANY / 100) for one in range(100)) < 179


def test_a_draw_can_be_worked_out_by_anyone() -> None:
    """With no more than a hexadecimal SHA-256, as any database has it."""
    for number in range(1000):
        name = f"call-{number}"
        assert draw(name) == pytest.approx(int(hashlib.sha256(name.encode()).hexdigest()[:16], 16) / 2**64, abs=1e-15)


@given(st.text(), st.floats(0.001, 1), st.floats(0.001, 1))
def test_who_is_chosen_is_chosen_again_and_by_each_larger_share(name: str, one: float, other: float) -> None:
    """In any process, at any time."""
    small, large = sorted((one, other))
    asked = call(0, call_id=name)
    chosen = sampler(sample=small).choose(asked)
    assert sampler(sample=small).choose(asked) == chosen
    if chosen is not None:
        assert chosen == Chosen(small, "sample")
        assert sampler(sample=large).choose(asked) == Chosen(large, "sample")
    assert sampler(sample=small).chosen_by_share(asked) is (chosen is not None)


SHARES = st.dictionaries(st.sampled_from("ab"), st.sampled_from([0.0, 0.1, 0.5, 1.0]))


@given(SHARES, SHARES, st.sampled_from("abc"), st.sampled_from("abc"))
def test_the_larger_share_of_endpoint_and_model_counts(
    endpoints: dict[str, float], models: dict[str, float], endpoint: str, model: str
) -> None:
    """The general one only where neither has any, so that a smaller one can be said as well."""
    told = [one for one in (endpoints.get(endpoint), models.get(model)) if one is not None]
    assert sampler(endpoints=endpoints, models=models).share(endpoint, model) == max(told, default=0.01)


def test_overrides_hold() -> None:
    """For the calls that they are about."""
    of = sampler(endpoints={"chat": 0.3, "search": 0.001}, models={"rare": 0.6})
    for wanted, known in [
        (0.3, {"endpoint": "chat"}),
        (0.6, {"endpoint": "chat", "model": "rare"}),
        (0.6, {"endpoint": "search", "model": "rare"}),
        (0.001, {"endpoint": "search"}),
        (0.01, {"endpoint": "else"}),
    ]:
        assert near(share(of, **known), wanted), known


def test_a_share_of_nothing_is_nothing() -> None:
    """Whatever else would have chosen it: there may be a reason why nobody is to read these."""
    of = sampler(endpoints={"private": 0.0}, floor_per_day=24, always=("refusal",))
    assert share(of, 100, endpoint="private") == 0.0
    assert share(of, 100, endpoint="private", status="refusal") == 0.0
    assert not of.chosen_by_share(call(1, endpoint="private", status="refusal"))


def test_refusals_are_certain_where_they_are_asked_for() -> None:
    """And are like others where they are not."""
    of = sampler(always=("refusal",))
    assert all(of.choose(call(one, status="refusal")) == (1.0, "refusal") for one in range(100))
    assert of.chosen_by_share(call(1, status="refusal"))
    assert near(share(of), 0.01)
    assert near(share(sampler(), status="refusal"), 0.01)


def test_what_is_chosen_together_has_one_short_name() -> None:
    """Which does not hold the id that somebody gave it, and there is none where each call is chosen by itself."""
    of = sampler(by="conversation")
    one, other = (of.cluster(call(number, conversation_id="ada@example.org")) for number in range(2))
    assert one == other
    assert len(str(one)) == 12
    assert one != of.cluster(call(1, conversation_id="bob@example.org"))
    assert of.cluster(call(1)) is None
    assert sampler(by="call").cluster(call(1, conversation_id="ada@example.org")) is None


def test_a_conversation_is_judged_as_a_whole_or_not_at_all() -> None:
    """A call outside of any is chosen by its own id."""
    of = sampler(by="conversation", sample=0.3)
    chosen = Counter(
        number % 500 for number in range(5000) if of.choose(call(number, conversation_id=f"c{number % 500}"))
    )
    assert set(chosen.values()) == {10}
    assert near(len(chosen) / 500, 0.3, 500)
    assert near(share(of, 5000), 0.3, 5000)
    assert near(share(of, 5000, conversation_id=""), 0.3, 5000)


@pytest.mark.parametrize("floor", [6, 20, 48])
@pytest.mark.parametrize("calls", [10, 200, 5_000])
def test_a_rare_model_reaches_its_floor_each_day(floor: int, calls: int) -> None:
    """Or all its calls are judged, where there are fewer; and it is not judged much more often than that, after the first day."""
    clock = [0.0]
    of = sampler(lambda: clock[0], sample=0.0001, floor_per_day=floor)
    days = [0] * 6
    for day in range(6):
        for one in range(calls):
            clock[0] = day * DAY + one * DAY / calls
            days[day] += of.choose(call(day * calls + one)) is not None
    least, certain = min(calls, floor), 24 * math.ceil(floor / 24)
    for judged in days[1:]:
        assert judged >= least - Z * math.sqrt(least) * (calls > floor)
        assert judged <= certain + least + Z * math.sqrt(floor) + 0.0001 * calls


def test_a_burst_after_quiet_hours_is_lifted_at_once_and_no_further() -> None:
    """The first calls of an hour are certain, and what comes after them looks back."""
    clock = [0.0]
    of = sampler(lambda: clock[0], floor_per_day=48)
    clock[0] = 40 * DAY
    told = [of.choose(call(number)) for number in range(2000)]
    probabilities = {number: one.probability for number, one in enumerate(told) if one}
    assert [probabilities.get(number) for number in range(49)] == [1.0] * 49
    assert all(one == max(0.01, 48 / number) for number, one in probabilities.items() if number > 48)
    clock[0] += HOUR
    assert [one and one.probability for one in map(of.choose, map(call, range(2)))] == [1.0, 1.0]


def test_models_have_floors_of_their_own_in_bounded_memory() -> None:
    """As many as there are labels."""
    of = Sampler(settings_with(floor_per_day=24), lambda: 0.0, lambda model: model if model == "m" else "other")
    for number in range(1000):
        of.choose(call(number, model=f"unheard of {number}"))
    assert len(of._seen) == 1  # noqa: SLF001
    assert of.choose(call(1)) == Chosen(1.0, "sample")


def test_hours_are_forgotten_after_a_day() -> None:
    """However long a process lives."""
    clock = [0.0]
    of = sampler(lambda: clock[0], floor_per_day=24)
    for hour in range(200):
        clock[0] = hour * HOUR
        for number in range(3):
            of.choose(call(number))
    seen = of._seen["m"]  # noqa: SLF001
    assert (len(seen.hours), seen.before, seen.this) == (23, 69, 3)
    clock[0] = 0.0
    of.choose(call(1))
    assert of._seen["m"] is seen  # noqa: SLF001


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([0, 5, 24, 100]), st.sampled_from([0.02, 0.1]), st.integers(200, 1500))
def test_weighted_estimates_are_unbiased(seed: int, floor: int, base: float, calls: int) -> None:
    """Over 60 worlds that differ in their ids alone, the mean estimate of how many bad answers there are is right, floor or not.

    Bad answers come in the second half of the day, when the floor has sunk: an estimate without weights would be far off.
    """
    rng = random.Random(seed)
    bad = [one > calls // 2 and one % 3 == 0 for one in range(calls)]
    clock = [0.0]
    always = sampler(lambda: clock[0], sample=base, floor_per_day=floor)
    variance = total = 0.0
    for one in range(calls):
        clock[0] = one * DAY / calls
        known = always.choose(call(0, call_id=LUCKY))
        assert known is not None
        # Horvitz and Thompson's variance, draws being independent.
        variance += bad[one] * (1 - known.probability) / known.probability
    for _world in range(60):
        of = sampler(lambda: clock[0], sample=base, floor_per_day=floor)
        for one in range(calls):
            clock[0] = one * DAY / calls
            chosen = of.choose(call(rng.getrandbits(128)))
            if chosen and bad[one]:
                total += 1 / chosen.probability
    assert abs(total / 60 - sum(bad)) <= 4.5 * math.sqrt(variance / 60) + 1e-9


def test_threads_count_each_call_once() -> None:
    """So that the floor is no higher under load than otherwise."""
    of = sampler(floor_per_day=1)
    threads = [
        threading.Thread(target=lambda: [of.choose(call(number)) for number in range(2000)]) for _thread in range(8)
    ]
    of.choose(call(0))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert next(of._seen["m"].numbers) == 16_001  # noqa: SLF001
