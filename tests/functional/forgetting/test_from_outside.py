"""Whatever comes in from outside has a canary in every field; once forgotten none is left.

By the functions themselves: Twilio's webhooks, bodies of the operators' API, a list, what HubSpot
answers. What they log is read from the first request to the last.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from contact_center.records.adapters.effect_writes import effect_writes
from contact_center.records.domain.effects import Effect, EffectKind
from local.crm.faults import Fault, Mishap
from local.twilio.simulator import ACCOUNT_SID, AUTH_TOKEN
from tests.functional.campaigns.campaign_rig import CampaignRig
from tests.functional.conversations.routing_rig import AT_MS
from tests.functional.forgetting.canaries import CANARY
from tests.functional.forgetting.forget_rig import HIS, Forgetful, simulators
from tests.functional.forgetting.forget_rig import OURS as OUR_NUMBER
from tests.functional.forgetting.planted_person import count
from tests.functional.forgetting.test_every_field import OF_HIM, left_of_him
from tests.functional.records.updater_rig import start_updater
from tests.functional.twilio.reception_rig import ReceptionRig
from tests.twilio_scene import OURS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

LEG = "CA" + "7" * 32
# Every field that Twilio documents of a voice request and of a status callback, and what it passes
# on of a SIP message; a number or a state that decides something is left as it is.
FIELDS = (
    *(
        "CallerName",
        "ForwardedFrom",
        "CallToken",
        "ParentCallSid",
        "StirVerstat",
        "StirPassportToken",
    ),
    *(f"{end}{part}" for end in ("From", "To", "Caller", "Called") for part in ("City", "State")),
    *(f"{end}{part}" for end in ("From", "To", "Caller", "Called") for part in ("Zip", "Country")),
    *("SipDisplayName", "SipDomain", "SipUsername", "SipHeader_X-Name", "SipHeader_P-Identity"),
    *("SpeechResult", "RecordingUrl", "TranscriptionText", "ErrorUrl", "ErrorMessage", "Unknown"),
)


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Forgetful]:
    vapi, twilio, hubspot = simulators()
    with vapi, twilio, hubspot, Forgetful(account, monkeypatch, vapi, twilio, hubspot) as made:
        yield made


def canaries(*names: str) -> dict[str, str]:
    return {name: f"{CANARY} {name}" for name in names}


def from_twilio(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """He rings at our number, and is gone."""
    with ReceptionRig(account, monkeypatch) as reception:
        known = {"AccountSid": ACCOUNT_SID, "CallSid": LEG, "From": HIS, "To": OURS}
        known |= {"Caller": HIS, "Called": OURS, "Direction": "inbound", "ApiVersion": "2010-04-01"}
        for path, more in (
            ("/twilio/voice", {"CallStatus": "ringing"}),
            ("/twilio/queue/wait", {"CallStatus": "in-progress", "QueueTime": "1"}),
            ("/twilio/queue/result", {"CallStatus": "in-progress", "QueueResult": "hangup"}),
            ("/twilio/call-status", {"CallStatus": "completed", "CallDuration": "5"}),
        ):
            fields = canaries(*FIELDS) | known | more
            url = reception.door.url + path
            signature = RequestValidator(AUTH_TOKEN).compute_signature(url, fields)
            headers = {
                "content-type": "application/x-www-form-urlencoded",
                "x-twilio-signature": signature,
            }
            status, _, _ = reception.handle(path, urlencode(fields).encode(), headers)
            assert status == 200, path


def by_operators(rig: Forgetful) -> None:
    """Bodies with a canary in each text that is free, and ones that are refused."""
    agreed = {"kind": "express_written", "at": "2026-01-01T00:00:00Z", **canaries("source")}
    for path, body, expected in (
        (  # refused: nothing rings, and the answer is kept for a day
            "/trigger/outbound",
            {
                "customer": {"phone": HIS, "id": f"{CANARY}-id"},
                "idempotencyKey": f"{CANARY}-key",
            },
            {409},
        ),
        ("/api/consents", {"phone": HIS, **agreed}, {200, 201, 204}),
        ("/api/calls/search", {"phone": HIS, "text": CANARY}, {200, 400, 422}),
        ("/api/contactability", {"phone": HIS, "purpose": "marketing"}, {200}),
        ("/api/consents", {"phone": CANARY, **agreed}, {400, 422}),
        ("/trigger/outbound", {"customer": canaries("phone", "name")}, {400, 422}),
        ("/api/suppressions", canaries("phone", "reason"), {400, 422}),
    ):
        status, told = rig.api.ask("POST", path, body)
        assert status in expected, (path, status, told)


def by_a_list(rig: Forgetful) -> None:
    """Two rows of his with a canary in every column, the second told to be known; a refused one."""
    api = CampaignRig(rig.api.app, rig.account)
    columns = (
        "phone",
        "id",
        "name",
        "note",
        "mail",
        "consent_kind",
        "consent_at",
        "consent_source",
    )
    said = (f"{CANARY}-id", f"Jane {CANARY}", CANARY, f"{CANARY}@example.com")
    consent = ("express_written", "2026-01-01T00:00:00Z", f"{CANARY} said so")
    written = f"({HIS[2:5]}) {HIS[5:8]} {HIS[8:]}"
    rows = [[HIS, *said, *consent], [written, *said, *consent], ["12", "", "Nobody"]]
    text = io.StringIO()
    csv.writer(text).writerows([columns, *rows])
    api.add(api.create(), text.getvalue())
    rig.lists.work(rig.start())


def by_the_crm(rig: Forgetful, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """What HubSpot says of him, and a page in place of an answer: one effect is told, one waits."""
    said = canaries("firstname", "lastname", "company") | {"email": f"{CANARY}@example.com"}
    rig.hubspot.add("contacts", phone=f"({HIS[2:5]}) {HIS[5:8]}-{HIS[8:]}", **said)
    settings = {"EFFECT_RECEIVERS": "built_in,hubspot"}
    settings |= {name: rig.settings[name] for name in ("HUBSPOT_BASE_URL", "HUBSPOT_SECRET_NAME")}
    updater = start_updater(account, monkeypatch, **settings)
    for effect_id, faults in (("e-1", ()), ("e-2", (Fault(mishap=Mishap.HTML),))):
        rig.hubspot.faults.add(*faults)
        effect = Effect(
            effect_id=effect_id,
            customer=HIS,
            number=0,
            kind=EffectKind.LEAD,
            receiver="hubspot",
            told=canaries("said", "first_name", "last_name", "company", "interest"),
            caused_at_ms=AT_MS,
        )
        writes = effect_writes(account.calls_table, [effect], AT_MS)
        account.client("dynamodb").transact_write_items(TransactItems=[w.request for w in writes])
        assert updater.tick() == {"looked": 1}
    assert len(rig.hubspot.records("notes")) == 1
    updater.close()


def test_nothing_that_came_in_is_left_and_nothing_of_it_was_logged(
    rig: Forgetful,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with monkeypatch.context() as patch:  # whoever forgets reads settings of his own
        from_twilio(account, patch)
    by_operators(rig)
    by_a_list(rig)
    by_the_crm(rig, account, monkeypatch)
    planted = left_of_him(rig)
    for place in ("contacts", "dialing", "calls"):
        assert any(one.lower().startswith(f"switchboard-{place}") for one in planted), planted
    assert any(one.startswith("bucket: imports") for one in planted), planted

    count(rig)
    forget_id = rig.forget()
    rig.drain()
    rig.work(rig.start())

    states = {name: why for name, (state, why) in rig.states(forget_id).items() if state == "open"}
    assert not states, str(states)
    left = left_of_him(rig) + [
        place for place, text in rig.everything() if any(one in text for one in OF_HIM)
    ]
    assert left == [], str(left)
    logged = "".join(capfd.readouterr())
    assert [one for one in OF_HIM if one in logged] == [], _lines(logged)


def _lines(logged: str) -> Any:
    """Which lines they are in."""
    return [line[:300] for line in logged.splitlines() if any(one in line for one in OF_HIM)][:5]


def test_a_number_of_the_business_is_not_forgotten(rig: Forgetful) -> None:
    status, told = rig.api.ask("POST", "/api/forget", {"phone": OUR_NUMBER})
    assert (status, told["field"]) == (400, "phone")
    assert [item for _, item in rig.stored() if "FORGOTTEN" in str(item)] == []
