"""The owner's assistants in Vapi's words."""
