"""The telemetry kit: copy this folder into your application, and give it the rendered contract."""

from app.telemetry.call import Call, Telemetry

__all__ = ["Call", "Telemetry"]
