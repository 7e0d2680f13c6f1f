"""The civil clock of a local run (DESIGN §10): where LOCAL_NOW starts it and how fast it goes."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from local.settings_text import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

LEAST_TICK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Civil:
    """Civil time as a line through the moment the system began."""

    began_at_ms: int
    starts_at: datetime
    speed: float

    def now(self) -> datetime:
        """The civil instant, UTC."""
        passed_ms = time.time_ns() / 1_000_000 - self.began_at_ms
        return self.starts_at + timedelta(milliseconds=passed_ms * self.speed)

    async def sleep(self, civil_seconds: float) -> None:
        """Wait for so much civil time, but never less than a real second.

        What ticks every civil minute would otherwise keep this machine busy with nothing else
        when the clock runs fast; a tick less does no harm.
        """
        await asyncio.sleep(max(LEAST_TICK_SECONDS, civil_seconds / self.speed))

    def names(self) -> dict[str, str]:
        """What every function is told: the same line for all processes."""
        return {
            "LOCAL_NOW": self.starts_at.isoformat(),
            "LOCAL_SPEED": f"{self.speed:g}",
            "LOCAL_STARTED_AT_MS": str(self.began_at_ms),
        }


def read_civil(values: Mapping[str, str]) -> Civil:
    """Read LOCAL_NOW and LOCAL_SPEED. Raises SettingsError."""
    began_at_ms = time.time_ns() // 1_000_000
    starts_at = datetime.fromtimestamp(began_at_ms / 1000, tz=UTC)
    if "LOCAL_NOW" in values:
        starts_at = _time(values["LOCAL_NOW"])
    try:
        speed = float(values.get("LOCAL_SPEED", "1"))
    except ValueError:
        speed = 0.0
    if not 0 < speed <= 100_000:  # noqa: PLR2004 (a year in five minutes)
        raise SettingsError("LOCAL_SPEED must be a number above 0: how many times faster than life")
    return Civil(began_at_ms, starts_at, speed)


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.utcoffset() is None:
        raise SettingsError("LOCAL_NOW must be a time with a zone, like 2026-07-08T10:00:00-07:00")
    return at.astimezone(UTC)
