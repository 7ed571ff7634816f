"""Library prices of models."""
