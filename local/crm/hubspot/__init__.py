"""A strict HubSpot: objects, properties, search that lags, limits, and faults on request."""
