"""Which family a model is of: a judge prefers what its own family wrote.

Panickssery et al., 2024, LLM Evaluators Recognize and Favor Their Own Generations, https://arxiv.org/abs/2404.13076; the effect grows with how well
the judge recognises its own texts.
"""

import re

OTHER = "other"
_FAMILIES = {
    # What was distilled from one model into another writes like its teacher: the teacher comes first.
    "deepseek": r"deepseek",
    "openai": r"gpt|chatgpt|davinci|(?<![a-z0-9])o[1345](?![a-z0-9])",
    "anthropic": r"claude",
    "google": r"gemini|gemma|palm|bison",
    "meta": r"llama",
    "mistral": r"mistral|mixtral|ministral|codestral|devstral|magistral|pixtral",
    "qwen": r"qwen|qwq|qvq",
}
_PATTERNS = {family: re.compile(pattern, re.IGNORECASE) for family, pattern in _FAMILIES.items()}


def family(model: str) -> str:
    """`openai`, `anthropic`, `google`, `meta`, `mistral`, `qwen`, `deepseek` or `other`, by the model's name.

    >>> family("openrouter/anthropic/claude-haiku-4-5"), family("local-llama"), family("my-model")
    ('anthropic', 'meta', 'other')
    """
    return next((name for name, pattern in _PATTERNS.items() if pattern.search(model)), OTHER)


def same_family(judge: str, judged: str) -> bool:
    """Whether the judge may prefer what it judges for being its own kind; two of unknown family are not taken to be of one."""
    return judge == judged or (family(judge) == family(judged) != OTHER)
