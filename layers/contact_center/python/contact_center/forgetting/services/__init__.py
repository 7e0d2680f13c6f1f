"""Forgetting as operators ask for it, and the work on it."""
