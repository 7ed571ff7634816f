"""Bounds of the latency histograms: what a percentile can tell apart."""

from typing import Final

LATENCY_BUCKETS_MS: Final = (
    25, 50, 75, 100, 150, 200, 300, 400, 500, 650, 800, 1000, 1250, 1600, 2000, 2500, 3200, 4000, 5000, 6500, 8000,
    10_000, 13_000, 16_000, 20_000, 25_000, 32_000, 40_000, 60_000, 90_000, 120_000, 180_000, 300_000, 600_000,
)  # fmt: skip
"""Upper bounds in milliseconds. Neighbours differ by at most a third below 40 s, so that "doubled" spans at least two of them."""
