"""Campaigns, contacts, planning, retry, callbacks, our own numbers."""
