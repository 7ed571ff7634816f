"""Whether the reference app's questions cost money: with a key of its provider it asks the provider, else the simulator."""

from collections.abc import Mapping

from generator.model import Model

ANTHROPIC = "anthropic"


def key_set(model: Model, environ: Mapping[str, str]) -> str:
    """Name of the variable that holds a key, or a file with one, for a provider of the spec; empty where none does."""
    # The app asks Anthropic by its own SDK, and all others as OpenAI is asked.
    owners = {"ANTHROPIC" if one.provider == ANTHROPIC else "OPENAI" for one in model.models}
    names = (f"{owner}_API_KEY{form}" for owner in sorted(owners) for form in ("", "_FILE"))
    return next((name for name in names if environ.get(name, "").strip()), "")
