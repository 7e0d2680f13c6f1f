"""Who is forgotten while a call is planned, a place is kept, or a CRM wants to be left alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from contact_center.aws.dynamodb import keys
from contact_center.campaigns.adapters.campaign_items import campaign_item, contact_item
from contact_center.campaigns.domain.campaign_wishes import CampaignWish
from contact_center.campaigns.domain.campaigns import Campaign, CampaignState
from contact_center.campaigns.domain.contacts import ContactDetails, new_contact
from contact_center.dialing.adapters.attempt_items import attempt_item, attempt_key, attempt_of
from contact_center.dialing.adapters.customer_items import customer_item
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import DialAttempt
from contact_center.dialing.domain.dial_circumstances import Customer
from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id
from contact_center.forgetting.adapters.erase_dialing import HERE, RINGS, WAITS
from contact_center.forgetting.domain.stores import Store
from contact_center.forgetting.services.forget_ports import Person
from contact_center.kernel.time_left import always
from contact_center.lists.adapters.dynamodb_imports import DynamoDBImports
from contact_center.lists.services.import_ports import ImportJob, ImportState
from contact_center.people.adapters.dynamodb_offers import DynamoDBOfferBook
from contact_center.people.adapters.offer_items import offer_item
from contact_center.people.domain.offers import Offer, OfferOutcome
from contact_center.queue.adapters.queue_items import (
    entry_item,
    entry_key,
    entry_of,
    kept_item,
    kept_key,
    place_item,
    place_item_key,
)
from contact_center.queue.domain.kept_places import KeptPlace
from contact_center.queue.domain.waiting import EntryState, LeftBecause, QueueEntry, WaitsFor
from contact_center.records.adapters.dynamodb_receivers import DynamoDBRequestBook
from contact_center.records.adapters.thread_lanes import SleepingThread
from contact_center.visits.adapters.visit_items import visit_item
from contact_center.visits.domain.visits import Visit
from tests.functional.dialing.dialing_rig import now_ms
from tests.functional.forgetting.forget_rig import HIS, Forgetful, simulators
from tests.functional.forgetting.planted_person import put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

VISIT, ATTEMPT = "v-CA1", attempt_id("trigger", HIS)


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forgetful]:
    vapi, twilio, hubspot = simulators()
    with vapi, twilio, hubspot, Forgetful(account, monkeypatch, vapi, twilio, hubspot) as made:
        yield made


def planned(at_ms: int) -> DialAttempt:
    request = DialRequest(
        attempt_id=ATTEMPT,
        number=HIS,
        prefix="+1415",
        purpose="marketing",
        assistant="sales",
        created_at_ms=at_ms,
        expires_at_ms=at_ms + 3_600_000,
    )
    return DialAttempt(request=request, due_at_ms=at_ms + 60_000, version=1)


def kept_for_him(at_ms: int) -> QueueEntry:
    return QueueEntry(
        visit_id=VISIT,
        department="support",
        waits_for=WaitsFor.LINE,
        leg="CA1",
        place_ms=at_ms,
        since_ms=at_ms,
        number=HIS,
        state=EntryState.KEPT,
        kept=KeptPlace(asked_at_ms=at_ms, by="1", from_ms=at_ms, ends_at_ms=at_ms + 3_600_000),
        version=1,
    )


def test_a_call_that_was_planned_is_called_off_and_a_place_that_is_kept_is_given_up(
    rig: Forgetful,
) -> None:
    at_ms, dialing = now_ms() - 60_000, rig.account.dialing_table
    entry = kept_for_him(at_ms)
    kept, place = kept_key(entry), place_item_key(entry)
    assert kept is not None
    assert place is not None
    put(
        rig,
        dialing,
        attempt_item(planned(at_ms), 2**31),
        entry_item(entry, at_ms // 1_000),
        kept_item(entry, kept, at_ms // 1_000),
        place_item(entry, place),
    )
    forget_id = rig.forget()
    rig.drain()
    rig.work(rig.start())

    client = rig.account.client("dynamodb")
    item = client.get_item(TableName=dialing, Key=attempt_key(ATTEMPT), ConsistentRead=True)
    assert attempt_of(item["Item"]).disposition is Disposition.CANCELLED
    assert rig.states(forget_id)["dialing"] == ("open", "a call is not over")  # until it was told
    item = client.get_item(TableName=dialing, Key=entry_key(VISIT), ConsistentRead=True)
    assert "Item" not in item or entry_of(item["Item"]).because is LeftBecause.CANCELLED


def test_a_place_that_came_to_nothing_is_forgotten_though_its_entry_has_expired_before(
    rig: Forgetful,
) -> None:
    at_ms, dialing = now_ms() - 60_000, rig.account.dialing_table
    failed = replace(kept_for_him(at_ms), state=EntryState.LEFT, because=LeftBecause.NOT_REACHED)
    key = kept_key(failed)
    assert key is not None
    put(rig, dialing, kept_item(failed, key, at_ms // 1_000))  # DynamoDB expires it days later
    rig.forget()
    rig.drain()
    rig.work(rig.start())

    found = rig.account.client("dynamodb").get_item(TableName=dialing, Key=key, ConsistentRead=True)
    assert "Item" not in found


def test_what_nobody_can_read_waits_until_it_is_set_aside_and_leaves_no_place_in_line(
    rig: Forgetful,
) -> None:
    at_ms, dialing = now_ms() - 60_000, rig.account.dialing_table
    entry = replace(kept_for_him(at_ms), due_at_ms=at_ms + 3_600_000)
    client = rig.account.client("dynamodb")
    kept, place = kept_key(entry), place_item_key(entry)
    assert kept is not None
    assert place is not None
    later = {"version": {"N": "99"}}
    listed = [
        attempt_item(planned(at_ms), 2**31) | later,
        entry_item(entry, at_ms // 1_000) | later,
    ]
    put(rig, dialing, *listed, kept_item(entry, kept, at_ms // 1_000), place_item(entry, place))
    eraser = rig.parts(rig.start()).erasers[Store.DIALING]()
    person = Person(number=HIS, until_ms=2**50, civil_until_ms=2**50)
    assert eraser.erase(person, always).later == RINGS
    put(rig, dialing, listed[0] | {"open": {"S": keys.DOUBTS}})
    assert eraser.erase(person, always).later == WAITS
    put(rig, dialing, {name: said for name, said in listed[1].items() if name != "open"})
    assert eraser.erase(person, always).later is None
    assert rig.left() == []
    there = client.get_item(TableName=dialing, Key=place, ConsistentRead=True)
    assert "Item" not in there


def test_who_is_on_the_line_keeps_the_person_who_has_him_until_he_has_hung_up(
    rig: Forgetful,
) -> None:
    at_ms, account = now_ms() - 60_000, rig.account
    visit = Visit(visit_id=VISIT, caller=HIS, began_ms=at_ms)
    offer = Offer(
        offer_id=f"{VISIT}.1",
        visit_id=VISIT,
        person_id="ada",
        asked_at_ms=at_ms,
        ring_seconds=20,
        brief_seconds=20,
        ended=OfferOutcome.ANSWERED,
        version=1,
    )
    put(rig, account.calls_table, visit_item(visit, 1, 2**31))
    put(rig, account.dialing_table, offer_item(offer, at_ms))
    eraser = rig.parts(rig.start()).erasers[Store.DIALING]()
    person = Person(number=HIS, until_ms=2**50, civil_until_ms=2**50)
    book = DynamoDBOfferBook(account.lean("dynamodb"), account.dialing_table)
    assert eraser.erase(person, always).later == HERE
    assert book.read(VISIT, offer.offer_id) == offer
    put(rig, account.calls_table, visit_item(replace(visit, ended_ms=at_ms), 1, 2**31))
    assert eraser.erase(person, always).later is None
    assert book.of_visit(VISIT) == []


def test_who_has_come_back_since_keeps_his_place_his_lock_and_how_often_he_was_rung(
    rig: Forgetful,
) -> None:
    """As a forgetting looks again, days after he was forgotten."""
    at_ms, dialing = now_ms() - 60_000, rig.account.dialing_table
    entry = replace(kept_for_him(at_ms), due_at_ms=at_ms + 3_600_000)
    kept, place = kept_key(entry), place_item_key(entry)
    assert kept is not None
    assert place is not None
    put(rig, dialing, entry_item(entry, at_ms // 1_000), kept_item(entry, kept, at_ms // 1_000))
    put(rig, dialing, place_item(entry, place))
    eraser = rig.parts(rig.start()).erasers[Store.DIALING]()
    person = Person(number=HIS, until_ms=at_ms - 1, civil_until_ms=at_ms - 1)
    rung = Customer(number=HIS, rung=(("a.1", at_ms - 5), ("b.1", at_ms)), version=3)

    now_s, talk = at_ms // 1_000, (("visit:v-CA2", now_ms() + 60_000),)
    put(rig, dialing, attempt_item(planned(at_ms), 2**31))
    put(rig, dialing, customer_item(replace(rung, held_by=ATTEMPT), now_s))
    before = sorted(rig.left())
    assert eraser.erase(person, always).later == HERE
    put(rig, dialing, customer_item(replace(rung, talks=talk), now_s))
    assert eraser.erase(person, always).later == HERE
    put(rig, dialing, customer_item(replace(rung, held_by="an attempt that is gone"), now_s))
    assert eraser.erase(person, always).later is None
    assert sorted(rig.left()) == before

    later = Person(number=HIS, until_ms=at_ms, civil_until_ms=at_ms)  # forgotten once more
    assert eraser.erase(later, always).later == RINGS  # what was planned is told of first
    rig.account.client("dynamodb").delete_item(TableName=dialing, Key=attempt_key(ATTEMPT))
    assert eraser.erase(later, always).later is None
    assert rig.left() == []


def test_while_a_crm_wants_to_be_left_alone_he_is_not_erased_there(
    rig: Forgetful, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = DynamoDBRequestBook(rig.account.client("dynamodb"), rig.account.calls_table)
    book.hold("hubspot", "request", now_ms() + 10_000)
    book.hold("hubspot", "search", now_ms() + 10_000)
    monkeypatch.setattr(SleepingThread, "until", lambda *_: None)
    forget_id = rig.forget()
    rig.drain()
    rig.work(rig.start())

    state, why = rig.states(forget_id)["hubspot"]
    assert state == "open", why


@pytest.mark.parametrize(("handed_in_after_ms", "stays"), [(-1, False), (1, True)])
def test_whoever_is_on_a_list_that_was_handed_in_before_goes_however_late_it_is_read(
    rig: Forgetful,
    handed_in_after_ms: int,
    stays: bool,  # noqa: FBT001
) -> None:
    asked_ms = now_ms()
    handed_in_ms = asked_ms + handed_in_after_ms
    job = ImportJob(
        import_id="c-1.one",
        campaign_id="c-1",
        file_key="imports/c-1.one/list.csv",
        created_at_ms=handed_in_ms,
        state=ImportState.DONE,
    )
    details = ContactDetails(number=HIS, prefix="+1415", import_id=job.import_id, row=2)
    contact = new_contact("c-1", details, handed_in_ms, asked_ms + 60_000)
    campaign = Campaign(
        campaign_id="c-1",
        wish=CampaignWish(name="Offer", purpose="marketing", assistant="sales"),
        state=CampaignState.RUNNING,
        created_at_ms=asked_ms,
        version=1,
    )
    table = rig.account.contacts_table
    put(rig, table, campaign_item(campaign), contact_item(replace(contact, version=1), 0))
    assert DynamoDBImports(rig.account.client("dynamodb"), table).create(job)
    eraser = rig.parts(rig.start()).erasers[Store.CONTACTS]()

    eraser.erase(Person(number=HIS, until_ms=asked_ms, civil_until_ms=asked_ms), always)

    there = any(place.startswith("contacts: CAMPAIGN CONTACT") for place in rig.left())
    assert there is stays
