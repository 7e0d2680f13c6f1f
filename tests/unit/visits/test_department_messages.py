"""What callers hear first while many call: said while it is on, and never for too long."""

from __future__ import annotations

import pytest

from contact_center.kernel.field_errors import FieldError
from contact_center.kernel.ports import ContentionError, StoreUnavailableError
from contact_center.visits.domain.department_messages import (
    LONGEST_TEXT,
    DepartmentMessage,
    MessageWish,
    turned,
)
from contact_center.visits.services.department_messages import (
    KEPT_MS,
    KeptMessages,
    MessageDesk,
    NoDepartmentError,
    RememberedMessages,
)
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.message_book import FakeMessageBook

NOW_MS = 1_795_000_000_000
TEXT = "Very many people are calling today."
OFF = DepartmentMessage()
ON = DepartmentMessage(text=TEXT, on_ms=NOW_MS)


# -- a message ---------------------------------------------------------------------------------


def test_it_is_said_while_it_is_on_and_until_it_ends_by_itself() -> None:
    wish = MessageWish(on=True, text=TEXT, until_ms=NOW_MS + 60_000)
    on = turned(OFF, wish, NOW_MS)
    assert on.said_at(NOW_MS) == on.said_at(NOW_MS + 59_999) == TEXT
    assert on.said_at(NOW_MS + 60_000) is None
    assert OFF.said_at(NOW_MS) is None


def test_turned_off_it_is_kept_and_turned_on_without_a_text_it_is_said_again() -> None:
    off = turned(ON, MessageWish(on=False), NOW_MS + 1)
    assert (off.text, off.said_at(NOW_MS + 1)) == (TEXT, None)
    again = turned(off, MessageWish(on=True), NOW_MS + 2)
    assert (again.said_at(NOW_MS + 2), again.on_ms) == (TEXT, NOW_MS + 2)


def test_wished_again_it_is_on_since_the_first_time() -> None:
    assert turned(ON, MessageWish(on=True, text=TEXT), NOW_MS + 5) == ON
    other = turned(ON, MessageWish(on=True, text="Other words."), NOW_MS + 5)
    assert other.on_ms == NOW_MS + 5
    over = DepartmentMessage(text=TEXT, on_ms=NOW_MS, until_ms=NOW_MS + 1)
    assert turned(over, MessageWish(on=True), NOW_MS + 5).on_ms == NOW_MS + 5


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (MessageWish(on=True), "text"),
        (MessageWish(on=True, text="x" * (LONGEST_TEXT + 1)), "text"),
        (MessageWish(on=True, text=TEXT, until_ms=NOW_MS), "until"),
    ],
)
def test_what_cannot_be_said_is_refused_by_its_field(wish: MessageWish, field: str) -> None:
    with pytest.raises(FieldError) as caught:
        turned(OFF, wish, NOW_MS)
    assert caught.value.field == field
    turned(OFF, MessageWish(on=True, text="x" * LONGEST_TEXT), NOW_MS)


# -- as operators turn it ----------------------------------------------------------------------


class Office:
    def __init__(self) -> None:
        self.book, self.clock = FakeMessageBook(), FakeClock(NOW_MS)
        self.desk = MessageDesk(book=self.book, clock=self.clock, departments=("sales", "support"))


def test_an_operator_turns_it_on_sees_it_and_turns_it_off() -> None:
    office = Office()
    nothing = {"department": "sales", "on": False, "text": None, "since": None, "until": None}
    assert office.desk.show("sales") == nothing
    office.desk.turn("sales", MessageWish(on=True, text=TEXT))
    shown = office.desk.show("sales")
    assert (shown["on"], shown["text"], shown["since"]) == (True, TEXT, "2026-11-18T11:06:40.000Z")
    assert office.desk.show("support")["on"] is False
    off = office.desk.turn("sales", MessageWish(on=False))
    assert (off["on"], off["text"], off["since"]) == (False, TEXT, None)


def test_what_is_so_already_is_written_by_nobody() -> None:
    office = Office()
    for _ in range(2):
        office.desk.turn("sales", MessageWish(on=True, text=TEXT))
    assert office.book.kept.revision == 1


def test_of_two_at_once_neither_is_lost() -> None:
    office = Office()

    def somebody_else() -> None:
        office.desk.turn("support", MessageWish(on=True, text="Other words."))

    office.book.before_write = somebody_else
    office.desk.turn("sales", MessageWish(on=True, text=TEXT))
    assert office.desk.show("sales")["on"] is office.desk.show("support")["on"] is True


def test_of_a_department_that_there_is_no_more_nothing_is_kept() -> None:
    office = Office()
    office.book.kept = KeptMessages({"gone": ON}, 3)
    office.desk.turn("sales", MessageWish(on=True, text=TEXT))
    assert list(office.book.kept.by_department) == ["sales"]
    for ask in (office.desk.show, lambda key: office.desk.turn(key, MessageWish(on=False))):
        with pytest.raises(NoDepartmentError):
            ask("gone")


def test_others_who_are_always_faster_are_told_of() -> None:
    office = Office()
    office.book.write = lambda *_: False  # type: ignore[method-assign]
    with pytest.raises(ContentionError):
        office.desk.turn("sales", MessageWish(on=True, text=TEXT))


# -- as whoever answers callers knows it -------------------------------------------------------


class Door:
    def __init__(self) -> None:
        self.book, self.clock, self.metrics = FakeMessageBook(), FakeClock(NOW_MS), CountedMetrics()
        self.messages = RememberedMessages(book=self.book, clock=self.clock, metrics=self.metrics)


def test_it_is_read_once_in_ten_seconds_however_many_call() -> None:
    door = Door()
    assert [door.messages.of("sales") for _ in range(5)] == [None] * 5
    assert door.book.reads == 1
    door.book.kept = KeptMessages({"sales": ON}, 1)
    door.clock.advance(KEPT_MS - 1)
    assert door.messages.of("sales") is None
    door.clock.advance(1)
    assert (door.messages.of("sales"), door.messages.of("support")) == (TEXT, None)
    assert door.book.reads == 2


def test_it_ends_on_time_although_it_is_remembered() -> None:
    door = Door()
    ends = DepartmentMessage(text=TEXT, on_ms=NOW_MS, until_ms=NOW_MS + 3_000)
    door.book.kept = KeptMessages({"sales": ends}, 1)
    assert door.messages.of("sales") == TEXT
    door.clock.advance(3_000)
    assert (door.messages.of("sales"), door.book.reads) == (None, 1)


@pytest.mark.parametrize("error", [StoreUnavailableError(), KeyError("version")])
def test_what_cannot_be_read_costs_no_caller_anything(error: Exception) -> None:
    door = Door()
    door.book.kept = KeptMessages({"sales": ON}, 1)
    assert door.messages.of("sales") == TEXT
    door.book.error = error
    door.clock.advance(KEPT_MS)
    assert door.messages.of("sales") == TEXT  # as it was last
    assert (door.messages.of("sales"), door.book.reads) == (TEXT, 2)  # and nobody waits for more
    assert door.metrics.of("messages_unreadable") == [{}]


def test_a_clock_that_is_set_back_does_not_keep_it_for_ever() -> None:
    door = Door()
    door.messages.of("sales")
    door.clock.advance(-3_600_000)
    door.messages.of("sales")
    assert door.book.reads == 2
