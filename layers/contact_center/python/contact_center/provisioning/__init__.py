"""Vapi, Twilio and HubSpot made to match the configuration: what is to be there, and what is."""
