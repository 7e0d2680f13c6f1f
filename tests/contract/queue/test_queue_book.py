"""What waiting may rely on of its queues: one suite for the fake and the real ones."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from contact_center.aws import dynamodb_keys as keys
from contact_center.aws.connection import AwsUnavailableError
from contact_center.aws.items import UnreadableItemError
from contact_center.dialing.adapters.dynamodb_attempts import DynamoDBAttempts
from contact_center.dialing.adapters.dynamodb_lines import DynamoDBLines
from contact_center.dialing.adapters.line_writes import LineWrites
from contact_center.dialing.services.ledger_ports import (
    ConditionLostError,
    FreeLine,
    TakeLine,
)
from contact_center.kernel.ports import ContentionError, StoreUnavailableError
from contact_center.queue.adapters.dynamodb_queue import DynamoDBQueue
from contact_center.queue.adapters.queue_items import (
    board_key,
    entry_item,
    entry_key,
    place_item,
    place_item_key,
)
from contact_center.queue.domain.kept_steps import after_any
from contact_center.queue.domain.queue_boards import QueueBoard
from contact_center.queue.domain.waiting import (
    Arrived,
    Entered,
    EntryState,
    Left,
    LeftBecause,
    Offered,
    QueueEntry,
    QueueEvent,
    Served,
    TakenBack,
    WaitsFor,
)
from contact_center.queue.domain.waits_told import MOST_SAMPLES
from contact_center.queue.domain.who_is_next import Head
from contact_center.queue.services.leave_queue import leave_queue
from contact_center.queue.services.queue_ports import QueueBook, QueueChange
from contact_center.queue.services.serve_next import ServeParts, serve_next
from contact_center.queue.services.wait_in_queue import what_to_hear
from tests.fakes.clock import FakeClock
from tests.fakes.dialing_ledger import FakeLedger
from tests.fakes.waiting_queue import FakeQueue
from tests.unit.queue.queue_scene import Scene

if TYPE_CHECKING:
    from contact_center.dialing.services.dialing_ports import LineBook
    from contact_center.queue.domain.kept_places import KeptEvent
    from tests.emulator import Account, WatchedConnection

NOW_MS = 1_787_266_800_000
LINE, PERSON = WaitsFor.LINE, WaitsFor.PERSON
TOKEN = "s1"
DEPARTMENTS = ("sales", "support", "billing")


class World(Protocol):
    """The queues, the lines, and a way to break an entry."""

    queue: QueueBook
    lines: LineBook

    def damage(self, visit_id: str) -> None: ...


class FakeWorld:
    def __init__(self) -> None:
        ledger = FakeLedger(FakeClock(NOW_MS))
        self.fake = FakeQueue(ledger)
        self.queue: QueueBook = self.fake
        self.lines: LineBook = ledger

    def damage(self, visit_id: str) -> None:
        self.fake.unreadable.add(visit_id)


class RealWorld:
    def __init__(self, account: Account) -> None:
        self.account = account
        self.client = account.client("dynamodb")
        self.table = account.dialing_table
        self.connection = account.lean()
        self.queue: QueueBook = self.queue_of(self.connection)
        self.lines: LineBook = DynamoDBLines(self.client, self.table, "main")

    def queue_of(self, connection: WatchedConnection) -> DynamoDBQueue:
        lines, clock = LineWrites(self.table, "main"), FakeClock(NOW_MS)
        attempts = DynamoDBAttempts(
            self.client, self.table, self.account.contacts_table, lines, clock, 90
        )
        return DynamoDBQueue(connection, self.table, lines, clock, attempts.still_judged)

    def damage(self, visit_id: str) -> None:
        self.client.update_item(
            TableName=self.table,
            Key=entry_key(visit_id),
            UpdateExpression="SET #version = :later",
            ExpressionAttributeNames={"#version": "version"},
            ExpressionAttributeValues={":later": {"N": "99"}},
        )


@pytest.fixture(params=["fake", pytest.param("dynamodb", marks=pytest.mark.emulator)])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "fake":
        return FakeWorld()
    return RealWorld(request.getfixturevalue("account"))


@pytest.fixture
def real(account: Account) -> RealWorld:
    return RealWorld(account)


def entered(
    visit_id: str, place_ms: int = NOW_MS, department: str = "sales", what: WaitsFor = LINE
) -> Entered:
    return Entered(
        visit_id=visit_id,
        department=department,
        waits_for=what,
        leg=visit_id.removeprefix("v-"),
        number="+12125550199",
        place_ms=place_ms,
        at_ms=NOW_MS,
        due_at_ms=NOW_MS + 900_000,
    )


def change_of(
    queue: QueueBook, visit_id: str, event: QueueEvent | KeptEvent, **also: Any
) -> QueueChange:
    before = queue.read(visit_id)
    made = after_any(before, event)
    assert made is not None
    return QueueChange(before=before, after=made, **also)


def commit(
    queue: QueueBook, visit_id: str, event: QueueEvent | KeptEvent, **also: Any
) -> QueueEntry:
    return queue.commit(change_of(queue, visit_id, event, **also))


def enter(world: World, *visits: str, **where: Any) -> None:
    for number, visit_id in enumerate(visits):
        event = entered(visit_id, NOW_MS + number, **where)
        commit(world.queue, visit_id, event)


def board(world: World, department: str = "sales", what: WaitsFor = LINE) -> QueueBoard:
    return world.queue.boards([department], what)[department]


def serving(queue: QueueBook, visit_id: str, token: str = TOKEN, below: int = 8) -> QueueChange:
    before = queue.read(visit_id)
    assert before is not None
    seen = queue.boards([before.department], LINE)[before.department]
    return change_of(
        queue,
        visit_id,
        Served(token=token, until_ms=NOW_MS + 15_000, post=before.next_post),
        line=TakeLine(holder=f"visit:{visit_id}", below=below),
        served=seen.after_serving(before, seen.turn + 7, NOW_MS + 60_000),
    )


def lost_by(world: World, change: QueueChange) -> frozenset[str]:
    with pytest.raises(ConditionLostError) as refused:
        world.queue.commit(change)
    return refused.value.lost


def held(world: World) -> list[str]:
    return [lease.holder for lease in world.lines.held()]


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


# -- serving: entry, place, board and line together --------------------------------------------


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


# -- the real table alone ------------------------------------------------------------------------


@pytest.mark.emulator
def test_a_damaged_board_loses_a_share_and_nobody(real: RealWorld) -> None:
    enter(real, "v-CA1")
    real.client.update_item(
        TableName=real.table,
        Key=board_key("sales", LINE),
        UpdateExpression="SET #servings = :none",
        ExpressionAttributeNames={"#servings": "servings"},
        ExpressionAttributeValues={":none": {"S": "[[1]]"}},
    )
    assert board(real).places == ()
    entry, seen = real.queue.read_with_board("v-CA1", "sales", LINE)
    assert (entry, seen.places) == (real.queue.read("v-CA1"), ())
    assert [one.visit_id for one in real.queue.heads("sales", LINE, 3)] == ["v-CA1"]


@pytest.mark.emulator
@pytest.mark.parametrize("arrives", [True, False], ids=["written", "not written"])
def test_an_unknown_outcome_is_no_refusal(real: RealWorld, *, arrives: bool) -> None:
    enter(real, "v-CA1")
    change = serving(real.queue, "v-CA1")

    def lose(operation: str, _: object) -> None:
        if operation == "TransactWriteItems":
            raise AwsUnavailableError

    told = real.connection.after if arrives else real.connection.before
    told.append(lose)
    with pytest.raises(StoreUnavailableError):
        real.queue.commit(change)
    told.clear()
    stored = real.queue.commit(change)  # the same again is the same
    assert (stored.token, held(real), board(real).served) == ("s1", ["visit:v-CA1"], 1)


@pytest.mark.emulator
def test_what_is_left_expires_and_what_waits_does_not(real: RealWorld) -> None:
    enter(real, "v-CA1", "v-CA2")
    commit(real.queue, "v-CA1", Left(LeftBecause.HUNG_UP))
    for visit_id, expires in (("v-CA1", True), ("v-CA2", False)):
        item = real.client.get_item(
            TableName=real.table, Key=entry_key(visit_id), ConsistentRead=True
        )["Item"]
        assert ("expires_at" in item) is expires


@pytest.mark.emulator
def test_no_item_holds_the_line_of_a_serving_without_saying_for_which(real: RealWorld) -> None:
    enter(real, "v-CA1")
    real.queue.commit(serving(real.queue, "v-CA1"))
    key = {"pk": {"S": keys.lines("main")}, "sk": {"S": keys.lease("visit:v-CA1")}}
    item = real.client.get_item(TableName=real.table, Key=key, ConsistentRead=True)["Item"]
    assert (item["claim"], item["number"]) == ({"S": "v-CA1.2"}, {"S": "+12125550199"})


# -- what serving costs --------------------------------------------------------------------------


def counted(real: RealWorld) -> Counter[str]:
    """Requests and items from now on: of reads those that came, of writes those that went."""
    costs: Counter[str] = Counter()

    def count_requests(operation: str, _: object) -> None:
        costs[f"requests {operation}"] += 1

    def count_items(operation: str, answer: dict[str, Any]) -> None:
        many = [item for items in answer.get("Responses", {}).values() for item in items]
        costs["items read"] += len(answer.get("Items", ())) + len(many) + ("Item" in answer)
        costs[f"answers {operation}"] += 1

    real.connection.before[:] = [count_requests]
    real.connection.after[:] = [count_items]
    return costs


def crowd(real: RealWorld, numbers: range) -> None:
    """Callers who wait, written in a few requests, as their entering would have."""
    items, places = [], []
    for number in numbers:
        entry = after_any(None, entered(f"v-CA{number:05d}", NOW_MS + number))
        assert entry is not None
        key = place_item_key(entry)
        assert key is not None
        places.append(str(entry.place_key))
        items += [entry_item(replace(entry, version=1), 0), place_item(entry, key)]
    for at in range(0, len(items), 25):
        puts = [{"PutRequest": {"Item": item}} for item in items[at : at + 25]]
        real.client.batch_write_item(RequestItems={real.table: puts})
    real.client.update_item(
        TableName=real.table,
        Key=board_key("sales", LINE),
        UpdateExpression="ADD #places :own",
        ExpressionAttributeNames={"#places": "places"},
        ExpressionAttributeValues={":own": {"NS": places}},
    )


class OneLine:
    def new(self) -> str:
        return "t1"


def parts_on(real: RealWorld) -> ServeParts:
    scene = Scene(lines=1)
    waiting = replace(scene.waiting, queue=real.queue)
    return replace(scene.parts, waiting=waiting, ids=OneLine())


@pytest.mark.emulator
def test_serving_costs_the_same_with_10_100_and_1000_waiting(real: RealWorld) -> None:
    parts, costs, known = parts_on(real), dict[int, tuple[int, int]](), 0
    for waiting in (10, 100, 1_000):
        crowd(real, range(known, waiting))
        known = waiting
        asked = counted(real)
        assert serve_next(parts) == 1
        requests = sum(times for name, times in asked.items() if name.startswith("requests"))
        costs[waiting] = (requests, asked["items read"])
        assert len(held(real)) == 1
        served = real.queue.due(NOW_MS + 25_000, 10).visit_ids[0]
        leave_queue(served, parts.waiting)
    few = costs[10]
    for more in (costs[100], costs[1_000]):
        assert all(one <= 1.2 * other for one, other in zip(more, few, strict=True))
    assert few[0] <= 20


@pytest.mark.emulator
@pytest.mark.parametrize(
    ("path", "requests"),
    [("", {"GetItem", "BatchGetItem"}), ("sales-line/22", {"BatchGetItem"})],
    ids=["the first", "one whose path names the queue"],
)
def test_a_wait_document_reads_two_items_and_writes_none(
    real: RealWorld, path: str, requests: set[str]
) -> None:
    enter(real, *(f"v-CA{number}" for number in range(30)))
    asked = counted(real)
    heard = what_to_hear("v-CA20", path, parts_on(real).waiting)
    assert heard.told is not None
    assert heard.told.place == 21
    assert asked["items read"] == 2
    assert {name for name in asked if name.startswith("requests")} == {
        f"requests {name}" for name in requests
    }
