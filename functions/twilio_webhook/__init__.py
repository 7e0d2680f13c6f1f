"""Twilio's door: POST /twilio/voice and what follows it."""
