"""What the real SDKs raise, for every class, status, body and fault, has its kind."""

import importlib
import inspect
import json
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any, get_args

import httpx2
import pytest
from app.telemetry import kinds

REQUEST = httpx2.Request("POST", "https://provider.test/v1")
AZURE = {
    "message": "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
    "type": None,
    "param": "prompt",
    "code": "content_filter",
    "status": 400,
    "innererror": {"code": "ResponsibleAIPolicyViolation", "content_filter_result": {"hate": {"filtered": True}}},
}
FLAGGED = "Invalid prompt: your prompt was flagged as potentially violating our usage policy."
BLOCKED = "Output blocked by content filtering policy"
OPENAI = {"openai": {"APITimeoutError": "timeout", "ContentFilterFinishReasonError": "safety_block"}}
ANTHROPIC = {
    "anthropic": dict.fromkeys(
        ("APITimeoutError", "RequestTimeoutError", "GatewayTimeoutError", "DeadlineExceededError"), "timeout"
    )
}
ALL_STATUSES = {400, 401, 402, 403, 404, 408, 409, 413, 422, 429, 499, 500, 502, 503, 504, 522, 524, 529}
Handler = Callable[[httpx2.Request], httpx2.Response]


def built(of: type[BaseException]) -> BaseException:
    """An exception made as the SDK makes it, with the status of its class."""
    from openai.types.chat import ChatCompletion

    status = getattr(of, "status_code", None)
    known: dict[str, Any] = {
        "message": "said by the provider",
        "request": REQUEST,
        "response": httpx2.Response(status if isinstance(status, int) else 500, request=REQUEST),
        "body": None,
        "completion": ChatCompletion(id="1", choices=[], created=1, model="m", object="chat.completion"),
        "unsent_messages": [],
    }
    wanted = [
        name
        for name, one in inspect.signature(of.__init__).parameters.items()
        if one.kind not in {one.VAR_POSITIONAL, one.VAR_KEYWORD}
    ]
    return of(**{name: known[name] for name in wanted if name in known})


def raised(sdk: str, handler: Handler, *, stream: bool = False) -> BaseException:
    """What the real SDK raises for a call that `handler` answers."""
    module = importlib.import_module(sdk)
    http = httpx2.Client(transport=httpx2.MockTransport(handler))
    messages = [{"role": "user", "content": "q"}]
    try:
        if sdk == "openai":
            openai = module.OpenAI(api_key="k", http_client=http, max_retries=0)
            list(openai.chat.completions.create(model="m", messages=messages, stream=stream))
        else:
            anthropic = module.Anthropic(api_key="k", http_client=http, max_retries=0)
            list(anthropic.messages.create(model="m", messages=messages, max_tokens=9, stream=stream))
    except Exception as error:  # noqa: BLE001  # which one it is, is what the tests ask
        return error
    raise AssertionError("the SDK raised nothing")


def failing(sdk: str, status: int, error: dict[str, Any]) -> BaseException:
    """What the SDK makes of an error body."""
    body = {"error": error} if sdk == "openai" else {"type": "error", "error": error}
    return raised(sdk, lambda _request: httpx2.Response(status, json=body))


def exported(module: ModuleType) -> dict[str, type[BaseException]]:
    """Every exception class that an SDK exports; by name, because some are imported on first use."""
    found = {name: getattr(module, name) for name in module.__all__}
    return {name: one for name, one in found.items() if isinstance(one, type) and issubclass(one, BaseException)}


@pytest.mark.parametrize(("sdk", "special"), [*OPENAI.items(), *ANTHROPIC.items()])
def test_every_class_that_an_sdk_exports_has_its_kind(sdk: str, special: dict[str, str]) -> None:
    """Each is built and told; all that are not named here are API errors."""
    classes = exported(importlib.import_module(sdk))
    told = {name: kinds.of_exception(built(one)) for name, one in classes.items()}
    assert len(told) >= 19
    assert {name: kind for name, kind in told.items() if kind != "api_error"} == special


@pytest.mark.parametrize("sdk", ["openai", "anthropic"])
def test_a_status_tells_a_timeout_from_an_error(sdk: str) -> None:
    """Whatever the body says: here, a page of a proxy."""
    page = "<html>proxy</html>"
    told = {
        status: kinds.of_exception(raised(sdk, lambda _request, status=status: httpx2.Response(status, text=page)))
        for status in ALL_STATUSES
    }
    assert {status for status, kind in told.items() if kind == "timeout"} == {408, 504, 522, 524}
    assert set(told.values()) == {"timeout", "api_error"}


@pytest.mark.parametrize(
    ("sdk", "status", "error", "kind"),
    [
        ("openai", 400, AZURE, "safety_block"),
        ("openai", 400, AZURE | {"code": "BadRequest"}, "safety_block"),
        ("openai", 400, {"code": "invalid_prompt", "type": "invalid_request_error", "message": FLAGGED}, "safety_block"),
        ("openai", 400, {"code": "invalid_prompt", "message": "Invalid prompt: no messages."}, "api_error"),
        ("openai", 400, {"code": "moderation_blocked", "type": "image_generation_user_error"}, "safety_block"),
        ("openai", 400, {"code": "content_policy_violation"}, "safety_block"),
        ("openai", 400, {"code": "context_length_exceeded", "type": "invalid_request_error", "message": "long"}, "api_error"),
        ("openai", 429, {"code": "insufficient_quota", "type": "insufficient_quota"}, "api_error"),
        ("openai", 500, {"code": "Timeout", "message": "The operation was timeout."}, "timeout"),
        ("anthropic", 400, {"type": "invalid_request_error", "message": BLOCKED}, "safety_block"),
        ("anthropic", 400, {"type": "invalid_request_error", "message": "max_tokens: required"}, "api_error"),
        ("anthropic", 529, {"type": "overloaded_error", "message": "Overloaded"}, "api_error"),
        ("anthropic", 504, {"type": "timeout_error", "message": "Timed out"}, "timeout"),
        # A rate limit whose message speaks of a filter is none.
        ("anthropic", 429, {"type": "rate_limit_error", "message": BLOCKED}, "api_error"),
    ],
)  # fmt: skip
def test_an_error_body_is_read(sdk: str, status: int, error: dict[str, Any], kind: str) -> None:
    """Its codes and types, wherever the provider puts them; its message only where no code says it."""
    assert kinds.of_exception(failing(sdk, status, error)) == kind


@pytest.mark.parametrize("sdk", ["openai", "anthropic"])
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (httpx2.ReadTimeout, "timeout"),
        (httpx2.ConnectTimeout, "timeout"),
        (httpx2.PoolTimeout, "timeout"),
        (httpx2.ConnectError, "api_error"),
        (httpx2.RemoteProtocolError, "api_error"),
    ],
)
@pytest.mark.parametrize("stream", [False, True], ids=["before the answer", "within a stream"])
def test_a_network_fault_is_a_timeout_only_if_it_is_one(
    sdk: str, fault: type[httpx2.TransportError], kind: str, *, stream: bool
) -> None:
    """Wrapped by the SDK or, within a stream of Anthropic's, bare."""

    def broken() -> Iterator[bytes]:
        yield b": begun\n\n"
        raise fault("lost")

    def handler(_request: httpx2.Request) -> httpx2.Response:
        if not stream:
            raise fault("lost")
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=broken())

    assert kinds.of_exception(raised(sdk, handler, stream=stream)) == kind


@pytest.mark.parametrize(
    ("sdk", "error", "kind"),
    [
        ("openai", AZURE, "safety_block"),
        ("openai", {"message": "The server had an error", "type": "server_error", "code": None}, "api_error"),
        ("anthropic", {"type": "overloaded_error", "message": "Overloaded"}, "api_error"),
        ("anthropic", {"type": "timeout_error", "message": "Timed out"}, "timeout"),
        ("anthropic", {"type": "invalid_request_error", "message": BLOCKED, "details": None}, "safety_block"),
    ],
)
def test_an_error_within_a_stream_is_read(sdk: str, error: dict[str, Any], kind: str) -> None:
    """Its HTTP status is 200; only the event says what happened."""
    name = "" if sdk == "openai" else "event: error\n"
    text = f"{name}data: {json.dumps({'type': 'error', 'error': error})}\n\n"
    response = httpx2.Response(200, headers={"content-type": "text/event-stream"}, text=text)
    assert kinds.of_exception(raised(sdk, lambda _request: response, stream=True)) == kind


def test_every_code_of_a_failed_response_has_its_kind() -> None:
    """Those of OpenAI's Responses API, as its SDK lists them; raised within a stream, or reported in the response."""
    import openai
    from openai.types.responses import ResponseError

    codes = get_args(ResponseError.model_fields["code"].annotation)
    told = {code: kinds.of_exception(openai.APIError("no", REQUEST, body={"code": code})) for code in codes}
    assert {code: kind for code, kind in told.items() if kind != "api_error"} == {
        "bio_policy": "safety_block",
        "image_content_policy_violation": "safety_block",
        "misalignment_policy_violation": "safety_block",
        "vector_store_timeout": "timeout",
    }
    assert {code: kinds.of_finish(code) or "api_error" for code in codes} == told
