"""What the operators' page stands on: who is logged in, and all that is live in one answer."""
