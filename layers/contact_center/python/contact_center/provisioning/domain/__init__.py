"""Whose objects are, how what is there differs from what is wanted, what is to be done. Pure."""
