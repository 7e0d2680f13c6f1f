"""Meetings at Cal.com, before a strict simulator: one a call, whatever is lost on the way."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.domain.facts import MeetingBooked
from contact_center.crm.calcom import api as calcom_api
from contact_center.crm.calcom.api import CalComApi
from contact_center.crm.calcom.calendar import SETTLED_MS, CalComCalendar
from contact_center.crm.calcom.settings import CalComSettings
from contact_center.kernel.ports import (
    ContentionError,
    StoreRefusedError,
    StoreUnavailableError,
)
from contact_center.records.domain.calendar import Slot, ms_of
from local.crm.calcom import EVENT_TYPE_ID, Booking, CalComSimulator
from local.crm.faults import Fault, Mishap
from local.settings import SIMULATED_CALCOM_KEY
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.meeting_claims import FakeMeetingClaims
from tests.unit.records.calendars import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Self

NOW = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)  # a Monday
RULES_HERE = replace(RULES, notice_hours=4, days_ahead=3, length_minutes=30)


def slot_at(minutes: int) -> Slot:
    start = NOW + timedelta(hours=4, minutes=minutes)
    return Slot(ms_of(start), ms_of(start + timedelta(minutes=30)))


TEN, HALF_PAST = slot_at(0), slot_at(30)


@dataclass
class StandingKey:
    """A key that an owner may change; None: the secret is away."""

    key: str | None = SIMULATED_CALCOM_KEY

    def current(self) -> str:
        if self.key is None:
            raise StoreUnavailableError
        return self.key

    def has_changed(self, used: str) -> bool:
        return self.key != used


@dataclass
class Scene:
    """An event type, our calendar before it, and a clock for both."""

    clock: FakeClock = field(default_factory=lambda: FakeClock(ms_of(NOW)))
    key: StandingKey = field(default_factory=StandingKey)
    claims: FakeMeetingClaims = field(default_factory=FakeMeetingClaims)
    metrics: CountedMetrics = field(default_factory=CountedMetrics)
    event_type_id: int = EVENT_TYPE_ID
    bookings_version: str = "2026-02-25"

    def __enter__(self) -> Self:
        self.calcom = CalComSimulator(now_ms=self.clock.now_ms, log_ms=self.clock.now_ms).start()
        self.claims.clock = self.clock
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.calcom.stop()

    @property
    def calendar(self) -> CalComCalendar:
        settings = CalComSettings(
            base_url=self.calcom.url,
            event_type_id=self.event_type_id,
            secret_name="calcom",
            bookings_version=self.bookings_version,
        )
        api = CalComApi(settings, self.key, "0.0.0")
        return CalComCalendar(api, self.claims, RULES_HERE, self.clock, self.metrics)

    def book(self, call_id: str = "call-1", slot: Slot = TEN) -> MeetingBooked | None:
        return self.calendar.book(meeting(call_id, slot))

    def fault(self, mishap: Mishap, **more: Any) -> None:
        self.calcom.faults.add(Fault(mishap=mishap, **more))

    def own(self, call_id: str = "call-1") -> Slot | None:
        return self.calendar.look(call_id, NOW).own

    @property
    def asked(self) -> list[str]:
        return [f"{one['method']} {one['path']}" for one in self.calcom.log.entries("request")]


def meeting(call_id: str = "call-1", slot: Slot = TEN) -> MeetingBooked:
    return MeetingBooked(
        call_id=call_id,
        at_ms=ms_of(NOW),
        key="meeting",
        starts_at_ms=slot.start_ms,
        ends_at_ms=slot.end_ms,
        details={"name": "Zoë Byron", "email": "zoe@example.com", "topic": "prices"},
    )


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, nobody is cut off."""
    for name in ("SLOTS_SECONDS", "BOOK_SECONDS", "FIND_SECONDS"):
        monkeypatch.setattr(calcom_api, name, 60.0)


@pytest.fixture
def scene() -> Iterator[Scene]:
    with Scene() as made:
        yield made


def test_what_is_free_there_is_offered_from_the_notice_to_the_last_day(scene: Scene) -> None:
    openings = scene.calendar.look("call-1", NOW)
    assert list(openings.free) == list(openings.slots)
    assert openings.own is None
    assert openings.free[0] == TEN
    assert openings.free[-1].start_ms <= ms_of(NOW + timedelta(days=3))
    assert scene.calendar.zone == "America/New_York"
    assert scene.calendar.wants_attendee


def test_a_time_is_booked_for_who_called_and_is_free_no_more(scene: Scene) -> None:
    assert scene.book() == meeting()
    [booking] = scene.calcom.booked
    assert booking.attendee == {
        "name": "Zoë Byron",
        "email": "zoe@example.com",
        "timeZone": "America/New_York",
    }
    assert booking.metadata == {"switchboard_call": "call-1"}
    assert scene.own() == TEN
    assert TEN not in scene.calendar.look("call-2", NOW).free


def test_of_two_callers_one_has_the_time_and_the_other_none(scene: Scene) -> None:
    assert scene.book("call-1") == meeting("call-1")
    assert scene.book("call-2") is None
    assert scene.own("call-2") is None
    assert scene.book("call-2", HALF_PAST) == meeting("call-2", HALF_PAST)
    assert len(scene.calcom.booked) == 2


def test_two_callers_at_once_get_one_booking(scene: Scene) -> None:
    together, came = threading.Barrier(2), dict[str, MeetingBooked | None]()

    def call(name: str) -> None:
        together.wait()
        came[name] = scene.book(name)

    threads = [threading.Thread(target=call, args=(f"call-{n}",)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one is not None for one in came.values()) == len(scene.calcom.booked) == 1


def test_a_call_that_books_again_has_the_booking_that_it_has(scene: Scene) -> None:
    scene.book()
    asked = len(scene.asked)
    assert scene.book() == meeting()
    assert scene.book(slot=HALF_PAST) == meeting()
    assert len(scene.calcom.booked) == 1
    assert len(scene.asked) == asked  # our own table knows


@pytest.mark.parametrize("mishap", [Mishap.LOST, Mishap.HALF, Mishap.HTML, Mishap.ERROR_INSIDE])
def test_a_booking_whose_answer_is_lost_is_found_at_once(scene: Scene, mishap: Mishap) -> None:
    scene.fault(mishap, method="POST", obeyed=True)
    assert scene.book() == meeting()
    assert len(scene.calcom.booked) == 1
    assert scene.own() == TEN


def test_what_cannot_be_looked_up_now_is_in_doubt_and_found_by_whoever_asks_next(
    scene: Scene,
) -> None:
    scene.fault(Mishap.LOST, method="POST")
    scene.fault(Mishap.UNAVAILABLE, method="GET", path="/bookings")
    with pytest.raises(StoreUnavailableError):
        scene.book()
    assert scene.own() == TEN  # looked up before anything else
    assert scene.book() == meeting()
    assert len(scene.calcom.booked) == 1
    assert scene.asked.count("POST /v2/bookings") == 1


def test_what_never_came_is_booked_again_only_when_it_must_have_come(scene: Scene) -> None:
    scene.fault(Mishap.LOST, method="POST", obeyed=False)
    for _ in range(3):  # it may be on its way still
        with pytest.raises(StoreUnavailableError):
            scene.book()
    assert scene.asked.count("POST /v2/bookings") == 1
    scene.clock.advance(SETTLED_MS)
    assert scene.own() is None
    assert scene.book(slot=HALF_PAST) == meeting(slot=HALF_PAST)
    assert [ms_of(one.start) for one in scene.calcom.booked] == [HALF_PAST.start_ms]


def test_what_may_stand_on_another_page_is_not_booked_again(scene: Scene) -> None:
    for number in range(100):  # of the same time, and cancelled: as many as a page holds
        start, end = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (TEN.start_ms, TEN.end_ms))
        gone = Booking(f"uid-{number + 1}", start, end, attendee={}, status="cancelled")
        scene.calcom.bookings.append(gone)
    scene.fault(Mishap.LOST, method="POST")
    with pytest.raises(StoreUnavailableError):
        scene.book()
    scene.clock.advance(SETTLED_MS)
    with pytest.raises(StoreUnavailableError):
        scene.own()
    del scene.calcom.bookings[:1]  # the page has it now
    assert scene.own() == TEN
    assert scene.asked.count("POST /v2/bookings") == 1


def test_a_booking_that_stands_in_its_own_way_is_the_callers(scene: Scene) -> None:
    """It came after all, once nobody waited for it any more: the same time is taken, by us."""
    scene.fault(Mishap.LOST, method="POST", obeyed=False)
    with pytest.raises(StoreUnavailableError):
        scene.book()
    scene.clock.advance(SETTLED_MS)
    late = Scene(clock=scene.clock)
    late.calcom, late.claims.clock = scene.calcom, scene.clock

    def comes_now() -> None:
        assert late.book() == meeting()

    scene.claims.meanwhile = comes_now
    assert scene.book() == meeting()
    assert len(scene.calcom.booked) == 1
    assert scene.own() == TEN


def test_a_worker_that_dies_before_it_notes_the_booking_is_made_good(scene: Scene) -> None:
    scene.claims.forgetful = True
    with pytest.raises(StoreUnavailableError):
        scene.book()
    scene.claims.forgetful = False
    assert len(scene.calcom.booked) == 1
    assert scene.own() == TEN
    assert scene.book() == meeting()
    assert len(scene.calcom.booked) == 1


def test_the_same_call_at_once_books_once(scene: Scene) -> None:
    scene.claims.meanwhile = lambda: scene.claims.wanted.update({"call-1": (meeting(), 1)})
    with pytest.raises(ContentionError):
        scene.book()
    assert scene.calcom.booked == []


@pytest.mark.parametrize("status", [401, 403, 404, 422, 429])
def test_what_is_refused_is_certainly_not_booked_and_may_be_tried_again(
    scene: Scene, status: int
) -> None:
    scene.fault(Mishap.STATUS, method="POST", status=status)
    with pytest.raises(StoreRefusedError):
        scene.book()
    assert scene.metrics.of("booking_refused") == [{"cause": f"status_{status}"}]
    assert scene.book() == meeting()
    assert len(scene.calcom.booked) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_server_that_broke_down_may_have_booked_it(scene: Scene, status: int) -> None:
    scene.fault(Mishap.STATUS, method="POST", status=status, obeyed=True)
    scene.fault(Mishap.STATUS, method="GET", path="/bookings", status=404)
    with pytest.raises(StoreUnavailableError):
        scene.book()
    assert scene.own() == TEN


@pytest.mark.parametrize(
    "mishap", [Mishap.UNAVAILABLE, Mishap.HTML, Mishap.HALF, Mishap.ERROR_INSIDE, Mishap.REDIRECT]
)
def test_a_calendar_that_answers_nothing_of_sense_is_away_and_not_full(
    scene: Scene, mishap: Mishap
) -> None:
    scene.fault(mishap, path="/slots")
    with pytest.raises(StoreUnavailableError):
        scene.calendar.look("call-1", NOW)


@pytest.mark.parametrize(
    "told",
    [{"event_type_id": 1}, {"bookings_version": "2020-01-01"}, {"key": StandingKey("cal_other")}],
)
def test_an_account_that_is_none_is_refused(told: dict[str, Any]) -> None:
    with Scene(**told) as scene:
        if "bookings_version" not in told:
            with pytest.raises(StoreRefusedError):
                scene.calendar.look("call-1", NOW)
        with pytest.raises(StoreRefusedError):
            scene.book()
        assert scene.claims.wanted == {}


def test_without_a_key_nothing_is_sent(scene: Scene) -> None:
    scene.key.key = None
    with pytest.raises(StoreUnavailableError):
        scene.calendar.look("call-1", NOW)
    with pytest.raises(StoreRefusedError):
        scene.book()
    assert scene.asked == []


def test_a_server_that_is_not_there_has_certainly_booked_nothing(scene: Scene) -> None:
    calendar = scene.calendar
    scene.calcom.stop()
    with pytest.raises(StoreRefusedError):
        calendar.book(meeting())
    assert scene.claims.wanted == {}
    with pytest.raises(StoreUnavailableError):
        calendar.look("call-1", NOW)


def test_a_booking_that_was_cancelled_there_is_none(scene: Scene) -> None:
    scene.fault(Mishap.LOST, method="POST")
    scene.fault(Mishap.UNAVAILABLE, method="GET", path="/bookings")
    with pytest.raises(StoreUnavailableError):
        scene.book()
    scene.calcom.bookings[0].status = "cancelled"
    scene.clock.advance(SETTLED_MS)
    assert scene.own() is None
    assert scene.book() == meeting()


@pytest.mark.parametrize(
    ("data", "free"),
    [
        ({"2026-11-30": [{"start": "2026-11-30T10:00:00.000Z"}]}, [TEN]),
        ({"2026-11-30": [{"start": "2026-11-30T05:00:00.000-05:00"}]}, [TEN]),
        ({"2026-11-30": [{"start": "2026-11-30T09:59:00Z"}]}, []),  # within the notice
        ({}, []),
        ({"2026-11-30": "none"}, None),
        ({"2026-11-30": [{"start": "soon"}]}, None),
        ({"2026-11-30": [{"start": 7}]}, None),
        ({"2026-11-30": [None]}, None),
        ([], None),
        (None, None),
    ],
)
def test_times_are_read_however_they_are_written_and_what_is_none_is_no_answer(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, data: object, free: list[Slot] | None
) -> None:
    monkeypatch.setattr(scene.calcom, "_slots", lambda _: data)
    if free is None:
        with pytest.raises(StoreUnavailableError):
            scene.calendar.look("call-1", NOW)
    else:
        assert list(scene.calendar.look("call-1", NOW).free) == free
