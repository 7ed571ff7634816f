"""One module per rendered config."""
