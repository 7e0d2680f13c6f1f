"""Attempts, slots, lines: a phone rings at most once."""
