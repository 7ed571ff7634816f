"""Anthropic's errors: https://docs.anthropic.com/en/api/errors."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from app.simulator.account import Account
from app.simulator.asked import MalformedError
from app.simulator.behaviour import Reply
from app.simulator.faults import Failed, Fault, Headers

_INVALID = "invalid_request_error"
# Status, message, type.
_FAULTS = {
    "api_error": (529, "Overloaded", "overloaded_error"),
    "timeout": (504, "Request timed out", "timeout_error"),
    "context_length": (400, "prompt is too long: {too_many_anthropic} tokens > 200000 maximum", _INVALID),
    "filtered_prompt": (400, "Output blocked by content filtering policy", _INVALID),
    "unauthorized": (401, "invalid x-api-key", "authentication_error"),
    "forbidden": (403, "Your API key does not have permission to use the specified resource.", "permission_error"),
    "not_found": (404, "model: {model}", "not_found_error"),
    "rate_limit": (429, "This request would exceed your organization's rate limit of 50,000 input tokens per minute (org: {organisation_id}, model: {model}). For details, refer to: https://docs.anthropic.com/en/api/rate-limits. You can see the response headers for current usage. Please reduce the prompt length or the maximum tokens requested, or try again later. You may also contact sales at https://www.anthropic.com/contact-sales to discuss your options for a rate limit increase.", "rate_limit_error"),
    "server_error": (500, "Internal server error", "api_error"),
    "unavailable": (503, "Service unavailable", "api_error"),
    "overloaded": (529, "Overloaded", "overloaded_error"),
    "error_event": (529, "Overloaded", "overloaded_error"),
}  # fmt: skip


def fault(failed: Failed) -> Fault | None:
    """An error's answer."""
    if failed.fate not in _FAULTS:
        return None
    status, message, kind = _FAULTS[failed.fate]
    headers = _limits(failed.reply.retry_after) if failed.fate == "rate_limit" else []
    return Fault(status, body(message.format(**failed.words()), kind, failed.uid), headers)


def body(message: str, kind: str, uid: str) -> dict[str, Any]:
    """An error body."""
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": f"req_{uid}"}


def malformed(error: MalformedError, uid: str) -> Fault:
    """As Anthropic refuses a request that it cannot read."""
    if not error.field:
        return Fault(400, body("The request body is not valid JSON", _INVALID, uid), [])
    said = "Field required" if error.missing else "Input is not valid"
    return Fault(400, body(f"{error.field}: {said}", _INVALID, uid), [])


def headers(uid: str, account: Account, _reply: Reply | None) -> Headers:
    """Those of every answer: https://docs.anthropic.com/en/api/overview#response-headers."""
    return [
        (b"request-id", b"req_" + uid.encode()),
        (b"anthropic-organization-id", account.organisation_id.encode()),
    ]


def _limits(wait: float) -> Headers:
    """https://docs.anthropic.com/en/api/rate-limits#response-headers."""
    reset = (datetime.now(UTC) + timedelta(seconds=wait)).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    left = {
        "requests": (4000, 3999),
        "tokens": (60_000, 10_000),
        "input-tokens": (50_000, 0),
        "output-tokens": (10_000, 10_000),
    }
    found = [(b"retry-after", b"%d" % math.ceil(wait))]
    for what, (limit, remaining) in left.items():
        name = f"anthropic-ratelimit-{what}-".encode()
        found += [(name + b"limit", b"%d" % limit), (name + b"remaining", b"%d" % remaining), (name + b"reset", reset)]
    return found
