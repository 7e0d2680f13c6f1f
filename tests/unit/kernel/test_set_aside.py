"""One of many that fails ten times in a row is set aside, with its cause, and nobody else is."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from contact_center.kernel.ports import QueueUnavailableError, StoreRefusedError
from contact_center.kernel.set_aside import (
    IN_A_ROW_MS,
    NO_TROUBLES,
    STUMBLES,
    Thing,
    Troubles,
    due_but_not_aside,
    note_failure,
)
from tests.fakes.clock import FakeClock
from tests.fakes.troubles import FakeTroubles

NOW_MS = 1_787_266_800_000
MINUTE_MS = 60_000


@dataclass
class Watched:
    kept: FakeTroubles = field(default_factory=FakeTroubles)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW_MS))

    @property
    def troubles(self) -> Troubles:
        return self.kept

    def fails(
        self, of_id: str = "one", thing: Thing = Thing.WISH, *, at_once: bool = False
    ) -> bool:
        with pytest.raises(KeyError) as broken:
            _ = dict[str, str]()["words of a caller"]
        return note_failure(thing, of_id, broken.value, self, at_once=at_once)

    def due(self, *due: str, limit: int = 100) -> list[str]:
        return due_but_not_aside(lambda most: due[:most], limit, Thing.WISH, self.kept, str)


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_ten_failures_in_a_row_set_one_aside_with_its_cause_and_nothing_else(
    watched: Watched,
) -> None:
    for _ in range(STUMBLES - 1):
        assert not watched.fails()
        watched.clock.advance(MINUTE_MS)
    assert watched.due("one", "two") == ["one", "two"]
    assert watched.fails()
    assert watched.due("one", "two") == ["two"]
    assert not watched.kept.aside(Thing.OFFER)
    trouble = watched.kept.read(Thing.WISH, "one")
    assert trouble.cause.startswith("KeyError at test_set_aside.py:")
    assert (trouble.since_ms, trouble.last_ms) == (NOW_MS, NOW_MS + 9 * MINUTE_MS)
    assert "words" not in trouble.cause


def test_what_was_in_order_for_a_while_has_not_failed_in_a_row(watched: Watched) -> None:
    for _ in range(STUMBLES - 1):
        watched.fails()
    watched.clock.advance(IN_A_ROW_MS + 1)
    assert not watched.fails()
    assert watched.kept.read(Thing.WISH, "one").failures == 1
    assert watched.kept.read(Thing.WISH, "one").since_ms == NOW_MS + IN_A_ROW_MS + 1
    watched.clock.advance(IN_A_ROW_MS)
    watched.fails()
    assert watched.kept.read(Thing.WISH, "one").failures == 2


def test_what_is_set_aside_stays_so_however_long_ago_it_failed(watched: Watched) -> None:
    watched.fails(at_once=True)
    watched.clock.advance(100 * IN_A_ROW_MS)
    assert watched.fails()


def test_what_is_in_the_way_of_others_is_set_aside_at_once(watched: Watched) -> None:
    assert watched.fails(at_once=True)
    assert watched.due("one") == []


def test_of_two_that_failed_each_has_its_own_count_and_so_has_each_kind(watched: Watched) -> None:
    for _ in range(STUMBLES - 1):
        watched.fails("one")
        watched.fails("one", Thing.ENTRY)
    assert not watched.fails("two")
    assert watched.fails("one", Thing.ENTRY)
    assert watched.due("one", "two") == ["one", "two"]


def test_those_that_are_set_aside_take_nobody_s_place(watched: Watched) -> None:
    broken = [f"broken-{at}" for at in range(3)]
    for one in broken:
        watched.fails(one, at_once=True)
    assert watched.due(*broken, "four", "five", "six", limit=2) == ["four", "five"]
    assert watched.due(*broken, "four", limit=100) == ["four"]


def test_where_it_cannot_be_read_which_are_set_aside_all_are_tried(watched: Watched) -> None:
    watched.fails(at_once=True)
    watched.kept.away = True
    assert watched.due("one", "two") == ["one", "two"]
    assert not watched.fails()  # and nothing is raised
    assert watched.fails(at_once=True)


def test_a_count_that_the_table_never_takes_raises_nothing(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(_: object) -> None:
        raise StoreRefusedError

    monkeypatch.setattr(watched.kept, "write", refuses)
    assert not watched.fails()


def test_nobody_asks_which_are_set_aside_where_nothing_is_due(watched: Watched) -> None:
    watched.kept.away = True
    assert watched.due() == []

    def never(_: int) -> list[str]:
        raise QueueUnavailableError

    with pytest.raises(QueueUnavailableError):
        due_but_not_aside(never, 1, Thing.WISH, watched.kept, str)


def test_where_nothing_is_kept_nothing_is_set_aside() -> None:
    for _ in range(2 * STUMBLES):
        NO_TROUBLES.write(NO_TROUBLES.read(Thing.LINE, "call:one"))
    assert not NO_TROUBLES.read(Thing.LINE, "call:one").is_aside
    assert not NO_TROUBLES.aside(Thing.LINE)
