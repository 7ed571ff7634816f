"""Grafana dashboards; the only place that imports grafanalib."""
