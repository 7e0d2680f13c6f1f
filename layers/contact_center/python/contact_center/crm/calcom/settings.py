"""The environment of a calendar at Cal.com."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Self

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.environment import SettingsError

if TYPE_CHECKING:
    from contact_center.kernel.environment import Environment

REAL_CALCOM = "https://api.cal.com"
BUILT_IN, CALCOM = "built_in", "calcom"
# Cal.com versions each of its endpoints by a date in a header.
SLOTS_VERSION, BOOKINGS_VERSION = "2024-09-04", "2026-02-25"
_VERSION = re.compile(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class CalComSettings:
    """An event type of an account at Cal.com.

    Attributes:
        base_url: Without a trailing slash.
        event_type_id: What is booked there.
        secret_name: Of the secret that holds the API key, as `current`.
    """

    base_url: str = REAL_CALCOM
    event_type_id: int
    secret_name: str
    slots_version: str = SLOTS_VERSION
    bookings_version: str = BOOKINGS_VERSION

    @classmethod
    def read(cls, environment: Environment) -> Self | None:
        """Read the settings; None: meetings are booked in the built-in calendar.

        Raises SettingsError naming the one that cannot be used.
        """
        if not books_there(environment):
            return None
        event_type_id = environment.whole("CALCOM_EVENT_TYPE_ID", 0, 0, 999_999_999)
        if not event_type_id:
            raise SettingsError("CALCOM_EVENT_TYPE_ID", "is required with MEETING_CALENDAR=calcom")
        return cls(
            base_url=environment.url("CALCOM_BASE_URL") or REAL_CALCOM,
            event_type_id=event_type_id,
            secret_name=environment.required("CALCOM_SECRET_NAME"),
            slots_version=_version(environment, "CALCOM_SLOTS_VERSION", SLOTS_VERSION),
            bookings_version=_version(environment, "CALCOM_BOOKINGS_VERSION", BOOKINGS_VERSION),
        )


def books_there(environment: Environment) -> bool:
    """Whether meetings are booked at Cal.com. Raises SettingsError."""
    said = (environment.optional("MEETING_CALENDAR") or BUILT_IN).lower()
    if said not in {BUILT_IN, CALCOM}:
        raise SettingsError("MEETING_CALENDAR", f"must be {BUILT_IN} or {CALCOM}")
    return said == CALCOM


def _version(environment: Environment, name: str, usual: str) -> str:
    said = environment.optional(name) or usual
    if not _VERSION.fullmatch(said):
        raise SettingsError(name, f"must be a date such as {usual}")
    return said
