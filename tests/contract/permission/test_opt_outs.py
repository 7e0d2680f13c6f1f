"""Our own do-not-call list as a call writes it: one suite for the fake, the door and the router."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from contact_center.conversations.adapters.dynamodb_lean import LeanOptOuts
from contact_center.dialing.adapters.dynamodb_people import DynamoDBPeople
from contact_center.dialing.adapters.dynamodb_switch import DynamoDBSwitch
from contact_center.dialing.adapters.people_lean import LeanPeople
from contact_center.dialing.domain.dial_circumstances import Customer, DialingSwitch
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError
from contact_center.permission.adapters.dynamodb_opt_outs import DynamoDBOptOuts
from contact_center.permission.adapters.dynamodb_permissions import DynamoDBPermissions
from contact_center.permission.adapters.forgotten_items import forgotten_key
from contact_center.permission.adapters.forgotten_people import DynamoDBForgottenPeople
from contact_center.permission.adapters.refusals_lean import LeanRefusals
from contact_center.permission.domain.forgotten import forgotten_mark
from contact_center.permission.domain.permission import Permission
from tests.contract.aws.test_queue_and_answers import connection
from tests.contract.campaigns.campaign_tables import AT, NOW_MS, NUMBER, WRITTEN, real_stores
from tests.fakes.forgotten_people import MarkKey
from tests.fakes.opt_outs import FakeOptOuts

if TYPE_CHECKING:
    from contact_center.permission.services.permission_ports import OptOuts
    from tests.emulator import Account

SOURCE = "customer, on the call"
LATER = AT + timedelta(minutes=3)
REAL = [pytest.param(name, marks=pytest.mark.emulator) for name in ("door", "router")]


@dataclass
class ListUnderTest:
    opt_outs: OptOuts
    broken: OptOuts


def list_of(request: pytest.FixtureRequest, account: Account) -> ListUnderTest:
    table = account.contacts_table
    if request.param == "door":
        opened = connection(request, account, "dynamodb")
        return ListUnderTest(LeanOptOuts(opened, table), LeanOptOuts(opened, "no-such-table"))
    client = account.client("dynamodb")
    return ListUnderTest(DynamoDBOptOuts(client, table), DynamoDBOptOuts(client, "no-such-table"))


@pytest.fixture(params=["fake", *REAL])
def told(request: pytest.FixtureRequest) -> ListUnderTest:
    if request.param == "fake":
        return ListUnderTest(FakeOptOuts(), FakeOptOuts(down=True))
    return list_of(request, request.getfixturevalue("account"))


@pytest.fixture(params=REAL)
def on_the_table(request: pytest.FixtureRequest, account: Account) -> ListUnderTest:
    return list_of(request, account)


def permissions(account: Account) -> DynamoDBPermissions:
    return DynamoDBPermissions(account.client("dynamodb"), account.contacts_table)


def test_the_first_word_stands(told: ListUnderTest) -> None:
    assert told.opt_outs.suppress(NUMBER, SOURCE, AT)
    assert not told.opt_outs.suppress(NUMBER, SOURCE, LATER)
    assert told.opt_outs.suppress("+13125550100", SOURCE, LATER)


def test_what_is_not_known_to_be_stored_is_not_stored(told: ListUnderTest) -> None:
    with pytest.raises(StoreUnavailableError):
        told.broken.suppress(NUMBER, SOURCE, AT)


def test_somebody_of_whom_nothing_is_known_is_suppressed(
    on_the_table: ListUnderTest, account: Account
) -> None:
    on_the_table.opt_outs.suppress(NUMBER, SOURCE, AT)
    on_the_table.opt_outs.suppress(NUMBER, "somebody else", LATER)

    expected = Permission(suppressed_at=AT, suppression_source=SOURCE, version=1)
    assert permissions(account).read(NUMBER) == expected


def test_nothing_else_that_a_person_permits_is_touched_and_every_claim_in_flight_fails(
    on_the_table: ListUnderTest, account: Account
) -> None:
    book = permissions(account)
    book.replace(NUMBER, Permission(), Permission(consents=(WRITTEN,), inquiry_at=AT))
    before = book.read(NUMBER)

    on_the_table.opt_outs.suppress(NUMBER, SOURCE, LATER)

    after = book.read(NUMBER)
    assert after == replace(before, suppressed_at=LATER, suppression_source=SOURCE, version=2)
    assert not book.replace(NUMBER, before, before)  # what was judged before does not hold


def test_an_operator_s_earlier_word_stands(on_the_table: ListUnderTest, account: Account) -> None:
    book = permissions(account)
    earlier = Permission(suppressed_at=AT, suppression_source="operator")
    book.replace(NUMBER, Permission(), earlier)

    assert not on_the_table.opt_outs.suppress(NUMBER, SOURCE, LATER)

    assert book.read(NUMBER) == replace(earlier, version=1)


def test_who_was_taken_off_the_list_can_come_onto_it_again(
    on_the_table: ListUnderTest, account: Account
) -> None:
    book = permissions(account)
    on_the_table.opt_outs.suppress(NUMBER, SOURCE, AT)
    stored = book.read(NUMBER)
    book.replace(NUMBER, stored, replace(stored, suppressed_at=None, suppression_source=""))
    assert book.read(NUMBER).suppressed_at is None

    assert on_the_table.opt_outs.suppress(NUMBER, SOURCE, LATER)

    assert book.read(NUMBER).suppressed_at == LATER


# --- what the door reads for Vapi's own campaigns --------------------------------------------


@pytest.mark.emulator
def test_the_door_reads_what_the_dialer_reads(
    request: pytest.FixtureRequest, account: Account
) -> None:
    real_stores(account)
    client, book = account.client("dynamodb"), permissions(account)
    people = LeanPeople(
        connection(request, account, "dynamodb"),
        account.dialing_table,
        account.contacts_table,
        MarkKey(),
    )

    unknown = people.read(NUMBER)
    assert (unknown.customer, unknown.permission) == (Customer(number=NUMBER), Permission())
    assert (unknown.switch, unknown.campaign) == (DialingSwitch(), None)

    book.replace(NUMBER, Permission(), Permission(consents=(WRITTEN,)))
    switch = DynamoDBSwitch(client, account.dialing_table).set(stopped=True, at_ms=NOW_MS)
    known = people.read(NUMBER)
    assert known.permission.consents == (WRITTEN,)
    assert known.switch == switch
    assert known.switch.stopped


@pytest.mark.emulator
def test_half_an_answer_is_none(request: pytest.FixtureRequest, account: Account) -> None:
    people = LeanPeople(
        connection(request, account, "dynamodb"), account.dialing_table, "no-such-table", MarkKey()
    )

    with pytest.raises(StoreUnavailableError):
        people.read(NUMBER)


# --- what Twilio's door reads before it promises a call ----------------------------------------


def refusals(request: pytest.FixtureRequest, account: Account, table: str = "") -> LeanRefusals:
    opened = connection(request, account, "dynamodb")
    return LeanRefusals(opened, table or account.contacts_table, MarkKey(), lambda: LATER)


@pytest.mark.emulator
def test_who_answers_callers_knows_who_has_forbidden_calls(
    request: pytest.FixtureRequest, account: Account
) -> None:
    door, book = refusals(request, account), permissions(account)
    assert not door.forbids(NUMBER)

    book.replace(NUMBER, Permission(), Permission(consents=(WRITTEN,)))
    assert not door.forbids(NUMBER)

    DynamoDBOptOuts(account.client("dynamodb"), account.contacts_table).suppress(NUMBER, SOURCE, AT)
    assert door.forbids(NUMBER)

    stored = book.read(NUMBER)
    book.replace(NUMBER, stored, replace(stored, suppressed_at=None, suppression_source=""))
    assert not door.forbids(NUMBER)

    stored = book.read(NUMBER)
    book.replace(NUMBER, stored, replace(stored, revoked_at=AT))
    assert door.forbids(NUMBER)


@pytest.mark.emulator
def test_who_answers_callers_knows_who_was_forgotten(
    request: pytest.FixtureRequest, account: Account
) -> None:
    mark = forgotten_key(forgotten_mark(MarkKey().current(), NUMBER))
    item = mark | {"suppressed_at": {"S": AT.isoformat()}}
    account.client("dynamodb").put_item(TableName=account.contacts_table, Item=item)

    assert refusals(request, account).forbids(NUMBER)


@pytest.mark.emulator
def test_of_whom_nobody_can_read_nobody_knows(
    request: pytest.FixtureRequest, account: Account
) -> None:
    with pytest.raises((StoreRefusedError, StoreUnavailableError)):
        refusals(request, account, "no-such-table").forbids(NUMBER)


@pytest.mark.emulator
def test_of_many_people_it_is_known_who_was_forgotten(account: Account) -> None:
    """Of a list that was imported again: he has agreed, as it says, and is not to be called."""
    client, table, other = account.client("dynamodb"), account.contacts_table, "+12125550199"
    mark = forgotten_key(forgotten_mark(MarkKey().current(), NUMBER))
    client.put_item(TableName=table, Item=mark | {"suppressed_at": {"S": AT.isoformat()}})
    book = permissions(account)
    book.record_consents({NUMBER: WRITTEN, other: WRITTEN})
    forgotten = DynamoDBForgottenPeople(client, table, MarkKey())

    knows = DynamoDBPeople(client, account.dialing_table, book, forgotten).read_many
    advises = DynamoDBPeople(client, account.dialing_table, book).read_many

    suppressed = {one: knows([NUMBER, other])[one][1].suppressed_at for one in (NUMBER, other)}
    assert suppressed == {NUMBER: AT, other: None}
    assert advises([NUMBER])[NUMBER][1].suppressed_at is None  # left to the claim
