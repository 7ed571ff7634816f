"""Valid specs of every kind, as YAML text."""

from typing import Any

from hypothesis import strategies as st

from generator import conventions as c
from generator.yaml_text import dump

_LETTER = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def _name(extra: str, longest: int = 30) -> st.SearchStrategy[str]:
    rest = st.text(_LETTER + extra, max_size=longest - 1)
    return st.builds(lambda first, more: first + more, st.sampled_from(_LETTER), rest).filter(
        lambda name: name != "other"
    )


SERVICE, ENDPOINT, MODEL, PROVIDER = (
    _name("._-"),
    _name("._-/"),
    _name("._-/:@+", 60),
    st.sampled_from(["openai", "anthropic", "x.y-z"]),
)
PATTERNS = st.dictionaries(
    st.sampled_from(["employee", "ticket_no", "on"]),
    st.sampled_from([r"E-\d{6}", r"(?i)\bacme[-_ ][0-9]{1,8}\b", r"[\"'$]{2}\{[{%]{1,3}", "no", r"\x41[^a-z\\]{3}"]),
    max_size=2,
)
_FIRST = c.DEFAULT_PORTS["internal"]
_TAKEN = {*c.DEFAULT_PORTS.values(), *range(_FIRST, _FIRST + c.INTERNAL_PORTS)}
"""Hypothesis draws numbers that it finds in our code."""
PERCENT = st.integers(1, 98).map(lambda value: f"{value}%")


@st.composite
def _latency(draw: st.DrawFn, window: int, *, partial: bool) -> dict[str, Any]:
    baseline = draw(st.integers(4, 30)) * window
    fields: dict[str, Any] = {
        "enabled": draw(st.booleans()),
        "factor": draw(st.sampled_from([1.2, 1.5, 2, 3, 10, 25.5])),
        "baseline": f"{baseline}s",
        "for": f"{draw(st.integers(max(30, window // 4), baseline // 2))}s",
        "min_requests": draw(st.sampled_from([1, 5, 20, 333])),
        "severity": draw(st.sampled_from(["page", "ticket"])),
    }
    return {
        name: value
        for name, value in fields.items()
        if not partial or name in {"baseline", "for"} or draw(st.booleans())
    }


@st.composite
def _errors(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "enabled": draw(st.booleans()),
        "above": draw(PERCENT),
        "for": f"{draw(st.integers(1, 40))}m",
        "min_requests": draw(st.sampled_from([1, 5, 20, 333])),
    }


@st.composite
def _evals(draw: st.DrawFn, models: list[str]) -> dict[str, Any]:
    own = {
        "name": "brand",
        "rubric": "Is the answer plain and warm, as the brand is?",
        "scale": draw(st.integers(2, 10)),
    }
    fields: dict[str, Any] = {
        "sample": draw(st.sampled_from(["0.1%", "1%", "100%"])),
        "by": draw(st.sampled_from(["call", "conversation"])),
        "models": {name: draw(PERCENT) for name in models if draw(st.booleans())},
        "dimensions": draw(
            st.sampled_from([["tone"], ["groundedness", "refusal"], [own | {"taste": True}], ["refusal", own, "tone"]])
        ),
        "pass_rate_below": draw(PERCENT),
    }
    return {name: value for name, value in fields.items() if draw(st.booleans())}


@st.composite
def _quality(draw: st.DrawFn) -> dict[str, Any]:
    tickets = {
        "pass_rate": {"min_verdicts": draw(st.sampled_from([1, 30, 500]))},
        "pass_drop": {"min_drop": draw(PERCENT)},
        "judge_drift": {"max_changed": draw(PERCENT)},
    }
    return {name: setting | {"enabled": draw(st.booleans())} for name, setting in tickets.items()}


@st.composite
def valid_specs(draw: st.DrawFn, most_models: int = 4) -> str:
    """A spec that must load, render, and be accepted by promtool."""
    window = draw(st.sampled_from([120, 300, 600]))
    overrides = draw(st.lists(st.booleans(), min_size=1, max_size=most_models))
    names = draw(st.lists(MODEL, min_size=len(overrides), max_size=len(overrides), unique=True))
    models: list[dict[str, Any]] = []
    for name, override in zip(names, overrides, strict=True):
        llm: dict[str, Any] = {"name": name, "provider": draw(PROVIDER)}
        if draw(st.booleans()):
            llm["price"] = {"input": draw(st.floats(0, 100)), "output": draw(st.floats(0, 100))}
        if override:
            llm["alerts"] = {"latency": draw(_latency(window, partial=True)), "errors": draw(_errors())}
        models.append(llm)
    spend = draw(_latency(window, partial=False))
    spend["min_usd_per_hour"] = draw(st.sampled_from([0, 0.5, 1, 250]))
    del spend["min_requests"]
    spec: dict[str, Any] = {
        "service": {"name": draw(SERVICE), "endpoints": draw(st.lists(ENDPOINT, min_size=1, max_size=3, unique=True))},
        "models": models,
        "app": draw(
            st.sampled_from(["example", {"targets": ["app:8000", "10.0.0.1:9"], "log_files": ["/var/log/a.jsonl"]}])
        ),
        "alerts": {
            "window": f"{window}s",
            "hold": "6h",
            "latency": draw(_latency(window, partial=False)),
            "errors": draw(_errors()),
            "spend": spend,
            **draw(_quality()),
        },
        "logs": {"patterns": draw(PATTERNS), "capture_content": draw(st.sampled_from([True, True, False]))},
        "evals": draw(_evals(names)),
        "notify": draw(
            st.sampled_from(
                [{}, {"slack": {"webhook_file": "secrets/slack", "channel": "#llm"}}, {"webhook": {"url_file": "a/b"}}]
            )
        ),
        "traces": draw(
            st.sampled_from(
                [{}, {"backend": "otlp", "endpoint": "https://otlp.example.org", "headers_file": "secrets/otlp"}]
            )
        ),
        "stack": {
            "scrape_interval": draw(st.sampled_from(["5s", "15s"])),
            "ports": {"grafana": draw(st.integers(10_000, 60_000).filter(lambda port: port not in _TAKEN))},
        },
    }
    return dump(spec)
