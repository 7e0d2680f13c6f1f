"""The day book has every call once its span reaches it, whoever else is at it, and as it is now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.console.domain.wanted_calls import Wanted
from contact_center.figures.domain import day_book
from contact_center.figures.domain.day_book import (
    DAY_MS,
    FULL,
    OVERFULL,
    Entry,
    Leaf,
    Traits,
    begun,
    entered,
    extended,
)
from contact_center.figures.services import keep_day_book
from contact_center.figures.services.keep_day_book import (
    BEHIND_MS,
    DayBookWatch,
    enter,
    extend_day_book,
    make_anew,
)
from contact_center.figures.services.roll_up_ports import Change, Subject
from contact_center.kernel.ports import ContentionError, StoreUnavailableError
from contact_center.kernel.time_left import always
from tests.fakes.clock import FakeClock
from tests.unit.console.book_scene import BEGAN, MINUTE, BookScene

if TYPE_CHECKING:
    from collections.abc import Sequence

MIDNIGHT = BEGAN + 60 * MINUTE
HOUR = 60 * MINUTE


def entries(count: int, since_ms: int = BEGAN, step_ms: int = 1) -> list[Entry]:
    return [Entry(f"CALL#{n:04d}", since_ms + n * step_ms, 1, Traits()) for n in range(count)]


def names(leaves: Sequence[Leaf]) -> list[str]:
    return [one.call for leaf in leaves for one in leaf.within]


def standing(scene: BookScene, name: str) -> Entry | None:
    """What the leaf of its span says of a call."""
    [place] = [one for row, one in scene.placed() if row.record.call_id == name]
    leaf = scene.book.at(place.began_ms)
    held = () if leaf is None else leaf.within
    return next((one for one in held if one.call == f"CALL#{name}"), None)


@pytest.fixture
def scene() -> BookScene:
    """A book that was begun an hour ago, in the morning."""
    made = BookScene(clock=FakeClock(BEGAN - 13 * HOUR))
    made.extend()
    made.ring(99)
    made.wait(61)
    made.extend()
    return made


# -- how long it is ------------------------------------------------------------------------------


def test_it_begins_empty_a_quarter_of_an_hour_ago() -> None:
    made = BookScene()
    made.ring(1, ago_ms=20 * MINUTE)
    made.extend()
    [leaf] = made.book.kept.values()
    assert (leaf.since_ms, leaf.until_ms, leaf.entries) == (
        BEGAN - BEHIND_MS,
        BEGAN - BEHIND_MS,
        (),
    )


def test_it_grows_after_an_hour_or_when_enough_calls_began(scene: BookScene) -> None:
    grown = scene.book.writes
    scene.ring(1)
    scene.wait(20)
    scene.extend()
    assert scene.book.writes == grown  # one call, in twenty minutes
    scene.wait(41)
    scene.extend()
    assert standing(scene, "c1") is not None
    for number in range(keep_day_book.ENOUGH):
        scene.ring(100 + number)
    scene.wait(16)
    scene.extend()
    assert standing(scene, "c100") is not None


def test_where_more_began_than_are_read_at_once_it_grows_by_what_was_read(
    scene: BookScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep_day_book, "MOST", 4)
    monkeypatch.setattr(keep_day_book, "ENOUGH", 2)
    for number in range(20):
        scene.ring(number, ago_ms=number * 1_000)
    scene.wait(61)
    scene.extend()
    assert all(standing(scene, f"c{number}") for number in range(20))


def test_an_hour_in_which_nobody_rang_is_not_written(scene: BookScene) -> None:
    grown = scene.book.writes
    scene.wait(120)
    scene.extend()
    assert scene.book.writes == grown


def test_a_day_that_is_over_is_closed_at_once_and_the_next_one_has_leaves_of_its_own() -> None:
    made = BookScene()
    made.extend()
    made.wait(70)
    made.ring(1, ago_ms=15 * MINUTE)  # 23:55
    made.ring(2, ago_ms=5 * MINUTE)  # 00:05
    made.wait(6)
    made.extend()
    assert [one.until_ms for one in made.book.kept.values()] == [MIDNIGHT]
    assert names(list(made.book.kept.values())) == ["CALL#c1"]
    made.wait(60)
    made.extend()
    first, second = made.book.kept.values()
    assert (first.until_ms, second.since_ms) == (MIDNIGHT, MIDNIGHT)
    assert names([second]) == ["CALL#c2"]


def test_days_in_which_nobody_kept_it_are_made_up_for(scene: BookScene) -> None:
    for day in range(3):
        scene.ring(day)
        scene.wait(24 * 60)
    scene.extend()
    assert all(standing(scene, f"c{day}") for day in range(3))
    spans = sorted((one.since_ms, one.until_ms) for one in scene.book.kept.values())
    assert all(one[1] == other[0] for one, other in pairwise(spans))
    assert all(one[0] // DAY_MS == (one[1] - 1) // DAY_MS for one in spans)


def test_it_stops_when_there_is_no_more_time(scene: BookScene) -> None:
    scene.ring(1)
    scene.wait(24 * 60)
    grown = scene.book.writes
    assert extend_day_book(scene.parts, lambda: False) == 0
    assert scene.book.writes == grown


def test_one_process_looks_once_an_hour_or_when_enough_was_counted() -> None:
    made = BookScene(clock=FakeClock(BEGAN - 13 * HOUR))
    watch = DayBookWatch(made.parts)
    watch.look(always)
    assert made.book.writes == 1  # a fresh process looks at once
    made.ring(0)
    for _ in range(59):
        made.wait(1)
        watch.look(always)
    assert made.book.writes == 1
    made.wait(1)
    watch.look(always)
    assert (made.book.writes, standing(made, "c0") is not None) == (2, True)
    for number in range(keep_day_book.ENOUGH):
        made.ring(100 + number)
        made.end(100 + number)
    made.wait(16)
    made.count(late=watch.late)
    watch.look(always)
    assert standing(made, "c100") is not None


def test_who_looked_because_enough_was_counted_counts_from_then_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = BookScene()
    monkeypatch.setattr(keep_day_book, "extend_day_book", lambda *_: 1)
    watch = DayBookWatch(made.parts, looked_ms=made.clock.now_ms())
    looked = []
    for counted in (keep_day_book.ENOUGH - 1, 1, 0, keep_day_book.ENOUGH - 1, 1):
        watch.late([Subject(name="CALL#x")] * counted)
        looked.append(watch.look(always))
    assert looked == [0, 1, 0, 0, 1]


def test_a_book_that_nobody_kept_for_months_is_begun_anew(scene: BookScene) -> None:
    scene.wait(70 * 24 * 60)
    scene.extend()
    begun_anew = scene.book.newest(scene.clock.now_ms())
    assert begun_anew is not None
    assert begun_anew.since_ms == begun_anew.until_ms == scene.clock.now_ms() - BEHIND_MS


def test_a_book_that_begins_at_midnight_has_each_leaf_once() -> None:
    empty = Leaf(since_ms=MIDNIGHT, until_ms=MIDNIGHT, revision=1)
    [leaf] = extended(empty, entries(3, MIDNIGHT), MIDNIGHT + HOUR)
    assert (leaf.since_ms, leaf.until_ms, leaf.revision) == (MIDNIGHT, MIDNIGHT + HOUR, 1)


# -- how large its leaves are --------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, FULL - 1, FULL, FULL + 1, 3 * FULL + 7])
def test_leaves_are_full_one_after_the_other_and_hold_every_call_once(count: int) -> None:
    leaf = Leaf(since_ms=BEGAN - HOUR, until_ms=BEGAN, entries=tuple(entries(5, BEGAN - HOUR)))
    found = [Entry(f"CALL#x{n:04d}", BEGAN + n, 1, Traits()) for n in range(count)]
    made = extended(leaf, found, BEGAN + HOUR)
    assert sorted(names(made)) == sorted(one.call for one in (*leaf.entries, *found))
    assert all(len(one.entries) <= FULL for one in made)
    assert (made[0].since_ms, made[-1].until_ms) == (BEGAN - HOUR, BEGAN + HOUR)
    assert all(one.until_ms == other.since_ms for one, other in pairwise(made))


@pytest.mark.parametrize("ties", [2, FULL + 3, 2 * FULL])
def test_calls_of_one_millisecond_stay_in_one_leaf(ties: int) -> None:
    found = [*entries(FULL - 1), *[Entry(f"CALL#t{n}", BEGAN + FULL, 1, None) for n in range(ties)]]
    found += [Entry("CALL#last", BEGAN + FULL + 1, 1, None)]
    made = begun(BEGAN, BEGAN + HOUR, found)
    assert sorted(names(made)) == sorted(one.call for one in found)
    assert len({one.since_ms for one in made}) == len(made)
    [of_ties] = [one for one in made if one.holds(BEGAN + FULL)]
    assert len([one for one in of_ties.within if one.call.startswith("CALL#t")]) == ties


def test_a_leaf_that_many_are_told_to_is_divided() -> None:
    leaf = Leaf(since_ms=BEGAN, until_ms=BEGAN + HOUR, revision=4)
    [whole] = entered(leaf, entries(OVERFULL))
    assert whole.revision == 4
    parts = entered(leaf, entries(OVERFULL + 1))
    assert [len(one.entries) for one in parts] == [FULL, FULL, 1]
    assert [one.revision for one in parts] == [4, 0, 0]


# -- what it is told -----------------------------------------------------------------------------


def test_the_later_revision_stands_whichever_is_told_first() -> None:
    leaf = Leaf(since_ms=BEGAN, until_ms=BEGAN + HOUR)
    older = Entry("CALL#a", BEGAN, 5, Traits(ended="busy"))
    newer = Entry("CALL#a", BEGAN + 1, 6, Traits(ended="failed"))
    [one] = entered(leaf, [older])
    [other] = entered(leaf, [newer])
    [both] = entered(one, [newer])
    assert both.entries == other.entries == (newer,)
    [moved] = entered(one, [older._replace(began_ms=BEGAN + 5, revision=6)])
    assert moved.entries[0].began_ms == BEGAN + 5
    assert entered(other, [older]) == []
    assert entered(other, [newer._replace(revision=9)]) == []  # it says nothing new: no write


def test_a_call_that_was_told_of_late_stands_as_it_is_before_it_is_counted(
    scene: BookScene,
) -> None:
    scene.ring(1)
    scene.end(1)
    scene.wait(2)
    scene.count()
    scene.wait(80)
    scene.extend()
    scene.correct(1)
    scene.wait(2)
    [subject] = scene.figures.read(["CALL#c1"]).subjects
    seen: list[Any] = []
    scene.figures.before_count = lambda: seen.append(standing(scene, "c1"))
    scene.count()
    assert seen[0].traits.corrected
    assert not scene.figures.count([Change(subject, None)])  # it was counted, once


def test_a_call_under_way_is_found_by_what_it_comes_to_before_anybody_tells_the_book(
    scene: BookScene,
) -> None:
    scene.ring(1)
    scene.wait(80)
    scene.extend()
    scene.send(1, "sales")
    day = date(2026, 8, 20)
    assert scene.walked(Wanted(first=day, last=day, department="sales"), 5) == ["c1"]
    scene.end(1, "customer-busy")
    assert scene.walked(Wanted(first=day, last=day, ended="busy"), 5) == ["c1"]


def test_whoever_counts_a_call_that_is_just_over_asks_nothing_of_the_book(
    scene: BookScene,
) -> None:
    scene.ring(1)
    scene.end(1)
    scene.wait(2)

    def refuse(*_: object) -> None:
        raise AssertionError

    scene.book.at = scene.book.newest = refuse  # type: ignore[method-assign, assignment]
    scene.count()
    assert not scene.store.to_count


def test_a_call_that_cannot_be_told_is_not_counted(scene: BookScene) -> None:
    scene.ring(1, ago_ms=40 * MINUTE)
    scene.end(1)
    scene.wait(2)

    def away() -> None:
        raise StoreUnavailableError

    scene.book.before_write = away
    with pytest.raises(StoreUnavailableError):
        scene.count()
    assert scene.store.to_count
    scene.count()
    assert not scene.store.to_count


def test_a_call_of_which_one_hears_while_the_book_grows_is_in_it(scene: BookScene) -> None:
    """It was looked at what began; then somebody tells of one; then it is written."""
    scene.ring(1)
    scene.wait(70)

    def late() -> None:
        scene.ring(2, ago_ms=40 * MINUTE)
        scene.end(2)
        scene.end(1, "customer-busy")
        scene.wait(2)
        scene.count()

    scene.book.before_write = late
    assert extend_day_book(scene.parts, always) == 0  # somebody was faster
    scene.wait(61)
    scene.extend()
    assert standing(scene, "c2") is not None
    entry = standing(scene, "c1")
    assert entry is not None
    assert entry.traits is not None
    assert entry.traits.ended == "busy"


def test_the_same_over_midnight() -> None:
    made = BookScene()
    made.extend()
    made.wait(76)
    made.extend()  # closed: the next leaf is a new one
    made.ring(1)
    made.wait(70)

    def late() -> None:
        made.ring(2, ago_ms=80 * MINUTE)
        made.end(2)
        made.wait(2)
        made.count()

    made.book.before_write = late
    made.extend()
    made.wait(61)
    made.extend()
    entry = standing(made, "c2")
    assert entry is not None
    assert entry.traits is not None


def test_what_the_index_does_not_show_yet_is_told_before_the_book_reaches_it() -> None:
    """It began eleven minutes ago and was heard of now; four minutes later the book is there."""
    made = BookScene()
    made.extend()
    made.wait(70)
    made.lag()
    made.ring(1, ago_ms=11 * MINUTE)
    made.end(1)
    made.clock.advance(MINUTE)
    made.count()
    made.clock.advance(4 * MINUTE)
    made.extend()
    assert standing(made, "c1") is not None


def test_whoever_is_always_slower_gives_up_for_now(scene: BookScene) -> None:
    newest = scene.book.newest(scene.clock.now_ms())
    assert newest is not None
    tried = []

    def faster() -> None:
        tried.append(1)
        leaf = scene.book.kept[newest.since_ms]
        scene.book.kept[newest.since_ms] = replace(leaf, revision=leaf.revision + 1)
        scene.book.before_write = faster

    scene.book.before_write = faster
    with pytest.raises(ContentionError):
        enter([Entry("CALL#x", newest.since_ms, 1, None)], scene.parts)
    assert len(tried) == keep_day_book.TRIES
    scene.book.before_write = None
    assert enter([Entry("CALL#x", newest.since_ms, 1, None)], scene.parts) == 1


def test_calls_of_one_leaf_are_told_in_one_write(scene: BookScene) -> None:
    newest = scene.book.newest(scene.clock.now_ms())
    assert newest is not None
    since = newest.since_ms
    written = scene.book.writes
    told = [*entries(5, since), *entries(5, newest.until_ms, MINUTE)]
    told = [one._replace(call=f"CALL#{n}") for n, one in enumerate(told)]
    assert enter(told, scene.parts) == 2
    assert scene.book.writes == written + 2


def test_what_began_before_the_book_is_in_no_leaf(scene: BookScene) -> None:
    assert enter([Entry("CALL#x", BEGAN - DAY_MS, 1, None)], scene.parts) == 0


# -- made anew -----------------------------------------------------------------------------------


def test_days_from_before_the_book_are_put_into_it(scene: BookScene) -> None:
    for number in range(5):
        scene.ring(number, ago_ms=DAY_MS + number * HOUR)
    assert make_anew(date(2026, 8, 20), scene.parts) > 0
    assert make_anew(date(2026, 8, 19), scene.parts) > 0
    assert all(standing(scene, f"c{number}") for number in range(5))
    assert make_anew(date(2026, 8, 19), scene.parts) == 0  # it is right


def test_what_is_wrong_in_a_leaf_is_put_right(scene: BookScene) -> None:
    scene.ring(1)
    scene.wait(80)
    scene.extend()
    scene.end(1, "customer-busy")
    assert make_anew(date(2026, 8, 19), scene.parts) == 1  # it was in no leaf
    assert make_anew(date(2026, 8, 19), scene.parts) == 0
    assert make_anew(date(2026, 8, 20), scene.parts) == 2
    entry = standing(scene, "c1")
    assert entry is not None
    assert entry.traits is not None


def test_what_changes_while_a_day_is_made_anew_is_told_to_its_leaf(scene: BookScene) -> None:
    scene.ring(1, ago_ms=DAY_MS)

    def change() -> None:
        scene.end(1, "customer-busy")
        scene.wait(2)
        scene.count()

    scene.book.before_write = change
    make_anew(date(2026, 8, 19), scene.parts)
    entry = standing(scene, "c1")
    assert entry is not None
    assert entry.traits is not None


def test_nothing_is_made_anew_before_there_is_a_book() -> None:
    assert make_anew(date(2026, 8, 20), BookScene().parts) == 0


def test_a_busy_day_is_made_anew_in_parts(
    scene: BookScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keep_day_book, "MOST", 4)
    monkeypatch.setattr(day_book, "FULL", 3)
    for number in range(20):
        scene.ring(number, ago_ms=DAY_MS + number * MINUTE)
    make_anew(date(2026, 8, 19), scene.parts)
    make_anew(date(2026, 8, 20), scene.parts)
    assert all(standing(scene, f"c{number}") for number in range(20))
    assert all(len(one.entries) <= 5 for one in scene.book.kept.values())


def test_two_who_make_it_anew_are_no_harm(scene: BookScene) -> None:
    scene.ring(1, ago_ms=DAY_MS)

    def other() -> None:
        make_anew(date(2026, 8, 19), scene.parts)

    scene.book.before_write = other
    with pytest.raises(ContentionError):
        make_anew(date(2026, 8, 19), scene.parts)
    assert standing(scene, "c1") is not None
