"""Keys and words of a telephone, and who hears them: a Gather, a Record, nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from local.twilio.telephones.legs import Leg

MS_PER_WORD = 260
SHORTEST_WORDS_MS = 400


def spoken_ms(words: str) -> int:
    """How long it takes to say something."""
    return max(SHORTEST_WORDS_MS, len(words.split()) * MS_PER_WORD)


def press(leg: Leg, keys: str) -> None:
    """The far end presses keys; lost when nobody listens."""
    for key in keys:
        heard = leg.listener is not None
        leg.account.note("key", leg.sid, key=key, heard=heard)
        if leg.listener is not None:
            leg.listener.key(key)


def speak(leg: Leg, words: str) -> int:
    """The far end says something; returns how long that takes, ms."""
    lasts_ms = spoken_ms(words)
    leg.account.note("says", leg.sid, words=words, lasts_ms=lasts_ms)
    if leg.listener is not None:
        leg.listener.speech(words, lasts_ms)
    return lasts_ms
