"""Whose kind a model is."""

import pytest
from app.evals.judge import family, same_family


@pytest.mark.parametrize(
    ("model", "of"),
    [
        ("gpt-4o-mini", "openai"), ("openai/gpt-5", "openai"), ("o3", "openai"), ("o4-mini-2025-04-16", "openai"), ("gpt-oss-20b", "openai"),
        ("claude-haiku-4-5", "anthropic"), ("anthropic.claude-sonnet-4-v1:0", "anthropic"),
        ("gemini-2.5-flash", "google"), ("gemma-3-27b", "google"),
        ("local-llama", "meta"), ("meta-llama/Llama-3.3-70B-Instruct", "meta"),
        ("mistral-large", "mistral"), ("mixtral-8x7b", "mistral"), ("codestral", "mistral"),
        ("Qwen2.5-72B", "qwen"), ("qwq-32b", "qwen"),
        ("deepseek-r1", "deepseek"), ("DeepSeek-R1-Distill-Llama-70B", "deepseek"),
        ("my-model", "other"), ("phi-4", "other"), ("solo3", "other"), ("", "other"),
    ],
)  # fmt: skip
def test_a_family_is_known_by_the_name(model: str, of: str) -> None:
    assert family(model) == of


def test_unknown_ones_are_of_one_family_only_if_they_are_one() -> None:
    assert same_family("gpt-4o-mini", "gpt-5")
    assert same_family("my-model", "my-model")
    assert not same_family("my-model", "your-model")
    assert not same_family("gpt-4o-mini", "claude-haiku-4-5")
