"""From what an SDK raises to what it means for judging; OpenAI's and Anthropic's errors have the same names and fields."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from app.evals.judge.errors import JudgeRefused, JudgeUnavailable

_AGAIN = {408, 409, 425, 429}
"""Statuses below 500 that come to an end by themselves."""
_NEVER_SENT = ("ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol")
_TOLD = 300


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Who was asked: `key` is here to be kept out of messages, `variables` are where a key comes from."""

    model: str
    url: str
    key: str
    variables: str


def meaning(error: Exception, endpoint: Endpoint, most_usd: float) -> JudgeUnavailable | JudgeRefused:
    """What to raise instead. What the provider says of limits and keys is left out: it names organisations, addresses and keys."""
    status = getattr(error, "status_code", None)
    if status is None:
        return _unanswered(error, endpoint, most_usd)
    if status < 400:
        return JudgeUnavailable(f"{status}: the judge's reply is not what its protocol says", usd=most_usd)
    if status in _AGAIN or status >= 500:
        wait = retry_after(getattr(getattr(error, "response", None), "headers", {}))
        return JudgeUnavailable(f"{status}: {_transient(status, error)}", wait)
    if status == 401:
        return JudgeRefused(
            f"401: {endpoint.url} refuses the judge's key: set {endpoint.variables}", misconfigured=True
        )
    if status == 403:
        return JudgeRefused(
            f"403: the judge's key may not use {endpoint.model!r} at {endpoint.url}", misconfigured=True
        )
    if status == 404:
        return JudgeRefused(
            f"404: there is no {endpoint.model!r} at {endpoint.url}: look at `evals.judge` in spec.yaml",
            misconfigured=True,
        )
    said = _said(error, endpoint.key)
    unpaid = status == 402 or "credit balance" in said.lower()
    return JudgeRefused(f"{status}: {said}", misconfigured=unpaid)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that a reply tells to wait: `retry-after-ms` (OpenAI), else `retry-after` in seconds or as a date (RFC 9110, 10.2.3)."""
    try:
        if (told := headers.get("retry-after-ms")) is not None:
            return max(0.0, float(told) / 1000)
        if (told := headers.get("retry-after")) is None:
            return None
        if told.strip().replace(".", "", 1).isdigit():
            return float(told)
        return max(0.0, parsedate_to_datetime(told).timestamp() - time.time())
    except ValueError:
        return None


def _unanswered(error: Exception, endpoint: Endpoint, most_usd: float) -> JudgeUnavailable:
    if type(error).__name__ == "APITimeoutError":
        # The model may have written all of it, and somebody pays for that; a connection that was never made cost nothing.
        usd = 0.0 if _never_sent(error) else most_usd
        return JudgeUnavailable(f"no reply of {endpoint.url} in time", usd=usd)
    if type(error).__name__ == "APIConnectionError":
        usd = 0.0 if _never_sent(error) else most_usd
        return JudgeUnavailable(f"no connection to {endpoint.url}, or it broke", usd=usd)
    return JudgeUnavailable("the judge's reply is no JSON", usd=most_usd)


def _never_sent(error: Exception) -> bool:
    return type(error.__cause__).__name__ in _NEVER_SENT


def _transient(status: int, error: Exception) -> str:
    if status == 429:
        spent = getattr(error, "code", None) == "insufficient_quota"
        return "the judge's account has no money left" if spent else "too many requests for the judge's account"
    return "the judge's endpoint is overloaded" if status in {503, 529} else "the judge's endpoint failed"


def _said(error: Exception, key: str) -> str:
    said = " ".join(str(getattr(error, "message", error)).split())
    if key:
        said = said.replace(key, "***")
    return said if len(said) <= _TOLD else said[: _TOLD - 1] + "…"
