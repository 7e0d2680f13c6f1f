"""A call that is over is told to HubSpot and to a webhook, as the simulators of both take it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.dynamodb import keys
from contact_center.configuration.compiled_config import ContactCenter
from contact_center.conversations.adapters.fact_items import fact_item
from contact_center.conversations.domain.facts import MeetingBooked
from contact_center.kernel.environment import SettingsError
from contact_center.records.domain.webhooks import Webhook
from local.crm.both import CrmSimulators
from local.crm.faults import Fault, Mishap
from local.settings import SIMULATED_HUBSPOT_TOKEN, SIMULATED_WEBHOOK_SECRET
from tests.fakes.control_server import ControlServer
from tests.functional.conversations.routing_rig import AT_MS, CALL_ID, start_router
from tests.functional.records.updater_rig import UpdaterRig, start_updater
from tests.log_lines import but_instants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

EVERYBODY = "built_in,hubspot,webhook"
CALLER = "+14155550123"


@pytest.fixture
def crm() -> Iterator[CrmSimulators]:
    simulators = CrmSimulators().start()
    yield simulators
    simulators.stop()


@pytest.fixture
def updater(
    account: Account, monkeypatch: pytest.MonkeyPatch, crm: CrmSimulators
) -> Iterator[UpdaterRig]:
    key, webhook = {"current": SIMULATED_HUBSPOT_TOKEN}, {"current": SIMULATED_WEBHOOK_SECRET}
    made = start_updater(
        account,
        monkeypatch,
        EFFECT_RECEIVERS=EVERYBODY,
        HUBSPOT_BASE_URL=crm.hubspot_url,
        HUBSPOT_SECRET_NAME=account.secret("hubspot", json.dumps(key)),
        WEBHOOK_URL=f"{crm.webhooks_url}/hooks/owner",
        WEBHOOK_SECRET_NAME=account.secret("webhook", json.dumps(webhook)),
        LOCAL_WEBHOOKS="true",
    )
    yield made
    made.close()


def book(account: Account, **details: str) -> None:
    """As the door writes it down with the slot."""
    meeting = MeetingBooked(
        call_id=CALL_ID,
        at_ms=AT_MS + 5_000,
        key="meeting",
        starts_at_ms=AT_MS + 86_400_000,
        ends_at_ms=AT_MS + 88_200_000,
        details=details,
    )
    item = fact_item(meeting, 2**31) | {"sk": {"S": keys.left(meeting.key)}}
    account.client("dynamodb").put_item(TableName=account.calls_table, Item=item)


def end_a_call(
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    receivers: str = EVERYBODY,
    call_id: str = CALL_ID,
    **answers: str,
) -> None:
    said = {"summary": "Wanted a refund, card 4111 1111 1111 1111.", "achieved": "nothing"}
    said |= answers
    artifact = {"structuredOutputs": {"1": {"name": "call_outcome", "result": said}}}
    with ControlServer() as vapi:
        router = start_router(
            account,
            vapi,
            monkeypatch,
            EFFECTS_QUEUE_URL=account.effects_queue,
            EFFECT_RECEIVERS=receivers,
        )
        assert router.deliver(router.says("I want a refund")) == []
        report = router.message(
            "end-of-call-report",
            9_000,
            call_id,
            endedReason="customer-ended-call",
            artifact=artifact,
        )
        assert router.deliver(report, report) == []
        router.close()


def events(crm: CrmSimulators) -> list[Any]:
    return list(crm.webhooks.events.values())


def budgets(account: Account) -> list[str]:
    found = account.client("dynamodb").query(
        TableName=account.calls_table,
        ConsistentRead=True,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :budget)",
        ExpressionAttributeValues={":pk": {"S": "RECEIVER#hubspot"}, ":budget": {"S": "BUDGET#"}},
    )
    return [one["sk"]["S"] for one in found["Items"]]


def test_everybody_is_told_once(
    account: Account, monkeypatch: pytest.MonkeyPatch, crm: CrmSimulators, updater: UpdaterRig
) -> None:
    end_a_call(account, monkeypatch)
    hints = updater.queued()
    assert updater.handle(*hints, *hints) == []
    assert updater.tick() == {"looked": 0}

    [contact] = crm.hubspot.records("contacts")
    [call] = crm.hubspot.records("calls")
    assert CALLER in contact.values.values()
    assert "Wanted a refund, card [card]." in str(call.values)
    assert "4111" not in but_instants(str(call.values))
    [event] = events(crm)
    assert event["type"] == "call.ended"
    assert event["data"]["customer"] == CALLER
    assert event["data"]["achieved"] == "nothing"
    assert event["data"]["body"] == "Wanted a refund, card [card]."
    assert budgets(account) == ["BUDGET#request", "BUDGET#search"]  # shared by all workers


def test_an_answer_that_got_lost_writes_no_second_record(
    account: Account, monkeypatch: pytest.MonkeyPatch, crm: CrmSimulators, updater: UpdaterRig
) -> None:
    crm.hubspot.faults.add(Fault(mishap=Mishap.LOST, method="POST", path="upsert"))
    end_a_call(account, monkeypatch)
    updater.handle(*updater.queued())
    updater.tick()

    assert len(crm.hubspot.records("calls")) == 1
    assert len(events(crm)) == 1


def test_a_contact_that_is_remembered_and_gone_is_forgotten_and_found_anew(
    account: Account, monkeypatch: pytest.MonkeyPatch, crm: CrmSimulators, updater: UpdaterRig
) -> None:
    remembered = {"pk": {"S": keys.customers(CALLER)}, "sk": {"S": keys.known_at("hubspot")}}
    account.client("dynamodb").put_item(
        TableName=account.calls_table, Item=remembered | {"contact_id": {"S": "4711"}}
    )
    end_a_call(account, monkeypatch)
    updater.handle(*updater.queued())
    updater.tick()

    [contact] = crm.hubspot.records("contacts")
    known = account.client("dynamodb").get_item(
        TableName=account.calls_table, Key=remembered, ConsistentRead=True
    )["Item"]
    assert known["contact_id"] == {"S": contact.record_id}


@pytest.mark.parametrize("lost", ["", "upsert", "associations"])
def test_a_meeting_with_somebody_who_is_interested_is_one_deal_of_his_contact(
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    crm: CrmSimulators,
    updater: UpdaterRig,
    lost: str,
) -> None:
    """By the rule as shipped, whatever answer of HubSpot's is lost on the way."""
    if lost:
        crm.hubspot.faults.add(Fault(mishap=Mishap.LOST, path=f"deals/batch/{lost}"))
        crm.hubspot.faults.add(Fault(mishap=Mishap.LOST, path=f"/{lost}"))
    book(account, name="Ada Byron", topic="twelve seats")
    end_a_call(account, monkeypatch, interest="high")
    for _ in range(4):
        updater.handle(*updater.queued())
        updater.tick()
        hurry(account)

    [deal] = crm.hubspot.records("deals")
    [contact] = crm.hubspot.records("contacts")
    [task] = crm.hubspot.records("tasks")
    assert deal.linked == task.linked == {("contacts", contact.record_id)}
    assert deal.values["dealname"] == "Meeting booked by telephone"
    assert deal.values["description"] == "Interest: high"
    assert (deal.values["pipeline"], deal.values["dealstage"]) == (
        "default",
        "appointmentscheduled",
    )
    assert "Ada" in str(task.values)
    assert "Ada" not in str(deal.values)
    told = sorted(one["type"] for one in events(crm))
    assert told == ["call.ended", "deal.expected", "meeting.booked", "person.needed"]


def hurry(account: Account) -> None:
    """What has to be tried again is due at once."""
    client, table = account.client("dynamodb"), account.calls_table
    for item in client.scan(TableName=table)["Items"]:
        if "line" in item and "due_at_ms" in item:
            run = json.loads(item["run"]["S"]) | {"due_ms": 0} if "run" in item else None
            client.put_item(
                TableName=table,
                Item=item
                | {"due_at_ms": {"N": "1"}}
                | ({"run": {"S": json.dumps(run)}} if run else {}),
            )


def test_without_interest_a_meeting_is_no_deal(
    account: Account, monkeypatch: pytest.MonkeyPatch, crm: CrmSimulators, updater: UpdaterRig
) -> None:
    book(account, name="Ada Byron")
    end_a_call(account, monkeypatch, interest="none")
    updater.handle(*updater.queued())

    assert crm.hubspot.records("deals") == []
    assert len(crm.hubspot.records("tasks")) == 1


def test_operators_are_told_that_somebody_is_needed_and_nothing_of_the_caller(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    sns, sqs = account.client("sns"), account.client("sqs")
    topic = sns.create_topic(Name="notices")["TopicArn"]
    queue = sqs.create_queue(QueueName="notices-told")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn["QueueArn"])
    receivers = "built_in,notices"
    updater = start_updater(
        account, monkeypatch, EFFECT_RECEIVERS=receivers, NOTICE_TOPIC_ARN=topic
    )
    book(account, name="Ada Byron", topic="twelve seats")
    end_a_call(account, monkeypatch, receivers)
    hints = updater.queued()
    updater.handle(*hints, *hints)

    [told] = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=2, MaxNumberOfMessages=10)[
        "Messages"
    ]
    notice = json.loads(told["Body"])
    assert notice["Subject"] == "A caller has booked a meeting"
    assert f"Call: {CALL_ID}\n" in notice["Message"]
    assert not any(word in told["Body"] for word in ("Ada", "twelve", CALLER[2:]))
    updater.close()


@pytest.mark.parametrize("said", ["hubspot", "built_in,zoho", "built_in,built_in"])
def test_who_is_to_be_told_is_checked_at_the_start(
    account: Account, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    with pytest.raises(SettingsError, match="EFFECT_RECEIVERS"):
        start_updater(account, monkeypatch, EFFECT_RECEIVERS=said)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"EFFECT_RECEIVERS": "built_in,hubspot"}, "HUBSPOT_SECRET_NAME"),
        ({"EFFECT_RECEIVERS": "built_in,webhook"}, "WEBHOOK_URL"),
        ({"EFFECT_RECEIVERS": "built_in,notices", "NOTICE_TOPIC_ARN": ""}, "NOTICE_TOPIC_ARN"),
        (
            {
                "EFFECT_RECEIVERS": "built_in,webhook",
                "WEBHOOK_URL": "http://hooks.example.com",
                "WEBHOOK_SECRET_NAME": "w",
            },
            "WEBHOOK_URL",
        ),
    ],
)
def test_what_a_receiver_needs_is_named_at_the_start(
    account: Account, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingsError, match=named):
        start_updater(account, monkeypatch, **settings)


ORDERS = "whsec_" + "T1JERVJTT1JERVJTT1JERVJTT1JERVJT"
TWO = (
    Webhook(
        name="orders",
        url="https://orders.example.com/hook",
        events=frozenset({"call.ended"}),
        secret="orders",
    ),
    Webhook(
        name="board",
        url="https://board.example.com/hook",
        events=frozenset({"call.ended", "call.updated"}),
        secret="board",
    ),
)


def test_several_webhooks_have_lines_and_secrets_of_their_own(
    account: Account, monkeypatch: pytest.MonkeyPatch, crm: CrmSimulators
) -> None:
    """Two of an owner's file, both sent to the address of the setting; one wants nothing more."""
    monkeypatch.setattr(ContactCenter, "webhooks", TWO)
    stored = {"current": SIMULATED_WEBHOOK_SECRET, "orders": {"current": ORDERS}}
    updater = start_updater(
        account,
        monkeypatch,
        EFFECT_RECEIVERS="built_in,webhook",
        WEBHOOK_URL=f"{crm.webhooks_url}/hooks/owner",
        WEBHOOK_SECRET_NAME=account.secret("webhook", json.dumps(stored)),
        LOCAL_WEBHOOKS="true",
        NOTICE_TOPIC_ARN="arn:aws:sns:us-east-1:123456789012:notices",
    )
    crm.webhooks.secrets = [ORDERS]  # so that of the two only one is believed
    end_a_call(account, monkeypatch, receivers="built_in,webhook")
    updater.handle(*updater.queued())
    assert [one["type"] for one in events(crm)] == ["call.ended"]
    assert [one["status"] for one in crm.webhooks.log.entries("request")] == [200, 401]

    crm.webhooks.gone = True
    end_a_call(account, monkeypatch, receivers="built_in,webhook", call_id="another")
    updater.handle(*updater.queued())
    account_counts = causes(account)
    assert account_counts["receiver_off"] >= 1
    updater.tick()
    assert causes(account)["receiver_off"] > account_counts["receiver_off"]  # until it is on again
    updater.close()


def causes(account: Account) -> dict[str, int]:
    found = account.client("dynamodb").query(
        TableName=account.calls_table,
        ConsistentRead=True,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "CAUSES"}},
    )
    return {one["sk"]["S"]: int(one["total"]["N"]) for one in found["Items"]}
