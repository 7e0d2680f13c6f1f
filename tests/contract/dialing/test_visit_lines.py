"""A visit's line: one suite for the fake, for boto3, and for the door's lean connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from contact_center.aws.lean_aws import LeanAws
from contact_center.aws.settings import AwsSettings
from contact_center.dialing.adapters.dynamodb_lines import DynamoDBLines
from contact_center.dialing.adapters.lines_lean import LeanLines
from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.dialing.services.dialing_ports import LineClaim, LineLease
from contact_center.dialing.services.hold_visit_lines import (
    VisitLineParts,
    claim_line,
    leave_line,
    note_caller,
    release_line,
)
from contact_center.dialing.services.ledger_ports import ConditionLostError, CustomerChange
from contact_center.kernel.environment import Environment
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.dialing_ledger import FakeLedger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.dialing.services.dialing_ports import CustomerBook, LineBook, VisitLines
    from tests.emulator import Account

NOW_MS = 1_787_266_800_000
NUMBER = "+12125550199"
VISIT = "v-CA" + "1" * 32
OTHER = "v-CA" + "2" * 32
FIRST, SECOND = f"{VISIT}.1", f"{VISIT}.2"


class World(Protocol):
    """The lines as visits take them, and as everybody sees them."""

    lines: VisitLines
    customers: CustomerBook
    book: LineBook


class FakeWorld:
    def __init__(self) -> None:
        tables = FakeLedger(FakeClock(NOW_MS))
        self.lines: VisitLines = tables
        self.customers: CustomerBook = tables
        self.book: LineBook = tables


class Boto3World:
    def __init__(self, account: Account, lean: LeanLines) -> None:
        lines = DynamoDBLines(account.client("dynamodb"), account.dialing_table, "main")
        self.lines: VisitLines = lines
        self.book: LineBook = lines
        self.customers: CustomerBook = lean


class LeanWorld:
    def __init__(self, account: Account, lean: LeanLines) -> None:
        lines = DynamoDBLines(account.client("dynamodb"), account.dialing_table, "main")
        self.book: LineBook = lines
        self.lines: VisitLines = lean
        self.customers: CustomerBook = lean


@pytest.fixture
def lean(account: Account) -> Iterator[LeanLines]:
    aws = LeanAws(AwsSettings.read(Environment(account.environment)))
    yield LeanLines(aws.connection("dynamodb"), account.dialing_table, "main")
    aws.close()


@pytest.fixture(
    params=["fake", *(pytest.param(one, marks=pytest.mark.emulator) for one in ("boto3", "lean"))]
)
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "fake":
        return FakeWorld()
    kind = Boto3World if request.param == "boto3" else LeanWorld
    return kind(request.getfixturevalue("account"), request.getfixturevalue("lean"))


def parts(world: World, below: int = 2) -> VisitLineParts:
    return VisitLineParts(
        lines=world.lines,
        customers=world.customers,
        clock=FakeClock(NOW_MS),
        metrics=CountedMetrics(),
        timings=DialTimings(),
        below=below,
    )


def holders(world: World) -> list[str]:
    return [lease.holder for lease in world.book.held()]


def test_a_visit_holds_one_line_however_often_it_asks(world: World) -> None:
    assert claim_line(VISIT, FIRST, NUMBER, parts(world)) is LineClaim.TAKEN
    assert claim_line(VISIT, FIRST, NUMBER, parts(world)) is LineClaim.TAKEN
    assert claim_line(VISIT, SECOND, NUMBER, parts(world)) is LineClaim.HELD
    [lease] = world.book.held()
    assert lease == LineLease(f"visit:{VISIT}", NOW_MS, NUMBER, claim=FIRST)


def test_when_every_line_is_in_use_nobody_gets_one(world: World) -> None:
    world.book.admit("call:a", NOW_MS)
    assert claim_line(VISIT, FIRST, NUMBER, parts(world, below=1)) is LineClaim.FULL
    assert holders(world) == ["call:a"]
    assert not world.customers.customer(NUMBER).busy_at(NOW_MS)
    assert claim_line(VISIT, FIRST, NUMBER, parts(world)) is LineClaim.TAKEN
    assert claim_line(OTHER, f"{OTHER}.1", None, parts(world)) is LineClaim.FULL


def test_whoever_is_visiting_is_busy_until_he_has_gone(world: World) -> None:
    claim_line(VISIT, FIRST, NUMBER, parts(world))
    assert world.customers.customer(NUMBER).busy_at(NOW_MS)
    assert release_line(VISIT, FIRST, world.lines)
    assert world.customers.customer(NUMBER).busy_at(NOW_MS)  # he is still with us
    assert not leave_line(VISIT, NUMBER, parts(world))
    assert not world.customers.customer(NUMBER).busy_at(NOW_MS)


def test_a_line_is_freed_by_whichever_end_comes_first_and_once(world: World) -> None:
    world.book.admit("call:a", NOW_MS)
    claim_line(VISIT, FIRST, NUMBER, parts(world))
    assert leave_line(VISIT, NUMBER, parts(world))
    assert not release_line(VISIT, FIRST, world.lines)
    assert not leave_line(VISIT, NUMBER, parts(world))
    assert holders(world) == ["call:a"]
    assert claim_line(OTHER, f"{OTHER}.1", None, parts(world)) is LineClaim.TAKEN
    assert claim_line("v-3", "v-3.1", None, parts(world)) is LineClaim.FULL  # counted right


def test_an_earlier_call_s_end_told_late_does_not_free_a_later_one_s_line(world: World) -> None:
    claim_line(VISIT, FIRST, NUMBER, parts(world))
    assert release_line(VISIT, FIRST, world.lines)
    assert claim_line(VISIT, SECOND, NUMBER, parts(world)) is LineClaim.TAKEN
    assert not release_line(VISIT, FIRST, world.lines)
    assert holders(world) == [f"visit:{VISIT}"]


def test_a_visit_that_is_over_takes_no_line_any_more(world: World) -> None:
    leave_line(VISIT, NUMBER, parts(world))
    assert claim_line(VISIT, FIRST, NUMBER, parts(world)) is LineClaim.ENDED
    assert holders(world) == []


def test_who_has_no_line_is_with_us_all_the_same_until_his_visit_is_over(world: World) -> None:
    note_caller(VISIT, NUMBER, parts(world))
    assert world.customers.customer(NUMBER).busy_at(NOW_MS)
    assert holders(world) == []
    leave_line(VISIT, NUMBER, parts(world))
    note_caller(VISIT, NUMBER, parts(world))  # told late
    assert not world.customers.customer(NUMBER).busy_at(NOW_MS)


def test_a_customer_who_has_changed_meanwhile_is_read_again(world: World) -> None:
    known = world.customers.customer(NUMBER)
    stale = CustomerChange(before=known, after=known.talking("visit:x", NOW_MS + 1, NOW_MS))
    claim_line(VISIT, FIRST, NUMBER, parts(world))
    with pytest.raises(ConditionLostError):
        world.lines.claim(f"visit:{OTHER}", f"{OTHER}.1", NOW_MS, 2, stale)
    with pytest.raises(ConditionLostError):
        world.lines.note(f"visit:{OTHER}", NOW_MS, stale)
    with pytest.raises(ConditionLostError):
        world.lines.leave(f"visit:{VISIT}", NOW_MS, stale)
    assert holders(world) == [f"visit:{VISIT}"]
