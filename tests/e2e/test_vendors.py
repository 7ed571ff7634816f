"""Traces to an endpoint of the person's own: the rendered Collector against a local server that looks at header and payload."""

import pytest

from tests.e2e.collecting import BackEnd, Collecting, until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1800)]

VENDORS = {
    "honeycomb": {"x-honeycomb-team": "hc-K3Y"},
    "datadog": {"dd-api-key": "dd-K3Y", "dd-otlp-source": "llmobs"},
    "new-relic": {"api-key": "nr-K3Y"},
    "a token": {"authorization": "Bearer t-K3Y"},
}
SPAN = {
    "resourceSpans": [{
        "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "bot"}}]},
        "scopeSpans": [{"spans": [{
            "traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": "b7ad6b7169203331", "name": "llm.ask", "kind": 1,
            "startTimeUnixNano": "1", "endTimeUnixNano": "2",
            "attributes": [{"key": "note", "value": {"stringValue": "mail jane.doe@example.org"}}],
        }]}],
    }]
}  # fmt: skip


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_endpoint_gets_its_headers_and_redacted_spans(
    back_end: BackEnd, collecting: Collecting, vendor: str
) -> None:
    """As the vendor's page in docs/traces.md says; the key is neither in the config nor in the log."""
    wanted = VENDORS[vendor]
    file = "".join(f'{name}: "{value}"\n' for name, value in wanted.items())
    collecting.configure("headers_file: secrets/traces", headers=file)
    assert "K3Y" not in (collecting.folder / "collector.yaml").read_text()
    collecting.start()
    collecting.post("traces", SPAN)
    until(lambda: back_end.spans)
    headers, _payload = back_end.traces[0]
    assert {name: headers.get(name) for name in wanted} == wanted
    (span,) = back_end.spans
    assert span.name == "llm.ask"
    assert "jane.doe" not in str(span)
    collecting.stop()
    assert "K3Y" not in collecting.own_log.read_text()
