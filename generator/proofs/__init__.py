"""Scenarios, and the promtool tests that they become."""
