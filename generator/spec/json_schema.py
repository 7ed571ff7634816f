"""The JSON Schema of the spec, from the same pydantic model, for editors."""

import json

from generator.artifact import Artifact, notice
from generator.model import Model
from generator.spec.schema import Spec

PATH = "spec.schema.json"


def schema_text(spec_name: str = "spec.yaml") -> str:
    """Draft 2020-12, sorted, with descriptions, defaults and examples."""
    schema = Spec.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$comment"] = notice(spec_name)
    schema["title"] = "Spec of an observed LLM application"
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def build(model: Model) -> list[Artifact]:
    """`spec.schema.json`."""
    return [Artifact(PATH, schema_text(model.spec_name))]
