"""Cal.com's API v2, as far as one event type is booked: without a library, since a caller waits.

Nothing is retried or logged here. What an answer means:

2xx with a booking                        Booked
400, 409: the time is not to be had       NotFree
any other 4xx, and what was not sent      Refused: certainly not booked
5xx, no whole answer, or one of no sense  InDoubt: it may be booked
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.instants import iso
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError
from contact_center.records.domain.calendar import Slot, at_ms, ms_of
from contact_center.web.lean_http import ask_once
from contact_center.web.outcomes import Answered, NotSent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Protocol

    from contact_center.conversations.domain.facts import MeetingBooked
    from contact_center.crm.calcom.settings import CalComSettings

    class ApiKey(Protocol):
        """The account's key, out of a secret that rotates."""

        def current(self) -> str:
            """The key. Raises StoreUnavailableError when it cannot be had."""
            ...

        def has_changed(self, used: str) -> bool:
            """Whether a key that was refused is not the one that stands now."""
            ...


# The door has six seconds for all of a message, the table and the stored answer among it.
SLOTS_SECONDS, BOOK_SECONDS, FIND_SECONDS = 1.2, 2.4, 1.0
OURS = "switchboard_call"  # in a booking's metadata: by which call it was made
GONE = frozenset({"cancelled", "rejected"})
# The words of Cal.com for a time that is not to be had; it has no code for them.
NOT_FREE = (
    *("already has booking", "not available", "no_available_users", "can't be booked"),
    *("in the past", "booking_conflict", "not_available", "already exists"),
)


@dataclass(frozen=True, slots=True)
class Booked:
    """It is booked there."""


@dataclass(frozen=True, slots=True)
class NotFree:
    """The time is somebody else's, or none that can be booked."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Certainly not booked, for a reason that is not the time's. `cause`: a word of ours."""

    cause: str


@dataclass(frozen=True, slots=True)
class InDoubt:
    """It may be booked. `cause`: a word of ours."""

    cause: str


type Came = Booked | NotFree | Refused | InDoubt


class CalComApi:
    """One event type of one account."""

    def __init__(self, settings: CalComSettings, key: ApiKey, version: str) -> None:
        """Keep where, what, and who we are; nothing is opened yet.

        Args:
            settings: Which account and event type.
            key: The account's.
            version: Of this software, for the User-Agent.
        """
        self._settings = settings
        self._key = key
        self._user_agent = f"switchboard/{version}"

    def slots(self, first_ms: int, last_ms: int, length_minutes: int) -> list[Slot]:
        """What is free between two instants, in order.

        Args:
            first_ms: Nothing begins before it, ms since 1970.
            last_ms: Nor after it.
            length_minutes: Of a slot whose end is not told.

        Raises:
            StoreUnavailableError: Nobody knows, now.
            StoreRefusedError: The account, or the event type, is none.
        """
        asked = {
            "eventTypeId": self._settings.event_type_id,
            "start": iso(first_ms),
            "end": iso(last_ms),
            "timeZone": "UTC",
            "format": "range",
        }
        path = f"/v2/slots?{urlencode(asked)}"
        outcome = self._ask("GET", path, self._settings.slots_version, seconds=SLOTS_SECONDS)
        days = self._said(outcome).get("data")
        if not isinstance(days, dict):
            raise StoreUnavailableError
        length_ms = length_minutes * 60_000
        found = [_slot(one, length_ms) for day in days.values() for one in _list(day)]
        return sorted({one for one in found if first_ms <= one.start_ms <= last_ms})

    def book(self, meeting: MeetingBooked, mark: str, zone: str) -> Came:
        """Book a time for a caller, once.

        Args:
            meeting: Its details name him and his e-mail address.
            mark: Of the call, by which the booking is found again.
            zone: Where he is.
        """
        body = {
            "eventTypeId": self._settings.event_type_id,
            "start": iso(meeting.starts_at_ms),
            "attendee": {
                "name": meeting.details["name"],
                "email": meeting.details["email"],
                "timeZone": zone,
            },
            "metadata": {OURS: mark},
        }
        try:
            outcome = self._ask(
                "POST",
                "/v2/bookings",
                self._settings.bookings_version,
                json.dumps(body).encode(),
                seconds=BOOK_SECONDS,
            )
        except StoreUnavailableError:
            return Refused("secret_unavailable")
        return _came(outcome)

    def is_booked(self, slot: Slot, mark: str) -> bool:
        """Whether a call has booked a time. Raises StoreUnavailableError, StoreRefusedError."""
        asked = {
            "eventTypeId": self._settings.event_type_id,
            "afterStart": iso(slot.start_ms - 1_000),
            "beforeEnd": iso(slot.end_ms + 1_000),
            "take": 100,
        }
        path = f"/v2/bookings?{urlencode(asked)}"
        outcome = self._ask("GET", path, self._settings.bookings_version, seconds=FIND_SECONDS)
        said = self._said(outcome)
        if any(_is_ours(one, mark) for one in _list(said.get("data"))):
            return True
        if _goes_on(said):  # it may be among those that were not told
            raise StoreUnavailableError
        return False

    def _ask(
        self, method: str, path: str, version: str, body: bytes | None = None, *, seconds: float
    ) -> Answered | NotSent | InDoubt:
        key = self._key.current()
        headers = {
            "Authorization": f"Bearer {key}",
            "Accept": "application/json",
            "User-Agent": self._user_agent,
            "cal-api-version": version,
        }
        if body is not None:
            headers["Content-Type"] = "application/json"
        url = self._settings.base_url + path
        outcome = ask_once(method, url, headers, body, seconds=seconds)
        if isinstance(outcome, Answered) and outcome.status == HTTPStatus.UNAUTHORIZED:
            self._key.has_changed(key)  # the next request has the new one
        if isinstance(outcome, Answered | NotSent):
            return outcome
        return InDoubt(outcome.reason)

    def _said(self, outcome: Answered | NotSent | InDoubt) -> dict[str, Any]:
        """What a question was answered. Raises StoreUnavailableError, StoreRefusedError."""
        if not isinstance(outcome, Answered):
            raise StoreUnavailableError
        if outcome.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
            raise StoreRefusedError
        if outcome.status != HTTPStatus.OK:
            raise StoreUnavailableError
        said = _json(outcome.body)
        if said.get("status") != "success":
            raise StoreUnavailableError
        return said


def _came(outcome: Answered | NotSent | InDoubt) -> Came:
    if isinstance(outcome, NotSent):
        return Refused(outcome.reason)
    if isinstance(outcome, InDoubt):
        return outcome
    status, said = outcome.status, _json(outcome.body)
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        data = said.get("data")
        booked = said.get("status") == "success" and isinstance(data, dict) and "uid" in data
        return Booked() if booked else InDoubt("no_booking_told")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status < HTTPStatus.BAD_REQUEST:
        return InDoubt(f"status_{status}")
    words = json.dumps(said.get("error", said)).lower()
    wants_time = status in {HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT}
    if wants_time and any(one in words for one in NOT_FREE):
        return NotFree()
    return Refused(f"status_{status}")


def _goes_on(said: Mapping[str, Any]) -> bool:
    """Whether a list has another page."""
    pagination = said.get("pagination")
    return isinstance(pagination, dict) and pagination.get("hasNextPage") is True


def _is_ours(booking: object, mark: str) -> bool:
    if not isinstance(booking, dict) or booking.get("status") in GONE:
        return False
    metadata = booking.get("metadata")
    return isinstance(metadata, dict) and metadata.get(OURS) == mark


def _slot(told: object, length_ms: int) -> Slot:
    """One free time. Raises StoreUnavailableError: it is none."""
    said: Mapping[str, Any] = told if isinstance(told, dict) else {"start": told}
    try:
        start_ms = _instant(said["start"])
        end_ms = _instant(said["end"]) if said.get("end") else start_ms + length_ms
        at_ms(end_ms)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise StoreUnavailableError from None
    return Slot(start_ms, end_ms)


def _instant(said: str) -> int:
    at = datetime.fromisoformat(said)
    return ms_of(at if at.tzinfo else at.replace(tzinfo=UTC))


def _list(said: object) -> list[object]:
    if not isinstance(said, list):
        raise StoreUnavailableError
    return said


def _json(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
