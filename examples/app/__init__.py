"""The reference app: answers questions about this project, and is observed while it does."""
