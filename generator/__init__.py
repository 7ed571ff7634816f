"""Render, prove and launch an observability stack for an LLM application from one spec."""

__version__ = "0.1.0"
