"""Which models are relatives: a judge prefers answers of its own family.

Self-preference: A. Panickssery, S. R. Bowman, S. Feng, "LLM Evaluators Recognize and Favor Their Own Generations", NeurIPS 2024.
"""

import re

_FAMILIES = (
    ("Claude", r"claude"),
    ("Gemini", r"gemini|gemma"),
    ("Llama", r"llama"),
    ("Mistral", r"mistral|mixtral|ministral|magistral|codestral|pixtral"),
    ("Qwen", r"qwen|qwq"),
    ("DeepSeek", r"deepseek"),
    ("Grok", r"grok"),
    ("Command", r"command|c4ai"),
    ("Nova", r"nova-"),
    ("Phi", r"phi-?\d"),
    ("GPT", r"gpt|chatgpt|\bo[1-9](?:-|$)"),
)
CLAUDE, GPT = "Claude", "GPT"


def family(model: str) -> str:
    """The family of a model by its name, as a distilled or tuned one still tells it; empty where it is not known."""
    return next((name for name, pattern in _FAMILIES if re.search(pattern, model.lower())), "")
