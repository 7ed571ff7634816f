"""What observing one call to a model costs: the kit, its parts and its peers, in one run."""
