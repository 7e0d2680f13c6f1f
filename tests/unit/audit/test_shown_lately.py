"""Somebody whose page asks each second is noted once a while for each customer shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.audit.services.note_request import NotNotedError, note_request
from contact_center.audit.services.shown_lately import LATELY_MS, MOST_REMEMBERED, ShownLately
from contact_center.kernel.ports import StoreUnavailableError
from tests.fakes.audit_book import FakeTrail
from tests.fakes.clock import FakeClock
from tests.unit.audit.test_entries import ADA, asked
from tests.unit.audit.test_note_request import parts

if TYPE_CHECKING:
    from contact_center.audit.domain.entries import Asked

BEN = "+12125550146"


def shown(*numbers: str, who: str = "Ada", status: int = 200) -> Asked:
    one = asked("readLive", answer={"calls": [{"number": each} for each in numbers]})
    return replace(one, who=who, status=status)


def test_a_customer_is_noted_once_a_quarter_of_an_hour_for_whoever_is_shown_them() -> None:
    trail, clock = FakeTrail(), FakeClock(LATELY_MS)
    made = parts(book=trail, clock=clock)
    for who in ("Ada", "Ada", "Eve", "Ada"):
        note_request(shown(ADA, who=who), made)
    note_request(shown(ADA, BEN), made)
    assert [(one.who, len(one.customers)) for one in trail.entries.values()] == [
        ("Ada", 1),
        ("Eve", 1),
        ("Ada", 1),
    ]
    clock.advance(LATELY_MS)
    note_request(shown(ADA, BEN), made)
    assert len(list(trail.entries.values())[-1].customers) == 2


def test_whom_nobody_could_write_down_is_shown_to_nobody_the_next_time_either() -> None:
    made = parts(book=FakeTrail(error=StoreUnavailableError()))
    for _ in range(2):
        with pytest.raises(NotNotedError):
            note_request(shown(ADA), made)


def test_a_refusal_is_written_down_as_any_other() -> None:
    trail = FakeTrail()
    note_request(shown(status=403), parts(book=trail))
    assert [one.status for one in trail.entries.values()] == [403]


def test_who_was_refused_what_he_is_shown_later_was_not_shown_it_before() -> None:
    trail, clock = FakeTrail(), FakeClock(LATELY_MS)
    made = parts(book=trail, clock=clock)
    note_request(shown(ADA), made)
    note_request(replace(opened("c-1"), status=403), made)
    note_request(opened("c-1", ADA), made)
    assert [(one.on_id, one.status) for one in trail.entries.values()] == [
        (None, 200),
        ("c-1", 403),
        ("c-1", 200),
    ]


def test_what_is_remembered_has_an_end() -> None:
    lately = ShownLately()
    many = [f"+1212555{number:04d}" for number in range(9_999)]
    for round_ in range(4):
        one = shown(*many, who=f"somebody {round_}")
        lately.noted(one, LATELY_MS)
    assert len(lately._at_ms) <= MOST_REMEMBERED + len(many)


def opened(call_id: str, *numbers: str, who: str = "Ada") -> Asked:
    one = asked("showCall", names=(call_id,), answer={"numbers": list(numbers)})
    return replace(one, who=who)


def test_an_open_call_is_noted_as_it_is_opened_and_not_each_time_it_is_read() -> None:
    trail, clock = FakeTrail(), FakeClock(LATELY_MS)
    made = parts(book=trail, clock=clock)
    note_request(shown(ADA), made)
    for one in (opened("c-1", ADA), opened("c-1", ADA), opened("c-1", ADA, who="Eve")):
        note_request(one, made)
    note_request(opened("c-2", ADA), made)
    note_request(opened("c-1", ADA, BEN), made)  # whom nobody has shown to him before
    clock.advance(LATELY_MS)
    note_request(opened("c-1", ADA), made)
    assert [(one.who, one.on_id, len(one.customers)) for one in trail.entries.values()] == [
        ("Ada", None, 1),
        ("Ada", "c-1", 1),
        ("Eve", "c-1", 1),
        ("Ada", "c-2", 1),
        ("Ada", "c-1", 1),
        ("Ada", "c-1", 1),
    ]
