"""Accounts are made to match, by one run, and the next has nothing to do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contact_center.provisioning.services.provisioning_ports import (
    MissingError,
)
from local.twilio.simulator import ACCOUNT_SID, AUTH_TOKEN
from local.twilio.telephones.account import Number
from tests.functional.provisioning.provisioning_scene import (
    BASE,
    BY_SIP,
    BY_VAPI,
    CREDENTIAL,
    NUMBER,
    OTHERS_SMS,
    OURS,
    RESOURCES,
    SAVED,
    SAVED_OBJECTS,
    TELEPHONE,
    Line,
    ProvisioningScene,
    done,
    lines,
)

type Json = Any


@pytest.mark.parametrize(
    ("settings", "made"),
    [
        ({}, [CREDENTIAL, NUMBER, TELEPHONE]),
        (BY_SIP, [CREDENTIAL, "number sip", TELEPHONE]),
        (BY_VAPI, [CREDENTIAL, NUMBER]),
        ({"VAPI_WEBHOOK_AUTH": "none"}, [NUMBER, TELEPHONE]),
        (
            SAVED,
            [CREDENTIAL, *SAVED_OBJECTS, NUMBER, TELEPHONE],
        ),
        (
            {"EFFECT_RECEIVERS": "built_in,hubspot"},
            [CREDENTIAL, NUMBER, TELEPHONE, "properties "],
        ),
    ],
    ids=["bypass", "sip", "vapi", "unsigned", "saved", "hubspot"],
)
def test_what_each_admission_needs_is_made_and_nothing_else(
    scene: ProvisioningScene, settings: dict[str, str], made: list[str]
) -> None:
    scene.settings |= settings

    assert done(scene) == made

    kinds = [name.partition(" ")[0] for name in made]
    kept = {resource: len(scene.kept(resource)) for resource in RESOURCES}
    assert kept == {
        "credential": kinds.count("credential"),
        "assistant": kinds.count("assistant"),
        "squad": kinds.count("squad"),
        "phone-number": 1,
        "tool": 0,
    }


@pytest.mark.parametrize("settings", [{}, BY_SIP, BY_VAPI, SAVED], ids=str)
def test_a_second_run_writes_nothing(scene: ProvisioningScene, settings: dict[str, str]) -> None:
    scene.settings |= settings
    first, line = scene.run(), Line()
    assert (len(first.done) > 1, first.left) == (True, ())

    second = scene.run(line)

    assert (line.writes, second.done, second.left) == ([], (), ())
    assert second.ids == first.ids


def test_the_number_hears_everything_again_that_we_could_not_take(
    scene: ProvisioningScene,
) -> None:
    scene.run()

    assert scene.one("phone-number")["server"] == {
        "url": f"{BASE}/vapi/webhook",
        "credentialId": scene.one("credential")["id"],
        "timeoutSeconds": 20,
        "backoffPlan": {
            "type": "exponential",
            "maxRetries": 3,
            "baseDelaySeconds": 1,
            "excludedStatusCodes": [400, 401, 403, 404, 413, 422],
        },
    }


def test_our_number_at_twilio_asks_us_and_is_otherwise_its_owners(
    scene: ProvisioningScene,
) -> None:
    scene.run()

    number = scene.ringing()
    assert (number.voice_url, number.voice_method) == (f"{BASE}/twilio/voice", "POST")
    assert (number.fallback_url, number.fallback_method) == (f"{BASE}/twilio/fallback", "POST")
    status = f"{BASE}/twilio/call-status#rc=3&rp=5xx,ct,rt"
    assert (number.status_callback, number.status_callback_method) == (status, "POST")
    assert (number.friendly_name, number.sms_url) == ("Front desk", OTHERS_SMS)
    assert scene.one("phone-number")["smsEnabled"] is False


@pytest.mark.parametrize(
    "hangs_on", [{"application_sid": f"AP{'1' * 32}"}, {"trunk_sid": f"TK{'1' * 32}"}]
)
def test_a_number_that_hangs_on_something_else_is_taken_off(
    scene: ProvisioningScene, hangs_on: dict[str, str]
) -> None:
    scene.run()
    scene.twilio.account.numbers[OURS] = replace(scene.ringing(), **hangs_on)
    assert scene.ringing().asks == ""

    assert done(scene) == [TELEPHONE]
    assert scene.ringing().asks == f"{BASE}/twilio/voice"


def test_with_vapi_the_number_is_vapis_and_vapi_asks_us(scene: ProvisioningScene) -> None:
    scene.settings |= BY_VAPI
    scene.run()

    assert scene.ringing().voice_url == f"{scene.vapi.url}/twilio/inbound_call"
    assert not {"assistantId", "squadId"} & scene.one("phone-number").keys()


def test_an_assistant_on_the_number_is_taken_off_or_vapi_would_never_ask(
    scene: ProvisioningScene,
) -> None:
    scene.settings |= BY_VAPI
    scene.run()
    number = scene.one("phone-number")["id"]
    scene.vapi.account.change("phone-number", number, {"assistantId": "somebodys"})
    assert "assistantId   somebodys → nothing" in lines(scene)

    assert done(scene) == [NUMBER]
    assert "assistantId" not in scene.one("phone-number")


def test_a_number_that_rang_here_is_given_to_vapi(scene: ProvisioningScene) -> None:
    scene.run()
    assert scene.ringing().voice_url.startswith(BASE)
    scene.settings |= BY_VAPI
    assert f"{BASE}/twilio/voice → Vapi's own address" in lines(scene)

    assert done(scene) == [NUMBER]
    assert scene.ringing().voice_url == f"{scene.vapi.url}/twilio/inbound_call"
    assert scene.changes() == []


@pytest.mark.parametrize(
    ("says", "shown"),
    [
        ({"voice_url": "https://demo.example.com/voice"}, "demo.example.com/voice → Vapi's own"),
        ({"voice_url": ""}, "nothing → Vapi's own address"),
        ({"voice_url": "https://api.vapi.ai.example.com/x"}, "example.com/x → Vapi's own address"),
        ({"application_sid": f"AP{'1' * 32}"}, "voice_application_sid of the telephone)   AP1"),
        ({"trunk_sid": f"TK{'1' * 32}"}, "trunk_sid of the telephone)   TK1"),
    ],
)
def test_with_vapi_a_number_that_does_not_ring_at_vapi_is_given_to_it_again(
    scene: ProvisioningScene, says: dict[str, str], shown: str
) -> None:
    """Whoever pointed it elsewhere by hand: no caller would come in, and nothing say why."""
    scene.settings |= BY_VAPI
    scene.run()
    scene.twilio.account.numbers[OURS] = replace(scene.ringing(), **says)
    assert shown in lines(scene)

    assert done(scene) == [NUMBER]
    assert scene.ringing().asks == f"{scene.vapi.url}/twilio/inbound_call"
    assert scene.changes() == []


def test_with_vapi_a_number_at_vapi_s_other_hosts_is_as_wanted(scene: ProvisioningScene) -> None:
    scene.settings |= BY_VAPI
    scene.run()
    other = replace(scene.ringing(), voice_url="https://api.eu.vapi.ai/twilio/inbound_call")
    scene.twilio.account.numbers[OURS] = other
    assert scene.changes() == []


def test_another_number_that_twilio_finds_by_the_same_digits_is_none_of_ours(
    scene: ProvisioningScene,
) -> None:
    scene.settings |= BY_VAPI
    scene.run()
    longer = Number(number="+4414155550100", voice_url=f"{BASE}/twilio/voice")
    scene.twilio.account.numbers[longer.number] = longer

    assert scene.changes() == []
    scene.settings |= {"TWILIO_ADMISSION": "bypass"}
    scene.run()
    assert scene.twilio.account.numbers.pop(longer.number) == longer
    assert scene.ringing().asks == f"{BASE}/twilio/voice"


def test_whenever_vapis_number_is_written_twilio_is_put_right_again(
    scene: ProvisioningScene,
) -> None:
    scene.run()
    number = scene.one("phone-number")["id"]
    scene.vapi.account.change("phone-number", number, {"server": {"url": "https://old.example"}})
    assert scene.changes() == [f"change {NUMBER}"]  # and then what that does to Twilio's

    assert done(scene) == [NUMBER, TELEPHONE]
    assert scene.ringing().voice_url == f"{BASE}/twilio/voice"


def test_a_number_that_is_at_vapi_already_is_given_our_server_and_keeps_its_name(
    scene: ProvisioningScene,
) -> None:
    theirs = {"provider": "twilio", "number": OURS, "name": "Front desk", "hooks": []}
    account = {"twilioAccountSid": ACCOUNT_SID, "twilioAuthToken": AUTH_TOKEN}
    kept = scene.vapi.account.keep("phone-number", theirs | account)
    scene.run()

    number = scene.one("phone-number")
    changed = {name for name in number if number[name] != kept.get(name)}
    assert changed == {"server", "updatedAt"}


@pytest.mark.parametrize("provider", ["twilio", "vapi", "telnyx"])
def test_what_changes_a_number_says_of_which_provider_it_is(
    scene: ProvisioningScene, provider: str
) -> None:
    """By that the published API tells one kind of body from the others."""
    theirs = {"number": OURS, "twilioAccountSid": ACCOUNT_SID, "twilioAuthToken": AUTH_TOKEN}
    kept = scene.vapi.account.keep("phone-number", {"provider": provider, **theirs})
    scene.settings["VAPI_PHONE_NUMBER_ID"] = kept["id"]
    line = Line()
    scene.run(line)

    [body] = [
        body for method, url, body in line.bodies if (method, "/phone-" in url) == ("PATCH", True)
    ]
    assert body["provider"] == provider


def test_whatever_is_changed_of_an_imported_number_its_messages_stay_its_owners(
    scene: ProvisioningScene,
) -> None:
    """Vapi takes them with any change that does not say otherwise, as its API's text has it."""
    scene.run()
    scene.settings["PUBLIC_BASE_URL"] = "https://new.example.com"
    assert done(scene) == [NUMBER, TELEPHONE]
    assert scene.ringing().sms_url == OTHERS_SMS

    scene.twilio.account.auth_token = scene.keys["twilio"] = "another-token-of-twilio"
    assert done(scene) == [NUMBER, TELEPHONE]
    assert scene.ringing().sms_url == OTHERS_SMS


def test_who_lets_vapi_answer_messages_goes_on_so(scene: ProvisioningScene) -> None:
    theirs = {"provider": "twilio", "number": OURS, "smsEnabled": True}
    account = {"twilioAccountSid": ACCOUNT_SID, "twilioAuthToken": AUTH_TOKEN}
    scene.vapi.account.keep("phone-number", theirs | account)
    scene.run()
    assert scene.ringing().sms_url == f"{scene.vapi.url}/twilio/sms"
    assert scene.one("phone-number")["smsEnabled"] is True


def test_a_number_that_is_named_by_its_id_is_that_number(scene: ProvisioningScene) -> None:
    other = scene.vapi.account.keep("phone-number", {"provider": "vapi", "name": "Another"})
    scene.settings["VAPI_PHONE_NUMBER_ID"] = other["id"]

    assert done(scene) == [CREDENTIAL, NUMBER, TELEPHONE]
    assert scene.one("phone-number")["name"] == "Another"

    scene.settings["VAPI_PHONE_NUMBER_ID"] = "nobodys"
    with pytest.raises(MissingError, match="there is no number with this id"):
        scene.run()


def test_a_number_that_the_account_at_twilio_does_not_have_is_said(
    scene: ProvisioningScene,
) -> None:
    scene.settings["TWILIO_PHONE_NUMBER"] = "+14155550111"
    line = Line()
    with pytest.raises(MissingError, match="there is no telephone with this phone_number"):
        scene.run(line)
    assert line.writes == []
