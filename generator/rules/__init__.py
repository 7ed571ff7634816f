"""Recording and alerting rules, as data."""
