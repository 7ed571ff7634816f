"""One module per metric dialect."""
