"""How long words take to say, and what is said when nothing else can be."""

from __future__ import annotations

MS_PER_CHARACTER = 55  # at the pace of an unhurried voice
SLOW_CHARACTERS_A_SECOND = 12

# Spoken to the caller before hanging up.
SPOKEN_APOLOGY = "Sorry, we cannot take your call right now. Please call again in a few minutes."
# Spoken to the caller before a call ends that another follows.
SPOKEN_MOMENT = "One moment, please."


def spoken_ms(text: str) -> int:
    """How long an unhurried voice speaks a text, in ms."""
    return len(text) * MS_PER_CHARACTER


def longest_seconds(text: str) -> int:
    """How long a slow voice speaks it, rounded up: what a limit is held to."""
    return -(-len(text) // SLOW_CHARACTERS_A_SECOND)
