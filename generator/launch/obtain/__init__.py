"""Where a component's binaries come from: one way a module, the first that works."""
