"""An owner's webhooks, by Standard Webhooks."""
