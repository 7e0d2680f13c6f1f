"""Places kept for who has hung up, and whom we ring back."""
