"""Each rendered config judged by its own program, and where that cannot be had by the list of its keys."""
