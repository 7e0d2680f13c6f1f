"""Who is forgotten, on the table and in memory: versions, what stays, what a tick finds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.forgetting.adapters.dynamodb_forgettings import DynamoDBForgettings
from contact_center.forgetting.adapters.s3_register import S3Register
from contact_center.forgetting.domain.forgetting import (
    begun,
    closed,
    put_off,
    with_calls,
    with_crm_names,
)
from contact_center.forgetting.domain.stores import Store
from contact_center.lists.adapters.dynamodb_open_lists import DynamoDBOpenLists
from contact_center.lists.services.list_ports import ListJob, ListKind
from contact_center.permission.adapters.forgotten_items import forgotten_key, with_forgotten
from contact_center.permission.adapters.forgotten_people import DynamoDBForgottenPeople
from contact_center.permission.domain.forgotten import forgotten_mark
from contact_center.permission.domain.permission import Permission
from tests.fakes.forgettings import FakeForgettings, FakeRegister

if TYPE_CHECKING:
    from contact_center.forgetting.domain.forgetting import Forgetting
    from tests.emulator import Account

NOW_MS = 1_800_000_000_000
KEY, NUMBER = "a key", "+14155550123"
MARK = forgotten_mark(KEY, NUMBER)


class Key:
    def current(self) -> str:
        return KEY


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.emulator)])
def kept(request: pytest.FixtureRequest) -> Any:
    if request.param == "fake":
        return FakeForgettings()
    account: Account = request.getfixturevalue("account")
    return DynamoDBForgettings(account.client("dynamodb"), account.contacts_table)


def asked() -> Forgetting:
    return begun(None, MARK, "sealed", (NOW_MS, NOW_MS + 1), tuple(Store))


def test_what_is_written_is_read(kept: Any) -> None:
    assert kept.read(MARK) is None
    known = with_calls(asked(), ["c-1", "c-2"])
    known = with_crm_names(known, ["visit:v-1", "hubspot:5001"])
    known = closed(known, Store.LISTS, 3, NOW_MS, None)
    known = closed(known, Store.WEBHOOK, 0, NOW_MS, "not ours")
    known = put_off(known, Store.VAPI, 1, NOW_MS, "later")
    stored = kept.write(known)
    assert stored == replace(known, version=1)
    assert kept.read(MARK) == stored
    assert list(kept.read(MARK).stores) == list(Store)  # in their order
    over = kept.write(replace(stored, look_ms=None, sealed="", call_ids=()))
    assert kept.read(MARK) == over


def test_who_has_read_an_older_version_writes_nothing(kept: Any) -> None:
    first = kept.write(asked())
    assert kept.write(replace(first, round=2)) is not None
    assert kept.write(replace(first, round=3)) is None
    assert kept.write(asked()) is None  # somebody was faster
    assert kept.read(MARK).round == 2


@pytest.mark.emulator
def test_that_nobody_calls_him_stays_until_it_is_lifted(account: Account) -> None:
    client, table = account.client("dynamodb"), account.contacts_table
    kept = DynamoDBForgettings(client, table)
    people = DynamoDBForgottenPeople(client, table, Key())

    def permitted() -> Permission:
        key = people.key_of(NUMBER)
        item = client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")
        return with_forgotten(Permission(), item)

    people.lift(NUMBER)  # who was never forgotten stays as he is
    assert permitted() == Permission()
    first = kept.write(asked(), suppressed_ms=NOW_MS)
    assert first is not None
    assert permitted().suppressed_at is not None
    assert permitted().suppression_source == "asked to be forgotten"
    second = kept.write(replace(first, look_ms=None))
    assert second is not None
    assert permitted().suppressed_at is not None
    people.lift(NUMBER)
    assert permitted() == Permission()
    assert kept.read(MARK) == second


@pytest.mark.emulator
def test_a_tick_finds_what_is_due_and_nothing_else(account: Account) -> None:
    client, table = account.client("dynamodb"), account.contacts_table
    kept, lists = DynamoDBForgettings(client, table), DynamoDBOpenLists(client, table)
    first = kept.write(asked())
    assert first is not None
    assert lists.overdue(NOW_MS, 10) == []
    [found] = lists.overdue(NOW_MS + 1, 10)
    assert found.job == ListJob(ListKind.FORGET, "", MARK)
    assert lists.postpone(found, NOW_MS + 600_000)
    assert kept.read(MARK) == first  # which is due as before
    kept.write(replace(first, look_ms=None))
    assert lists.overdue(2**50, 10) == []


@pytest.mark.emulator
def test_what_a_later_release_wrote_is_not_guessed_at(account: Account) -> None:
    client, table = account.client("dynamodb"), account.contacts_table
    item = forgotten_key(MARK) | {"format": {"N": "2"}, "said": {"S": "{}"}}
    client.put_item(TableName=table, Item=item)
    with pytest.raises(UnreadableItemError):
        DynamoDBForgettings(client, table).read(MARK)


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.emulator)])
def register(request: pytest.FixtureRequest) -> Any:
    if request.param == "fake":
        return FakeRegister()
    account: Account = request.getfixturevalue("account")
    return S3Register(lambda: account.client("s3"), account.reports_bucket)


def test_the_register_knows_who_was_forgotten(register: Any) -> None:
    assert list(register.names()) == []
    assert register.get(MARK) is None
    for _ in range(2):
        register.put(asked())
    assert list(register.names()) == [MARK]
    assert register.get(MARK) == ("sealed", NOW_MS, NOW_MS + 1)
