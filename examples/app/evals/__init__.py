"""Judge a sample of the answers: chosen by hash, kept through any crash, judged by a model that is itself measured."""
