"""Start, watch and stop a running stack."""
