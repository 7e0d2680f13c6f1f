"""The page is told the business's clock, its departments, their hours, and who may call out."""

from __future__ import annotations

from datetime import UTC, datetime

from contact_center.console.services.show_business import BusinessDesk, show_business
from contact_center.kernel.civil_time import CivilSettings, civil_clock
from contact_center.visits.domain.opening_hours import OpeningHours
from tests.fakes.clock import FakeClock

OFFICE = {
    "zone": "America/New_York",
    "week": [[[540, 1020]]] * 5 + [[], []],  # from 9 to 17, Monday to Friday
    "special_days": {},
    "closing": {"action": "message", "say": "We are closed.", "number": None},
}
ALWAYS = {**OFFICE, "week": [[[0, 1440]]] * 7}
TUESDAY_NOON = datetime(2026, 7, 7, 16, tzinfo=UTC)


def told_at(now: datetime) -> dict[str, object]:
    compiled = {"company": OFFICE, "departments": {"support": ALWAYS}}
    desk = BusinessDesk(
        hours=OpeningHours.from_dict(compiled),
        departments=("billing", "support"),
        assistants=("sales",),
        sure_enough=0.5,
        calls_kept_days=90,
        number="+14155550100",
        clock=FakeClock(round(now.timestamp() * 1000)),
        civil=civil_clock(CivilSettings()),
    )
    return show_business(desk)


def test_a_department_is_open_until_it_closes_by_the_business_s_clock() -> None:
    assert told_at(TUESDAY_NOON) == {
        "zone": "America/New_York",
        "departments": [
            {"key": "billing", "open": True, "until": "2026-07-07T21:00:00.000Z"},
            {"key": "support", "open": True, "until": None},
        ],
        "assistants": ["sales"],
        "sureEnough": 0.5,
        "callsKeptDays": 90,
        "number": "+14155550100",
    }


def test_a_department_is_closed_until_it_opens_next() -> None:
    told = told_at(datetime(2026, 7, 10, 22, tzinfo=UTC))

    assert told["departments"] == [
        {"key": "billing", "open": False, "until": "2026-07-13T13:00:00.000Z"},
        {"key": "support", "open": True, "until": None},
    ]
