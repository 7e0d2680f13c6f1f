"""The operators' API under requests that nobody would write by hand: `make schemathesis`."""
