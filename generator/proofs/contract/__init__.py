"""Every name that an expression reads is one that the app registers, a rule records, or Prometheus itself has."""
