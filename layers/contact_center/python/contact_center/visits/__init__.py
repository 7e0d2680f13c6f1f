"""One caller's whole stay: his calls, legs and what he is told."""
