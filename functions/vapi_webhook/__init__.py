"""The door: POST /vapi/webhook and its aliases."""
