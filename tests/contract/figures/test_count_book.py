"""Counting: one suite for the fake and the real table, over calls and visits that are recorded."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.lean_aws import LeanAws
from contact_center.aws.settings import AwsSettings
from contact_center.conversations.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.services.ports.calls import CallGlance
from contact_center.figures.adapters.dynamodb_counts import (
    DynamoDBCountAudit,
    DynamoDBCountBook,
    DynamoDBRollUps,
)
from contact_center.figures.adapters.dynamodb_dials import DynamoDBDials
from contact_center.figures.domain.counts import HOUR_MS, Counted, bucket_of, hour_of
from contact_center.figures.domain.worst_seconds import Dial, Worst
from contact_center.figures.services.roll_up_ports import Change
from contact_center.kernel.environment import Environment
from contact_center.visits.adapters.dynamodb_visits import DynamoDBVisits
from contact_center.visits.domain.visits import Visit
from tests.fakes.call_store import FakeCallStore
from tests.fakes.clock import FakeClock
from tests.fakes.figures import FakeFigures
from tests.fakes.visits import FakeVisits
from tests.unit.figures.figure_scene import BEGAN, DAY, NEXT_DAY, facts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.conversations.services.ports.calls import CallStore
    from contact_center.figures.services.measure_seconds import DialBook
    from contact_center.figures.services.roll_up_ports import (
        CountAudit,
        CountBook,
        RollUp,
        RollUps,
        Subject,
    )
    from contact_center.visits.services.visit_ports import Visits

DUE = BEGAN + 120_000
KEPT_DAYS = 3_650  # a day in the past, and the emulator forgets what has expired


@dataclass
class Tables:
    calls: CallStore
    visits: Visits
    book: CountBook
    roll_ups: RollUps
    audit: CountAudit
    dials: DialBook

    def call(self, name: str, facts: int = 8, *, due_ms: int | None = DUE) -> None:
        """One commit more of a call: it knows so many facts, and is to be counted."""
        history = self.calls.read(name)
        told = facts_of(name)[:facts]
        new = told[len(history.facts) :]
        glance = CallGlance(destination="billing", understood="billing", routed_ms=BEGAN + 9_000)
        self.calls.commit(history, merge_all(name, told), new, [], glance, count_at_ms=due_ms)

    def visit(self, name: str, seen: int = 0, **said: Any) -> None:
        assert self.visits.write(Visit(visit_id=name, began_ms=BEGAN, **said), seen) is None

    def one(self, name: str) -> Subject:
        [subject] = self.book.read([name]).subjects
        return subject

    def due(self, now_ms: int = DUE + 60_000) -> list[tuple[str, int]]:
        return [(one.name, one.due_ms) for one in self.book.due(now_ms, 10)]

    def count(self, *names: str, n: int = 1) -> bool:
        return self.book.count([Change(self.one(name), counted(calls=n)) for name in names])


def counted(department: str = "billing", at_ms: int = BEGAN, **counts: int) -> Counted:
    said = {name.replace("_", "."): count for name, count in counts.items()}
    return Counted(bucket_of(at_ms, department, None), said)


@pytest.fixture(params=["fake", pytest.param("dynamodb", marks=pytest.mark.emulator)])
def tables(request: pytest.FixtureRequest) -> Iterator[Tables]:
    if request.param == "fake":
        calls, visits = FakeCallStore(), FakeVisits()
        fake = FakeFigures(calls, visits)
        yield Tables(calls, visits, fake, fake, fake, fake)
        return
    account = request.getfixturevalue("account")
    client, table, clock = account.client("dynamodb"), account.calls_table, FakeClock(BEGAN)
    aws = LeanAws(AwsSettings.read(Environment(account.environment)))
    yield Tables(
        DynamoDBCalls(client, table, clock, KEPT_DAYS, lambda: secrets.token_hex(8)),
        DynamoDBVisits(
            aws.connection("dynamodb"), table, clock, KEPT_DAYS, lambda: secrets.token_hex(8)
        ),
        DynamoDBCountBook(client, table, clock, KEPT_DAYS),
        DynamoDBRollUps(client, table),
        DynamoDBCountAudit(client, table, clock, KEPT_DAYS),
        DynamoDBDials(client, table),
    )
    aws.close()


def shown(found: list[RollUp]) -> list[tuple[str, str, dict[str, int]]]:
    return [(one.of, one.bucket.department, dict(one.counts)) for one in found]


def test_what_is_to_be_counted_is_found_when_it_is_due_the_longest_due_first(
    tables: Tables,
) -> None:
    tables.call("late", due_ms=DUE + 5_000)
    tables.call("soon")
    tables.call("not at all", due_ms=None)
    assert tables.due(DUE - 1) == []
    assert tables.due() == [("CALL#soon", DUE), ("CALL#late", DUE + 5_000)]


def test_one_that_waits_to_be_counted_keeps_its_time(tables: Tables) -> None:
    tables.call("c", facts=7)
    tables.call("c", due_ms=DUE + 50_000)
    assert tables.due() == [("CALL#c", DUE)]


def test_a_call_is_read_with_what_was_made_of_it_and_with_what_is_counted(tables: Tables) -> None:
    tables.call("c")
    subject = tables.one("CALL#c")
    assert subject.call is not None
    assert subject.call.record.ended
    assert (subject.call.glance.understood, subject.call.glance.routed_ms) == (
        "billing",
        BEGAN + 9_000,
    )
    assert (subject.before, subject.due) == (None, True)
    tables.count("CALL#c", n=3)
    after = tables.one("CALL#c")
    assert (after.before, after.due) == (counted(calls=3), False)


def test_what_is_counted_is_added_to_the_hour_and_the_day(tables: Tables) -> None:
    tables.call("a")
    tables.call("b")
    assert tables.count("CALL#a", "CALL#b")
    assert shown(list(tables.roll_ups.hours(DAY))) == [(f"{DAY}T23", "billing", {"calls": 2})]
    assert shown(list(tables.roll_ups.days(DAY, DAY))) == [(DAY, "billing", {"calls": 2})]
    assert tables.due() == []


def test_what_waits_to_be_counted_is_seen_before_it_is_due(tables: Tables) -> None:
    for name in ("a", "b", "c"):
        tables.call(name)
    tables.visit("v", ended_ms=BEGAN)
    tables.count("CALL#a")
    found = tables.roll_ups.waiting(10).subjects
    assert {one.name for one in found} == {"CALL#b", "CALL#c"}
    assert all(one.call is not None and one.call.record.ended for one in found)
    tables.call("a", facts=9)
    [again] = [one for one in tables.roll_ups.waiting(10).subjects if one.name == "CALL#a"]
    assert again.before == counted(calls=1)


def test_the_difference_is_added_and_what_moves_elsewhere_is_taken_away(tables: Tables) -> None:
    tables.call("c")
    tables.count("CALL#c", n=2)
    tables.call("c", facts=9)
    to_sales = counted("sales", BEGAN + 3_600_000, calls=2, length_talk_60000=1)
    assert tables.book.count([Change(tables.one("CALL#c"), to_sales)])
    assert shown(list(tables.roll_ups.days(DAY, NEXT_DAY))) == [
        (DAY, "billing", {}),
        (NEXT_DAY, "sales", {"calls": 2}),
    ]
    assert tables.roll_ups.lengths(NEXT_DAY).counts == {"length.talk.60000": 1}
    assert tables.roll_ups.lengths(DAY).counts == {}


def test_what_has_changed_since_it_was_read_is_not_counted_and_nothing_beside_it(
    tables: Tables,
) -> None:
    tables.call("a")
    tables.call("b", facts=7)
    read = [tables.one("CALL#a"), tables.one("CALL#b")]
    tables.call("b")
    assert not tables.book.count([Change(one, counted(calls=1)) for one in read])
    assert tables.roll_ups.hours(DAY) == []
    assert {name for name, _ in tables.due()} == {"CALL#a", "CALL#b"}


def test_a_visit_that_was_written_since_it_was_read_is_not_counted(tables: Tables) -> None:
    tables.visit("v", ended_ms=BEGAN)
    read = tables.one("VISIT#v")
    tables.visit("v", 1, ended_ms=BEGAN, department="sales")
    assert not tables.book.count([Change(read, counted(contacts=1))])
    assert (tables.due(), tables.roll_ups.hours(DAY)) == ([("VISIT#v", BEGAN + 60_000)], [])


def test_what_was_counted_meanwhile_is_not_counted_again(tables: Tables) -> None:
    tables.call("c")
    read = tables.one("CALL#c")
    assert tables.book.count([Change(read, counted(calls=1))])
    assert not tables.book.count([Change(read, counted(calls=1))])
    assert shown(list(tables.roll_ups.days(DAY, DAY))) == [(DAY, "billing", {"calls": 1})]


def test_a_visit_is_to_be_counted_once_it_is_over_and_whenever_it_is_written_after(
    tables: Tables,
) -> None:
    tables.visit("v-1")
    assert tables.due(BEGAN + 10**9) == []
    tables.visit("v-1", 1, ended_ms=BEGAN + 5_000)
    assert tables.due() == [("VISIT#v-1", BEGAN + 65_000)]
    read = tables.one("VISIT#v-1")
    assert read.visit is not None
    assert read.visit.ended_ms == BEGAN + 5_000
    assert tables.book.count([Change(read, counted(contacts=1))])
    assert tables.due() == []
    tables.visit("v-1", 2, ended_ms=BEGAN + 5_000, department="sales")
    assert tables.due() == [("VISIT#v-1", BEGAN + 65_000)]
    again = tables.one("VISIT#v-1")
    assert again.before == counted(contacts=1)
    assert not tables.book.count([Change(read, counted(contacts=1))])
    assert tables.book.count([Change(again, counted("sales", contacts=1))])
    assert shown(list(tables.roll_ups.days(DAY, DAY))) == [
        (DAY, "billing", {}),
        (DAY, "sales", {"contacts": 1}),
    ]


def test_counting_a_visit_leaves_it_as_it_is(tables: Tables) -> None:
    tables.visit("v-1", ended_ms=BEGAN)
    before = tables.visits.read("v-1")
    tables.count("VISIT#v-1")
    assert tables.visits.read("v-1") == before


@pytest.mark.parametrize("name", ["CALL#c", "VISIT#v"])
def test_what_is_put_off_is_due_later_unless_it_has_changed(tables: Tables, name: str) -> None:
    tables.call("c", facts=7)
    tables.visit("v", ended_ms=BEGAN)
    read = tables.one(name)
    tables.book.put_off(read, DUE + 40_000)
    assert (name, DUE + 40_000) in tables.due()


def test_a_mark_by_hand_is_a_mark(tables: Tables) -> None:
    tables.call("c", due_ms=None)
    tables.visit("v", ended_ms=BEGAN)
    tables.count("VISIT#v")
    for name in ("CALL#c", "VISIT#v"):
        tables.audit.mark(tables.one(name), DUE)
    assert {name for name, _ in tables.due()} == {"CALL#c", "VISIT#v"}
    assert tables.count("CALL#c", "VISIT#v")
    assert tables.due() == []


def test_everything_is_all_calls_and_visits(tables: Tables) -> None:
    for name in ("a", "b"):
        tables.call(name)
    tables.visit("v")
    tables.count("CALL#a")
    found = [one for part in tables.audit.everything() for one in part.subjects]
    assert {one.name: one.before for one in found} == {
        "CALL#a": counted(calls=1),
        "CALL#b": None,
        "VISIT#v": None,
    }
    assert {one.name for one in found if one.call is None} == {"VISIT#v"}


def test_a_roll_up_is_put_right_only_as_it_was_read(tables: Tables) -> None:
    tables.call("a")
    tables.count("CALL#a")
    [read] = tables.roll_ups.days(DAY, DAY)
    assert tables.audit.correct(read, {"calls": 5})
    assert not tables.audit.correct(read, {"calls": 6})
    assert shown(list(tables.roll_ups.days(DAY, DAY))) == [(DAY, "billing", {"calls": 5})]


def test_dials_are_found_by_time_over_midnight_and_calls_that_came_in_are_none(
    tables: Tables,
) -> None:
    midnight = hour_of(NEXT_DAY) * HOUR_MS
    for name, at_ms, way in (
        ("first", midnight - 500, "outbound"),
        ("second", midnight + 500, "outbound"),
        ("in", midnight, "inbound"),
        ("later", midnight + 1_501, "outbound"),
    ):
        facts = facts_of(name, at_ms, direction=way)[:1]
        record = merge_all(name, facts)
        tables.calls.commit(tables.calls.read(name), record, facts, [], CallGlance())
    found = sorted(tables.dials.dials(midnight - 500, midnight + 1_500))
    assert found == [Dial(midnight - 500, ""), Dial(midnight + 500, "")]


def test_a_worst_second_is_raised_and_never_lowered(tables: Tables) -> None:
    hour = hour_of(f"{DAY}T07")
    assert tables.dials.worst(DAY, NEXT_DAY) == {}
    tables.dials.raise_worst({hour: Worst(3, 2), hour + 20: Worst(1, 1)})
    tables.dials.raise_worst({hour: Worst(2, 3)})
    assert tables.dials.worst(DAY, DAY) == {hour: Worst(3, 3)}
    assert tables.dials.worst(DAY, NEXT_DAY) == {hour: Worst(3, 3), hour + 20: Worst(1, 1)}
    assert tables.dials.worst("2026-07-01", "2026-08-19") == {}
    assert tables.roll_ups.days(DAY, DAY) == []


def test_days_over_the_ends_of_months(tables: Tables) -> None:
    for n, day in enumerate(("2026-07-30", "2026-08-01", "2026-08-31", "2026-09-02")):
        at_ms = hour_of(day) * HOUR_MS
        tables.call(day)
        change = Change(tables.one(f"CALL#{day}"), counted(at_ms=at_ms, calls=n + 1))
        assert tables.book.count([change])
    found = tables.roll_ups.days("2026-07-31", "2026-09-01")
    assert {one.of: one.counts["calls"] for one in found} == {"2026-08-01": 2, "2026-08-31": 3}
