"""One call wished for, and what may be said of one person."""
