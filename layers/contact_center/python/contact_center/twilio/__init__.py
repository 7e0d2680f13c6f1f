"""Twilio: its wire, turned into the words of the rooms below."""
