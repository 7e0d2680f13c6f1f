"""The civil clock: what calling windows, caps and due times go by (DESIGN §10).

Deployed it is the machine clock. Locally it may start at another time and run faster, so that a
night or a week of a campaign can be watched; pacing, leases and signatures never do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contact_center.dialing_settings import CivilSettings

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CivilClock:
    """CivilTime as a line through one point.

    Attributes:
        machine_start_ms: An instant of the machine clock, ms since 1970 ...
        civil_start_ms: ... and what the civil clock showed then.
        speed: Civil ms in a machine ms, more than 0.
    """

    machine_start_ms: int = 0
    civil_start_ms: int = 0
    speed: float = 1.0

    def at(self, machine_ms: int) -> datetime:
        """The civil instant, aware, UTC, at a machine instant."""
        passed_ms = round((machine_ms - self.machine_start_ms) * self.speed)
        return _EPOCH + timedelta(milliseconds=self.civil_start_ms + passed_ms)

    def machine_ms(self, at: datetime) -> int:
        """The machine instant at a civil one."""
        civil_ms = (at - _EPOCH) // _MILLISECOND
        return self.machine_start_ms + round((civil_ms - self.civil_start_ms) / self.speed)


def civil_clock(settings: CivilSettings) -> CivilClock:
    """The civil clock: the machine's own unless a local system set another."""
    start_ms = settings.machine_start_ms
    starts_at = settings.starts_at
    return CivilClock(
        machine_start_ms=start_ms,
        civil_start_ms=start_ms if starts_at is None else round(starts_at.timestamp() * 1000),
        speed=settings.speed,
    )
