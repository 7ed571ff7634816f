"""Run an incident through the real stack, with an hour made of minutes, and report what the alerts did."""
