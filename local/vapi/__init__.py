"""Vapi."""
