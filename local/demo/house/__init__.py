"""The demo's full house: more callers at our own number than lines, and who picks up."""
