"""The page that Prometheus serves."""
