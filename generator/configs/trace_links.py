"""Where a person looks at one trace: the addresses that the reference app sends them to."""

import json
import urllib.parse

from generator import conventions as c
from generator.model import Model


def trace_links(model: Model) -> list[str]:
    """Addresses on loopback with `{trace_id}` in them, the best first; none where traces go to an endpoint of the person's own."""
    ports = model.stack.ports
    jaeger = f"http://127.0.0.1:{ports['jaeger']}/trace/{{trace_id}}"
    if model.traces.backend == c.TEMPO:
        # Without Docker Jaeger may stand in for Tempo.
        return [f"http://127.0.0.1:{ports['grafana']}/explore?schemaVersion=1&panes={_pane()}", jaeger]
    return [jaeger] if model.traces.backend == c.JAEGER else []


def _pane() -> str:
    query = {
        "refId": "A",
        "datasource": {"type": "tempo", "uid": c.UID_TEMPO},
        "queryType": "traceql",
        "query": "TRACE",
    }
    pane = {"datasource": c.UID_TEMPO, "queries": [query], "range": {"from": "now-6h", "to": "now"}}
    return urllib.parse.quote(json.dumps({"t": pane}, separators=(",", ":"))).replace("TRACE", "{trace_id}")
