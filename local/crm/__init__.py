"""CRMs and webhooks on this machine: a strict HubSpot, and somebody who receives webhooks."""
