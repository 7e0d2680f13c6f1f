"""A person is forgotten: in every store, for good, and what cannot be reached is said."""
