"""What the reception stands on, each a file."""
