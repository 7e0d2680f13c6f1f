"""The planner: a tick a minute over the campaigns that run."""
