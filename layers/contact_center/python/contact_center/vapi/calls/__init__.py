"""Calls at Vapi: placed, found, steered, and joined with a caller on a line of ours."""
