"""Vapi's REST API and its HTTP server."""
