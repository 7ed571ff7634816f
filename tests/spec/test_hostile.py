"""No name can break out of the languages that it lands in."""

import pytest

from generator.problems import ProblemsFound
from generator.spec.load import parse

HOSTILE = {
    "quote": '"', "backslash": "\\", "template": "{{", "dollar": "$", "newline": "\n", "brackets": "]]", "star": "*", "backtick": "`",
    "angle": "<", "ampersand-quote": "'", "right-to-left": "\u202e", "emoji": "\U0001f600", "null": "\x00", "semicolon": ";",
    "long": "x" * 301,
}  # fmt: skip
# Every text field of the spec, with a place for the hostile text.
FIELDS = {
    "service.name": "service: {{name: {0}}}\nmodels: [{{name: m, provider: x}}]\n",
    "service.environment": "service: {{name: a, environment: {0}}}\nmodels: [{{name: m, provider: x}}]\n",
    "service.endpoints": "service: {{name: a, endpoints: [{0}]}}\nmodels: [{{name: m, provider: x}}]\n",
    "models.name": "service: {{name: a}}\nmodels: [{{name: {0}, provider: x}}]\n",
    "models.provider": "service: {{name: a}}\nmodels: [{{name: m, provider: {0}}}]\n",
}
_MORE = {
    "app.targets": "app: {{targets: [{0}]}}", "app.log_files": "app: {{targets: [a:1], log_files: [{0}]}}",
    "alerts.runbooks": "alerts: {{runbooks: {0}}}", "notify.slack.webhook_file": "notify: {{slack: {{webhook_file: {0}}}}}",
    "notify.slack.channel": "notify: {{slack: {{webhook_file: a, channel: {0}}}}}",
    "notify.pagerduty": "notify: {{pagerduty: {{routing_key_file: {0}}}}}", "notify.webhook": "notify: {{webhook: {{url_file: {0}}}}}",
    "notify.email.to": "notify: {{email: {{to: {0}, from: a@b.example, smarthost: a:25}}}}",
    "notify.email.from": "notify: {{email: {{to: a@b.example, from: {0}, smarthost: a:25}}}}",
    "notify.email.smarthost": "notify: {{email: {{to: a@b.example, from: a@b.example, smarthost: {0}}}}}",
    "notify.email.username": "notify: {{email: {{to: a@b.example, from: a@b.example, smarthost: a:25, username: {0}}}}}",
    "notify.email.password_file": "notify: {{email: {{to: a@b.example, from: a@b.example, smarthost: a:25, password_file: {0}}}}}",
    "logs.patterns": "logs: {{patterns: {{? {0} : x}}}}", "logs.blobs.path": "logs: {{blobs: {{path: {0}}}}}", "traces.endpoint": "traces: {{backend: otlp, endpoint: {0}}}",
    "traces.headers_file": "traces: {{headers_file: {0}}}", "evals.judge.model": "evals: {{judge: {{model: {0}}}}}",
    "proofs.extra.name": "proofs: {{extra: [{{name: {0}, alert: errors, phases: [{{for: 1h}}, {{for: 1h, expect: page}}]}}]}}",
    "proofs.extra.about": "proofs: {{extra: [{{name: a, about: {0}, alert: errors, phases: [{{for: 1h}}, {{for: 1h, expect: page}}]}}]}}",
    "proofs.extra.model": "proofs: {{extra: [{{name: a, model: {0}, alert: errors, phases: [{{for: 1h}}, {{for: 1h, expect: page}}]}}]}}",
    "evals.dimensions": "evals: {{dimensions: [{0}]}}", "evals.dimensions.name": "evals: {{dimensions: [{{name: {0}}}]}}",
    "evals.endpoints": "evals: {{endpoints: {{? {0} : 1%}}}}", "evals.models": "evals: {{models: {{? {0} : 1%}}}}",
    "evals.judge.base_url": "evals: {{judge: {{base_url: {0}}}}}",
}  # fmt: skip
FIELDS |= {
    name: "service: {{name: a}}\nmodels: [{{name: m, provider: x}}]\n" + line + "\n" for name, line in _MORE.items()
}


def _yaml(text: str) -> str:
    return '"' + "".join(f"\\U{ord(char):08x}" for char in text) + '"'


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("field", FIELDS)
def test_hostile_text_is_refused_with_a_caret(field: str, hostile: str) -> None:
    """Every text field refuses it, at the value, saying what is allowed."""
    text = FIELDS[field].format(_yaml(f"a{HOSTILE[hostile]}b"))
    with pytest.raises(ProblemsFound) as found:
        parse(text, "spec.yaml")
    problem = next(problem for problem in found.value.problems if problem.check == "spec/name")
    source = text.splitlines()[problem.line - 1]
    assert source[problem.column - 1 : problem.column + 1] == '"\\'
    assert problem.allowed


def test_the_list_of_fields_is_complete() -> None:
    """A new text field must be added to this test."""
    import re

    from generator.spec.explain import fields

    texts = {re.sub(r"\[\]", "", path) for path, info in fields() if "NameRule" in str(info) or _is_name(info)}
    assert texts <= {
        name.replace("notify.pagerduty", "notify.pagerduty.routing_key_file").replace(
            "notify.webhook", "notify.webhook.url_file"
        )
        for name in FIELDS
    }


def _is_name(info: object) -> bool:
    from generator.spec.fields import is_name

    return is_name(info)
