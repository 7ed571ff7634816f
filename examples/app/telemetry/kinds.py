"""Tell failed calls apart by what an SDK raises or reports, without importing one: that costs seconds.

Names and fields are those of openai 3 and anthropic 2, and of what speaks their protocols; each is in docs/errors.md.
"""

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Final

API_ERROR: Final = "api_error"
TIMEOUT: Final = "timeout"
REFUSAL: Final = "refusal"
SAFETY_BLOCK: Final = "safety_block"

# Classes: Python's own (asyncio's and socket's are the same one), both SDKs', httpx's and httpcore's, requests', urllib3's.
_TIMEOUT_CLASSES = {
    "TimeoutError",
    "APITimeoutError",
    "TimeoutException",
    "Timeout",
    "ReadTimeoutError",
    "ConnectTimeoutError",
}
_SAFETY_CLASSES = {"ContentFilterFinishReasonError", "ContentPolicyViolationError"}
# 522 and 524 are a proxy's (Cloudflare) for an upstream that does not answer in time.
_TIMEOUT_STATUS = {408, 504, 522, 524}
_TIMEOUT_CODES = {"timeout", "timeout_error", "request_timeout", "vector_store_timeout"}
_SAFETY_CODES = {
    "content_filter",
    "responsibleaipolicyviolation",
    "content_policy_violation",
    "image_content_policy_violation",
    "moderation_blocked",
    "bio_policy",
    "misalignment_policy_violation",
}
# Two blocks that only a message tells from a malformed request, so that it is read for these codes alone.
_VAGUE_CODES = {"invalid_request_error", "invalid_prompt"}
_SAFETY_WORDS = ("content filtering policy", "potentially violating our usage policy")

_FINISH = {
    **dict.fromkeys(_SAFETY_CODES, SAFETY_BLOCK),
    **dict.fromkeys(_TIMEOUT_CODES, TIMEOUT),
    "refusal": REFUSAL,
    # Not of the two providers: servers that speak OpenAI's protocol and give up half way.
    "error": API_ERROR,
    "abort": API_ERROR,
    "insufficient_system_resource": API_ERROR,
}
_MOST = 16
"""Exceptions of a chain, and parts of a body, that are looked at; a chain may be a ring."""


def of_exception(error: BaseException) -> str:
    """The kind of failure that an exception is: `timeout`, `safety_block`, or else `api_error`.

    It looks at the exception, then at its causes and, of a group, at its members: the first that says something decides.
    A cancelled call (`asyncio.CancelledError`) is no failure of the provider; whoever cancels it counts it as abandoned.
    """
    waiting = [error]
    for one in islice(waiting, _MOST):  # grows meanwhile
        if kind := _told_by(one):
            return kind
        if isinstance(one, BaseExceptionGroup):
            waiting += _members(one)
        # Not __context__: what a fallback met after a timeout is its own failure.
        if one.__cause__ is not None:
            waiting.append(one.__cause__)
    return API_ERROR


def of_finish(reason: str | None) -> str:
    """The kind of failure that a finish or stop reason reports, or "" where the answer stands, cut off or not.

    Takes OpenAI's `finish_reason`, the Responses API's `incomplete_details.reason` or a failed response's `error.code`, and
    Anthropic's `stop_reason`. A reason that is not known lets the answer stand: more ways to end well are added than to fail.
    """
    return _FINISH.get(reason, "") if reason else ""


def _told_by(error: BaseException) -> str:
    """What one exception says by itself, or "": ask its cause."""
    classes = {one.__name__ for one in type(error).__mro__}
    codes = _codes(error)
    status = _read(error, "status_code")
    answered = isinstance(status, int)
    if classes & _SAFETY_CLASSES or codes & _SAFETY_CODES or (codes & _VAGUE_CODES and _blames_content(error)):
        return SAFETY_BLOCK
    if classes & _TIMEOUT_CLASSES or codes & _TIMEOUT_CODES or (answered and status in _TIMEOUT_STATUS):
        return TIMEOUT
    # A provider that answered is no timeout, whatever happened before.
    return API_ERROR if answered else ""


def _members(group: Any) -> Sequence[BaseException]:
    found: Sequence[BaseException] = group.exceptions
    return found


def _named(body: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = body
    return found


def _codes(error: BaseException) -> set[str]:
    """Every code and type of an exception and its body, in lower case: OpenAI's body is the error, Anthropic's holds it."""
    values = [_read(error, "code"), _read(error, "type")]
    parts = [_read(error, "body")]
    for one in islice(parts, _MOST):  # grows meanwhile
        if isinstance(one, Mapping):
            part = _named(one)
            values += [part.get("code"), part.get("type")]
            parts += [part.get("error"), part.get("innererror")]
    return {value.lower() for value in values if isinstance(value, str)}


def _blames_content(error: BaseException) -> bool:
    message = _read(error, "message")
    return isinstance(message, str) and any(words in message.lower() for words in _SAFETY_WORDS)


def _read(error: BaseException, name: str) -> Any:
    """An attribute, or None: this runs while a failure is handled, and must not add one."""
    try:
        return getattr(error, name, None)
    except Exception:  # noqa: BLE001  # a property of a class that nobody here has seen
        return None
