"""Every field that can hold what a person said or is has a canary; once forgotten none is left."""

from __future__ import annotations

import gzip
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.dynamodb import keys
from contact_center.campaigns.adapters.campaign_items import contact_item
from contact_center.campaigns.domain.contacts import (
    CampaignContact,
    ContactDetails,
    ContactState,
    contact_id,
)
from contact_center.conversations.adapters.call_items import decision_item, record_item
from contact_center.conversations.adapters.fact_items import fact_item
from contact_center.conversations.adapters.look_up_items import look_up_write
from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.deciding.routing import Decision
from contact_center.conversations.domain.facts import FACT_KINDS, CallSeen, StatusChanged
from contact_center.conversations.services.ports.calls import CallGlance
from contact_center.dialing.adapters.attempt_items import attempt_item
from contact_center.dialing.adapters.customer_items import customer_item
from contact_center.dialing.domain.dial_attempts import AttemptState, DialAttempt
from contact_center.dialing.domain.dial_circumstances import Customer
from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id
from contact_center.kernel.system_clock import SystemClock
from contact_center.people.adapters.offer_items import offer_item
from contact_center.people.domain.offers import Offer
from contact_center.permission.adapters.permission_items import permission_item
from contact_center.permission.domain.consent import Consent
from contact_center.permission.domain.permission import Permission
from contact_center.queue.adapters.queue_items import entry_item, kept_item, kept_key
from contact_center.queue.domain.waiting import EntryState, LeftBecause, QueueEntry, WaitsFor
from contact_center.records.adapters.built_in_receiver import BuiltInReceiver
from contact_center.records.adapters.crm_cards_lean import card_item
from contact_center.records.adapters.effect_items import dead_item
from contact_center.records.adapters.effect_writes import effect_writes
from contact_center.records.domain.crm_cards import CrmCard
from contact_center.records.domain.effects import Effect, EffectKind
from contact_center.visits.adapters.visit_items import visit_item
from contact_center.visits.domain.visit_parts import Post
from contact_center.visits.domain.visits import Visit
from tests.functional.forgetting.canaries import CANARY, everywhere, filled, without_canary
from tests.functional.forgetting.forget_rig import HIS, Forgetful, simulators
from tests.functional.forgetting.planted_person import CAMPAIGN, plant_one, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

CALL, VISIT = "call-of-his", "v-CA00000000000000000000000000000009"
AT_MS, EXPIRES_S = 1_787_266_800_000, 2**31
OF_HIM = (CANARY, HIS, HIS[2:], HIS[1:])

# Attributes that can hold no words of a person: what they are made of is ours, or an id.
NO_WORDS = {
    *("pk", "sk", "version", "kind", "state", "stage", "customer", "call_id", "effect_id"),
    *("receiver", "whose", "effects", "line", "run", "status", "day", "due_shard", "open"),
    *("suppressed_at", "attempt_id", "disposition", "needs", "visit_id"),
}


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forgetful]:
    vapi, twilio, hubspot = simulators()
    with vapi, twilio, hubspot, Forgetful(account, monkeypatch, vapi, twilio, hubspot) as made:
        yield made


def of_calls(rig: Forgetful) -> list[dict[str, Any]]:
    """His calls, what is to be told of him, his story, card and visit."""
    facts = [filled(kind, call_id=CALL, at_ms=AT_MS) for kind in FACT_KINDS.values()]
    over = StatusChanged(call_id=CALL, at_ms=AT_MS, key="over", status="ended")
    seen = filled(CallSeen, call_id=CALL, at_ms=AT_MS, key="seen", customer_number=HIS)
    record = replace(merge_all(CALL, [*facts, over]), registers={})
    record = merge_all(CALL, [*facts, over, replace(seen, at_ms=AT_MS + 1)])
    doors = [fact_item(fact, EXPIRES_S) for fact in facts]
    items = [
        *doors,
        *(one | {"sk": {"S": keys.left(one["sk"]["S"])}} for one in doors),
        *(one | {"sk": {"S": keys.tool(one["sk"]["S"])}} for one in doors),
        *(one | {"sk": {"S": keys.asked(one["sk"]["S"])}} for one in doors),
        record_item(record, filled(CallGlance), 1, EXPIRES_S),
        decision_item(filled(Decision, call_id=CALL), EXPIRES_S),
        *(one["Put"]["Item"] for one in look_up_write("", CALL, None, AT_MS, EXPIRES_S)),
    ]
    effects = [
        filled(
            Effect,
            effect_id=f"e-{number}",
            customer=HIS,
            kind=kind,
            receiver="hubspot",
            caused_at_ms=AT_MS,
            call_id=CALL,
        )
        for number, kind in enumerate(EffectKind)
    ]
    client, table = rig.account.client("dynamodb"), rig.account.calls_table
    writes = effect_writes(table, effects, AT_MS)
    client.transact_write_items(TransactItems=[one.request for one in writes])
    built_in = BuiltInReceiver(client, table, SystemClock(), 90)
    for effect in effects:
        built_in.deliver(effect)
    posts = {f"v-{VISIT}.1": filled(Post, call_id="another-call-of-his")}
    visit = filled(Visit, visit_id=VISIT, caller=HIS, began_ms=AT_MS, ended_ms=AT_MS, posts=posts)
    return [
        *items,
        *(dead_item(one, CANARY, AT_MS, 90) for one in effects[:1]),
        card_item(HIS, filled(CrmCard, read_at_ms=AT_MS), EXPIRES_S),
        visit_item(visit, 1, EXPIRES_S),
    ]


def of_dialing() -> list[dict[str, Any]]:
    """Whom we rang, where he waited, who was asked about him."""
    request = filled(
        DialRequest,
        attempt_id=attempt_id("trigger", HIS),
        number=HIS,
        prefix="+1415",
        created_at_ms=AT_MS,
    )
    attempt = filled(
        DialAttempt,
        request=request,
        state=AttemptState.SETTLED,
        reported=True,
        due_at_ms=None,
        line=False,
        call_id="call-of-ours",
    )
    entry = filled(
        QueueEntry,
        visit_id=VISIT,
        department="support",
        waits_for=WaitsFor.LINE,
        number=HIS,
        state=EntryState.LEFT,
        because=LeftBecause.NOT_REACHED,
        due_at_ms=None,
        version=1,
    )
    failed = kept_key(entry)
    assert failed is not None
    return [
        attempt_item(attempt, EXPIRES_S),
        customer_item(filled(Customer, number=HIS), AT_MS // 1_000),
        entry_item(entry, AT_MS),
        kept_item(entry, failed, AT_MS // 1_000),
        offer_item(filled(Offer, offer_id="o-9", visit_id=VISIT), None),
    ]


def of_contacts() -> list[dict[str, Any]]:
    """Him in a campaign, and what he permits."""
    agreed = filled(Consent, kind="express")
    contact = filled(
        CampaignContact,
        campaign_id=CAMPAIGN,
        contact_id=contact_id(CAMPAIGN, HIS),
        details=filled(ContactDetails, number=HIS, prefix="+1415", consent=agreed),
        state=ContactState.WAITING,
        reason="",  # a word of ours, by which it is counted
        outcomes=(),
        version=1,
    )
    return [
        contact_item(contact, 0),
        permission_item(HIS, filled(Permission, version=1, consents=(agreed,))),
    ]


def test_no_canary_is_left_of_any_field(rig: Forgetful, capfd: pytest.CaptureFixture[str]) -> None:
    plant_one(rig, "+14155550198", "Bystander", "another-call")
    account = rig.account
    planted = {
        account.calls_table: of_calls(rig),
        account.dialing_table: of_dialing(),
        account.contacts_table: of_contacts(),
    }
    for table, items in planted.items():
        put(rig, table, *items)
    for key, body in (
        (f"reports/raw/{CALL}/body.json", CANARY.encode()),
        (f"reports/raw/{CALL}/body.json.gz", gzip.compress(CANARY.encode())),
        (f"recordings/{CALL}", CANARY.encode()),
    ):
        account.client("s3").put_object(Bucket=account.reports_bucket, Key=key, Body=body)
    client = account.client("dynamodb")
    tables = {name: name for name in planted}
    bare = {
        (table.rpartition("-")[2], str(item["sk"]["S"]).partition("#")[0], name)
        for table, item in everywhere(client, tables)
        if table in tables and (CANARY in repr(item) or HIS in repr(item))
        for name in without_canary(item) - NO_WORDS
    }
    assert not bare, " ".join(sorted(".".join(one) for one in bare))
    assert left_of_him(rig) != []
    capfd.readouterr()

    forget_id = rig.forget()
    rig.drain()
    rig.work(rig.start())

    open_ones = {
        name: why for name, (state, why) in rig.states(forget_id).items() if state == "open"
    }
    assert not open_ones, str(open_ones)
    left = left_of_him(rig)
    assert left == [], str(left)
    logged = "".join(capfd.readouterr())
    assert not any(one in logged for one in OF_HIM)


def left_of_him(rig: Forgetful) -> list[str]:
    """Where a canary or his number is: items with keys and indexes, objects, queues, simulators."""
    account = rig.account
    names = (account.calls_table, account.dialing_table, account.contacts_table)
    tables = {name: name for name in names}
    found = [
        f"{table}: {item['pk']['S'].partition('#')[0]} {item['sk']['S'].partition('#')[0]}"
        for table, item in everywhere(account.client("dynamodb"), tables)
        if any(one in repr(item) for one in OF_HIM)
    ]
    s3, bucket = account.client("s3"), account.reports_bucket
    for one in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        body = s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
        plain = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
        said = one["Key"] + plain.decode("latin-1")
        found += [f"bucket: {one['Key']}" for word in OF_HIM if word in said]
    for url in (
        *(account.call_events_queue, account.effects_queue, account.list_jobs_queue),
        *(account.dial_jobs_queue, account.reception_jobs_queue),
    ):
        told = account.client("sqs").receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        bodies = repr(told.get("Messages", ()))
        found += [f"queue: {word}" for word in OF_HIM if word in bodies]
    return sorted(set(found))
