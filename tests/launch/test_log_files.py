"""Log files of one's own app, as a spec names them."""

from pathlib import Path

from generator.launch.native import from_here
from generator.resolve import resolve
from generator.spec.schema import Spec


def test_log_files_are_meant_from_the_specs_folder() -> None:
    """Natively as with Docker; a whole path stays what it is."""
    spec = {
        "service": {"name": "s", "endpoints": ["chat"]},
        "models": [{"name": "gpt-4o-mini", "provider": "openai"}],
        "app": {"targets": ["127.0.0.1:8000"], "log_files": ["logs/app.jsonl", "/var/log/app.jsonl"]},
    }
    model = from_here(resolve(Spec.model_validate(spec), spec_name="spec.yaml"), Path("/srv/bot"))
    assert model.app.log_files == ("/srv/bot/logs/app.jsonl", "/var/log/app.jsonl")
