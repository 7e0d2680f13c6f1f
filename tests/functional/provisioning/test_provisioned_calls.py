"""A number that was provisioned is called: who is asked, how that is proved, what comes again."""

from __future__ import annotations

from typing import Any

import pytest

from contact_center.kernel.environment import Environment
from contact_center.vapi.webhooks.webhook_settings import read_hmac_plan, read_modes
from contact_center.vapi.webhooks.webhook_signatures import Signed, Verifier
from tests.functional.provisioning.provisioning_scene import (
    OURS,
    WEBHOOK_KEY,
    ProvisioningScene,
)
from tests.liveness import LIVENESS_SECONDS
from tests.twilio_scene import CALLER, Door, twiml, until
from tests.vapi_scene import squad
from tests.webhook_stub import WebhookStub

type Json = Any

BY_VAPI = {"TWILIO_ADMISSION": "vapi"}
HMAC_OF_ANOTHER_KIND = {
    "VAPI_HMAC_ALGORITHM": "sha512",
    "VAPI_HMAC_SIGNATURE_HEADER": "x-own-signature",
    "VAPI_HMAC_PREFIX": "v1=",
    "VAPI_HMAC_ENCODING": "base64",
    "VAPI_HMAC_PAYLOAD_FORMAT": "{svix-id}.{timestamp}.{body}",
    "VAPI_HMAC_MESSAGE_ID_HEADER": "svix-id",
}


@pytest.fixture(autouse=True)
def _nobody_calls(scene: ProvisioningScene) -> None:
    scene.vapi.calls.clear()


def rings(scene: ProvisioningScene) -> None:
    scene.twilio.place_inbound(CALLER, OURS)
    scene.twilio.advance(1)


@pytest.mark.parametrize(
    "auth",
    [
        {},
        {"VAPI_WEBHOOK_AUTH": "hmac-body"},
        {"VAPI_WEBHOOK_AUTH": "secret"},
        {"VAPI_WEBHOOK_AUTH": "bearer,hmac"},
        HMAC_OF_ANOTHER_KIND,
    ],
    ids=["hmac", "hmac-body", "secret", "bearer", "another hmac"],
)
def test_an_imported_number_that_rings_asks_us_and_proves_itself_as_our_door_wants(
    scene: ProvisioningScene, auth: dict[str, str]
) -> None:
    with WebhookStub(lambda _: (200, {"error": "Closed."})) as stub:
        scene.settings |= {**BY_VAPI, **auth, "PUBLIC_BASE_URL": stub.url.partition("/vapi")[0]}
        scene.run()
        rings(scene)
        until(lambda: stub.messages("assistant-request") != [])

    asked = stub.messages("assistant-request")[0]
    assert asked["phoneNumber"]["number"] == OURS
    assert asked["customer"]["number"] == CALLER
    environment = Environment(auth)
    verifier = Verifier(read_modes(environment), read_hmac_plan(environment), (WEBHOOK_KEY,))
    signed = Signed(method="POST", url=stub.url, headers=stub.headers[0], body=stub.raw[0])
    verdict = verifier.check(signed, asked["timestamp"])
    assert (verdict.refusal, stub.headers[0].get("user-agent")) == (None, "vapi/1")
    wrong = Verifier(read_modes(environment), read_hmac_plan(environment), ("another key",))
    assert wrong.check(signed, asked["timestamp"]).refusal is not None


def test_what_we_could_not_take_of_its_call_comes_again(scene: ProvisioningScene) -> None:
    seen: list[str] = []

    def answer(body: Json) -> tuple[int, Json]:
        kind = body["message"]["type"]
        if kind == "assistant-request":
            return 200, squad()
        seen.append(kind)
        return (503, {}) if seen.count(kind) == 1 else (200, {})

    with WebhookStub(answer) as stub:
        scene.settings |= {**BY_VAPI, "PUBLIC_BASE_URL": stub.url.partition("/vapi")[0]}
        scene.run()
        rings(scene)
        until(lambda: scene.vapi.calls != {})
        [call] = scene.vapi.calls.values()
        assert call.wait(LIVENESS_SECONDS)

    assert seen.count("end-of-call-report") == 2


def test_our_own_number_asks_us_and_the_end_of_its_call_is_told_until_we_take_it(
    scene: ProvisioningScene,
) -> None:
    with Door() as door:
        door.answers["/twilio/voice"] = twiml("<Reject/>")
        door.answers["/twilio/call-status"] = lambda _: (503, "text/plain", "not now")
        scene.settings["PUBLIC_BASE_URL"] = door.url
        scene.run()
        rings(scene)
        scene.twilio.advance(60)

    [voice] = door.at("/twilio/voice")
    assert (voice.method, voice.genuine, voice["From"]) == ("POST", True, CALLER)
    told = door.at("/twilio/call-status")
    assert (len(told), {hook.genuine for hook in told}) == (4, {True})  # rc=3: three more
    assert scene.kept("phone-number")[0]["number"] == OURS
    assert scene.vapi.calls == {}


def test_where_our_door_fails_the_caller_is_asked_about_at_the_fallback(
    scene: ProvisioningScene,
) -> None:
    with Door() as door:
        door.answers["/twilio/voice"] = lambda _: (500, "text/plain", "broken")
        door.answers["/twilio/fallback"] = twiml("<Hangup/>")
        scene.settings["PUBLIC_BASE_URL"] = door.url
        scene.run()
        rings(scene)
        scene.twilio.advance(60)

    assert [hook["ErrorCode"] for hook in door.at("/twilio/fallback")] == ["11200"]
