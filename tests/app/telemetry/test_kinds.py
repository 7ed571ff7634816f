"""Failures are told apart by causes, groups, names and reasons to stop, without importing an SDK."""

import asyncio
import importlib
import subprocess
import sys
from pathlib import Path
from typing import get_args

import httpx2
import pytest
from app.telemetry import kinds

from generator import conventions

REQUEST = httpx2.Request("POST", "https://provider.test/v1")


def caused(outer: BaseException, *causes: BaseException) -> BaseException:
    """`outer` from the first cause, from the second, and so on."""
    for error, cause in zip((outer, *causes), causes, strict=False):
        error.__cause__ = cause
    return outer


def test_causes_are_asked_until_one_says_something() -> None:
    """An application wraps, a client wraps, and at the bottom something took too long."""
    openai = importlib.import_module("openai")
    connection = openai.APIConnectionError(request=REQUEST)
    limited = openai.RateLimitError("slow down", response=httpx2.Response(429, request=REQUEST), body=None)
    assert kinds.of_exception(caused(connection, TimeoutError())) == "timeout"
    assert (
        kinds.of_exception(
            caused(RuntimeError("mine"), openai.APIConnectionError(request=REQUEST), OSError(), httpx2.ReadTimeout("r"))
        )
        == "timeout"
    )
    assert kinds.of_exception(caused(RuntimeError("mine"), openai.ContentFilterFinishReasonError())) == "safety_block"
    assert kinds.of_exception(caused(limited, TimeoutError())) == "api_error", "a provider answered"
    assert kinds.of_exception(caused(RuntimeError("mine"), ValueError())) == "api_error"
    ring = RuntimeError("mine")
    assert kinds.of_exception(caused(ring, ValueError(), ring)) == "api_error"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Timeout", "timeout"),
        ("ReadTimeoutError", "timeout"),
        ("ConnectTimeoutError", "timeout"),
        ("ContentPolicyViolationError", "safety_block"),
        ("TimeoutIsFine", "api_error"),
    ],
)
def test_classes_of_other_clients_are_known_by_name(name: str, kind: str) -> None:
    """Those of requests, urllib3, botocore and LiteLLM; a subclass counts as its base."""
    assert kinds.of_exception(type("Mine", (type(name, (Exception,), {}),), {})()) == kind


@pytest.mark.parametrize(
    ("inner", "kind"),
    [
        ({"type": "timeout_error"}, "timeout"),
        ({"innererror": {"code": "ResponsibleAIPolicyViolation"}}, "safety_block"),
    ],
)
def test_a_body_alone_is_enough(inner: dict[str, object], kind: str) -> None:
    """Older SDKs and other clients keep the provider's answer, and no code of their own."""
    error = RuntimeError("Error code: 500")
    error.body = {"type": "error", "error": inner}  # type: ignore[attr-defined]
    assert kinds.of_exception(error) == kind


def test_what_was_merely_being_handled_is_no_cause() -> None:
    """A fallback that fails after a timeout failed in its own way."""
    error = ValueError("the fallback")
    error.__context__ = TimeoutError()
    assert kinds.of_exception(error) == "api_error"


def test_a_group_is_told_by_its_members() -> None:
    """Task groups wrap even a single failure."""
    assert (
        kinds.of_exception(ExceptionGroup("tasks", [ValueError(), ExceptionGroup("inner", [TimeoutError()])]))
        == "timeout"
    )
    assert kinds.of_exception(ExceptionGroup("tasks", [ValueError()])) == "api_error"


def test_a_deadline_of_the_application_is_a_timeout() -> None:
    """`asyncio.timeout` and `wait_for` raise Python's own TimeoutError."""

    async def late() -> None:
        async with asyncio.timeout(0):
            await asyncio.sleep(1)

    with pytest.raises(TimeoutError) as caught:
        asyncio.run(late())
    assert kinds.of_exception(caught.value) == "timeout"
    with pytest.raises(asyncio.TimeoutError) as waited:
        asyncio.run(asyncio.wait_for(asyncio.sleep(1), 0.001))
    assert kinds.of_exception(waited.value) == "timeout"


def test_the_unknown_is_an_api_error() -> None:
    """Also a cancelled call, if somebody asks; and an exception whose attributes raise, or are of odd types."""

    class Odd(Exception):  # noqa: N818
        code = ["content_filter"]  # noqa: RUF012
        status_code = {}  # noqa: RUF012
        body = {"error": {"error": {"code": 7}}}  # noqa: RUF012

        @property
        def type(self) -> str:
            raise RuntimeError("no type")

    assert kinds.of_exception(asyncio.CancelledError()) == "api_error"
    assert kinds.of_exception(KeyError("mine")) == "api_error"
    assert kinds.of_exception(Odd()) == "api_error"


def reasons() -> set[str]:
    """Every finish or stop reason that the SDKs' types name."""
    from anthropic.types import StopReason
    from anthropic.types.beta import BetaStopReason
    from openai.types import CompletionChoice
    from openai.types.chat.chat_completion import Choice
    from openai.types.responses.response import IncompleteDetails

    fields = (
        Choice.model_fields["finish_reason"].annotation,
        CompletionChoice.model_fields["finish_reason"].annotation,
        get_args(IncompleteDetails.model_fields["reason"].annotation)[0],
        StopReason,
        BetaStopReason,
    )
    return {reason for field in fields for reason in get_args(field)}


def test_every_reason_to_stop_has_its_kind() -> None:
    """A new one in an SDK fails here, so that somebody decides whether its answer stands."""
    fine = {"stop", "length", "tool_calls", "function_call", "max_output_tokens", "max_messages", "steered"} | {
        "end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "compaction", "model_context_window_exceeded"
    }  # fmt: skip
    failures = {"content_filter": "safety_block", "refusal": "refusal"}
    assert {reason: kinds.of_finish(reason) for reason in reasons()} == dict.fromkeys(fine, "") | failures


def test_a_reason_that_is_missing_or_new_lets_the_answer_stand() -> None:
    """And servers that speak the protocol say themselves that they gave up."""
    assert [kinds.of_finish(reason) for reason in (None, "", "a_new_one")] == ["", "", ""]
    gave_up = ("error", "abort", "insufficient_system_resource")
    assert {kinds.of_finish(reason) for reason in gave_up} == {"api_error"}


def test_kinds_are_those_of_the_contract() -> None:
    """All four, and no other."""
    assert {kinds.API_ERROR, kinds.TIMEOUT, kinds.REFUSAL, kinds.SAFETY_BLOCK} == set(conventions.ERROR_KINDS)


def test_no_sdk_is_imported(repository: Path) -> None:
    """They cost seconds, and an application has only one of them."""
    code = "import sys, app.telemetry.kinds; sys.exit(bool({'openai', 'anthropic'} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", code], cwd=repository / "examples", check=True)
