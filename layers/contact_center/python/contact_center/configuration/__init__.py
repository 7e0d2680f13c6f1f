"""What an owner edits, checked and compiled."""
