"""A strict simulator of Vapi."""
