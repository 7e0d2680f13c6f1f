"""A serving takes entry, place, board and line together, whoever else serves."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from contact_center.dialing.services.ledger_ports import (
    ConditionLostError,
    FreeLine,
)
from contact_center.kernel.ports import ContentionError
from contact_center.queue.domain.kept_places import Called, Kept, KeptPlace
from contact_center.queue.domain.waiting import (
    EntryState,
    Joins,
    Left,
    LeftBecause,
    TakenBack,
)
from contact_center.queue.services.change_entry import QueueParts, change_entry
from contact_center.queue.services.queue_ports import KeepLine
from tests.contract.queue.queue_world import (
    LINE,
    NOW_MS,
    PERSON,
    FakeWorld,
    RealWorld,
    World,
    board,
    change_of,
    commit,
    enter,
    held,
    lost_by,
    serving,
)
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.unit.queue.queue_scene import rules


def test_serving_takes_entry_and_line_together(world: World) -> None:
    enter(world, "v-CA1", "v-CA2")
    stored = world.queue.commit(serving(world.queue, "v-CA1"))
    assert (stored.state, stored.token) == (EntryState.SERVING, "s1")
    assert held(world) == ["visit:v-CA1"]
    assert [head.visit_id for head in world.queue.heads("sales", LINE, 3)] == ["v-CA2"]
    known = board(world)
    assert (known.turn, known.served, known.served_at_ms) == (7, 1, NOW_MS + 60_000)
    assert (len(known.places), known.left) == (1, 0)


def test_two_servers_on_one_entry_and_one_has_it(world: World) -> None:
    enter(world, "v-CA1", "v-CA2")
    mine, other = (serving(world.queue, "v-CA1", token) for token in ("mine", "other"))
    world.queue.commit(mine)
    assert lost_by(world, other) == {"entry", "board", "held"}
    stored = world.queue.read("v-CA1")
    assert stored is not None
    assert stored.token == "mine"
    assert held(world) == ["visit:v-CA1"]


def test_many_servers_at_once_and_each_entry_has_one(world: World) -> None:
    visits = [f"v-CA{number}" for number in range(6)]
    enter(world, *visits)

    def serve(server: int) -> list[str]:
        won, queue = [], world.queue
        if isinstance(world, RealWorld):
            queue = world.queue_of(world.account.lean())
        for visit_id in visits:
            try:
                change = serving(queue, visit_id, f"server-{server}", below=100)
                queue.commit(change)
            except (ConditionLostError, ContentionError, AssertionError):
                continue
            if change.after.state is EntryState.SERVING:
                won.append(visit_id)
        return won

    if isinstance(world, FakeWorld):  # memory has no transactions of its own
        won = [serve(server) for server in range(4)]
    else:
        with ThreadPoolExecutor(4) as pool:
            won = list(pool.map(serve, range(4)))
    tokens = Counter(name for names in won for name in names)
    assert set(tokens.values()) <= {1, 2, 3, 4}
    stored = [world.queue.read(name) for name in visits]
    serving_now = [one for one in stored if one and one.state is EntryState.SERVING]
    assert len(held(world)) == len(serving_now)
    assert board(world).served == len(serving_now)


def test_without_a_free_line_nobody_is_served(world: World) -> None:
    enter(world, "v-CA1")
    world.lines.admit("call:a", NOW_MS)
    assert lost_by(world, serving(world.queue, "v-CA1", below=1)) == {"line"}
    assert [head.visit_id for head in world.queue.heads("sales", LINE, 3)] == ["v-CA1"]
    assert (board(world).served, held(world)) == (0, ["call:a"])


def test_whoever_holds_a_line_already_gets_no_second(world: World) -> None:
    enter(world, "v-CA1")
    world.lines.admit("visit:v-CA1", NOW_MS)
    assert lost_by(world, serving(world.queue, "v-CA1")) == {"held"}
    assert held(world) == ["visit:v-CA1"]


def test_who_has_a_line_for_an_earlier_call_leaves_the_queue_for_that_call_alone(
    world: World,
) -> None:
    enter(world, "v-CA1")
    own = change_of(
        world.queue,
        "v-CA1",
        Joins("v-CA1.1"),
        line=KeepLine(holder="visit:v-CA1", claim="v-CA1.1"),
    )
    assert lost_by(world, own) == {"held"}  # it was freed meanwhile
    world.queue.commit(serving(world.queue, "v-CA1"))
    commit(world.queue, "v-CA1", TakenBack("s1", NOW_MS))
    line = KeepLine(holder="visit:v-CA1", claim="v-CA1.1")
    other = change_of(world.queue, "v-CA1", Joins("v-CA1.1"), line=line)
    assert lost_by(world, other) == {"held"}  # it is for another call
    post = "v-CA1.2"
    mine = change_of(
        world.queue, "v-CA1", Joins(post), line=KeepLine(holder="visit:v-CA1", claim=post)
    )
    stored = world.queue.commit(mine)
    assert (stored.state, stored.because) == (EntryState.LEFT, LeftBecause.SERVED)
    assert stored.post == post
    assert held(world) == ["visit:v-CA1"]
    known = board(world)
    assert known.places == ()
    assert (known.served, known.left) == (1, 0)  # the serving that was taken back; nobody gave up


def test_whoever_a_person_has_taken_is_a_serving_and_none_is_lost_between_two(
    world: World,
) -> None:
    enter(world, "v-CA1", "v-CA2", what=PERSON)
    parts = QueueParts(
        queue=world.queue,
        rules=rules(),
        clock=FakeClock(NOW_MS + 60_000),
        metrics=CountedMetrics(),
        hints=None,
    )
    change_entry("v-CA1", Left(LeftBecause.SERVED), parts)
    stale = board(world, what=PERSON)
    assert (stale.served, stale.left, len(stale.places)) == (1, 0, 1)
    enter(world, "v-CA3", what=PERSON)
    change_entry("v-CA3", Left(LeftBecause.SERVED), parts)
    before = world.queue.read("v-CA2")
    assert before is not None
    served = stale.after_serving(before, stale.turn, NOW_MS + 90_000)
    left = change_of(world.queue, "v-CA2", Left(LeftBecause.SERVED), served=served)
    assert lost_by(world, left) == {"board"}
    change_entry("v-CA2", Left(LeftBecause.SERVED), parts)
    assert (board(world, what=PERSON).served, board(world, what=PERSON).left) == (3, 0)


def test_who_is_called_for_a_person_has_not_given_up(world: World) -> None:
    enter(world, "v-CA1", what=PERSON)
    place = KeptPlace(asked_at_ms=NOW_MS, by="by key", from_ms=NOW_MS, ends_at_ms=NOW_MS + 9)
    commit(world.queue, "v-CA1", Kept(number="+12125550199", place=place))
    called = Called(token="t", at_ms=NOW_MS, until_ms=NOW_MS + 60_000, person_id="ada")
    commit(world.queue, "v-CA1", called)
    known = board(world, what=PERSON)
    assert (known.served, known.left, known.places) == (0, 0, ())


def test_who_hangs_up_gives_up(world: World) -> None:
    enter(world, "v-CA1", "v-CA2")
    commit(world.queue, "v-CA1", Left(LeftBecause.HUNG_UP))
    assert (board(world).left, len(board(world).places)) == (1, 1)


def test_whoever_is_known_to_have_gone_is_not_served(world: World) -> None:
    enter(world, "v-CA1")
    world.lines.leave("visit:v-CA1", NOW_MS)
    assert lost_by(world, serving(world.queue, "v-CA1")) == {"ended"}
    assert held(world) == []


def test_what_was_served_meanwhile_is_read_again(world: World) -> None:
    enter(world, "v-CA1", "v-CA2")
    stale = serving(world.queue, "v-CA2", "s2")
    world.queue.commit(serving(world.queue, "v-CA1"))
    assert lost_by(world, stale) == {"board"}
    world.queue.commit(serving(world.queue, "v-CA2", "s2"))
    assert board(world).served == 2
    assert [one.took_ms for one in board(world).servings] == [0]  # the first says nothing


def test_a_serving_that_came_to_nothing_gives_line_and_place_back(world: World) -> None:
    enter(world, "v-CA1", "v-CA2")
    world.queue.commit(serving(world.queue, "v-CA1"))
    free = FreeLine(holder="visit:v-CA1")
    commit(world.queue, "v-CA1", TakenBack("s1", NOW_MS), line=free)
    assert held(world) == []
    assert [head.visit_id for head in world.queue.heads("sales", LINE, 3)] == ["v-CA1", "v-CA2"]
    assert len(board(world).places) == 2


def test_a_line_is_freed_once_whoever_comes_first(world: World) -> None:
    enter(world, "v-CA1")
    world.queue.commit(serving(world.queue, "v-CA1"))
    change = change_of(
        world.queue, "v-CA1", Left(LeftBecause.HUNG_UP), line=FreeLine(holder="visit:v-CA1")
    )
    world.lines.leave("visit:v-CA1", NOW_MS)
    assert lost_by(world, change) == {"line"}
    world.queue.commit(replace(change, line=None))
    assert held(world) == []


def test_a_lost_reply_to_our_own_success_is_no_refusal(world: World) -> None:
    enter(world, "v-CA1")
    change = serving(world.queue, "v-CA1")
    first, again = world.queue.commit(change), world.queue.commit(change)
    assert first == again
    assert (held(world), board(world).served) == (["visit:v-CA1"], 1)
