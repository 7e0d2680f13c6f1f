"""HubSpot's CRM, by its date-based paths."""
