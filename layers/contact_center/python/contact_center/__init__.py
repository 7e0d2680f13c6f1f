"""Switchboard: an AI contact center on Vapi and Twilio."""
