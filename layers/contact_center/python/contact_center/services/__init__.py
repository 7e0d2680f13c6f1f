"""Use cases, one a file, named by a verb; they speak to the world through ports.py."""
