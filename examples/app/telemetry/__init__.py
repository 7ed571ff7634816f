"""The telemetry kit: copy this folder into your application, and give it the rendered contract.

It needs opentelemetry-api, orjson and prometheus-client; fsspec for a store of full texts that is no folder.
"""

from .call import Call
from .contract import Contract
from .default import configure, llm_call
from .observation import Observation
from .telemetry import Telemetry
from .wrapping import about

__all__ = ["Call", "Contract", "Observation", "Telemetry", "about", "configure", "llm_call"]
