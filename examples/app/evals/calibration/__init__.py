"""Whether a judge can be trusted: against people's labels, against its own earlier verdicts, and against chance."""
