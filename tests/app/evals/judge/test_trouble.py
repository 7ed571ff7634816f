"""What keeps a judge from judging, in the shapes that providers send, through the SDKs."""

import socket
from typing import Any

import httpx2
import pytest
from app.evals.judge import JudgeRefused, JudgeUnavailable
from app.evals.judge.trouble import retry_after

from tests.app.evals.judge.conftest import GROUNDED, asked, item, one
from tests.app.simulator.conftest import Simulator

pytestmark = pytest.mark.xdist_group("simulator")
BOTH = pytest.mark.parametrize("provider", ["openai", "anthropic"])
KEY = "sk-test-of-a-judge-0123456789abcdef"


def judged(url: str, provider: str, **more: Any) -> Any:
    """By a judge with a key, at an address of its own."""
    base = url if provider == "anthropic" else f"{url}/v1"
    return asked("http://127.0.0.1:9", lambda judge: judge.judge(item(), GROUNDED), provider, environ={"JUDGE_API_KEY": KEY}, base_url=base, **more)  # fmt: skip


@BOTH
@pytest.mark.parametrize(
    ("fate", "status"), [("errors", "5"), ("rate_limits", "429"), ("server_errors", "500"), ("unavailable", "503"), ("overloaded", "5"), ("error_events", "5")]
)  # fmt: skip
def test_what_ends_by_itself_is_unavailable(simulator: Simulator, provider: str, fate: str, status: str) -> None:
    """Nothing was paid for, and nothing tried again: that is the worker's."""
    simulator.chaos(**{fate: 1}, leak=1)
    with pytest.raises(JudgeUnavailable, match=f"^{status}") as caught:
        judged(simulator.url, provider)
    assert caught.value.usd == 0.0
    assert "@" not in str(caught.value)
    assert simulator.ledger()["calls"] == 1


@BOTH
def test_a_limit_tells_how_long_to_wait(simulator: Simulator, provider: str) -> None:
    """In milliseconds where a provider says it so."""
    simulator.chaos(rate_limits=1, retry_after=7.25)
    with pytest.raises(JudgeUnavailable) as caught:
        judged(simulator.url, provider)
    assert caught.value.retry_after == (7.25 if provider == "openai" else 8.0)
    assert caught.value.reason == "429: too many requests for the judge's account"


@BOTH
@pytest.mark.parametrize(("fate", "status"), [("unauthorized", "401"), ("forbidden", "403"), ("not_found", "404")])
def test_a_wrong_key_or_model_is_refused_for_all(simulator: Simulator, provider: str, fate: str, status: str) -> None:
    """And says what to do; the key is in no message, not even a part of it."""
    simulator.chaos(**{fate: 1})
    with pytest.raises(JudgeRefused, match=f"^{status}: ") as caught:
        judged(simulator.url, provider)
    assert caught.value.misconfigured
    whole = repr(caught.getrepr(style="long"))
    assert not any(part in whole + str(caught.value) for part in (KEY[:8], KEY[-4:]))
    assert simulator.url in str(caught.value)
    assert ("JUDGE_API_KEY" in str(caught.value)) == (status == "401")
    assert simulator.ledger()["calls"] == 1


@BOTH
def test_a_prompt_that_is_filtered_is_refused_alone(simulator: Simulator, provider: str) -> None:
    """The next answer may be judged."""
    simulator.chaos(filtered_prompts=1)
    with pytest.raises(JudgeRefused, match=r"^400: ") as caught:
        judged(simulator.url, provider)
    assert not caught.value.misconfigured


@BOTH
def test_no_reply_in_time_may_have_been_paid_for(simulator: Simulator, provider: str) -> None:
    """So the budget counts the most that it can have cost."""
    simulator.chaos(timeouts=1)
    with pytest.raises(JudgeUnavailable, match="in time") as caught:
        judged(simulator.url, provider, timeout=0.3)
    assert caught.value.usd > 0
    assert caught.value.retry_after is None


@BOTH
@pytest.mark.parametrize("fate", ["garbage", "cuts"])
def test_a_reply_that_breaks_may_have_been_paid_for(simulator: Simulator, provider: str, fate: str) -> None:
    """It is no verdict, and no error of the answer."""
    simulator.chaos(**{fate: 1})
    with pytest.raises(JudgeUnavailable) as caught:
        judged(simulator.url, provider)
    assert caught.value.usd > 0


@BOTH
def test_a_server_that_is_not_there_costs_nothing(provider: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(JudgeUnavailable, match=r"no connection to http://127.0.0.1") as caught:
        judged(f"http://127.0.0.1:{port}", provider)
    assert caught.value.usd == 0.0


def test_what_was_spent_before_a_repair_failed_is_told(simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first reply was paid for."""
    simulator.chaos(judge_garbage=1)
    from app.evals.judge.openai import OpenAIWire

    ask, spent = OpenAIWire.ask, list[float]()

    async def breaking(self: Any, prompt: Any, scale: int, most: float, earlier: Any = None) -> Any:
        if earlier:
            simulator.chaos(server_errors=1)
        heard = await ask(self, prompt, scale, most, earlier)
        spent.append(heard.tokens["output"])
        return heard

    monkeypatch.setattr(OpenAIWire, "ask", breaking)
    with pytest.raises(JudgeUnavailable) as caught:
        one(simulator)
    assert len(spent) == 1
    assert caught.value.usd > spent[0] * 0.6 / 1e6


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "3", "retry-after-ms": "2500"}, 2.5),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after-ms": "-5"}, 0.0),
        ({"retry-after-ms": "many"}, None),
    ],
)
def test_retry_after_is_read_in_all_its_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(httpx2.Headers(headers)) == seconds
