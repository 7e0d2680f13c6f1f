"""How long words take to say."""

from __future__ import annotations

MS_PER_CHARACTER = 55  # at the pace of an unhurried voice


def spoken_ms(text: str) -> int:
    """How long an unhurried voice speaks a text, in ms."""
    return len(text) * MS_PER_CHARACTER
