"""Who waits, in what order they are served, and what they hear meanwhile."""
