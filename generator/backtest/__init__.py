"""Replay the rendered alerts over a real server's history: how many pages, when, how long."""
