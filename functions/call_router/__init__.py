"""The function behind the call-events queue."""
