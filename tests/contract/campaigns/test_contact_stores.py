"""What contacts may rely on of the contacts table: one suite for fakes and real ones."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from contact_center.campaigns.domain.campaigns import (
    TALLY_MS,
    Tally,
)
from contact_center.campaigns.domain.contacts import (
    AttemptOutcome,
    CampaignContact,
    ContactState,
    contact_id,
    put_off,
    taken,
)
from contact_center.campaigns.services.campaign_ports import (
    ContactChange,
    DueQueue,
    MovedInPartError,
)
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.kernel.ports import (
    BadCursorError,
    StoreRefusedError,
    StoreUnavailableError,
)
from contact_center.lists.services.import_ports import (
    ImportMovedOnError,
)

if TYPE_CHECKING:
    from contact_center.campaigns.domain.campaigns import Figures
    from tests.emulator import Account

from tests.contract.campaigns.campaign_tables import NOW_MS, Stores, contact, listed, real_stores
from tests.fakes.campaign_stores import FakeContacts


def test_contacts_are_put_once_with_the_import_s_progress_and_the_count(stores: Stores) -> None:
    contacts = listed(stores, 150)
    done = stores.imports.read("c1.i")
    assert done is not None
    assert (done.added, done.known, done.version) == (150, 0, 3)
    touched = replace(contacts[0], state=ContactState.WITHDRAWN, due_at_ms=None)
    assert stores.contacts.move([ContactChange(before=contacts[0], after=touched)])

    after = stores.imports.commit(done, [contact(0), contact(1), contact(500)])

    assert (after.added, after.known, after.version) == (151, 2, 4)
    assert stores.imports.read("c1.i") == after
    kept = stores.contacts.read("c1", contacts[0].contact_id)
    assert kept == replace(touched, version=2)
    head = stores.campaigns.head("c1", NOW_MS)
    assert head is not None
    assert head.figures.contacts == {"waiting": 150, "withdrawn": 1}
    with pytest.raises(ImportMovedOnError):
        stores.imports.commit(done, [contact(501)])
    assert stores.contacts.read("c1", contact(501).contact_id) is None


def test_a_contact_reads_back_with_all_it_holds(stores: Stores) -> None:
    [before] = listed(stores, 1)
    outcome = AttemptOutcome(
        n=1,
        at_ms=NOW_MS,
        disposition=Disposition.NOT_CALLED,
        reason="outside_window",
        next_allowed_at_ms=NOW_MS + 1,
        call_id="call-1",
        cost_micros=5,
    )
    after = replace(
        before, n=2, outcomes=(outcome,), callback_at_ms=NOW_MS, urgent=True, due_at_ms=NOW_MS
    )

    assert stores.contacts.read("c1", before.contact_id) == before
    stores.contacts.move([ContactChange(before=before, after=after)])

    assert stores.contacts.read("c1", before.contact_id) == replace(after, version=2)
    assert stores.contacts.read("c1", contact_id("c1", "+13122000014")) is None


def test_many_contacts_are_read_at_once_and_those_that_are_not_there_left_out(
    stores: Stores,
) -> None:
    contacts = listed(stores, 130)  # more than one request takes
    names = [one.contact_id for one in contacts]

    found = stores.contacts.read_many("c1", [*names, names[0], "nobody"])

    assert found == {one.contact_id: one for one in contacts}
    assert stores.contacts.read_many("c1", []) == {}


def test_a_step_goes_with_its_figures_or_not_at_all(stores: Stores) -> None:
    contacts = listed(stores, 120)
    steps = [ContactChange(before=one, after=taken(one, NOW_MS), unpriced=1) for one in contacts]
    stale = contacts[5].contact_id
    stores.contacts.move([ContactChange(before=contacts[5], after=put_off(contacts[5], 7))])

    moved = stores.contacts.move(steps)

    assert moved == {one.contact_id for one in contacts} - {stale}
    ended = stores.contacts.read("c1", contacts[0].contact_id)
    assert ended is not None
    tally = Tally(NOW_MS, 1, 1)
    done = replace(ended, state=ContactState.DONE, reason="busy", due_at_ms=None)
    change = ContactChange(
        before=ended, after=done, tally=tally, spent_micros=250, priced=1, unpriced=-1
    )
    assert stores.contacts.move([change])
    assert not stores.contacts.move([change])
    assert stores.contacts.move([]) == frozenset()

    head = stores.campaigns.head("c1", NOW_MS)
    assert head is not None
    assert head.figures.contacts == {"waiting": 1, "in_flight": 118, "done:busy": 1}
    figures = head.figures
    assert (figures.spent_micros, figures.priced, figures.unpriced) == (250, 1, 118)
    assert list(head.tallies) == [tally]
    later = stores.campaigns.head("c1", NOW_MS + TALLY_MS)
    assert later is not None
    assert list(later.tallies) == []
    long_ago = stores.campaigns.head("c1", NOW_MS - 13 * TALLY_MS)  # an hour is read, no more
    assert long_ago is not None
    assert list(long_ago.tallies) == []


THREE = ("c1", "c2", "c3")


def interleaved(stores: Stores, each: int) -> list[CampaignContact]:
    """Contacts of three campaigns as a planner's turns mix them, as stored."""
    lists = [listed(stores, each, name) for name in THREE]
    return [one for together in zip(*lists, strict=True) for one in together]


def recounted(stores: Stores, name: str) -> dict[str, int]:
    """The contacts of a campaign by label, counted one by one."""
    contacts: list[CampaignContact] = []
    cursor = None
    while True:
        page = stores.contacts.page(name, 100, cursor)
        contacts += page.contacts
        cursor = page.cursor
        if cursor is None:
            return dict(sorted(Counter(one.label for one in contacts).items()))


def figures_of(stores: Stores, name: str) -> Figures:
    head = stores.campaigns.head(name, NOW_MS)
    assert head is not None
    return head.figures


def test_steps_of_several_campaigns_are_booked_each_to_its_own(stores: Stores) -> None:
    contacts = interleaved(stores, 60)
    steps = [
        ContactChange(
            before=one,
            after=taken(one, NOW_MS),
            tally=Tally(NOW_MS, 1, int(one.campaign_id == "c2")),
            spent_micros=1_000 * (1 + THREE.index(one.campaign_id)),
            priced=1,
        )
        for one in contacts[:-3]
    ]

    assert stores.contacts.move(steps) == {one.contact_id for one in contacts[:-3]}

    for place, name in enumerate(THREE):
        head = stores.campaigns.head(name, NOW_MS)
        assert head is not None
        assert head.figures.contacts == recounted(stores, name) == {"in_flight": 59, "waiting": 1}
        assert (head.figures.spent_micros, head.figures.priced) == (59_000 * (1 + place), 59)
        assert list(head.tallies) == [Tally(NOW_MS, 59, 59 * (name == "c2"))]


@pytest.mark.parametrize("written", [False, True])
def test_the_figures_are_the_contacts_when_one_of_several_transactions_fails(
    stores: Stores, *, written: bool
) -> None:
    contacts = interleaved(stores, 80)
    steps = [ContactChange(before=one, after=taken(one, NOW_MS)) for one in contacts]
    second_transaction_fails(stores, written=written)

    with pytest.raises(MovedInPartError) as caught:
        stores.contacts.move(steps)

    flying = {name: recounted(stores, name).get("in_flight", 0) for name in THREE}
    known = len(caught.value.moved)
    assert 0 < known < 240
    assert (sum(flying.values()) == 240) is written
    assert (sum(flying.values()) == known) is not written
    for name in THREE:
        assert figures_of(stores, name).contacts == recounted(stores, name)


def second_transaction_fails(stores: Stores, *, written: bool) -> None:
    """The table does not answer the second transaction of contacts; it may have obeyed."""
    calls = count(1)

    def fails(**_: object) -> None:
        if next(calls) == 2:
            raise ConnectTimeoutError(endpoint_url="https://dynamodb.example")

    contacts: Any = stores.contacts
    if isinstance(contacts, FakeContacts):

        def fake_fails(_steps: object) -> None:
            if next(calls) == 2:
                raise StoreUnavailableError

        name = "after_transaction" if written else "before_transaction"
        setattr(contacts, name, fake_fails)
        return
    when = "after-call" if written else "before-call"
    contacts._client.meta.events.register(f"{when}.dynamodb.TransactWriteItems", fails)


def test_a_step_that_the_table_never_takes_keeps_no_other_from_being_made(stores: Stores) -> None:
    contacts = listed(stores, 40)
    bad = contacts[7]
    swollen = replace(
        taken(bad, NOW_MS),
        details=replace(bad.details, variables={"said": "\N{GRINNING FACE}" * 40_000}),
    )
    steps = [ContactChange(before=one, after=taken(one, NOW_MS)) for one in contacts]
    refused = ContactChange(before=bad, after=swollen)

    with pytest.raises(MovedInPartError) as part:
        stores.contacts.move([refused if one.before is bad else one for one in steps])

    others = {one.contact_id for one in contacts} - {bad.contact_id}
    assert part.value.moved == others
    assert stores.contacts.read("c1", bad.contact_id) == bad
    assert recounted(stores, "c1") == figures_of(stores, "c1").contacts
    with pytest.raises(StoreRefusedError):
        stores.contacts.move([refused])


def test_of_two_steps_of_one_contact_the_second_comes_too_late(stores: Stores) -> None:
    first, other = listed(stores, 2)
    steps = [
        ContactChange(before=first, after=taken(first, NOW_MS)),
        ContactChange(before=first, after=put_off(first, NOW_MS + 5)),
        ContactChange(before=other, after=taken(other, NOW_MS)),
    ]

    assert stores.contacts.move(steps) == {first.contact_id, other.contact_id}

    stands = stores.contacts.read("c1", first.contact_id)
    assert stands == replace(taken(first, NOW_MS), version=2)
    assert figures_of(stores, "c1").contacts == {"in_flight": 2}


def test_due_contacts_come_once_in_pages_of_what_has_come(stores: Stores) -> None:
    contacts = listed(stores, 60)
    later, urgent, flying = contacts[:3]
    steps = [
        (later, put_off(later, NOW_MS + 10**6)),
        (urgent, replace(urgent, urgent=True, due_at_ms=NOW_MS - 5)),
        (flying, taken(flying, NOW_MS + 10)),
    ]
    stores.contacts.move([ContactChange(before=a, after=b) for a, b in steps])

    seen: list[str] = []
    cursor = None
    while True:
        page = stores.contacts.due("c1", DueQueue.WAIT, NOW_MS, 16, cursor)
        due = [one.due_at_ms or 0 for one in page.contacts]
        assert due == sorted(due)
        assert len(due) <= 20
        seen += [one.contact_id for one in page.contacts]
        cursor = page.cursor
        if cursor is None:
            break

    assert sorted(seen) == sorted(one.contact_id for one in contacts[3:])
    for queue, expected, at_ms in (
        (DueQueue.URGENT, urgent, NOW_MS),
        (DueQueue.CHECK, flying, NOW_MS + 10),
        (DueQueue.WAIT, later, NOW_MS + 10**6),
    ):
        found = stores.contacts.due("c1", queue, at_ms, 100).contacts
        assert expected.contact_id in {one.contact_id for one in found}
    assert not stores.contacts.due("c1", DueQueue.CHECK, NOW_MS + 9, 10).contacts
    assert not stores.contacts.due("c2", DueQueue.WAIT, NOW_MS, 10).contacts


def test_the_earliest_due_is_of_any_kind(stores: Stores) -> None:
    assert stores.contacts.earliest_due("c1") is None
    first, second = listed(stores, 2)
    steps = [
        ContactChange(before=first, after=put_off(first, NOW_MS + 900)),
        ContactChange(before=second, after=taken(second, NOW_MS + 800)),
    ]
    stores.contacts.move(steps)

    assert stores.contacts.earliest_due("c1") == NOW_MS + 800


def test_all_contacts_come_in_pages_and_nothing_else_of_the_campaign(stores: Stores) -> None:
    contacts = listed(stores, 25)
    listed(stores, 3, "c2")

    seen: list[CampaignContact] = []
    cursor = None
    while True:
        page = stores.contacts.page("c1", 10, cursor)
        seen += page.contacts
        cursor = page.cursor
        if cursor is None:
            break

    assert seen == sorted(contacts, key=lambda one: one.contact_id)
    with pytest.raises(BadCursorError):
        stores.contacts.page("c1", 10, "nonsense")


@pytest.mark.emulator
def test_contacts_that_are_finished_at_once_are_all_counted(account: Account) -> None:
    stores = real_stores(account)
    contacts = listed(stores, 24)
    gate = threading.Barrier(6)

    def finish(part: list[CampaignContact]) -> None:
        gate.wait()
        for one in part:
            done = replace(one, state=ContactState.DONE, reason="busy", due_at_ms=None)
            tally = Tally(NOW_MS, 1, 0)
            assert stores.contacts.move([ContactChange(before=one, after=done, tally=tally)])

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(finish, [contacts[at::6] for at in range(6)]))

    head = stores.campaigns.head("c1", NOW_MS)
    assert head is not None
    assert head.figures.contacts == {"done:busy": 24}
    assert list(head.tallies) == [Tally(NOW_MS, 24, 0)]


@pytest.mark.emulator
def test_only_what_is_finished_expires(account: Account) -> None:
    stores = real_stores(account)
    waiting, done = listed(stores, 2)
    ended = replace(done, state=ContactState.DONE, reason="busy", due_at_ms=None)
    stores.contacts.move([ContactChange(before=done, after=ended)])
    client = account.client("dynamodb")

    def item(contact_id: str) -> dict[str, object]:
        key = {"pk": {"S": "CAMPAIGN#c1"}, "sk": {"S": f"CONTACT#{contact_id}"}}
        found = client.get_item(TableName=account.contacts_table, Key=key, ConsistentRead=True)
        return dict(found["Item"])

    assert "expires_at" not in item(waiting.contact_id)
    kept = item(done.contact_id)
    assert kept["expires_at"] == {"N": str(NOW_MS // 1000 + 30 * 86_400)}
    assert "due_shard" not in kept


@pytest.mark.emulator
def test_what_this_release_cannot_read_is_passed_over_and_counted(account: Account) -> None:
    stores = real_stores(account)
    contacts = listed(stores, 5)
    cannot_be_read(account, contacts[0])

    page = stores.contacts.due("c1", DueQueue.WAIT, NOW_MS, 10)

    assert {one.contact_id for one in page.contacts} == {one.contact_id for one in contacts[1:]}
    assert page.unreadable == 1
    assert stores.contacts.earliest_due("c1") is not None


@pytest.mark.emulator
@pytest.mark.parametrize("limit", [2, 3, 10])
def test_a_page_names_those_it_cannot_read_and_goes_on(account: Account, limit: int) -> None:
    stores = real_stores(account)
    contacts = sorted(listed(stores, 6), key=lambda one: one.contact_id)
    bad = [contacts[1], contacts[2]]  # the last of a page among them
    for one in bad:
        cannot_be_read(account, one)

    seen: list[str] = []
    unreadable: list[str] = []
    cursor = None
    while True:
        page = stores.contacts.page("c1", limit, cursor)
        seen += [one.contact_id for one in page.contacts]
        unreadable += page.unreadable
        cursor = page.cursor
        if cursor is None:
            break

    assert seen == [one.contact_id for one in contacts if one not in bad]
    assert unreadable == [one.contact_id for one in bad]


def cannot_be_read(account: Account, contact: CampaignContact) -> None:
    """The contact was written by a later release."""
    client, table = account.client("dynamodb"), account.contacts_table
    key = {"pk": {"S": "CAMPAIGN#c1"}, "sk": {"S": f"CONTACT#{contact.contact_id}"}}
    said = client.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"]["said"]["S"]
    client.update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET said = :said",
        ExpressionAttributeValues={":said": {"S": said.replace('"waiting"', '"of a later day"')}},
    )


@pytest.mark.emulator
def test_of_many_people_only_the_one_who_cannot_be_read_is_left_out(account: Account) -> None:
    stores = real_stores(account)
    numbers = [f"+1212200{place:04d}" for place in range(5)]
    client, table = account.client("dynamodb"), account.dialing_table
    key = {"pk": {"S": f"CUSTOMER#{numbers[2]}"}, "sk": {"S": "CUSTOMER"}}
    client.put_item(TableName=table, Item=key | {"version": {"N": "9"}, "said": {"S": "{}"}})

    assert set(stores.people.read_many(numbers)) == {*numbers} - {numbers[2]}
