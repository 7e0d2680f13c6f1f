"""What waits for a person is in one partition a table: every kind, of this release and the last."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.needs_index import NEEDS, SINCE
from contact_center.console.adapters.dynamodb_need_marks import (
    CALLS,
    CONTACTS,
    DIALING,
    DynamoDBNeedMarks,
)
from contact_center.console.adapters.dynamodb_needs_index import DynamoDBNeeds
from contact_center.console.domain.needs import NeedKind, oldest_first
from contact_center.console.services.tell_needs import NeedRules
from contact_center.dialing.adapters.dynamodb_lines import DynamoDBLines
from contact_center.dialing.domain.dial_requests import CALLING_ACCOUNT
from contact_center.forgetting.adapters.dynamodb_forgettings import DynamoDBForgettings
from contact_center.forgetting.domain.forgetting import Reached, StoreState
from contact_center.kernel.civil_time import CivilClock
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.lists.services.import_ports import ImportJob, ImportState
from contact_center.queue.domain.waiting import EntryState
from tests.contract.console.needing_items import (
    DAY_MS,
    LONGEST_MS,
    NEEDING,
    NOW_MS,
    NUMBER,
    OLD_MS,
    doubt,
    entry,
    failed_import,
    follow_up,
    forgetting,
    imports,
    job,
    put_place,
    rest,
    voicemail,
)
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.console.domain.needs import Need
    from tests.emulator import Account

# Nobody writes these in the moment in which they begin to need somebody.
BY_TIME_ALONE = {NeedKind.LINE_LOST}


class Index:
    """The index of all three tables, as the page reads it."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.clock = FakeClock(NOW_MS)
        self.connection = account.lean()
        self.client = account.client("dynamodb")
        self.tables = {
            CALLS: account.calls_table,
            DIALING: account.dialing_table,
            CONTACTS: account.contacts_table,
        }
        self.rules = NeedRules(
            clock=self.clock,
            civil=CivilClock(),
            is_overdue=lambda entry: entry.kept is not None,
            longest_line_ms=LONGEST_MS,
        )
        self.marks = DynamoDBNeedMarks(self.connection, self.tables)

    def found(self) -> list[Need]:
        sources = [
            DynamoDBNeeds(self.connection, table, self.rules, name)
            for name, table in self.tables.items()
        ]
        return oldest_first(need for one in sources for need in one.find().needs)

    def as_the_release_before(self, *also: str) -> None:
        """What it wrote says nothing of the index; nor does it say what is left away besides."""
        for item, table in self.items():
            gone = {NEEDS, SINCE, *also, *_newly_said(item["sk"]["S"])}
            kept = {name: value for name, value in item.items() if name not in gone}
            self.client.put_item(TableName=table, Item=kept)

    def items(self) -> Iterator[tuple[dict[str, Any], str]]:
        """All that is in the three tables, and where it stands."""
        for table in self.tables.values():
            for item in self.client.scan(TableName=table, ConsistentRead=True)["Items"]:
                yield dict(item), table


def _newly_said(sort_key: str) -> set[str]:
    """What an item says only since there is the index."""
    if sort_key.startswith(keys.KEPT_FAILED):
        return {"said", "version"}
    return {"number"} if sort_key.startswith("FACT#") else set()


@pytest.fixture
def index(account: Account) -> Index:
    return Index(account)


def test_every_kind_has_something_that_is_written_of_it() -> None:
    assert set(NEEDING) == set(NeedKind)


TELEPHONES = {
    NeedKind.DIAL_IN_DOUBT,
    NeedKind.CALLBACK_OVERDUE,
    NeedKind.CALLBACK_FAILED,
    NeedKind.DEAD_EFFECT,
    NeedKind.FOLLOW_UP,
    NeedKind.RECORDING_LOST,
    NeedKind.VOICEMAIL,
}


def test_whatever_needs_somebody_is_in_it_as_it_is_written_or_once_it_is_marked(
    index: Index,
) -> None:
    for write in NEEDING.values():
        write(index.account)
    before = index.found()
    assert sorted(one.kind for one in before) == sorted(set(NEEDING) - BY_TIME_ALONE)
    assert all(one.of_id for one in before)
    assert all(one.number for one in before if one.kind in TELEPHONES), before

    index.as_the_release_before()
    assert index.found() == []
    for one in before:
        index.marks.mark(one)
    assert index.found() == before

    for item, table in index.items():
        key = {"pk": item["pk"], "sk": item["sk"]}
        index.client.delete_item(TableName=table, Key=key)
    for one in before:
        index.marks.mark(one)
    assert list(index.items()) == []  # what is gone is not made by marking it


def test_a_line_is_in_it_once_it_is_marked_and_a_mark_stays_as_it_is(index: Index) -> None:
    NEEDING[NeedKind.LINE_LOST](index.account)
    lines = DynamoDBLines(index.client, index.account.dialing_table, CALLING_ACCOUNT)
    [lost] = [index.rules.line(one) for one in lines.held()]
    assert lost is not None
    index.marks.mark(lost)
    index.marks.mark(replace(lost, since_ms=NOW_MS))
    assert index.found() == [lost]
    since = [item.get(SINCE) for item, _ in index.items()]
    assert {"N": str(OLD_MS)} in since
    assert {"N": str(NOW_MS)} not in since


def test_what_was_left_and_nothing_else_follows_from_says_whose_it_is(index: Index) -> None:
    follow_up(index.account, alone=True)
    assert [(one.kind, one.number) for one in index.found()] == [(NeedKind.FOLLOW_UP, NUMBER)]


def test_what_was_settled_meanwhile_is_not_marked(index: Index) -> None:
    for write in (doubt, follow_up, voicemail, failed_import, forgetting):
        write(index.account)
    before = index.found()
    assert len(before) == 5
    index.as_the_release_before("open", "follow_up", "due_shard")
    for one in before:
        index.marks.mark(one)
    assert index.found() == []


def test_what_time_alone_makes_is_read_from_then_on(index: Index) -> None:
    NEEDING[NeedKind.CALLBACK_OVERDUE](index.account)
    forgetting(index.account)
    index.clock.at_ms = OLD_MS + LONGEST_MS - 1
    assert index.found() == []
    index.clock.at_ms += 1
    assert [one.kind for one in index.found()] == [NeedKind.CALLBACK_OVERDUE]
    index.clock.at_ms = OLD_MS + DAY_MS
    assert len(index.found()) == 1
    index.clock.at_ms += 1
    assert {one.kind for one in index.found()} == {
        NeedKind.CALLBACK_OVERDUE,
        NeedKind.FORGETTING_UNFINISHED,
    }
    book = DynamoDBForgettings(index.client, index.account.contacts_table)
    one = book.read("old")
    assert one is not None
    done = {name: Reached(state=StoreState.DONE, at_ms=1) for name in one.stores}
    assert book.write(replace(one, stores=done))
    assert [one.kind for one in index.found()] == [NeedKind.CALLBACK_OVERDUE]
    assert sum(NEEDS in item for item, _ in index.items()) == 1


def test_a_number_that_calls_again_and_a_list_that_another_mends_need_nobody(index: Index) -> None:
    NEEDING[NeedKind.NUMBER_RESTS](index.account)
    failed_import(index.account)
    older, later = (
        job("zero", OLD_MS - 1, ImportState.DONE),
        job("two", OLD_MS + 1, ImportState.DONE),
    )
    assert imports(index.account).create(older)
    assert len(index.found()) == 2
    assert imports(index.account).create(later)
    assert [one.kind for one in index.found()] == [NeedKind.NUMBER_RESTS]
    index.clock.at_ms = NOW_MS + DAY_MS
    assert index.found() == []


def test_a_number_that_an_operator_lets_call_again_is_out_of_it(index: Index) -> None:
    rest(index.account)
    rest(index.account, 0, "")
    assert [item["sk"]["S"] for item, _ in index.items() if NEEDS in item] == []


def test_a_place_that_is_kept_for_later_is_read_when_it_is_late_then(index: Index) -> None:
    later = entry("v-later", state=EntryState.KEPT)
    assert later.kept is not None
    later = replace(later, kept=replace(later.kept, from_ms=OLD_MS + DAY_MS))
    put_place(index.account, later, LONGEST_MS)
    index.clock.at_ms = OLD_MS + DAY_MS + LONGEST_MS - 1
    assert index.found() == []
    index.clock.at_ms += 1
    assert [one.kind for one in index.found()] == [NeedKind.CALLBACK_OVERDUE]


def test_a_list_that_fails_after_a_later_one_was_made_needs_nobody(index: Index) -> None:
    store = imports(index.account)
    first, later = (
        job("one", OLD_MS, ImportState.WAITING),
        job("two", OLD_MS + 1, ImportState.WAITING),
    )
    assert store.create(first)
    assert store.create(later)
    store.commit(replace(first, version=1, state=ImportState.FAILED), [])
    assert index.found() == []
    store.commit(replace(later, version=1, state=ImportState.FAILED), [])
    assert [one.of_id for one in index.found()] == [later.import_id]


def test_a_list_is_made_though_those_before_it_cannot_be_looked_at(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed_import(index.account)
    store, later = imports(index.account), job("two", OLD_MS + 1, ImportState.WAITING)

    def unavailable(_campaign_id: str) -> list[ImportJob]:
        raise StoreUnavailableError

    monkeypatch.setattr(store, "of_campaign", unavailable)
    assert store.create(later)
    assert store.read(later.import_id) is not None
