"""Run the proofs with the real promtool, say how well each alert did, and show that a broken rule would be found."""
