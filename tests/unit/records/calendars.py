"""Calendars for the tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from contact_center.records.domain.calendar import CalendarRules, Span

NOW = datetime(2026, 11, 30, 14, tzinfo=UTC)  # Monday, nine in New York
RULES = CalendarRules(
    zone="America/New_York",
    week=((Span(540, 720), Span(780, 1020)),) * 5 + ((), ()),
    special_days={"12-25": (), "2026-12-03": (Span(600, 660),)},
    length_minutes=60,
    notice_hours=2,
    days_ahead=14,
    capacity=1,
)
ONE_HOUR = replace(RULES, week=((Span(600, 660),),) * 7, special_days={})
