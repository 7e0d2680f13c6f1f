"""May this person be called, and when."""
