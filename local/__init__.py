"""The whole system on one machine: no account, no container runtime (DESIGN §8)."""
