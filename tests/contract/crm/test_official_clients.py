"""HubSpot's own client drives the simulator; Standard Webhooks' own library checks what we sign.

They work in an environment of their own (official_clients.py), which `make client-test` makes.
"""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact_center.crm.webhooks.receiver import body_of
from contact_center.crm.webhooks.signing import Signer
from contact_center.kernel.system_clock import SystemClock
from contact_center.records.domain.effects import EffectKind
from contact_center.records.services.effect_ports import Delivered
from local.crm.webhook_receiver import SECRET
from tests.crm_scene import CUSTOMER, LAG_MS, HubSpotScene, effect

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.client

type Json = Any

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venvs" / "crm-clients" / "bin" / "python"
PROGRAM = Path(__file__).with_name("official_clients.py")
NEW_CALL = {"hs_timestamp": "2026-11-18T17:30:00.000Z", "hs_call_title": "By the client"}
CRM = "crm.objects"


class Official:
    """The clients' process, asked one thing after the other, and the account it asks."""

    def __init__(self) -> None:
        self.scene = HubSpotScene(version="2026-03")  # the version that the client was made of
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            [PYTHON, PROGRAM, self.scene.hubspot.url, self.scene.hubspot.rest.token],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, asked: Json) -> Json:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, "the client broke off: see its words on standard error"
        return json.loads(answer)

    def ask(self, method: str, **arguments: Json) -> Json:
        answer = self.tell({"hubspot": method, "with": arguments})
        assert "told" in answer, answer
        return answer["told"]

    def refusal(self, method: str, **arguments: Json) -> tuple[int, Json]:
        answer = self.tell({"hubspot": method, "with": arguments})
        assert "refused" in answer, answer
        return answer["refused"], answer["body"]


@pytest.fixture(scope="module")
def running() -> Iterator[Official]:
    made = Official()
    with made.scene, made.process as process:
        yield made
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def official(running: Official) -> Official:
    """The same process before an account without records."""
    for kind in ("contacts", "calls", "notes", "tasks", "deals"):
        for record in running.scene.hubspot.records(kind):
            running.scene.hubspot.portal.records.erase(record, running.scene.clock.now_ms())
    running.scene.known.ids.clear()
    running.scene.hubspot.faults._waiting.clear()
    running.scene.clock.advance(LAG_MS)
    return running


# -- HubSpot ------------------------------------------------------------------------------------


def test_a_record_is_made_read_changed_and_found(official: Official) -> None:
    made = official.ask(f"{CRM}.contacts.create", properties={"phone": CUSTOMER}, associations=[])
    read = official.ask(f"{CRM}.contacts.get", contact_id=made["id"], properties=["phone"])
    assert read["properties"]["phone"] == CUSTOMER
    changed = official.ask(
        f"{CRM}.contacts.update", contact_id=made["id"], properties={"firstname": "Ada"}
    )
    assert changed["properties"]["firstname"] == "Ada"
    asked = {
        "filter_groups": [
            {"filters": [{"propertyName": "phone", "operator": "EQ", "value": CUSTOMER}]}
        ],
        "properties": ["phone"],
        "limit": 10,
        "after": "0",
        "sorts": [],
    }
    assert official.ask(f"{CRM}.contacts.search", **asked)["total"] == 0  # it lags
    official.scene.clock.advance(LAG_MS)
    assert official.ask(f"{CRM}.contacts.search", **asked)["results"][0]["id"] == made["id"]


def test_an_upsert_by_a_property_of_one_s_own(official: Official) -> None:
    one = {"id": "e-9", "idProperty": "switchboard_effect", "properties": NEW_CALL}
    first = official.ask(f"{CRM}.calls.batch.upsert", inputs=[one])
    second = official.ask(f"{CRM}.calls.batch.upsert", inputs=[one])
    assert [each["results"][0]["new"] for each in (first, second)] == [True, False]
    read = official.ask(
        f"{CRM}.calls.get",
        call_id="e-9",
        id_property="switchboard_effect",
        properties=["hs_call_title"],
    )
    assert read["properties"]["hs_call_title"] == "By the client"
    several = official.ask(
        f"{CRM}.calls.batch.get",
        inputs=[{"id": "e-9"}],
        id_property="switchboard_effect",
        properties=["hs_call_title"],
        properties_with_history=[],
    )
    assert several["results"][0]["id"] == read["id"]


def test_records_are_tied_and_a_contact_is_erased(official: Official) -> None:
    contact = official.ask(
        f"{CRM}.contacts.create", properties={"phone": CUSTOMER}, associations=[]
    )
    for kind, more in {
        "calls": NEW_CALL,
        "notes": {"hs_timestamp": "1"},
        "tasks": {"hs_timestamp": "1", "hs_task_subject": "x"},
        "deals": {"dealname": "x"},
    }.items():
        made = official.ask(f"{CRM}.{kind}.create", properties=more, associations=[])
        tied = official.ask(
            "crm.associations.create",
            from_object_type=kind,
            from_object_id=made["id"],
            to_object_type="contacts",
            to_object_id=contact["id"],
        )
        assert tied["status"] == "COMPLETE"
    assert official.ask(f"{CRM}.contacts.gdpr_delete", object_id=contact["id"]) is None
    status, _ = official.refusal(f"{CRM}.contacts.get", contact_id=contact["id"])
    assert status == 404


def test_what_the_client_is_refused(official: Official) -> None:
    status, body = official.refusal(
        f"{CRM}.contacts.create", properties={"nobody_made": "x"}, associations=[]
    )
    assert (status, body["category"]) == (400, "VALIDATION_ERROR")
    made = official.ask(
        f"{CRM}.contacts.create", properties={"email": "a@example.com"}, associations=[]
    )
    status, body = official.refusal(
        f"{CRM}.contacts.create", properties={"email": "a@example.com"}, associations=[]
    )
    assert (status, body["message"]) == (409, f"Contact already exists. Existing ID: {made['id']}")


def test_the_client_is_told_of_limits(official: Official) -> None:
    limits = official.scene.hubspot.limits
    limits.in_ten_seconds = 0
    try:
        answer = official.tell({"hubspot": f"{CRM}.contacts.get", "with": {"contact_id": "1"}})
    finally:
        limits.in_ten_seconds = 100
    assert (answer["refused"], answer["body"]["policyName"]) == (429, "TEN_SECONDLY_ROLLING")
    assert answer["headers"]["x-hubspot-ratelimit-interval-milliseconds"] == "10000"


def test_properties_are_read_and_made(official: Official) -> None:
    of_ours = official.ask(
        "crm.properties.get", object_type="contacts", property_name="switchboard_customer"
    )
    assert of_ours["hasUniqueValue"] is True
    made = official.ask(
        "crm.properties.create",
        object_type="deals",
        name="made_by_client",
        label="Made by the client",
        type="string",
        field_type="text",
        group_name="information",
    )
    assert made["name"] == "made_by_client"


@pytest.mark.parametrize(
    ("kind", "records"),
    [
        (EffectKind.CALL, "calls"),
        (EffectKind.LEAD, "notes"),
        (EffectKind.TASK, "tasks"),
        (EffectKind.DEAL, "deals"),
    ],
)
def test_the_client_reads_what_we_write(official: Official, kind: EffectKind, records: str) -> None:
    answered = official.scene.deliver(kind)
    assert isinstance(answered, Delivered)

    single = {"calls": "call", "notes": "note", "tasks": "task", "deals": "deal"}[records]
    read = official.ask(
        f"{CRM}.{records}.get",
        **{f"{single}_id": answered.their_id},
        properties=["switchboard_effect"],
        associations=["contacts"],
    )
    assert read["properties"]["switchboard_effect"] == "e-1"
    [contact] = official.scene.hubspot.records("contacts")
    assert read["associations"]["contacts"]["results"][0]["id"] == contact.record_id


# -- Standard Webhooks --------------------------------------------------------------------------


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    key=st.binary(min_size=24, max_size=64),
    message_id=st.text("abcdefgh0123456789-_", min_size=1, max_size=40),
    at_s=st.integers(0, 4_102_444_799),
    body=st.text(max_size=200),
)
def test_our_signature_is_the_library_s(
    running: Official, key: bytes, message_id: str, at_s: int, body: str
) -> None:
    try:
        sent = body.encode()
    except UnicodeEncodeError:
        return
    secret = "whsec_" + base64.b64encode(key).decode()
    asked = {"secret": secret, "id": message_id, "at_s": at_s, "body": body}

    signed = Signer([secret]).headers(message_id, at_s, sent)

    assert signed["webhook-signature"] == running.tell({"sign": asked})["told"]


def test_the_library_takes_what_we_send_by_either_secret_and_nothing_else(
    running: Official,
) -> None:
    other = "whsec_" + base64.b64encode(b"another secret, of 32 characters").decode()
    body = body_of(effect(EffectKind.EVENT))
    headers = Signer([other, SECRET]).headers("e-1", SystemClock().now_ms() // 1000, body)
    asked: Json = {"headers": headers, "body": body.decode()}

    for secret in (SECRET, other):
        assert running.tell({"verify": {**asked, "secret": secret}})["told"]["type"] == "call.ended"
    stranger = "whsec_" + base64.b64encode(b"x" * 32).decode()
    assert running.tell({"verify": {**asked, "secret": stranger}}) == {
        "refused": "No matching signature found"
    }
    changed = {**asked, "body": asked["body"].replace("c-1", "c-2"), "secret": SECRET}
    assert "refused" in running.tell({"verify": changed})
