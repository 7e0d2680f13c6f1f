"""What the page has to know of the business itself: its clock, its departments and their hours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.instants import iso
from contact_center.visits.domain.opening_hours import Open, opening

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.kernel.civil_time import CivilClock
    from contact_center.kernel.ports import Clock
    from contact_center.visits.domain.opening_hours import OpeningHours


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessDesk:
    """What it is told from.

    Attributes:
        departments: Their keys, in the order of departments.toml.
        assistants: Keys of those that may call out.
        sure_enough: From which certainty on a caller's words decide where they go, 0 to 1.
        calls_kept_days: How long a call is kept after it; of older days nothing is found.
        number: Our own, at which callers ring, E.164; None: it is the provider's, who knows it.
        civil: What time it is for callers.
    """

    hours: OpeningHours
    departments: Sequence[str]
    assistants: Sequence[str]
    sure_enough: float
    calls_kept_days: int
    number: str | None
    clock: Clock
    civil: CivilClock


def show_business(desk: BusinessDesk) -> dict[str, Any]:
    """The business as it stands."""
    return {
        "zone": desk.hours.company.zone,
        "departments": [_department(key, desk) for key in desk.departments],
        "assistants": list(desk.assistants),
        "sureEnough": desk.sure_enough,
        "callsKeptDays": desk.calls_kept_days,
        "number": desk.number,
    }


def _department(key: str, desk: BusinessDesk) -> dict[str, Any]:
    standing = opening(desk.hours.of(key), desk.civil.at(desk.clock.now_ms()))
    until = None if standing.until is None else round(standing.until.timestamp() * 1000)
    return {"key": key, "open": isinstance(standing, Open), "until": iso(until)}
