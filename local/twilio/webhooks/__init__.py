"""Twilio's requests to our server: signed, repeated as agreed, and with faults on request."""
