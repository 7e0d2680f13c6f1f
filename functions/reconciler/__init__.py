"""The reconciler: a tick a minute over what is open."""
