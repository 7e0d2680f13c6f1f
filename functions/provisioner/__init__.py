"""Makes Vapi, Twilio and HubSpot match the configuration while a stack is deployed."""
