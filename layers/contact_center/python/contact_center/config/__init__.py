"""What an owner edits, and what is built from it."""
