"""What kept places may rely on of the queues: one suite for the fake and the real ones."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.dialing.domain.dial_circumstances import (
    Circumstances,
    Customer,
    DialingSwitch,
)
from contact_center.dialing.services.ledger_ports import CustomerChange, FreeLine, TakeLine
from contact_center.permission.domain.permission import Permission
from contact_center.queue.domain.kept_places import (
    Answers,
    Called,
    ComesDue,
    GivenUp,
    Kept,
    KeptPlace,
    NotReached,
    PutOff,
    Rings,
    Settled,
)
from contact_center.queue.domain.kept_steps import after_any
from contact_center.queue.domain.waiting import EntryState, LeftBecause, Served
from contact_center.queue.domain.waiting_steps import after
from contact_center.queue.services.queue_ports import Arrival, MoveLine, QueueChange
from tests.contract.queue.queue_world import (
    LINE,
    NOW_MS,
    World,
    board,
    change_of,
    commit,
    enter,
    entered,
    held,
    lost_by,
)

if TYPE_CHECKING:
    from contact_center.queue.domain.waiting import QueueEntry

NUMBER, OTHER = "+12122345678", "+12122345679"
TRY = "kept:v-CA1.1"


def kept(number: str = NUMBER, from_ms: int = NOW_MS) -> Kept:
    place = KeptPlace(
        asked_at_ms=NOW_MS, by="key 1", from_ms=from_ms, ends_at_ms=NOW_MS + 86_400_000
    )
    return Kept(number=number, place=place)


def judged(**different: object) -> Circumstances:
    as_it_is = Circumstances(
        customer=Customer(number=NUMBER),
        permission=Permission(),
        campaign=None,
        switch=DialingSwitch(),
    )
    return replace(as_it_is, **different)  # type: ignore[arg-type]


def calling(world: World, named: str = "t1", of: Circumstances | None = None) -> QueueChange:
    """The change by which somebody is about to be rung."""
    seen, circumstances = board(world), of or judged()
    called = Called(token=named, at_ms=NOW_MS, until_ms=NOW_MS + 45_000)
    change = change_of(
        world.queue,
        "v-CA1",
        called,
        line=TakeLine(holder=TRY, below=8),
        customer=CustomerChange(
            before=circumstances.customer,
            after=circumstances.customer.talking(TRY, NOW_MS + 45_000, NOW_MS),
        ),
        judged=circumstances,
    )
    assert change.before is not None
    return replace(change, served=seen.after_serving(change.before, seen.turn + 1, NOW_MS))


def handed_on(entry: QueueEntry, **different: object) -> QueueChange:
    """The change by which who was rung has the place, and the line."""
    used = after_any(entry, GivenUp(why=LeftBecause.CALLED_BACK, at_ms=NOW_MS, used_by="v-CA9"))
    new = after(None, replace(entered("v-CA9", entry.place_ms), number=NUMBER))
    assert used is not None
    assert new is not None
    served = after(new, Served(token="t1", until_ms=NOW_MS + 20_000, post="v-CA9.1"))
    assert served is not None
    change = QueueChange(
        before=None,
        after=served,
        line=MoveLine(holder=TRY, to="visit:v-CA9"),
        used=QueueChange(before=entry, after=used),
    )
    return replace(change, **different)  # type: ignore[arg-type]


def test_a_kept_place_comes_back_as_it_went_at_every_stage(world: World) -> None:
    enter(world, "v-CA1")
    for event in (
        kept(),
        PutOff("customer_busy", NOW_MS + 60_000),
        ComesDue(NOW_MS + 60_000),
        Called(token="t1", at_ms=NOW_MS, until_ms=NOW_MS + 45_000, person_id="ann"),
        Rings("t1", None),
        Answers("t1", "CA9", NOW_MS + 5_000, NOW_MS + 65_000),
        NotReached("t1", "no_key", NOW_MS + 9_000, NOW_MS + 600_000),
        ComesDue(NOW_MS + 600_000),
        GivenUp(why=LeftBecause.NOT_ALLOWED, at_ms=NOW_MS, because="suppressed"),
        Settled(),
    ):
        stored = commit(world.queue, "v-CA1", event)
        assert world.queue.read("v-CA1") == stored
    assert (stored.state, stored.due_at_ms) == (EntryState.LEFT, None)


def test_a_kept_place_is_in_the_order_of_the_queue_and_nobody_is_said_to_have_left(
    world: World,
) -> None:
    enter(world, "v-CA1", "v-CA2")
    commit(world.queue, "v-CA1", kept())
    assert [head.visit_id for head in world.queue.heads("sales", LINE, 3)] == ["v-CA1", "v-CA2"]
    assert (len(board(world).places), board(world).left) == (2, 0)
    view = world.queue.view("sales", 10)
    assert [(one.visit_id, one.kept, one.number) for one in view.waiters] == [
        ("v-CA1", True, NUMBER),
        ("v-CA2", False, "+12125550199"),
    ]


def test_who_is_not_called_before_a_time_is_in_nobodys_way_and_due_then(world: World) -> None:
    enter(world, "v-CA1", "v-CA2")
    commit(world.queue, "v-CA1", kept(from_ms=NOW_MS + 5_000))
    assert [head.visit_id for head in world.queue.heads("sales", LINE, 3)] == ["v-CA2"]
    assert world.queue.due(NOW_MS + 4_999, 10).visit_ids == []
    assert world.queue.due(NOW_MS + 5_000, 10).visit_ids == ["v-CA1"]
    commit(world.queue, "v-CA1", ComesDue(NOW_MS + 5_000))
    assert [head.visit_id for head in world.queue.heads("sales", LINE, 3)] == ["v-CA1", "v-CA2"]


def test_one_place_is_kept_for_a_number_until_it_is_over(world: World) -> None:
    enter(world, "v-CA1", "v-CA2")
    assert world.queue.arrival(NUMBER, "sales").kept_by is None
    commit(world.queue, "v-CA1", kept())
    assert world.queue.arrival(NUMBER, "sales").kept_by == "v-CA1"
    assert world.queue.arrival(OTHER, "sales").kept_by is None
    assert lost_by(world, change_of(world.queue, "v-CA2", kept())) == {"kept"}
    commit(world.queue, "v-CA2", kept(OTHER))
    commit(world.queue, "v-CA1", GivenUp(why=LeftBecause.RANG_AGAIN, at_ms=NOW_MS))
    assert world.queue.arrival(NUMBER, "sales").kept_by is None
    assert world.queue.arrival(OTHER, "sales").kept_by == "v-CA2"


def test_who_rings_is_shown_his_kept_place_and_whether_others_wait(world: World) -> None:
    never_rung, other = Customer(number=NUMBER), Customer(number=OTHER)
    assert world.queue.arrival(NUMBER, "sales") == Arrival(None, False, never_rung)  # noqa: FBT003
    enter(world, "v-CA1", "v-CA2")
    commit(world.queue, "v-CA1", kept())
    assert world.queue.arrival(NUMBER, "sales") == Arrival("v-CA1", True, never_rung)  # noqa: FBT003
    assert world.queue.arrival(OTHER, "sales") == Arrival(None, True, other)  # noqa: FBT003
    assert world.queue.arrival(None, "billing") == Arrival(None, others_wait=False)


def test_who_rings_is_shown_as_the_customer_that_he_is(world: World) -> None:
    enter(world, "v-CA1")
    commit(world.queue, "v-CA1", kept())
    change = calling(world)
    world.queue.commit(change)
    rung = world.queue.arrival(NUMBER, "sales").customer
    assert rung is not None
    assert change.customer is not None
    assert rung.talks == change.customer.after.talks != ()
    assert rung.version == change.customer.before.version + 1


def test_kept_places_and_those_that_failed_are_listed_until_somebody_attends(
    world: World,
) -> None:
    enter(world, "v-CA1", "v-CA2", "v-CA3")
    for visit_id, number in (("v-CA1", NUMBER), ("v-CA2", OTHER), ("v-CA3", "+12122345670")):
        commit(world.queue, visit_id, kept(number))
    commit(world.queue, "v-CA1", GivenUp(why=LeftBecause.NOT_ALLOWED, at_ms=NOW_MS, because="x"))
    commit(world.queue, "v-CA3", GivenUp(why=LeftBecause.CANCELLED, at_ms=NOW_MS))
    listed = world.queue.kept_places(10)
    assert {one.visit_id for one in listed.entries} == {"v-CA1", "v-CA2"}
    assert listed.complete
    assert not world.queue.kept_places(1).complete
    open_ones = world.queue.kept_places(2, open_only=True)
    assert ([one.visit_id for one in open_ones.entries], open_ones.complete) == (["v-CA2"], True)
    assert world.queue.forget_failed("v-CA1")
    assert not world.queue.forget_failed("v-CA1")
    assert [one.visit_id for one in world.queue.kept_places(10).entries] == ["v-CA2"]


def test_who_is_to_be_rung_takes_line_customer_and_turn_together(world: World) -> None:
    enter(world, "v-CA1", "v-CA2")
    commit(world.queue, "v-CA1", kept())
    stored = world.queue.commit(calling(world))
    assert (stored.state, stored.token) == (EntryState.CALLING, "t1")
    assert held(world) == [TRY]
    assert (board(world).served, len(board(world).places)) == (1, 1)
    assert world.queue.arrival(NUMBER, "sales").kept_by == "v-CA1"
    # What is read of the customer now is another: who judged before does not ring.
    again = NotReached("t1", "busy", NOW_MS, NOW_MS + 600_000)
    commit(world.queue, "v-CA1", again, line=FreeLine(holder=TRY))
    assert held(world) == []
    commit(world.queue, "v-CA1", ComesDue(NOW_MS + 600_000))
    assert "customer" in lost_by(world, calling(world, "t2"))


def test_what_has_changed_since_it_was_judged_rings_nobody(world: World) -> None:
    enter(world, "v-CA1")
    commit(world.queue, "v-CA1", kept())
    unlike = judged(permission=Permission(version=3))
    assert lost_by(world, calling(world, of=unlike)) == {"permission"}
    assert held(world) == []


def test_who_presses_the_key_has_place_and_line_in_one_step(world: World) -> None:
    enter(world, "v-CA1")
    commit(world.queue, "v-CA1", kept())
    called = world.queue.commit(calling(world))
    stored = world.queue.commit(handed_on(called))
    assert world.queue.read("v-CA9") == stored
    assert (stored.state, stored.place_ms) == (EntryState.SERVING, NOW_MS)
    assert held(world) == ["visit:v-CA9"]
    over = world.queue.read("v-CA1")
    assert over is not None
    assert over.kept is not None
    assert (over.because, over.kept.used_by) == (LeftBecause.CALLED_BACK, "v-CA9")
    assert world.queue.arrival(NUMBER, "sales").kept_by is None
    refused = handed_on(called, after=replace(stored, visit_id="v-CA8", version=0))
    assert lost_by(world, refused) == {"used", "line", "held"}


def test_a_leg_that_is_known_to_have_ended_gets_no_line(world: World) -> None:
    enter(world, "v-CA1")
    commit(world.queue, "v-CA1", kept())
    called = world.queue.commit(calling(world))
    world.lines.leave("visit:v-CA9", NOW_MS)
    assert lost_by(world, handed_on(called)) == {"ended"}
    assert held(world) == [TRY]
    assert world.queue.read("v-CA9") is None
