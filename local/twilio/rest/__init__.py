"""Twilio's REST API of 2010: what is asked, what is refused, and what becomes of it."""
