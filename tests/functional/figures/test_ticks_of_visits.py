"""A caller's visit and a call that went out, counted by the tick from what they left."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from contact_center.conversations.services import record_facts
from contact_center.figures.adapters.dynamodb_counts import DynamoDBRollUps
from contact_center.figures.adapters.dynamodb_dials import DynamoDBDials
from contact_center.people.adapters.offer_items import offer_item
from contact_center.people.domain.offers import Offer, OfferOutcome
from contact_center.visits.adapters.visit_items import visit_item
from contact_center.visits.domain.visit_parts import Outcome
from contact_center.visits.domain.visits import Visit
from tests.fakes.control_server import ControlServer
from tests.functional.conversations.routing_rig import AT_MS, start_router
from tests.functional.dialing.dialing_rig import DialingRig, tick, without_vapi

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

CALLER, VISIT = "+14155550123", "v-CA1"
DAY = datetime.fromtimestamp(AT_MS / 1000, UTC).date().isoformat()


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[DialingRig]:
    with without_vapi(account, monkeypatch) as made:
        yield made


def put(rig: DialingRig, offer: Offer) -> None:
    """A visit that is over, and who was asked about its caller."""
    visit = Visit(
        visit_id=VISIT,
        caller=CALLER,
        department="support",
        began_ms=AT_MS,
        ended_ms=AT_MS + 60_000,
        endings={Outcome.TRANSFERRED.value: "answered"},
    )
    client = rig.account.client("dynamodb")
    client.put_item(TableName=rig.account.calls_table, Item=visit_item(visit, 1, 2**31))
    client.put_item(TableName=rig.account.dialing_table, Item=offer_item(offer, None))


def offer(ended: OfferOutcome | None) -> Offer:
    return Offer(
        offer_id="o-1",
        visit_id=VISIT,
        person_id="ada",
        asked_at_ms=AT_MS,
        ring_seconds=20,
        brief_seconds=20,
        ended=ended,
    )


def test_a_visit_is_counted_once_with_who_was_asked_about_its_caller(rig: DialingRig) -> None:
    roll_ups = DynamoDBRollUps(rig.account.client("dynamodb"), rig.account.calls_table)
    put(rig, offer(None))
    reconciler = rig.start("reconciler")
    tick(reconciler)
    assert roll_ups.days(DAY, DAY) == []  # somebody is being asked: it is put off

    put(rig, offer(OfferOutcome.ANSWERED))
    for _ in range(2):
        tick(reconciler)
    counts = [one.counts for one in roll_ups.days(DAY, DAY)]
    assert sum(one.get("contacts", 0) for one in counts) == 1


def test_when_most_dials_began_at_once_is_noted_with_a_call_that_went_out(
    rig: DialingRig, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_facts, "COUNTED_AFTER_MS", 0)
    reconciler = rig.start("reconciler")
    with ControlServer() as control:
        router = start_router(account, control, monkeypatch)
        for status in ("in-progress", "ended"):
            told = router.message("status-update", status=status)
            told["message"]["call"] |= {"type": "outboundPhoneCall", "customer": {"number": CALLER}}
            assert router.deliver(told) == []
        router.close()
    tick(reconciler)

    worst = DynamoDBDials(account.client("dynamodb"), account.calls_table).worst(DAY, DAY)
    assert [(one.account, one.prefix) for one in worst.values()] == [(1, 1)]
