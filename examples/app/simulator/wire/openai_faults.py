"""OpenAI's errors, of chat completions and responses; Azure's for a filtered prompt."""

import math
from typing import Any

from app.simulator.account import Account
from app.simulator.asked import MalformedError
from app.simulator.behaviour import Reply
from app.simulator.faults import Failed, Fault, Headers

SERVER_ERROR = "The server had an error while processing your request. Sorry about that!"
_BUSY = "The server is currently overloaded with other requests. Sorry about that! You can retry your request, or contact us through our help center at help.openai.com if the error persists."

# Status, message, type, param, code: https://platform.openai.com/docs/guides/error-codes
_FAULTS: dict[str, tuple[int, str, str, str | None, str | None]] = {
    "api_error": (500, "The server had an error while processing your request.", "server_error", None, "server_error"),
    "timeout": (504, "Request timed out.", "server_error", None, "timeout"),
    "unauthorized": (401, "Incorrect API key provided: {key}. You can find your API key at https://platform.openai.com/account/api-keys.", "invalid_request_error", None, "invalid_api_key"),
    "forbidden": (403, "Country, region, or territory not supported", "request_forbidden", None, "unsupported_country_region_territory"),
    "not_found": (404, "The model `{model}` does not exist or you do not have access to it.", "invalid_request_error", None, "model_not_found"),
    "rate_limit": (429, "Rate limit reached for {model} in organization {organisation} on tokens per min (TPM): Limit 200000, Used 200000, Requested {tokens}. Please try again in {wait}. Visit https://platform.openai.com/account/rate-limits to learn more.", "tokens", None, "rate_limit_exceeded"),
    "server_error": (500, SERVER_ERROR, "server_error", None, None),
    "error_event": (500, SERVER_ERROR, "server_error", None, None),
    "unavailable": (503, _BUSY, "server_error", None, None),
    "overloaded": (503, "That model is currently overloaded with other requests. You can retry your request, or contact us through our help center at help.openai.com if the error persists.", "server_error", None, "server_overloaded"),
}  # fmt: skip
_TOO_LONG = {
    "messages": "This model's maximum context length is 128000 tokens. However, your messages resulted in {too_many_openai} tokens. Please reduce the length of the messages.",
    "input": "Your input exceeds the context window of this model. Please adjust your input and try again.",
}
_SAFE = {"filtered": False, "severity": "safe"}
_FILTERED = {
    "message": "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry. To learn more about our content filtering policies please read our documentation: https://go.microsoft.com/fwlink/?linkid=2198766",
    "type": None,
    "param": "prompt",
    "code": "content_filter",
    "status": 400,
    "innererror": {
        "code": "ResponsibleAIPolicyViolation",
        "content_filter_result": {
            "hate": _SAFE,
            "jailbreak": {"filtered": False, "detected": False},
            "self_harm": _SAFE,
            "sexual": _SAFE,
            "violence": {"filtered": True, "severity": "medium"},
        },
    },
}


def fault(failed: Failed, field: str) -> Fault | None:
    """An error's answer; `field` is where the format has its prompt."""
    fate = failed.fate
    if fate == "filtered_prompt":
        return Fault(400, {"error": _FILTERED}, [])
    if fate == "context_length":
        message = _TOO_LONG[field].format(**failed.words())
        return Fault(400, body(message, "invalid_request_error", field, "context_length_exceeded"), [])
    if fate not in _FAULTS:
        return None
    status, message, kind, param, code = _FAULTS[fate]
    headers = _limits(failed) if fate == "rate_limit" else []
    return Fault(status, body(message.format(**failed.words()), kind, param, code), headers)


def body(message: str, kind: str, param: str | None, code: str | None) -> dict[str, Any]:
    """An error body."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def malformed(error: MalformedError) -> Fault:
    """As OpenAI refuses a request that it cannot read."""
    kind = "invalid_request_error"
    if not error.field:
        text = "We could not parse the JSON body of your request. The OpenAI API expects a JSON payload."
        return Fault(400, body(text, kind, None, None), [])
    if error.field == "model" and error.missing:
        return Fault(400, body("you must provide a model parameter", kind, None, None), [])
    if error.missing:
        text = f"Missing required parameter: '{error.field}'."
        return Fault(400, body(text, kind, error.field, "missing_required_parameter"), [])
    return Fault(400, body(f"Invalid value for '{error.field}'.", kind, error.field, "invalid_value"), [])


def headers(uid: str, account: Account, reply: Reply | None) -> Headers:
    """Those of every answer: https://platform.openai.com/docs/api-reference/debugging-requests."""
    return [
        (b"x-request-id", b"req_" + uid.encode()),
        (b"openai-organization", account.organisation.encode()),
        (b"openai-processing-ms", b"%d" % (1000 * reply.total if reply else 1)),
        (b"openai-version", b"2020-10-01"),
    ]


def _limits(failed: Failed) -> Headers:
    wait = failed.reply.retry_after
    return [
        (b"retry-after", b"%d" % math.ceil(wait)),
        (b"retry-after-ms", b"%d" % round(1000 * wait)),
        (b"x-ratelimit-limit-requests", b"10000"),
        (b"x-ratelimit-remaining-requests", b"9999"),
        (b"x-ratelimit-reset-requests", b"6ms"),
        (b"x-ratelimit-limit-tokens", b"200000"),
        (b"x-ratelimit-remaining-tokens", b"0"),
        (b"x-ratelimit-reset-tokens", f"{wait:g}s".encode()),
    ]
