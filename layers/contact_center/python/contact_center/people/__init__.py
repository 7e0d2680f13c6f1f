"""People who take callers: who they are, what they do, and how one is asked about a caller."""
