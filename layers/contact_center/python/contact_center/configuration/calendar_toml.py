"""What an owner may write in config/calendar.toml. Used by the tools only."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from contact_center.configuration.hours_toml import SpecialDayToml, WeekToml, Zone
from contact_center.configuration.tables import Table


class CalendarToml(Table):
    """calendar.toml: when meetings can be booked."""

    zone: Zone
    length_minutes: Annotated[int, Field(ge=10, le=480)]
    notice_hours: Annotated[int, Field(ge=0, le=336)]
    days_ahead: Annotated[int, Field(ge=1, le=60)]
    capacity: Annotated[int, Field(ge=1, le=10)]
    weekly: WeekToml
    special: list[SpecialDayToml] = []
