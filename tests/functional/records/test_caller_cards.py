"""A caller whose card is old: HubSpot is asked aside, and whoever talks with him told silently."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.dynamodb import keys
from contact_center.records.adapters.dynamodb_receivers import DynamoDBReceiverNotes
from contact_center.records.domain.receiver_health import Health
from local.crm.faults import Fault, Mishap
from local.crm.hubspot.searching import LAG_MS
from local.crm.log import machine_ms
from local.crm.simulator import HubSpotSimulator
from local.settings import SIMULATED_HUBSPOT_TOKEN
from tests.fakes.control_server import ControlServer
from tests.functional.conversations.routing_rig import CALL_ID, Rig, start_router
from tests.functional.dialing.dialing_rig import now_ms
from tests.functional.records.updater_rig import UpdaterRig, start_updater

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

RECEIVERS = "built_in,hubspot"
CALLER = "+14155550123"


class Hubspot(HubSpotSimulator):
    """An account whose search has seen everything."""

    def __init__(self) -> None:
        self.ahead_ms = 0
        super().__init__(now_ms=lambda: machine_ms() + self.ahead_ms)


@pytest.fixture
def crm() -> Iterator[Hubspot]:
    with Hubspot() as made:
        yield made


@pytest.fixture
def updater(
    account: Account, monkeypatch: pytest.MonkeyPatch, crm: Hubspot
) -> Iterator[UpdaterRig]:
    made = start_updater(
        account,
        monkeypatch,
        EFFECT_RECEIVERS=RECEIVERS,
        HUBSPOT_BASE_URL=crm.url,
        HUBSPOT_SECRET_NAME=account.secret(
            "hubspot", json.dumps({"current": SIMULATED_HUBSPOT_TOKEN})
        ),
        HUBSPOT_TIER_PROPERTY="jobtitle",
    )
    yield made
    made.close()


@pytest.fixture
def router(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    with ControlServer() as vapi:
        queue = {"EFFECTS_QUEUE_URL": account.effects_queue, "EFFECT_RECEIVERS": RECEIVERS}
        made = start_router(account, vapi, monkeypatch, **queue)
        yield made
        made.close()


def known(crm: Hubspot, **said: str) -> None:
    contact = {"phone": CALLER, "firstname": "Ada", "lastname": "Lovelace", "jobtitle": "Gold"}
    crm.add("contacts", **(contact | said))
    crm.ahead_ms += LAG_MS + 1_000


def begins(router: Rig, **said: Any) -> None:
    """An assistant takes the call."""
    told = router.message("assistant.started", newAssistant={"name": "router"}, **said)
    assert router.deliver(told) == []


def cards(updater: UpdaterRig) -> list[str]:
    """Hints at cards in the queue."""
    return [one for one in updater.queued() if json.loads(one)["kind"] == "card"]


def told(router: Rig) -> list[Any]:
    """What the router is told of, and takes."""
    found = [one for one in router.reminders(2) if source_of(one) == "card"]
    for one in found:
        assert router.handle(one) == []
    return found


def source_of(record: Any) -> str:
    return str(record["messageAttributes"]["source"]["stringValue"])


def noted(account: Account) -> Any:
    key = {"pk": {"S": keys.customers(CALLER)}, "sk": {"S": keys.WHO}}
    client, table = account.client("dynamodb"), account.calls_table
    return client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item")


def test_it_is_read_aside_and_told_silently_when_it_comes(
    account: Account, router: Rig, updater: UpdaterRig, crm: Hubspot
) -> None:
    known(crm)
    begins(router)
    [hint] = cards(updater)

    assert updater.handle(hint) == []
    assert noted(account)["tier"] == {"S": "Gold"}
    assert len(told(router)) == 1

    [command] = router.vapi.asked_of(CALL_ID)
    assert command["type"] == "add-message"
    assert command["triggerResponseEnabled"] is False  # nothing is spoken because of it
    assert command["message"]["role"] == "system"
    assert "Tier of the customer at this number: Gold." in command["message"]["content"]
    assert "Am I speaking with Ada?" in command["message"]["content"]
    assert "Lovelace" not in str(command)
    begins(router, extra=1)
    assert cards(updater) == []  # it is fresh


def test_what_is_no_news_is_told_nobody(router: Rig, updater: UpdaterRig, crm: Hubspot) -> None:
    known(crm)
    begins(router)
    [hint] = cards(updater)
    updater.handle(hint)
    assert len(told(router)) == 1
    updater.handle(hint)  # it comes twice
    assert told(router) == []


def test_two_contacts_of_one_number_take_back_what_was_told(
    router: Rig, updater: UpdaterRig, crm: Hubspot
) -> None:
    known(crm)
    known(crm, firstname="Charles")
    begins(router)
    updater.handle(*cards(updater))
    assert len(told(router)) == 1
    [command] = router.vapi.asked_of(CALL_ID)
    assert "More than one person" in command["message"]["content"]
    assert "Ada" not in str(command)


def test_a_crm_that_is_away_is_waited_for_by_nobody(
    account: Account, router: Rig, updater: UpdaterRig, crm: Hubspot
) -> None:
    for _ in range(9):
        crm.faults.add(Fault(mishap=Mishap.UNAVAILABLE))
    begins(router)
    assert updater.handle(*cards(updater)) == []  # not tried again
    assert noted(account) is None
    assert told(router) == []


def test_a_crm_that_is_left_alone_is_asked_for_no_card(
    account: Account, router: Rig, updater: UpdaterRig, crm: Hubspot
) -> None:
    known(crm)
    begins(router)
    hints = cards(updater)
    notes = DynamoDBReceiverNotes(account.client("dynamodb"), account.calls_table)
    away = Health(until_ms=now_ms() + 60_000)
    assert notes.change("hubspot", notes.read("hubspot"), away)
    assert updater.handle(*hints) == []
    assert noted(account) is None
    assert notes.change("hubspot", notes.read("hubspot"), Health())
    assert updater.handle(*hints) == []
    assert noted(account)["tier"] == {"S": "Gold"}


def test_who_has_hung_up_meanwhile_is_told_nothing_of(
    router: Rig, updater: UpdaterRig, crm: Hubspot
) -> None:
    known(crm)
    begins(router)
    updater.handle(*cards(updater))
    ended = router.message(
        "status-update", 1_000, status="ended", endedReason="customer-ended-call"
    )
    assert router.deliver(ended) == []
    assert len(told(router)) == 1
    assert router.vapi.asked_of(CALL_ID) == []


def test_for_a_call_of_ours_nobody_is_asked(router: Rig, updater: UpdaterRig) -> None:
    message = router.message("assistant.started", newAssistant={"name": "sales"})
    message["message"]["call"]["type"] = "outboundPhoneCall"
    assert router.deliver(message) == []
    assert cards(updater) == []


def test_a_message_that_names_no_call_is_refused(router: Rig) -> None:
    for body in ("[]", "{", '{"callId": ""}'):
        record = router.record(body, source="card")
        assert router.handle(record) == [record["messageId"]]
    assert router.handle(router.record('{"callId": "nobody"}', source="card")) == []
