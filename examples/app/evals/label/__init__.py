"""People's labels: a page to give them on, and files to bring them from elsewhere."""
