"""The civil clock: what calling windows, caps and due times go by (DESIGN §10).

Deployed it is the machine clock. Locally it may start at another time and run faster, so that a
night or a week of a campaign can be watched; pacing, leases and signatures never do.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Self

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.environment import Environment, SettingsError
from contact_center.kernel.instants import read_instant

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


_SPEED = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class CivilSettings:
    """Where the civil clock starts and how fast it runs; all defaults when deployed.

    Attributes:
        starts_at: What it shows at `machine_start_ms`, aware; None: the machine's own time.
        speed: Civil time in machine time.
        machine_start_ms: Ms since 1970; one figure for all processes of a local system.
    """

    starts_at: datetime | None = None
    speed: float = 1.0
    machine_start_ms: int = 0

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read the settings. Raises SettingsError."""
        start = environment.optional("LOCAL_STARTED_AT_MS") or "0"
        if not re.fullmatch(r"[0-9]{1,15}", start):
            raise SettingsError("LOCAL_STARTED_AT_MS", "must be ms since 1970")
        return cls(
            starts_at=_zoned(environment, "LOCAL_NOW"),
            speed=_speed(environment, "LOCAL_SPEED"),
            machine_start_ms=int(start),
        )


def _zoned(environment: Environment, name: str) -> datetime | None:
    value = environment.optional(name)
    if value is None:
        return None
    at = read_instant(value)
    if at is None:
        raise SettingsError(name, "must be a time with a zone, such as 2026-07-08T10:00:00-07:00")
    return at


def _speed(environment: Environment, name: str) -> float:
    value = environment.optional(name) or "1"
    if not _SPEED.fullmatch(value) or not float(value):
        raise SettingsError(name, "must be a number above 0")
    return float(value)
