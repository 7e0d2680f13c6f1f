"""How long words take to say."""

from __future__ import annotations

MS_PER_CHARACTER = 55  # at the pace of an unhurried voice
SLOW_CHARACTERS_A_SECOND = 12


def spoken_ms(text: str) -> int:
    """How long an unhurried voice speaks a text, in ms."""
    return len(text) * MS_PER_CHARACTER


def longest_seconds(text: str) -> int:
    """How long a slow voice speaks it, rounded up: what a limit is held to."""
    return -(-len(text) // SLOW_CHARACTERS_A_SECOND)
