"""A believable day of questions."""
