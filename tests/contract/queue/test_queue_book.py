"""What is written of those who wait is read again, by fake and table alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.queue.domain.queue_boards import QueueBoard
from contact_center.queue.domain.waiting import (
    Arrived,
    Left,
    LeftBecause,
    MovedUp,
    Offered,
    Served,
    TakenBack,
)
from contact_center.queue.domain.waits_told import MOST_SAMPLES
from contact_center.queue.domain.who_is_next import Head
from tests.contract.queue.queue_world import (
    DEPARTMENTS,
    LINE,
    NOW_MS,
    PERSON,
    World,
    board,
    change_of,
    commit,
    enter,
    entered,
    lost_by,
    serving,
)

# -- what was written is read ------------------------------------------------------------------


def test_who_never_came_is_not_there(world: World) -> None:
    assert world.queue.read("v-CA1") is None
    assert world.queue.heads("sales", LINE, 3) == []
    assert board(world) == QueueBoard(department="sales", waits_for=LINE)
    assert world.queue.due(NOW_MS * 2, 10).visit_ids == []
    assert world.queue.view("sales", 10).waiters == []


def test_an_entry_comes_back_as_it_went_at_every_stage(world: World) -> None:
    enter(world, "v-CA1", what=PERSON)
    for event in (
        Offered("o1", "ann", NOW_MS + 20_000),
        TakenBack("o1", NOW_MS + 900_000, failed=True),
        Offered("o2", "ben", NOW_MS + 40_000),
        Served(token="s1", until_ms=NOW_MS, person_id="ben", offer="o2"),
        Arrived("s1"),
    ):
        stored = commit(world.queue, "v-CA1", event)
        assert world.queue.read("v-CA1") == stored
    assert stored.because is LeftBecause.SERVED


def test_the_table_s_own_order_is_by_place(world: World) -> None:
    for visit_id, place_ms in (("v-late", NOW_MS + 9), ("v-first", NOW_MS - 9), ("v-mid", NOW_MS)):
        commit(world.queue, visit_id, entered(visit_id, place_ms))
    assert world.queue.heads("sales", LINE, 2) == [
        Head("sales", "v-first", NOW_MS - 9),
        Head("sales", "v-mid", NOW_MS),
    ]
    assert world.queue.heads("sales", PERSON, 2) == []
    assert world.queue.heads("support", LINE, 2) == []
    known = board(world)
    order = [world.queue.read(name) for name in ("v-first", "v-mid", "v-late")]
    assert [known.place_of(one.place_key) for one in order if one is not None] == [1, 2, 3]


def test_two_who_came_in_one_millisecond_have_places_of_their_own(world: World) -> None:
    for visit_id in ("v-CA1", "v-CA2", "v-CA3"):
        commit(world.queue, visit_id, entered(visit_id))
    entries = [world.queue.read(head.visit_id) for head in world.queue.heads("sales", LINE, 3)]
    assert [board(world).place_of(one.place_key) for one in entries if one] == [1, 2, 3]


def test_whoever_is_offered_stays_ahead_and_is_no_head(world: World) -> None:
    enter(world, "v-CA1", "v-CA2", what=PERSON)
    commit(world.queue, "v-CA1", Offered("o1", "ann", NOW_MS))
    assert [head.visit_id for head in world.queue.heads("sales", PERSON, 3)] == ["v-CA2"]
    assert len(board(world, what=PERSON).places) == 2
    view = world.queue.view("sales", 10)
    assert [(one.visit_id, one.offered) for one in view.waiters] == [
        ("v-CA1", True),
        ("v-CA2", False),
    ]
    commit(world.queue, "v-CA1", TakenBack("o1", NOW_MS))
    assert [head.visit_id for head in world.queue.heads("sales", PERSON, 3)] == ["v-CA1", "v-CA2"]
    assert board(world, what=PERSON).left == 0


def test_whoever_leaves_is_counted_and_nobody_s_place_any_more(world: World) -> None:
    enter(world, "v-CA1", "v-CA2")
    commit(world.queue, "v-CA1", Left(LeftBecause.HUNG_UP))
    assert [head.visit_id for head in world.queue.heads("sales", LINE, 3)] == ["v-CA2"]
    assert (len(board(world).places), board(world).left) == (1, 1)
    assert world.queue.due(NOW_MS * 2, 10).visit_ids == ["v-CA2"]


def test_an_earlier_place_in_one_queue_is_everywhere_the_earlier_one(world: World) -> None:
    enter(world, "v-CA1", "v-CA2")
    moved = commit(world.queue, "v-CA2", MovedUp(NOW_MS - 5_000))
    assert world.queue.read("v-CA2") == moved
    assert world.queue.heads("sales", LINE, 3) == [
        Head("sales", "v-CA2", NOW_MS - 5_000),
        Head("sales", "v-CA1", NOW_MS),
    ]
    first = world.queue.read("v-CA1")
    assert first is not None
    assert board(world).places == (moved.place_key, first.place_key)
    assert board(world).left == 0
    commit(world.queue, "v-CA2", Left(LeftBecause.HUNG_UP))
    assert board(world).places == (first.place_key,)


def test_a_place_goes_along_to_another_department(world: World) -> None:
    enter(world, "v-CA1")
    commit(world.queue, "v-CA1", entered("v-CA1", NOW_MS + 500, "support", PERSON))
    assert world.queue.heads("sales", LINE, 3) == []
    assert world.queue.heads("support", PERSON, 3) == [Head("support", "v-CA1", NOW_MS)]
    assert (board(world).places, len(board(world, "support", PERSON).places)) == ((), 1)


def test_one_visit_entered_twice_has_one_place(world: World) -> None:
    first, again = (change_of(world.queue, "v-CA1", entered("v-CA1")) for _ in range(2))
    world.queue.commit(first)
    assert lost_by(world, replace(again, after=replace(again.after, place_ms=1))) == {"entry"}
    commit(world.queue, "v-CA1", entered("v-CA1", NOW_MS + 5))
    assert world.queue.heads("sales", LINE, 3) == [Head("sales", "v-CA1", NOW_MS)]


def test_a_full_queue_takes_nobody_and_keeps_everybody(world: World) -> None:
    enter(world, "v-CA1", "v-CA2")
    full = change_of(world.queue, "v-CA3", entered("v-CA3"), most=2)
    assert lost_by(world, full) == {"full"}
    assert world.queue.read("v-CA3") is None
    commit(world.queue, "v-CA1", entered("v-CA1"), most=2)  # told again: has a place
    world.queue.commit(replace(full, most=3))
    assert len(board(world).places) == 3
    empty = change_of(world.queue, "v-CA4", entered("v-CA4", department="billing"), most=1)
    world.queue.commit(empty)


# -- what the board keeps ------------------------------------------------------------------------


def test_a_board_keeps_the_latest_servings_and_no_more(world: World) -> None:
    enter(world, "v-CA0")
    seen = board(world)
    entry = world.queue.read("v-CA0")
    assert entry is not None
    for number in range(MOST_SAMPLES + 5):  # the first of them says nothing
        at_ms = NOW_MS + 60_000 * number
        seen = seen.after_serving(entry, number, at_ms)
    change = replace(serving(world.queue, "v-CA0"), served=replace(seen, served=1, left_then=3))
    world.queue.commit(change)
    known = board(world)
    assert len(known.servings) == MOST_SAMPLES
    assert known.servings == seen.servings
    assert (known.turn, known.left_then) == (MOST_SAMPLES + 4, 3)


def test_boards_of_all_departments_at_once(world: World) -> None:
    enter(world, "v-CA1", department="support")
    known = world.queue.boards(DEPARTMENTS, LINE)
    assert {name: len(one.places) for name, one in known.items()} == {
        "sales": 0,
        "support": 1,
        "billing": 0,
    }


def test_an_entry_and_a_board_are_read_together(world: World) -> None:
    enter(world, "v-CA1", "v-CA2")
    enter(world, "v-CA3", department="support")
    for visit_id, department, what in (
        ("v-CA2", "sales", LINE),
        ("v-CA3", "sales", LINE),
        ("v-CA2", "billing", PERSON),
        ("v-nobody", "sales", LINE),
    ):
        entry, seen = world.queue.read_with_board(visit_id, department, what)
        assert entry == world.queue.read(visit_id)
        assert seen == board(world, department, what)


def test_operators_see_the_first_of_each_queue(world: World) -> None:
    enter(world, "v-CA1", "v-CA2", "v-CA3")
    commit(world.queue, "v-CA9", entered("v-CA9", NOW_MS - 5, what=PERSON))
    view = world.queue.view("sales", 10)
    assert view.complete
    assert [one.visit_id for one in view.waiters] == ["v-CA1", "v-CA2", "v-CA3", "v-CA9"]
    assert view.waiters[0].number == "+12125550199"
    assert len(view.boards[LINE].places) == 3
    few = world.queue.view("sales", 1)
    assert (len(few.waiters), few.complete) == (1, False)


# -- who has to be looked at ---------------------------------------------------------------------


def test_due_entries_come_from_the_index_and_leave_it(world: World) -> None:
    enter(world, "v-CA1", "v-CA2", "v-CA3")
    assert world.queue.due(NOW_MS, 10).visit_ids == []
    world.queue.commit(serving(world.queue, "v-CA2"))
    assert world.queue.due(NOW_MS + 15_000, 10).visit_ids == ["v-CA2"]
    commit(world.queue, "v-CA2", Arrived("s1"))
    assert world.queue.due(NOW_MS + 15_000, 10).visit_ids == []
    found, cursor = set[str](), None
    while True:
        page = world.queue.due(NOW_MS + 900_000, 1, cursor)
        found |= set(page.visit_ids)
        cursor = page.cursor
        if cursor is None:
            break
    assert found == {"v-CA1", "v-CA3"}


def test_one_that_cannot_be_read_is_set_aside_and_the_next_is_first(world: World) -> None:
    enter(world, "v-CA1", "v-CA2")
    world.damage("v-CA1")
    with pytest.raises(UnreadableItemError):
        world.queue.read("v-CA1")
    with pytest.raises(UnreadableItemError):
        world.queue.read_with_board("v-CA1", "sales", LINE)
    head = world.queue.heads("sales", LINE, 1)[0]
    world.queue.set_aside("v-CA1", head, LINE)
    world.queue.set_aside("v-CA1", head, LINE)
    assert [one.visit_id for one in world.queue.heads("sales", LINE, 3)] == ["v-CA2"]
    assert len(board(world).places) == 1
    assert world.queue.due(NOW_MS * 2, 10).visit_ids == ["v-CA2"]


def test_one_that_is_only_due_is_set_aside_too(world: World) -> None:
    enter(world, "v-CA1")
    world.queue.set_aside("v-CA1", None, LINE)
    assert world.queue.due(NOW_MS * 2, 10).visit_ids == []
    world.queue.set_aside("v-nobody", None, LINE)
    assert world.queue.read("v-nobody") is None


def test_what_was_set_aside_is_put_back_once_and_who_stands_there_stays_as_he_is(
    world: World,
) -> None:
    enter(world, "v-CA1", "v-CA2")
    before = world.queue.due(NOW_MS * 2, 10).visit_ids
    for _ in range(2):
        world.queue.put_back("v-CA1")
        world.queue.put_back("v-nobody")
    assert world.queue.due(NOW_MS * 2, 10).visit_ids == before
    head = world.queue.heads("sales", LINE, 1)[0]
    world.queue.set_aside("v-CA1", head, LINE)
    assert len(board(world).places) == 1
    for _ in range(2):
        world.queue.put_back("v-CA1")
    assert [one.visit_id for one in world.queue.heads("sales", LINE, 3)] == ["v-CA1", "v-CA2"]
    assert len(board(world).places) == 2
    assert set(world.queue.due(NOW_MS * 2, 10).visit_ids) == set(before)
