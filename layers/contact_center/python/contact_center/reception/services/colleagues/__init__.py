"""Callers who are to get a person: who is asked, and what the caller hears of it."""
