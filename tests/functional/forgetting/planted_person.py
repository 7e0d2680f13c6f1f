"""A person in every store there is, and somebody else beside him."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.campaigns.adapters.campaign_items import campaign_item, contact_item
from contact_center.campaigns.domain.campaign_wishes import CampaignWish
from contact_center.campaigns.domain.campaigns import Campaign, CampaignState
from contact_center.campaigns.domain.contacts import ContactDetails, contact_id, new_contact
from contact_center.dialing.adapters.attempt_items import attempt_item
from contact_center.dialing.adapters.customer_items import customer_item
from contact_center.dialing.domain.dial_attempts import AttemptState, DialAttempt
from contact_center.dialing.domain.dial_circumstances import Customer
from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id
from contact_center.figures.adapters.dynamodb_counts import (
    DynamoDBCountAudit,
    DynamoDBCountBook,
    DynamoDBRollUps,
)
from contact_center.figures.adapters.dynamodb_dials import DynamoDBDials
from contact_center.figures.services.count_due import CountParts, count_due
from contact_center.figures.services.recount import Recounted, RecountParts, recount
from contact_center.kernel.system_clock import SystemClock
from contact_center.kernel.time_left import always
from contact_center.people.adapters.offer_items import offer_item
from contact_center.people.domain.offers import Offer
from contact_center.permission.adapters.permission_items import permission_item
from contact_center.permission.domain.consent import Consent
from contact_center.permission.domain.permission import Permission
from contact_center.queue.adapters.queue_items import entry_item, kept_item, kept_key
from contact_center.queue.domain.kept_places import KeptPlace
from contact_center.queue.domain.waiting import EntryState, LeftBecause, QueueEntry, WaitsFor
from contact_center.records.adapters.dynamodb_crm_cards import DynamoDBCrmCards
from contact_center.records.adapters.effect_items import dead_item
from contact_center.records.adapters.effect_writes import effect_writes
from contact_center.records.domain.crm_cards import CrmCard
from contact_center.records.domain.effects import Effect, EffectKind
from contact_center.visits.adapters.visit_items import visit_item
from contact_center.visits.domain.visits import Visit
from local.twilio.telephones.legs import Leg, Subscription
from local.twilio.twiml.record import Recording, Transcription
from local.vapi.calls.call import Call
from tests.fakes.clock import FakeClock
from tests.fakes.control_server import ControlServer
from tests.fakes.counted_metrics import CountedMetrics
from tests.functional.conversations.routing_rig import AT_MS, CALL_ID, start_router
from tests.functional.dialing.dialing_rig import now_ms
from tests.functional.forgetting.forget_rig import HIS, OF_ANOTHER, OURS, THEIRS, Forgetful
from tests.vapi_scene import caller

if TYPE_CHECKING:
    from local.twilio.simulator import TwilioSimulator

type Json = dict[str, Any]

CAMPAIGN = "c-1"
A_CAMPAIGN = Campaign(
    campaign_id=CAMPAIGN,
    wish=CampaignWish(name="Offer", purpose="marketing", assistant="sales"),
    state=CampaignState.RUNNING,
    created_at_ms=AT_MS,
    version=1,
)
LONG_AGO = datetime(2026, 8, 20, tzinfo=UTC)
HELD = "d-held"  # an effect that was given up


def plant(rig: Forgetful) -> None:
    """Him in every store, and somebody else beside him."""
    plant_one(rig, HIS, "Canary", CALL_ID)
    plant_one(rig, THEIRS, OF_ANOTHER, "another-call")
    _files(rig)


def plant_one(rig: Forgetful, number: str, name: str, call_id: str) -> None:
    """A person, with that call."""
    talk(rig, number, name, call_id)
    claim = {"pk": {"S": keys.call(call_id)}, "sk": {"S": keys.claim("meeting")}}
    put(rig, rig.account.calls_table, claim | {"said": {"S": name}})
    _contact(rig, number, name)
    _dialled(rig, number, name)
    _effects(rig, number, name)
    _visited(rig, number, name)
    _at_providers(rig, number, name, call_id)
    s3, bucket = rig.account.client("s3"), rig.account.reports_bucket
    for key in (f"reports/raw/{call_id}/body.json", f"recordings/{call_id}"):
        s3.put_object(Bucket=bucket, Key=key, Body=name.encode())


def plant_the_rest(rig: Forgetful) -> None:
    """Of each kind of item that may hold him and that nothing above has made, one of his."""
    said = {"said": {"S": "Canary"}}
    for sort in (
        *(keys.tool("t"), keys.asked("a"), keys.left("l"), keys.read_back("r"), keys.FOLDED),
        *(keys.OFFERED, keys.decision(1), keys.LOOK_UPS),
    ):
        item = {"pk": {"S": keys.call(CALL_ID)}, "sk": {"S": sort}}
        put(rig, rig.account.calls_table, item | said)
    tries = {"pk": {"S": keys.pin_tries(HIS)}, "sk": {"S": keys.PIN_TRIES}}
    place = {"pk": {"S": keys.KEPT}, "sk": {"S": keys.kept_number(HIS)}}
    put(rig, rig.account.dialing_table, tries, place)


def count(rig: Forgetful) -> int:
    """What a tick counts some minutes later: calls and visits that are over."""
    client, table, clock = (
        rig.account.client("dynamodb"),
        rig.account.calls_table,
        FakeClock(now_ms() + 600_000),
    )
    book = DynamoDBCountBook(client, table, clock, 90)
    parts = CountParts(
        book=book,
        dials=DynamoDBDials(client, table),
        offers_of=lambda _: (),
        clock=clock,
        metrics=CountedMetrics(),
    )
    return count_due(parts, always)


def added_up_again(rig: Forgetful) -> Recounted:
    """The figures of those days, added up from what the table holds."""
    client, table, clock = rig.account.client("dynamodb"), rig.account.calls_table, SystemClock()
    parts = RecountParts(
        audit=DynamoDBCountAudit(client, table, clock, 90),
        roll_ups=DynamoDBRollUps(client, table),
        dials=DynamoDBDials(client, table),
        offers_of=lambda _: (),
        clock=clock,
    )
    return recount(date(2026, 8, 19), date(2026, 8, 22), parts, mend=False)


def talk(rig: Forgetful, number: str, name: str, call_id: str) -> None:
    """A call as the router records it, its report archived, what must happen elsewhere noted."""
    with ControlServer() as vapi:
        router = start_router(
            rig.account, vapi, rig.monkeypatch, EFFECT_RECEIVERS="built_in,hubspot,webhook"
        )

        def message(kind: str, after_ms: int, **said: Any) -> Json:
            made = router.message(kind, after_ms, call_id, **said)
            made["message"]["call"]["customer"] = {"number": number, "name": name}
            return made

        words = {"role": "user", "transcriptType": "final"}
        said = {"summary": f"{name} wants a refund", "achieved": "nothing"}
        artifact = {
            "messages": [{"role": "user", "message": f"My name is {name}", "time": AT_MS}],
            "transcript": f"User: My name is {name}",
            "structuredOutputs": {"1": {"name": "call_outcome", "result": said}},
        }
        about = {"name": "takeMessage", "arguments": {"about": f"{name}", "contact": f"{name}"}}
        call = {"id": "t1", "type": "function", "function": about}
        left = router.deliver(
            message("status-update", 0, status="in-progress"),
            message("transcript", 100, transcript=f"My name is {name}", **words),
            message("tool-calls", 200, toolCallList=[call]),
            message("status-update", 900, status="ended", endedReason="customer-ended-call"),
            message(
                "end-of-call-report", 999, endedReason="customer-ended-call", artifact=artifact
            ),
        )
        assert left == []
        router.close()


def put(rig: Forgetful, table: str, *items: Json) -> None:
    for item in items:
        rig.account.client("dynamodb").put_item(TableName=table, Item=item)


def _contact(rig: Forgetful, number: str, name: str) -> None:
    table = rig.account.contacts_table
    details = ContactDetails(
        number=number, prefix="+1415", name=name, variables={"mail": f"{name}@example.com"}
    )
    contact = new_contact(CAMPAIGN, details, AT_MS, 0)
    agreed = Consent(kind="express", at=datetime(2026, 1, 1, tzinfo=UTC), source=f"{name} said so")
    put(
        rig,
        table,
        campaign_item(A_CAMPAIGN),
        contact_item(replace(contact, version=1), 0),
        permission_item(number, Permission(version=1, consents=(agreed,))),
    )
    count = {"pk": {"S": keys.campaign(CAMPAIGN)}, "sk": {"S": keys.count(0)}}
    put(rig, table, count | {"contacts:waiting": {"N": "2"}})


def wished_for(number: str, name: str | None = None) -> DialRequest:
    """A single call to somebody, as it was wished for by a trigger."""
    return DialRequest(
        attempt_id=attempt_id("trigger", number),
        number=number,
        prefix="+1415",
        purpose="marketing",
        assistant="sales",
        created_at_ms=AT_MS,
        expires_at_ms=AT_MS,
        customer_id=name,
    )


def _dialled(rig: Forgetful, number: str, name: str) -> None:
    request = wished_for(number, name)
    settled = DialAttempt(request=request, state=AttemptState.SETTLED, reported=True)
    long_ago_ms = AT_MS - 60 * 86_400_000  # by the civil clock, which stands in July
    rung = Customer(number=number, rung=((name, long_ago_ms),))
    put(
        rig,
        rig.account.dialing_table,
        attempt_item(settled, 2**31),
        customer_item(rung, AT_MS // 1_000),
    )


def _effects(rig: Forgetful, number: str, name: str) -> None:
    """One that was given up, and one that waits."""
    waits = Effect(
        effect_id=f"e-{name}",
        customer=number,
        number=0,
        kind=EffectKind.LEAD,
        receiver="hubspot",
        told={"said": name, "last_name": name},
        caused_at_ms=AT_MS,
    )
    dead = replace(waits, effect_id=f"{HELD}-{name}")
    table = rig.account.calls_table
    writes = effect_writes(table, [waits, dead], AT_MS)
    rig.account.client("dynamodb").transact_write_items(
        TransactItems=[one.request for one in writes]
    )
    put(rig, table, dead_item(dead, "validation", AT_MS, 90))
    customer = {"pk": {"S": keys.customers(number)}, "name": {"S": name}}
    for sort in (f"STORY#{AT_MS}#{name}", "KNOWN#hubspot"):
        put(rig, table, {**customer, "sk": {"S": sort}})
    DynamoDBCrmCards(rig.account.client("dynamodb"), table, 90).put(
        number, CrmCard(read_at_ms=now_ms(), name=name, language="de")
    )


def _visited(rig: Forgetful, number: str, name: str) -> None:
    """He waited and was called back in vain, and a person was asked about him."""
    dialing, calls = rig.account.dialing_table, rig.account.calls_table
    visit_id = f"v-CA{len(name):032d}"  # which says nothing of him
    visit = Visit(visit_id=visit_id, caller=number, began_ms=AT_MS, ended_ms=AT_MS)
    place = KeptPlace(asked_at_ms=AT_MS, by=name, from_ms=AT_MS, ends_at_ms=AT_MS)
    entry = QueueEntry(
        visit_id=visit_id,
        department="support",
        waits_for=WaitsFor.LINE,
        leg="CA1",
        place_ms=AT_MS,
        since_ms=AT_MS,
        number=number,
        state=EntryState.LEFT,
        because=LeftBecause.NOT_REACHED,
        kept=place,
        version=1,
    )
    failed = kept_key(entry)
    assert failed is not None
    put(rig, calls, visit_item(visit, 1, 2**31))
    put(rig, dialing, entry_item(entry, AT_MS), kept_item(entry, failed, AT_MS // 1_000))
    offer = Offer(
        offer_id="o-1",
        visit_id=visit_id,
        person_id=name,
        asked_at_ms=AT_MS,
        ring_seconds=20,
        brief_seconds=20,
    )
    put(rig, dialing, offer_item(offer, None))


def _files(rig: Forgetful) -> None:
    s3, bucket = rig.account.client("s3"), rig.account.reports_bucket
    rows = (
        "phone,name,note\r\n"
        '(415) 555-0199,"Bystander","two\r\nlines"\r\n'
        '(415) 555-0123,"Jane Canary","a\r\nquoted, ""note"""\r\n'
        "+14155550177,Third,\r\n"
    )
    for key, body in {
        "imports/c-1.one/list.csv": rows.encode(),
        "imports/c-1.two/inline.csv": rows.encode("utf-16"),
        "imports/c-1.one/report.csv": b"line,field\r\n",
        "campaigns/c-1/exports/job.csv": rows.replace("(415) 555-", "+1415555").encode("utf-8-sig"),
    }.items():
        s3.put_object(Bucket=bucket, Key=key, Body=body)


def _at_providers(rig: Forgetful, number: str, name: str, call_id: str) -> None:
    call = Call(rig.vapi.account, caller(number=number))
    call.call_id = call.record.call_id = call_id
    call.status = "ended"
    call.record.heard("user", f"My name is {name}", AT_MS, AT_MS + 1)
    rig.vapi.calls[call_id] = call
    rig.twilio.do(lambda: end_leg(rig.twilio, number, name))
    for recording in rig.twilio.account.kept(Recording).values():
        sid, words = f"TR{recording.sid[2:]}", " ".join(recording.words)
        rig.twilio.account.kept(Transcription)[sid] = Transcription(sid, recording.sid, words)
    written = f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    contact = rig.hubspot.add("contacts", phone=written, lastname=name)
    told = rig.hubspot.add("calls", hs_call_title=name, hs_timestamp=str(AT_MS))
    records = rig.hubspot.portal.records
    records.link(records.get("contacts", contact), records.get("calls", told))


def end_leg(
    twilio: TwilioSimulator,
    number: str,
    words: str,
    *,
    direction: str = "inbound",
    goes_on: bool = False,
) -> None:
    """A call that is over, in which a message was left; or one that goes on."""
    account = twilio.account
    ours = account.numbers[OURS]
    from_, to = (number, OURS) if direction == "inbound" else (OURS, number)
    leg = Leg(
        account,
        direction=direction,
        from_=from_,
        to=to,
        number=ours,
        subscription=Subscription(url=""),
    )
    if goes_on:
        return
    leg.finish("completed")
    recording = Recording.__new__(Recording)
    recording.sid, recording.call_sid = f"RE{leg.sid[2:]}", leg.sid
    recording.words, recording.began_at = [words], None
    account.kept(Recording)[recording.sid] = recording


def late_message(rig: Forgetful) -> list[str]:
    """His report and a word once more, out of a dead letter; what of it comes back."""
    with ControlServer() as vapi:
        router = start_router(rig.account, vapi, rig.monkeypatch)
        artifact = {"messages": [{"role": "user", "message": "I am Canary", "time": AT_MS}]}
        report = router.message(
            "end-of-call-report", 999, endedReason="customer-ended-call", artifact=artifact
        )
        failed = router.deliver(report, router.says("My name is Canary", 5))
        router.close()
    return failed


def written_meanwhile(rig: Forgetful, report: str) -> None:
    """What somebody wrote who had read the call a moment before it was erased."""
    fact = {"pk": {"S": keys.call(CALL_ID)}, "sk": {"S": "FACT#late"}, "said": {"S": "Canary"}}
    put(rig, rig.account.calls_table, fact)
    s3, bucket = rig.account.client("s3"), rig.account.reports_bucket
    for key in (report, f"recordings/{CALL_ID}"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"Canary")


def contact_key(number: str) -> Json:
    name = contact_id(CAMPAIGN, number)
    return {"pk": {"S": keys.campaign(CAMPAIGN)}, "sk": {"S": keys.contact(name)}}
