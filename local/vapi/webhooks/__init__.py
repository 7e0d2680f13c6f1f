"""Vapi's messages to our server: their bodies, how they are signed, and their way."""
