"""The dialer: one job, at most one POST."""
