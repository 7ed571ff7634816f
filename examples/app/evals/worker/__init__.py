"""The worker: ships the spool into the store, has a judge look at what waits there, and tells what was found."""
