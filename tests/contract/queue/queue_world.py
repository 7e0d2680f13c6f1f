"""Those who wait and the lines they wait for, as a fake and on the real table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest

from contact_center.dialing.adapters.dynamodb_attempts import DynamoDBAttempts
from contact_center.dialing.adapters.dynamodb_lines import DynamoDBLines
from contact_center.dialing.adapters.line_writes import LineWrites
from contact_center.dialing.services.ledger_ports import (
    ConditionLostError,
    TakeLine,
)
from contact_center.queue.adapters.dynamodb_queue import DynamoDBQueue
from contact_center.queue.adapters.queue_items import (
    entry_key,
)
from contact_center.queue.domain.kept_steps import after_any
from contact_center.queue.domain.waiting import (
    Entered,
    QueueEntry,
    QueueEvent,
    Served,
    WaitsFor,
)
from contact_center.queue.services.queue_ports import QueueBook, QueueChange
from tests.fakes.clock import FakeClock
from tests.fakes.dialing_ledger import FakeLedger
from tests.fakes.waiting_queue import FakeQueue

if TYPE_CHECKING:
    from contact_center.dialing.services.dialing_ports import LineBook
    from contact_center.queue.domain.kept_places import KeptEvent
    from contact_center.queue.domain.queue_boards import QueueBoard
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
