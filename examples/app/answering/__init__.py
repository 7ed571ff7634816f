"""Retrieve, rerank, generate."""
