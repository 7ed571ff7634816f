"""Artifacts in memory: compare, write, report."""
