"""Whether the reference app's questions cost money: with a key of its provider it asks the provider, else the simulator."""

from collections.abc import Mapping

from generator.model import Model

ANTHROPIC = "anthropic"
_OWNERS, _FORMS = ("ANTHROPIC", "OPENAI"), ("", "_FILE")
KEYS = tuple(f"{owner}_API_KEY{form}" for owner in _OWNERS for form in _FORMS)
"""Each variable that can hold a key."""
FOLLOWED = (*KEYS, *(f"{owner}_BASE_URL" for owner in _OWNERS), *(f"JUDGE_API_KEY{form}" for form in _FORMS))
"""Variables by which the app and the worker that judges decide whom to ask."""


def key_set(model: Model, environ: Mapping[str, str]) -> str:
    """Name of the variable that holds a key, or a file with one, for a provider of the spec; empty where none does."""
    # The app asks Anthropic by its own SDK, and all others as OpenAI is asked.
    owners = tuple({"ANTHROPIC" if one.provider == ANTHROPIC else "OPENAI" for one in model.models})
    return next((name for name in KEYS if name.startswith(owners) and environ.get(name, "").strip()), "")
