"""The accounts at Vapi, Twilio and HubSpot, what is wanted there, and CloudFormation's address."""
