"""A simulated call: who speaks, what our server is asked and told, and what it orders."""
