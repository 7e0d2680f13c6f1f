"""What the echo says."""

ANSWER = "first"
