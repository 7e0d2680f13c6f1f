"""The stores that hold a person, one a file."""
