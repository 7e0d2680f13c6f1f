"""The function behind the queue of effects."""
