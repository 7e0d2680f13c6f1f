"""How far our clock may be from another's, from the stamps on the answers we get anyhow.

A stamp of `Date` is a second wide. But each answer was stamped between asking and being answered:

    theirs          ├── stamp ──────────── + 1 s ──┤
    ours       asked ●━━━━━━━━● answered               →  the difference is in an interval

Where both clocks agree, intervals overlap at 0 and narrow with every answer; a clock that is off
shows itself as soon as an answer is stamped close to the turn of a second: one 50 ms apart with
about every twentieth.
"""

from __future__ import annotations

from contact_center.kernel.data_classes import dataclass

STAMP_MS = 1_000
# A stamp is made by software that may be so late; what is within it proves nothing.
STAMPED_LATE_MS = 10
# Clocks drift, and are set right: what was seen so long ago is forgotten.
WINDOW_MS = 300_000


@dataclass(frozen=True, slots=True)
class ClockEvidence:
    """What has been seen since `since_ms`: ours is ahead of theirs by `least_ms` to `most_ms`."""

    since_ms: int
    least_ms: int
    most_ms: int

    def is_off(self, allowed_ms: int) -> bool:
        """Whether our clock certainly is further from theirs than is allowed, either way."""
        return self.least_ms > allowed_ms or self.most_ms < -allowed_ms


def with_answer(
    known: ClockEvidence | None, asked_ms: int, answered_ms: int, stamped_ms: int
) -> ClockEvidence:
    """The evidence with one more answer.

    Args:
        known: So far; None: nothing.
        asked_ms: When the request left, by our clock.
        answered_ms: When its answer was there, by our clock.
        stamped_ms: The whole second that the answer was stamped with.

    Returns:
        What is known now: this answer alone when it contradicts the others, or they are old.
    """
    least_ms = asked_ms - stamped_ms - STAMP_MS - STAMPED_LATE_MS
    fresh = ClockEvidence(answered_ms, least_ms, answered_ms - stamped_ms)
    if known is None or not 0 <= answered_ms - known.since_ms <= WINDOW_MS:
        return fresh
    least_ms = max(known.least_ms, fresh.least_ms)
    most_ms = min(known.most_ms, fresh.most_ms)
    return fresh if least_ms > most_ms else ClockEvidence(known.since_ms, least_ms, most_ms)
