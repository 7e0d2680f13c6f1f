"""A strict simulator of Twilio Voice on loopback: REST, TwiML, webhooks, people's telephones."""
