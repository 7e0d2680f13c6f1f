"""The day book and whoever looks into it: one suite for the fake and the real table."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.dynamodb import keys
from contact_center.aws.lean_aws import LeanAws
from contact_center.aws.settings import AwsSettings
from contact_center.console.adapters.dynamodb_past_calls import DynamoDBPastCalls
from contact_center.conversations.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import CallEnded, CallSeen
from contact_center.conversations.services.ports.calls import CallGlance
from contact_center.figures.adapters.day_book_items import leaf_item, leaf_of
from contact_center.figures.adapters.dynamodb_counts import DynamoDBCountBook
from contact_center.figures.adapters.dynamodb_day_book import DynamoDBBookedCalls, DynamoDBDayBook
from contact_center.figures.domain.day_book import DAY_MS, Entry, Leaf, Traits
from contact_center.kernel.environment import Environment
from tests.fakes.call_store import FakeCallStore
from tests.fakes.clock import FakeClock
from tests.fakes.day_book import FakeBookedCalls, FakeDayBook, FakePastCalls
from tests.fakes.figures import FakeFigures
from tests.fakes.visits import FakeVisits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.console.services.search_ports import PastCalls
    from contact_center.conversations.services.ports.calls import CallStore
    from contact_center.figures.services.day_book_ports import BookedCalls, DayBook
    from contact_center.figures.services.roll_up_ports import CountBook

MIDNIGHT = 1_787_184_000_000  # 2026-08-20T00:00:00Z
SEPTEMBER = MIDNIGHT + 12 * DAY_MS
HOUR = 3_600_000
KEPT_DAYS = 3_650
SOLD = Traits("inbound", "sales", "customer_hung_up", "meeting_booked", "spring", corrected=True)


@dataclass
class Tables:
    calls: CallStore
    book: DayBook
    booked: BookedCalls
    past: PastCalls
    counts: CountBook

    def call(self, name: str, began_ms: int, summary: str = "", **seen: Any) -> None:
        at: dict[str, Any] = {"call_id": name, "at_ms": began_ms}
        facts = [
            CallSeen(**at, key="s", created_at_ms=began_ms, direction="inbound", **seen),
            CallEnded(**at, key="e", ended_reason="customer-busy", summary=summary),
        ]
        glance = CallGlance(destination="sales")
        self.calls.commit(self.calls.read(name), merge_all(name, facts), facts, [], glance)


@pytest.fixture(params=["fake", pytest.param("dynamodb", marks=pytest.mark.emulator)])
def tables(request: pytest.FixtureRequest) -> Iterator[Tables]:
    if request.param == "fake":
        calls, book = FakeCallStore(), FakeDayBook()
        past = FakePastCalls(calls, book)
        figures = FakeFigures(calls, FakeVisits())
        yield Tables(calls, book, FakeBookedCalls(calls, page=3), past, figures)
        return
    account = request.getfixturevalue("account")
    client, table, clock = account.client("dynamodb"), account.calls_table, FakeClock(MIDNIGHT)
    aws = LeanAws(AwsSettings.read(Environment(account.environment)))
    lean = aws.connection("dynamodb")
    yield Tables(
        DynamoDBCalls(client, table, clock, KEPT_DAYS, lambda: secrets.token_hex(8)),
        DynamoDBDayBook(lean, table, KEPT_DAYS),
        DynamoDBBookedCalls(lean, table),
        DynamoDBPastCalls(lean, table),
        DynamoDBCountBook(client, table, clock, KEPT_DAYS),
    )
    aws.close()


def leaf(since_ms: int, until_ms: int, *names: str, revision: int = 0) -> Leaf:
    entries = tuple(Entry(f"CALL#{name}", since_ms + at, 1, SOLD) for at, name in enumerate(names))
    return Leaf(since_ms=since_ms, until_ms=until_ms, entries=entries, revision=revision)


def test_a_leaf_is_read_as_it_was_written_one_revision_on(tables: Tables) -> None:
    odd = Entry(f"CALL#{keys.word('a call, ünusual')}", MIDNIGHT + 7, 70_000, None)
    early = Entry("CALL#3f2b6c1e-0d7f-4b69-9f5e-0a6f5f6d7c11", MIDNIGHT + 2 * HOUR, 1, Traits())
    shouted = Entry("CALL#3F2B6C1E-0D7F-4B69-9F5E-0A6F5F6D7C11", MIDNIGHT + 9, 1, SOLD)
    written = replace(leaf(MIDNIGHT, MIDNIGHT + HOUR, "a", "b"), entries=(odd, shouted, early))
    assert tables.book.write([written])
    assert tables.book.at(MIDNIGHT) == replace(written, revision=1)


def test_the_leaf_of_an_instant_is_the_newest_that_does_not_begin_later(tables: Tables) -> None:
    for since in (MIDNIGHT, MIDNIGHT + HOUR, SEPTEMBER):
        assert tables.book.write([leaf(since, since + HOUR)])
    for at, since in (
        (MIDNIGHT, MIDNIGHT),
        (MIDNIGHT + HOUR - 1, MIDNIGHT),
        (MIDNIGHT + HOUR, MIDNIGHT + HOUR),
        (SEPTEMBER - 1, MIDNIGHT + HOUR),
        (SEPTEMBER, SEPTEMBER),
    ):
        found = tables.book.at(at)
        assert found is not None
        assert found.since_ms == since
    assert tables.book.at(MIDNIGHT - 1) is None
    assert tables.book.at(SEPTEMBER + 40 * DAY_MS) is None


def test_the_newest_leaf_is_of_this_month_or_of_the_one_before(tables: Tables) -> None:
    assert tables.book.newest(MIDNIGHT) is None
    assert tables.book.write([leaf(MIDNIGHT, MIDNIGHT + HOUR)])
    for now in (MIDNIGHT, SEPTEMBER, SEPTEMBER + 29 * DAY_MS):
        found = tables.book.newest(now)
        assert found is not None
        assert found.since_ms == MIDNIGHT
    assert tables.book.newest(SEPTEMBER + 31 * DAY_MS) is None
    january = 1_798_761_600_000  # 2027-01-01
    assert tables.book.write([leaf(january - HOUR, january)])
    found = tables.book.newest(january + HOUR)
    assert found is not None
    assert found.since_ms == january - HOUR


def test_of_two_who_have_read_the_same_one_writes(tables: Tables) -> None:
    assert tables.book.write([leaf(MIDNIGHT, MIDNIGHT + 1, "a")])
    assert not tables.book.write([leaf(MIDNIGHT, MIDNIGHT + 2, "b")])
    assert tables.book.write([leaf(MIDNIGHT, MIDNIGHT + 3, "a", "c", revision=1)])
    assert not tables.book.write([leaf(MIDNIGHT, MIDNIGHT + 4, "a", "d", revision=1)])
    found = tables.book.at(MIDNIGHT)
    assert found is not None
    assert (found.until_ms, found.revision) == (MIDNIGHT + 3, 2)


def test_several_leaves_are_written_or_none(tables: Tables) -> None:
    assert tables.book.write([leaf(MIDNIGHT, MIDNIGHT + HOUR, "a")])
    second = leaf(MIDNIGHT + HOUR, MIDNIGHT + 2 * HOUR, "b")
    assert not tables.book.write([leaf(MIDNIGHT, MIDNIGHT + HOUR, "a"), second])
    found = tables.book.at(MIDNIGHT + HOUR)
    assert found is not None
    assert found.since_ms == MIDNIGHT
    assert tables.book.write([leaf(MIDNIGHT, MIDNIGHT + HOUR, "a", revision=1), second])
    assert tables.book.at(MIDNIGHT + HOUR) == replace(second, revision=1)


def test_a_leaf_that_a_later_release_wrote_is_none() -> None:
    read = leaf(MIDNIGHT, MIDNIGHT + HOUR, "a")
    uuid = Entry("CALL#3f2b6c1e-0d7f-4b69-9f5e-0a6f5f6d7c11", MIDNIGHT, 1, None)
    item = leaf_item(read, KEPT_DAYS)
    assert leaf_of(item) is not None
    for other in (
        {"version": {"N": "2"}},
        {"calls": {"B": "bm8="}},
        {"calls": {"B": 7}},
        {"ids": {"B": "AAAA"}, "calls": leaf_item(replace(read, entries=(uuid,)), 1)["calls"]},
        {"until_ms": {"S": "soon"}},
    ):
        assert leaf_of(item | other) is None


def test_a_leaf_is_kept_as_long_as_its_calls_and_is_of_nobody() -> None:
    item = leaf_item(leaf(MIDNIGHT, MIDNIGHT + HOUR, "a"), 90)
    assert int(item["expires_at"]["N"]) == (MIDNIGHT + HOUR) // 1000 + 92 * 86_400
    assert set(item) == {
        *("pk", "sk", "version", "since_ms", "until_ms", "revision", "ids", "calls", "expires_at")
    }


def test_calls_of_a_span_are_told_with_their_revision_and_what_filters_ask(tables: Tables) -> None:
    tables.call("before", MIDNIGHT + HOUR - 1)
    tables.call("first", MIDNIGHT + HOUR)
    tables.call("last", MIDNIGHT + 2 * HOUR - 1, campaign_id="spring")
    tables.call("after", MIDNIGHT + 2 * HOUR)
    found = tables.booked.began(MIDNIGHT + HOUR, MIDNIGHT + 2 * HOUR, 10)
    assert found.until_ms == MIDNIGHT + 2 * HOUR
    traits = Traits("inbound", "sales", "busy", None)
    assert list(found.entries) == [
        Entry("CALL#first", MIDNIGHT + HOUR, 1, traits),
        Entry("CALL#last", MIDNIGHT + 2 * HOUR - 1, 1, traits._replace(campaign="spring")),
    ]


def test_a_call_that_is_under_way_may_come_to_anything(tables: Tables) -> None:
    seen = CallSeen(call_id="c", at_ms=MIDNIGHT, key="s", created_at_ms=MIDNIGHT)
    history = tables.calls.read("c")
    tables.calls.commit(history, merge_all("c", [seen]), [seen], [], CallGlance())
    assert tables.booked.began(MIDNIGHT, MIDNIGHT + 1, 1).entries == [
        Entry("CALL#c", MIDNIGHT, 1, None)
    ]


def test_of_many_calls_only_whole_milliseconds_are_told(tables: Tables) -> None:
    """As few as are asked for, of what comes in pages: here some three to each."""
    for number in range(9):
        tables.call(f"c{number}", MIDNIGHT + number // 2, "a long report " * 18_000)
    found = tables.booked.began(MIDNIGHT, MIDNIGHT + HOUR, 2)
    assert 2 <= len(found.entries) < 9
    told = {one.call for one in found.entries}
    assert told == {f"CALL#c{n}" for n in range(9) if MIDNIGHT + n // 2 < found.until_ms}
    assert len(tables.booked.began(MIDNIGHT, MIDNIGHT + HOUR, 100).entries) == 9


def test_what_is_to_be_counted_is_told_with_when_the_index_has_it(tables: Tables) -> None:
    tables.call("c", MIDNIGHT + 5)
    [subject] = tables.counts.read(["CALL#c"]).subjects
    assert (subject.began_ms, subject.revision) == (MIDNIGHT + 5, 1)


def test_leaves_are_found_newest_first_of_one_month_and_so_many(tables: Tables) -> None:
    begins = [MIDNIGHT, MIDNIGHT + HOUR, MIDNIGHT + 2 * HOUR, SEPTEMBER]
    for since in begins:
        assert tables.book.write([leaf(since, since + HOUR, "a")])

    def found(since_ms: int, until_ms: int, limit: int) -> tuple[list[int], int]:
        told = tables.past.leaves(since_ms, until_ms, limit)
        return [one.since_ms for one in told.leaves], told.through_ms

    assert found(MIDNIGHT, MIDNIGHT + DAY_MS, 9) == ([*reversed(begins[:3])], MIDNIGHT)
    assert found(MIDNIGHT, MIDNIGHT + 2 * HOUR, 9) == ([*reversed(begins[:2])], MIDNIGHT)
    assert found(MIDNIGHT, MIDNIGHT + DAY_MS, 2) == ([*reversed(begins[1:3])], begins[1])
    assert found(MIDNIGHT + 1, MIDNIGHT + DAY_MS, 9)[0] == [*reversed(begins[1:3])]
    assert found(MIDNIGHT, SEPTEMBER + 1, 9) == ([SEPTEMBER], SEPTEMBER)
    assert found(MIDNIGHT, SEPTEMBER, 9)[0] == [*reversed(begins[:3])]


def test_calls_stand_as_they_are_and_who_is_gone_is_left_out(tables: Tables) -> None:
    tables.call("a", MIDNIGHT + 5)
    found = tables.past.standing(["CALL#a", "CALL#gone"])
    assert list(found) == ["CALL#a"]
    row, place = found["CALL#a"]
    assert (row.record.call_id, row.glance.destination) == ("a", "sales")
    assert place == ("CALL#a", MIDNIGHT + 5)


def test_past_calls_of_a_span_come_newest_first_in_pages(tables: Tables) -> None:
    for number in range(5):
        tables.call(f"c{number}", MIDNIGHT + HOUR + number // 2)
    found: list[str] = []
    after = None
    for _ in range(9):
        told = tables.past.began(MIDNIGHT + HOUR, MIDNIGHT + HOUR + 2, 1, after)
        found += [place.pk for _, place in told.calls]
        after = told.last
        if after is None:
            break
    assert set(found[:2]) == {"CALL#c2", "CALL#c3"}
    assert sorted(found[2:]) == ["CALL#c0", "CALL#c1"]
