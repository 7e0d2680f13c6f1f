"""Scripted callers and callees, and what their calls showed."""
