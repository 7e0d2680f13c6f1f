"""How the simulator's messages travel: signed, again, late, twice, and in the tutorial's shapes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from local.vapi.scripts.callers_format import Faults, Step, ToolUse
from local.vapi.webhooks.signing import (
    BearerToken,
    Credential,
    HmacSignature,
    SharedSecret,
    credential_from_plan,
)
from tests.liveness import LIVENESS_SECONDS
from tests.vapi_scene import (
    KEY,
    NUMBER,
    SAYS_BILLING,
    SECRET,
    Scene,
    assistant,
    caller,
    play,
    squad,
    told,
)
from tests.webhook_stub import post, request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.vapi.simulator import VapiSimulator
    from tests.webhook_stub import Json

ROOT = Path(__file__).parents[3]


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    with made.webhook:
        yield made


def _hmac(key: bytes, signed: bytes, algorithm: str = "sha256") -> bytes:
    return hmac.new(key, signed, getattr(hashlib, algorithm)).digest()


def test_vapis_default_signature_covers_timestamp_and_body(scene: Scene) -> None:
    scene.credential = HmacSignature(secret_key=SECRET)
    before_ms = time.time() * 1000
    play(scene, caller())
    for raw, headers in zip(scene.webhook.raw, scene.webhook.headers, strict=True):
        stamp = headers["x-timestamp"]
        expected = _hmac(SECRET.encode(), stamp.encode() + b"." + raw).hex()
        assert headers["x-signature"] == expected
        assert before_ms - 1 <= int(stamp) <= time.time() * 1000


def test_every_option_of_the_signature_is_honoured(scene: Scene) -> None:
    key = base64.b64encode(b"binary\x00key").decode()
    scene.credential = credential_from_plan(
        {
            "type": "hmac",
            "secretKey": key,
            "secretIsBase64": True,
            "algorithm": "sha512",
            "signatureHeader": "x-sign",
            "timestampHeader": "x-when",
            "payloadFormat": "{svix-id}.{method}.{url}.{timestamp}.{body}",
            "signaturePrefix": "v1,",
            "signatureEncoding": "base64",
            "messageIdHeader": "svix-id",
        }
    )
    play(scene, caller())
    headers, raw = scene.webhook.headers[0], scene.webhook.raw[0]
    before = f"{headers['svix-id']}.POST.{scene.webhook.url}.{headers['x-when']}."
    digest = _hmac(b"binary\x00key", before.encode() + raw, "sha512")
    assert headers["x-sign"] == "v1," + base64.b64encode(digest).decode()


@pytest.mark.parametrize(
    ("credential", "header", "value"),
    [
        (SharedSecret(SECRET), "x-vapi-secret", SECRET),
        (BearerToken(token=SECRET), "authorization", f"Bearer {SECRET}"),
        (
            BearerToken(token=SECRET, header_name="X-Vapi-Secret", prefix_enabled=False),
            "x-vapi-secret",
            SECRET,
        ),
    ],
)
def test_plain_credentials_are_sent_as_they_are(
    scene: Scene, credential: Credential, header: str, value: str
) -> None:
    scene.credential = credential
    play(scene, caller())
    assert {headers.get(header) for headers in scene.webhook.headers} == {value}


def test_the_tutorials_signature_covers_the_body_alone(scene: Scene) -> None:
    scene.credential = HmacSignature(
        secret_key=SECRET, signature_header="x-vapi-signature", include_timestamp=False
    )
    play(scene, caller())
    headers, raw = scene.webhook.headers[0], scene.webhook.raw[0]
    assert headers["x-vapi-signature"] == _hmac(SECRET.encode(), raw).hex()
    assert "x-timestamp" not in headers


@pytest.mark.parametrize(("withheld", "signed"), [(False, {SECRET}), (True, {None})])
def test_a_server_named_in_an_answer_may_be_given_no_credential(
    scene: Scene,
    withheld: bool,  # noqa: FBT001 - a row of the table
    signed: set[str | None],
) -> None:
    scene.credential = SharedSecret(SECRET)
    named = squad()
    named["squad"]["membersOverrides"] = {"server": {"url": scene.webhook.url}}
    scene.first = (200, named)
    play(scene, caller(faults=Faults(credential_withheld=withheld)))
    first, *others = [headers.get("x-vapi-secret") for headers in scene.webhook.headers]
    assert first == SECRET  # the question goes to the number's own server
    assert set(others) == signed


def test_a_credential_that_is_withheld_costs_an_answer_without_a_server_nothing(
    scene: Scene,
) -> None:
    scene.credential = SharedSecret(SECRET)
    play(scene, caller(faults=Faults(credential_withheld=True)))
    assert {headers.get("x-vapi-secret") for headers in scene.webhook.headers} == {SECRET}


def test_nothing_is_signed_for_a_server_that_came_in_a_post_call(scene: Scene) -> None:
    scene.credential = SharedSecret(SECRET)
    server = {"url": scene.webhook.url}
    with scene.simulator() as vapi:
        saved = post(f"{vapi.url}/assistant", assistant("saved", server=server), **KEY)[1]
        number = vapi.account.phone_number["id"]
        common = {"phoneNumberId": number, "customer": {"number": NUMBER}}
        transient = {**common, "assistant": assistant("transient", server=server)}
        for body in ({**common, "assistantId": saved["id"]}, transient):
            status, call = post(f"{vapi.url}/call", body, **KEY)
            assert status == 201
            assert vapi.calls[call["id"]].wait(LIVENESS_SECONDS)
    by_name: dict[str, set[str | None]] = {}
    for headers, message in zip(scene.webhook.headers, scene.webhook.messages(), strict=True):
        name = message["assistant"]["name"]
        by_name.setdefault(name, set()).add(headers.get("x-vapi-secret"))
    assert by_name == {"saved": {SECRET}, "transient": {None}}


def test_an_unknown_credential_is_a_broken_rule_and_signs_nothing(scene: Scene) -> None:
    scene.credential = SharedSecret(SECRET)
    scene.first = (200, squad(server={"url": scene.webhook.url, "credentialId": "unknown"}))
    vapi, _ = play(scene, caller(Step(hang_up="hangs up")))
    assert {entry["what"] for entry in vapi.log.entries("violation")} == {
        "server.credentialId is unknown"
    }
    signed = ["x-vapi-secret" in headers for headers in scene.webhook.headers]
    assert signed == [True] + [False] * (len(signed) - 1)


def test_without_a_backoff_plan_nothing_is_sent_again(scene: Scene) -> None:
    scene.others = lambda _: (503, {})
    vapi, _ = play(scene, caller(Step(hang_up="hangs up")))
    assert {entry["attempt"] for entry in vapi.log.entries("message-sent")} == {1}


@pytest.mark.parametrize(("status", "attempts"), [(503, 3), (422, 1)])
def test_the_backoff_plan_says_what_is_sent_again(scene: Scene, status: int, attempts: int) -> None:
    plan = {
        "type": "exponential",
        "maxRetries": 2,
        "baseDelaySeconds": 1,
        "excludedStatusCodes": [422],
    }
    scene.first = (200, squad(server={"url": scene.webhook.url, "backoffPlan": plan}))
    scene.others = lambda m: (status if m["type"] == "end-of-call-report" else 200, {})
    play(scene, caller(Step(hang_up="hangs up")))
    assert len(scene.webhook.messages("end-of-call-report")) == attempts


def number_server(scene: Scene, vapi: VapiSimulator) -> Json:
    """The body that the documents tell an owner to send, with this scene's values."""
    page = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    section = page.partition("## The phone number's server")[2].partition("\n## ")[0]
    (body,) = re.findall(r"```json\n(.*?)```", section, re.DOTALL)
    named = body.replace("<WebhookUrl>", scene.webhook.url)
    document: Json = json.loads(named.replace("<the id of the credential>", vapi.credential_id))
    return document


@pytest.mark.parametrize(("status", "attempts"), [(503, 4), (401, 1), (200, 1)])
def test_the_documents_one_request_makes_what_failed_come_again(
    scene: Scene, status: int, attempts: int
) -> None:
    scene.credential = SharedSecret(SECRET)
    scene.others = lambda m: (status if m["type"] == "end-of-call-report" else 200, {})
    with scene.simulator() as vapi:
        url = f"{vapi.url}/phone-number/{vapi.phone_number_id}"
        assert request("PATCH", url, number_server(scene, vapi), **KEY)[0] == 200
        assert vapi.place_inbound(caller(Step(hang_up="hangs up"))).wait(LIVENESS_SECONDS)
    assert len(scene.webhook.messages("end-of-call-report")) == attempts
    assert {headers.get("x-vapi-secret") for headers in scene.webhook.headers} == {SECRET}


def test_a_number_s_server_is_where_its_webhooks_go_from_the_next_message_on(scene: Scene) -> None:
    moved = Scene()
    with moved.webhook, scene.simulator() as vapi:
        url = f"{vapi.url}/phone-number/{vapi.phone_number_id}"
        patched = request("PATCH", url, {"server": {"url": moved.webhook.url}}, **KEY)[1]
        assert request("GET", url, **KEY)[1] == patched
        assert vapi.place_inbound(caller(Step(hang_up="hangs up"))).wait(LIVENESS_SECONDS)
    assert scene.webhook.messages() == []
    told_kinds = {message["type"] for message in moved.webhook.messages()}
    assert {"assistant-request", "end-of-call-report"} <= told_kinds
    seen = {message["phoneNumber"]["server"]["url"] for message in moved.webhook.messages()}
    assert seen == {moved.webhook.url}


def test_a_call_of_another_number_is_told_to_that_number_s_server(scene: Scene) -> None:
    other = Scene()
    with other.webhook, scene.simulator() as vapi:
        number = {"provider": "twilio", "number": "+14155550177", "twilioAccountSid": "AC1"}
        server = {"server": {"url": other.webhook.url}}
        made = post(f"{vapi.url}/phone-number", number | server, **KEY)[1]
        who = {"assistant": assistant("sales"), "customer": {"number": NUMBER}}
        call = post(f"{vapi.url}/call", who | {"phoneNumberId": made["id"]}, **KEY)[1]
        assert vapi.calls[call["id"]].wait(LIVENESS_SECONDS)
    assert scene.webhook.messages() == []
    assert other.webhook.messages("end-of-call-report")[0]["phoneNumber"]["id"] == made["id"]


def test_faults_duplicate_drop_and_turn_around(scene: Scene) -> None:
    faults = Faults(duplicate_every=2, report_before_ended=True)
    play(scene, caller(SAYS_BILLING, faults=faults))
    kinds = [kind for kind in told(scene) if "ended" in kind or "report" in kind]
    assert kinds.index("end-of-call-report") < kinds.index("status-update ended")
    stamps = [(m["type"], m["timestamp"], m.get("status")) for m in scene.webhook.messages()]
    assert len(stamps) - len(set(stamps)) >= 5


def test_dropped_messages_never_arrive(scene: Scene) -> None:
    faults = Faults(drop_every=1, drop_types=("speech-update",))
    vapi, _ = play(scene, caller(SAYS_BILLING, faults=faults))
    assert scene.webhook.messages("speech-update") == []
    assert vapi.log.entries("message-dropped")


def test_reordered_messages_change_places(scene: Scene) -> None:
    play(scene, caller(SAYS_BILLING, faults=Faults(reorder_every=3)))
    stamps = [message["timestamp"] for message in scene.webhook.messages()]
    assert stamps != sorted(stamps)


def test_the_tutorials_shapes_have_the_call_beside_the_message(scene: Scene) -> None:
    scene.others = lambda _: (200, {"results": []})
    tool = ToolUse(name="routeToAgent", arguments={"intent": "billing"})
    noise = Step(wait_for="speaking", pause_ms=200, noise_ms=250)
    say = Step(wait_for="now", say="It is about my bill.")
    play(scene, caller(noise, say, Step(wait_for="now", tool=tool), envelope="tutorial"))
    bodies = scene.webhook.bodies[1:]
    assert all(body["call"]["id"] for body in bodies)
    flat = {body["type"] for body in bodies if "type" in body}
    assert flat == {"speech-update", "assistant_interrupted", "transcript"}
    assert {b["speaker"] for b in bodies if b.get("type") == "speech-update"} == {
        "user",
        "assistant",
    }
    [words] = [b for b in bodies if b.get("type") == "transcript" and b["role"] == "user"]
    assert words["text"] == "It is about my bill."
    [called] = [b["message"] for b in bodies if b.get("message", {}).get("toolCallId")]
    assert called["type"] == "function-call"
    assert called["functionCall"] == {"name": "routeToAgent", "parameters": {"intent": "billing"}}


@pytest.mark.parametrize(
    ("shown", "customer"),
    [
        (None, {"number": NUMBER}),
        ("nothing", None),
        ("anonymous", {"number": "anonymous"}),
        ("sip:ada@example.com", {"sipUri": "sip:ada@example.com"}),
    ],
)
def test_the_customer_s_number_may_be_shown_otherwise_or_not_at_all(
    scene: Scene, shown: str | None, customer: dict[str, str] | None
) -> None:
    play(scene, caller(SAYS_BILLING, faults=Faults(number_shown_as=shown)))
    messages = scene.webhook.messages()
    assert messages
    for message in messages:
        assert message.get("customer") == message["call"].get("customer") == customer


def test_moods_of_vapi_stand_in_the_log(scene: Scene) -> None:
    moody = Faults(swallowed_handoffs=1, credential_withheld=True, passing_reason=True)
    vapi, _ = play(scene, caller(faults=moody))
    [placed] = vapi.log.entries("call-placed")
    assert placed["moods"] == [
        "handoff accepted and swallowed",
        "credential withheld",
        "passing ended reason",
    ]
