"""Look, plan, carry out and read back."""
