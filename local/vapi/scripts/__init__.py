"""Scripts by hand: who calls, whom we call, and what somebody does on the line."""
