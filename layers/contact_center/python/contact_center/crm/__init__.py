"""CRMs and webhooks: their wires, turned into the words of the rooms below."""
