"""The SDK's own client over its own transport, whose connections answer at once: what is left is the SDK's work."""

import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any

MODEL = "gpt-4o-mini"
SYSTEM = "You answer questions about observability in at most six sentences, and you say so when you do not know."
_ANSWER = (
    "A baseline is the median of the recent past, taken at the same time of day on several days, so that one bad hour "
    "does not move it. An alert compares the last minutes with it: three times as slow, twice as dear, five per cent "
    "of errors. A mean would follow every outlier, and a fixed threshold would be wrong for all but one model. "
)
ANSWER = (_ANSWER * 3)[:850]
TOKENS = {"input": 61, "output": 187}
_BODY = json.dumps(
    {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_790_000_000, "model": f"{MODEL}-2024-07-18",
        "service_tier": "default", "system_fingerprint": "fp_1",
        "choices": [
            {
                "index": 0, "finish_reason": "stop", "logprobs": None,
                "message": {"role": "assistant", "content": ANSWER, "refusal": None, "annotations": []},
            }
        ],
        "usage": {
            "prompt_tokens": TOKENS["input"], "completion_tokens": TOKENS["output"], "total_tokens": sum(TOKENS.values()),
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
        },
    }
).encode()  # fmt: skip


class _Connections:
    """In the place of the transport's pool of connections."""

    def __init__(self, core: Any) -> None:
        self._core = core

    def handle_request(self, _request: Any) -> Any:
        head = [(b"content-type", b"application/json"), (b"content-length", str(len(_BODY)).encode())]
        return self._core.Response(200, headers=head, content=_Once())

    def close(self) -> None:
        pass


class _Once:
    def __iter__(self) -> Iterator[bytes]:
        yield _BODY

    def close(self) -> None:
        pass


def client() -> Any:
    """A synchronous client of the installed SDK, whether that uses httpx or httpx2."""
    openai = import_module("openai")
    name = next(one.__module__ for one in openai.DefaultHttpxClient.__mro__ if one.__name__ == "Client").partition(".")[
        0
    ]
    transport = import_module(name).HTTPTransport()
    # The transport itself stays: some peers observe it too.
    transport._pool = _Connections(import_module(name.replace("httpx", "httpcore")))  # noqa: SLF001  # and there is no other way in
    return openai.OpenAI(
        api_key="none", base_url="http://127.0.0.1/v1", http_client=openai.DefaultHttpxClient(transport=transport)
    )


def ask(own: Any, question: str, user: str) -> Any:
    """One chat completion."""
    return own.chat.completions.create(
        model=MODEL,
        messages=[{"role": "system", "content": SYSTEM}, {"role": "user", "content": question}],
        temperature=0.2,
        user=user,
    )
