"""Who takes a caller, when, and what becomes of him until then."""
