"""A strict Cal.com on loopback: one event type, its hours, and what goes wrong.

    with CalComSimulator(now_ms=...) as calcom:
        calcom.faults.add(Fault(mishap=Mishap.LOST, method="POST"))

It refuses what API v2 refuses, as far as that is documented or read in its source: another version
in `cal-api-version`, a wrong key, an event type that is none, a start that is not free, an attendee
without name, address or zone, metadata that is too long. It refuses as well what the real one
would silently leave out: a field that it does not know. Like the real one it takes no idempotency
key: the same booking again is a time that is taken.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from local.crm.faults import Faults
from local.crm.http import Answer, HttpServer, Request, json_answer
from local.crm.log import CrmLog, machine_ms
from local.crm.served import Answering, Served
from local.settings import SIMULATED_CALCOM_KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from local.crm.log import NowMs

type Json = dict[str, Any]

SLOTS_VERSION = "2024-09-04"
BOOKINGS_VERSIONS = frozenset({"2024-08-13", "2026-02-25"})
OK, CREATED = 200, 201
BAD_REQUEST, UNAUTHORIZED, NOT_FOUND, TOO_MANY = 400, 401, 404, 429
MOST_A_MINUTE = 120  # with an API key
EVENT_TYPE_ID, MINUTES = 4711, 30
FIRST_HOUR, LAST_HOUR = 9, 17  # UTC, Monday to Friday
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_SLOT_FIELDS = frozenset({"eventTypeId", "start", "end", "timeZone", "format", "duration"})
_LIST_FIELDS = frozenset(
    {"eventTypeId", "afterStart", "beforeEnd", "attendeeEmail", "status", "take", "skip"}
)
_BOOKING_FIELDS = frozenset({"eventTypeId", "start", "attendee", "metadata", "lengthInMinutes"})
_ATTENDEE_FIELDS = frozenset({"name", "email", "timeZone", "phoneNumber", "language"})
TAKEN = "User either already has booking at this time or is not available"
OUT_OF_BOUNDS = 'The event type can\'t be booked at the "start" time provided.'
BROKEN: Json = {"status": "error", "error": {"message": "broken"}}
PAST = "Attempting to book a meeting in the past."


class RefusedError(Exception):
    """What a request is answered."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message


@dataclass
class Booking:
    """One booking, as an owner sees it."""

    uid: str
    start: datetime
    end: datetime
    attendee: Json
    metadata: Json = field(default_factory=dict)
    status: str = "accepted"


class CalComSimulator(Answering, Served):
    """An account at Cal.com.

    Args:
        key: What requests must carry.
        port: Where to listen; 0 chooses a free one.
        now_ms: Milliseconds since 1970: hours and notice go by it.
        log_ms: The clock of its log.

    Attributes:
        bookings: All that were ever made.
        days: How far ahead can be booked.
    """

    def __init__(
        self,
        *,
        key: str = SIMULATED_CALCOM_KEY,
        port: int = 0,
        now_ms: Callable[[], int] | None = None,
        log_ms: NowMs = machine_ms,
    ) -> None:
        self.event_type_id, self.days = EVENT_TYPE_ID, 60
        self.bookings: list[Booking] = []
        super().__init__(CrmLog(log_ms), Faults(), BROKEN)
        self._key = key
        self._now_ms = now_ms or _machine_now_ms
        self._asked: list[int] = []
        self._server = HttpServer(port, self.answer, self.faults.gone_on)

    @property
    def booked(self) -> list[Booking]:
        """Those that stand."""
        return [one for one in self.bookings if one.status == "accepted"]

    def carried_out(self, request: Request) -> Answer:
        """What comes of a request that nothing happens to."""
        try:
            self._let_in(request)
            match request.method, request.path:
                case "GET", "/v2/slots":
                    return _success(OK, self._slots(request))
                case "GET", "/v2/bookings":
                    page, more = self._listed(request)
                    return _success(OK, page, pagination={"hasNextPage": more})
                case "POST", "/v2/bookings":
                    return _success(CREATED, _shown(self._book(request)))
                case method, path:
                    return _refusal(RefusedError(NOT_FOUND, f"Cannot {method} {path}"))
        except RefusedError as error:
            return _refusal(error)

    def _let_in(self, request: Request) -> None:
        if request.headers.get("authorization") != f"Bearer {self._key}":
            raise RefusedError(UNAUTHORIZED, "ApiAuthStrategy - api key - not valid")
        now_ms = self._now_ms()
        self._asked = [at for at in self._asked if now_ms - at < 60_000]  # noqa: PLR2004 - a minute
        if len(self._asked) >= MOST_A_MINUTE:
            raise RefusedError(TOO_MANY, "ThrottlerException: Too Many Requests")
        self._asked.append(now_ms)
        version = request.headers.get("cal-api-version")
        known = {SLOTS_VERSION} if request.path == "/v2/slots" else BOOKINGS_VERSIONS
        if version not in known:
            raise RefusedError(NOT_FOUND, f"Cannot {request.method} {request.path}")

    def _slots(self, request: Request) -> Json:
        asked = _known(request.query, _SLOT_FIELDS)
        self._event_type(asked.get("eventTypeId"))
        first, last = (_instant(asked.get(name), name) for name in ("start", "end"))
        _zone(asked.get("timeZone", "UTC"))
        found: dict[str, list[Json]] = {}
        for start in self._free():
            if first <= start <= last:
                told = {"start": _iso(start)}
                if asked.get("format") == "range":
                    told["end"] = _iso(start + timedelta(minutes=MINUTES))
                found.setdefault(start.date().isoformat(), []).append(told)
        return found

    def _listed(self, request: Request) -> tuple[list[Json], bool]:
        asked = _known(request.query, _LIST_FIELDS)
        self._event_type(asked.get("eventTypeId", str(self.event_type_id)))
        take = asked.get("take", "100")
        if not take.isdecimal() or not 1 <= int(take) <= 250:  # noqa: PLR2004 - theirs
            raise RefusedError(BAD_REQUEST, "take must not be greater than 250")
        after = _instant(asked["afterStart"], "afterStart") if "afterStart" in asked else None
        before = _instant(asked["beforeEnd"], "beforeEnd") if "beforeEnd" in asked else None
        found = [
            one
            for one in self.bookings
            if (after is None or one.start > after) and (before is None or one.end < before)
        ]
        skip = asked.get("skip", "0")
        if not skip.isdecimal():
            raise RefusedError(BAD_REQUEST, "skip must not be less than 0")
        first, end = int(skip), int(skip) + int(take)
        return [_shown(one) for one in found[first:end]], len(found) > end

    def _book(self, request: Request) -> Booking:
        try:
            body = json.loads(request.body)
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise RefusedError(BAD_REQUEST, "Unexpected token in JSON")
        asked = _known(body, _BOOKING_FIELDS)
        self._event_type(asked.get("eventTypeId"))
        if isinstance(asked.get("eventTypeId"), str):
            raise RefusedError(BAD_REQUEST, "eventTypeId must be an integer number")
        start, attendee = _instant(asked.get("start"), "start"), _attendee(asked.get("attendee"))
        metadata = _metadata(asked.get("metadata", {}))
        if start <= self._now():
            raise RefusedError(BAD_REQUEST, PAST)
        if start > self._now() + timedelta(days=self.days):
            raise RefusedError(BAD_REQUEST, OUT_OF_BOUNDS)
        if start not in set(self._free()):
            raise RefusedError(BAD_REQUEST, TAKEN)
        end = start + timedelta(minutes=MINUTES)
        booking = Booking(f"uid-{len(self.bookings) + 1}", start, end, attendee, metadata)
        self.bookings.append(booking)
        return booking

    def _free(self) -> Iterator[datetime]:
        taken = {one.start for one in self.booked}
        midnight = self._now().replace(hour=0, minute=0, second=0, microsecond=0)
        for number in range(self.days + 1):
            day = midnight + timedelta(days=number)
            if day.weekday() > 4:  # noqa: PLR2004 - Friday
                continue
            for minute in range(FIRST_HOUR * 60, LAST_HOUR * 60, MINUTES):
                start = day + timedelta(minutes=minute)
                if start > self._now() and start not in taken:
                    yield start

    def _event_type(self, said: object) -> None:
        if str(said) != str(self.event_type_id):
            raise RefusedError(NOT_FOUND, f"Event type with id {said} not found.")

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._now_ms() / 1000, UTC)


def _machine_now_ms() -> int:
    return round(datetime.now(UTC).timestamp() * 1000)


def _known(asked: Any, names: frozenset[str]) -> dict[str, Any]:  # noqa: ANN401 - JSON
    for name in asked:
        if name not in names:
            raise RefusedError(BAD_REQUEST, f"property {name} should not exist")
    return dict(asked)


def _instant(said: object, name: str) -> datetime:
    try:
        at = datetime.fromisoformat(said)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise RefusedError(BAD_REQUEST, f"{name} must be a valid ISO 8601 date string") from None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _zone(said: object) -> str:
    if said != "UTC" and said not in available_timezones():
        raise RefusedError(BAD_REQUEST, "timeZone must be a valid IANA time-zone")
    return str(said)


def _attendee(said: object) -> Json:
    if not isinstance(said, dict):
        raise RefusedError(BAD_REQUEST, "attendee should not be null or undefined")
    attendee = _known(said, _ATTENDEE_FIELDS)
    name, email = attendee.get("name"), attendee.get("email")
    if not isinstance(name, str) or not name.strip():
        raise RefusedError(BAD_REQUEST, "attendee.name must be a string")
    if not isinstance(email, str) or not _EMAIL.fullmatch(email):
        raise RefusedError(BAD_REQUEST, "attendee.email must be an email")
    return attendee | {"timeZone": _zone(attendee.get("timeZone"))}


def _metadata(said: object) -> Json:
    usable = (
        isinstance(said, dict)
        and len(said) <= 50  # noqa: PLR2004 - theirs
        and all(
            len(key) <= 40 and isinstance(value, str) and len(value) <= 500  # noqa: PLR2004 - theirs
            for key, value in said.items()
        )
    )
    if not usable:
        raise RefusedError(BAD_REQUEST, "Metadata must have at most 50 keys")
    assert isinstance(said, dict)  # noqa: S101 - seen above
    return dict(said)


def _shown(one: Booking) -> Json:
    return {
        "id": int(one.uid.removeprefix("uid-")),
        "uid": one.uid,
        "status": one.status,
        "start": _iso(one.start),
        "end": _iso(one.end),
        "duration": MINUTES,
        "eventTypeId": EVENT_TYPE_ID,
        "attendees": [one.attendee | {"absent": False}],
        "metadata": one.metadata,
    }


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _success(status: int, data: object, **more: object) -> Answer:
    return json_answer(status, {"status": "success", "data": data, **more})


def _refusal(error: RefusedError) -> Answer:
    code = {BAD_REQUEST: "BadRequestException", NOT_FOUND: "NotFoundException"}
    said = {"code": code.get(error.status, "HttpException"), "message": error.message}
    return json_answer(error.status, {"status": "error", "error": said})
