"""Even traffic at rates that a file says."""

import asyncio
import json
import random
from collections import Counter
from pathlib import Path

from app.traffic.steady import Control, Pacer, steadily


def test_calls_are_as_many_as_the_rate_says_and_evenly_spaced() -> None:
    """Ten seconds in steps of any size: nothing is lost by rounding."""
    for step in (0.02, 0.13, 0.5):
        pacer = Pacer()
        per_step = [pacer.due({"a": 6.0, "b": 0.25}, step) for _number in range(round(10 / step))]
        counted = Counter(model for models in per_step for model in models)
        assert 59 <= counted["a"] <= 61
        assert 2 <= counted["b"] <= 3
        assert max(map(len, per_step)) <= 6 * step + 2


def test_a_stall_is_no_burst() -> None:
    """A process that slept for a minute does not send a minute of calls at once."""
    assert len(Pacer().due({"a": 10.0}, 60.0)) == 5


def test_a_change_of_the_file_is_seen_and_a_broken_one_ignored(tmp_path: Path) -> None:
    """Half-written or gone, the last rates stay; below zero is zero."""
    file = tmp_path / "rates.json"
    control = Control(file)
    assert control.rates() == {}
    file.write_text('{"a": 3}')
    assert control.rates() == {"a": 3.0}
    for broken in ("{", "[1]", '{"a": "many"}'):
        file.write_text(broken)
        assert control.rates() == {"a": 3.0}
    file.unlink()
    assert control.rates() == {"a": 3.0}
    file.write_text('{"a": -1, "b": 2}')
    assert control.rates() == {"a": 0.0, "b": 2.0}


def test_visits_name_their_model_and_follow_the_file(tmp_path: Path) -> None:
    """From one model to another while it runs, and silent at zero."""
    file = tmp_path / "rates.json"
    file.write_text(json.dumps({"a": 200.0}))

    async def watch() -> list[str | None]:
        stop, seen = asyncio.Event(), list[str | None]()
        async for visit in steadily(Control(file), ["chat"], random.Random(1), stop):
            seen.append(visit.model)
            assert visit.endpoint == "chat"
            if len(seen) == 20:
                file.write_text(json.dumps({"a": 0, "b": 200.0}))
            if len(seen) == 60:
                stop.set()
        return seen

    seen = asyncio.run(asyncio.wait_for(watch(), 20))
    assert seen[:20] == ["a"] * 20
    assert seen[-20:] == ["b"] * 20
