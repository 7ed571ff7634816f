"""Which judge the settings ask for, where it is, and which key goes there."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from app.evals.judge.anthropic import AnthropicWire
from app.evals.judge.judges import Judge, LLMJudge
from app.evals.judge.openai import OpenAIWire
from app.evals.judge.trouble import Endpoint
from app.evals.judge.wire import TIMEOUT_SECONDS, Pace, Wire, at_once
from app.evals.settings import JudgeSettings, Settings

OWN = "JUDGE_API_KEY"
_OFFICIAL = {"openai": "https://api.openai.com/v1", "anthropic": "https://api.anthropic.com"}


class _Place(NamedTuple):
    url: str
    key: str
    real: bool


def judge_of(
    settings: Settings | JudgeSettings, simulator: str, environ: Mapping[str, str] = os.environ, timeout: float = TIMEOUT_SECONDS,
    pace: Pace = at_once,
) -> Judge:  # fmt: skip
    """The judge of the settings; without a key and without an address of its own the simulator at `simulator` plays it, under its own name.

    `JUDGE_API_KEY` (or a file, `JUDGE_API_KEY_FILE`) goes to `base_url`, or to the provider itself where there is none; the provider's own key
    goes where the application sends it, and never to a `base_url`. Raises ValueError for settings that make no judge, and OSError for a
    file that cannot be read. `pace` is waited for before each request.
    """
    told = settings.judge if isinstance(settings, Settings) else settings
    if told.provider not in {"openai", "openai-compatible", "anthropic"}:
        raise ValueError(
            f"`evals.judge.provider` is {told.provider!r}: there are openai, openai-compatible and anthropic, and most others speak one of them"
        )
    own = _own(told)
    place = _place(told, own, simulator.rstrip("/"), environ)
    endpoint = Endpoint(told.model, _shown(place.url), place.key, OWN if told.base_url else f"{OWN} or {own}_API_KEY")
    make: type[OpenAIWire | AnthropicWire] = AnthropicWire if own == "ANTHROPIC" else OpenAIWire
    wire: Wire = make(endpoint, place.url, timeout, pace)
    return LLMJudge(told.model, wire, told.usd_per_million_tokens, real=place.real)


def lacking(told: JudgeSettings, environ: Mapping[str, str]) -> str:
    """What to do for a judge that is a model, as half a sentence; empty where it is one already. Raises as `judge_of` does for keys."""
    own = _own(told)
    if _place(told, own, "", environ).real:
        return ""
    if told.provider == "openai-compatible":
        return f"give `evals.judge.base_url` in spec.yaml, or set {own}_API_KEY"
    return f"set {OWN} or {own}_API_KEY, or name a file with it in {OWN}_FILE or {own}_API_KEY_FILE"


def _own(told: JudgeSettings) -> str:
    return "ANTHROPIC" if told.provider == "anthropic" else "OPENAI"


def _place(told: JudgeSettings, own: str, simulator: str, environ: Mapping[str, str]) -> _Place:
    judges, apps = _key(OWN, environ), _key(f"{own}_API_KEY", environ)
    if told.base_url:
        return _Place(told.base_url, judges, real=True)
    if judges and told.provider == "openai-compatible":
        raise ValueError(f"{OWN} is set, and nobody says where it goes: give `evals.judge.base_url` in spec.yaml")
    official = _OFFICIAL[own.lower()]
    if judges:
        return _Place(official, judges, real=True)
    if apps:
        return _Place(environ.get(f"{own}_BASE_URL") or official, apps, real=True)
    return _Place(simulator if own == "ANTHROPIC" else f"{simulator}/v1", "offline", real=False)


def _key(name: str, environ: Mapping[str, str]) -> str:
    if found := environ.get(name, "").strip():
        return found
    file = environ.get(f"{name}_FILE", "")
    return Path(file).read_text(encoding="utf-8").strip() if file else ""


def _shown(url: str) -> str:
    """An address without what may be secret in it: user, password, query."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
