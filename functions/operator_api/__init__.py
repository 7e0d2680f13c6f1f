"""The operators' side of the HTTP API."""
