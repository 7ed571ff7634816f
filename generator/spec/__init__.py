"""The spec: loading with positions, checking, and explaining."""
