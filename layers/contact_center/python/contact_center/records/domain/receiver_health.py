"""Whether a receiver is to be asked at all: one note for all workers, so that all of them stop.

A receiver that is away would be asked once by each effect that waits for it, and each would then
wait out a pause of its own long after it is back. So after a few failures in a row nobody asks
but one at a time, and none of the others is begun; the first answer lets all of them go on.
What a receiver asks for itself (`Retry-After`) is obeyed by all workers alike.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from contact_center.kernel.data_classes import dataclass


class Leave(StrEnum):
    """Who may ask a receiver now."""

    ALL = "all"
    ONE = "one"  # to see whether it is back
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestTimings:
    """When a receiver is left alone, and for how long.

    Attributes:
        failures: So many in a row.
        first_ms: For how long then; doubled each time nobody answers.
        longest_ms: At most, and up to half as much again.
        longest_told_ms: Of what a receiver asks for, at most this is believed.
    """

    failures: int = 3
    first_ms: int = 5_000
    longest_ms: int = 30_000
    longest_told_ms: int = 24 * 3_600_000

    @property
    def longest_rest_ms(self) -> int:
        """No rest that nobody asked for is longer."""
        return self.longest_ms * 3 // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What is known of a receiver.

    Attributes:
        failures: Since the last answer.
        rested_ms: When it was last left alone; what began before says nothing new.
        until_ms: Nobody asks before.
        off: It said that it wants nothing more at all; until somebody replays.
    """

    failures: int = 0
    rested_ms: int = 0
    until_ms: int = 0
    off: bool = False

    def leave(self, now_ms: int, timings: RestTimings) -> Leave:
        """Who may ask it now."""
        if now_ms < self.until_ms:
            return Leave.NOBODY
        return Leave.ONE if self.failures >= timings.failures else Leave.ALL


def probed(health: Health, now_ms: int, within_ms: int) -> Health:
    """One has gone to see, and nobody else goes while he may be on his way."""
    return replace(health, until_ms=now_ms + within_ms)


def failed(
    health: Health, begun_ms: int, now_ms: int, chance: float, timings: RestTimings
) -> Health:
    """It did not answer, or said that it cannot."""
    if begun_ms < health.rested_ms:
        return health  # of those who were on their way when it was left alone
    failures = health.failures + 1
    if failures < timings.failures:
        return replace(health, failures=failures)
    doublings = min(failures - timings.failures, 16)
    plain_ms = min(timings.first_ms << doublings, timings.longest_ms)
    until_ms = now_ms + int(plain_ms * (1 + chance / 2))
    return replace(health, failures=failures, rested_ms=now_ms, until_ms=until_ms)


def asked_to_wait(health: Health, now_ms: int, wait_ms: int, timings: RestTimings) -> Health:
    """It answered, and wants to be left alone for so long."""
    until_ms = now_ms + min(max(wait_ms, 0), timings.longest_told_ms)
    if until_ms <= health.until_ms:
        return health
    return replace(health, failures=0, rested_ms=now_ms, until_ms=until_ms)


def answered(health: Health, begun_ms: int) -> Health:
    """It answered what was begun then; what it asked for since still holds."""
    if begun_ms < health.rested_ms or (not health.failures and not health.until_ms):
        return health
    return replace(health, failures=0, until_ms=0)


def switched_off(health: Health) -> Health:
    """It wants nothing more at all."""
    return health if health.off else replace(health, off=True)


def taken_up(health: Health) -> Health:
    """An operator wants it asked again; what it asked for itself still holds."""
    return replace(health, off=False) if health.off else health
