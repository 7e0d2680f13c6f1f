"""What others made stays theirs, and keys stay secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contact_center.provisioning.domain.marks import fingerprint
from contact_center.provisioning.services.provision import plan
from contact_center.provisioning.services.provisioning_ports import (
    OthersError,
    RefusedError,
)
from tests.functional.provisioning.provisioning_scene import (
    ASSISTANTS,
    BASE,
    CANARIES,
    CREDENTIAL,
    NUMBER,
    OWNER,
    SAVED,
    TELEPHONE,
    WEBHOOK_KEY,
    Line,
    ProvisioningScene,
    done,
    lines,
)

if TYPE_CHECKING:
    from pathlib import Path

type Json = Any


def theirs(scene: ProvisioningScene) -> Json:
    """Objects that somebody made by hand, some of them called as ours are."""
    keep = scene.vapi.account.keep
    plan_of_theirs = {"type": "bearer", "token": "theirs"}
    assistant = keep("assistant", {"name": "sales", "metadata": {"team": "theirs"}})
    return {
        "assistant": assistant,
        "tool": keep("tool", {"type": "function", "function": {"name": "routeToDepartment"}}),
        "squad": keep(
            "squad", {"name": "contact-center", "members": [{"assistantId": assistant["id"]}]}
        ),
        "credential": keep(
            "credential",
            {
                "provider": "custom-credential",
                "name": "webhooks",
                "authenticationPlan": plan_of_theirs,
            },
        ),
        "phone-number": keep("phone-number", {"provider": "vapi", "name": "Their line"}),
    }


def test_what_others_made_stays_as_it_is(scene: ProvisioningScene) -> None:
    before = theirs(scene)
    scene.settings |= SAVED
    line = Line()
    scene.run(line)

    for resource, one in before.items():
        assert scene.vapi.account.saved[resource][one["id"]] == one
    assert {method for method, _ in line.sent} == {"GET", "POST"}  # at Vapi nothing was changed


@pytest.mark.parametrize(
    ("resource", "body"),
    [
        ("assistant", {"name": "sales", "metadata": {"switchboard": "prod"}}),
        ("squad", {"name": "switchboard/prod contact-center", "members": []}),
        ("phone-number", {"provider": "vapi", "name": "switchboard/prod sip"}),
        (
            "credential",
            {
                "provider": "custom-credential",
                "name": "switchboard/prod 12345678",
                "authenticationPlan": {"type": "bearer", "token": "x"},
            },
        ),
    ],
)
def test_an_account_with_another_stacks_objects_is_not_touched(
    scene: ProvisioningScene, resource: str, body: Json
) -> None:
    kept = scene.vapi.account.keep(resource, body)
    line = Line()
    with pytest.raises(OthersError) as refused:
        scene.run(line)

    assert line.writes == []
    assert kept["id"] in str(refused.value)
    assert "prod" in str(refused.value)
    assert "PROVISION_NAME" in str(refused.value)


def test_what_nobody_wants_any_more_is_told_and_left(scene: ProvisioningScene) -> None:
    scene.settings |= SAVED
    scene.run()
    kept = scene.world()
    scene.settings["SAVED_ASSISTANTS"] = "false"

    told = lines(scene)
    scene.run()

    assert told.count("ours, and wanted no more; it is left") == len(ASSISTANTS) + 1
    assert scene.world() == kept


# --- keys -------------------------------------------------------------------------------------


def credential_key(scene: ProvisioningScene) -> str:
    return str(scene.one("credential")["authenticationPlan"]["secretKey"])


def test_a_turned_webhook_key_is_given_to_vapi_and_to_nothing_else(
    scene: ProvisioningScene,
) -> None:
    scene.run()
    assert credential_key(scene) == WEBHOOK_KEY
    scene.keys["webhook"] = "another-key-of-webhooks"
    assert "its key is not today's" in lines(scene)

    assert done(scene) == [CREDENTIAL]
    assert credential_key(scene) == "another-key-of-webhooks"
    assert len(scene.kept("credential")) == 1
    assert scene.changes() == []


@pytest.mark.parametrize("is_named", [False, True])
def test_a_turned_token_of_twilio_is_given_to_vapi(
    scene: ProvisioningScene, *, is_named: bool
) -> None:
    scene.run()
    if is_named:  # as the first run tells an owner to do
        scene.settings["VAPI_PHONE_NUMBER_ID"] = scene.one("phone-number")["id"]
    assert scene.changes() == []
    scene.twilio.account.auth_token = "another-token-of-twilio"
    scene.keys["twilio"] = "another-token-of-twilio"

    assert done(scene) == [NUMBER, TELEPHONE]
    assert scene.one("phone-number")["twilioAuthToken"] == "another-token-of-twilio"
    assert scene.ringing().voice_url == f"{BASE}/twilio/voice"


def test_a_number_that_lost_its_mark_is_said_to_keep_an_old_token_until_it_is_named(
    scene: ProvisioningScene,
) -> None:
    scene.run()
    number = scene.one("phone-number")
    assert "not made here" not in lines(scene)
    number["name"] = "Front desk"
    scene.twilio.account.auth_token = scene.keys["twilio"] = "another-token-of-twilio"

    assert f"once its name there is switchboard/{OWNER}" in lines(scene)
    assert done(scene) == []  # a name of theirs is not changed
    number["name"] = f"switchboard/{OWNER}"

    assert done(scene) == [NUMBER, TELEPHONE]
    assert scene.one("phone-number")["twilioAuthToken"] == "another-token-of-twilio"
    assert "not made here" not in lines(scene)
    assert scene.changes() == []


def test_no_key_is_shown_logged_or_told(
    scene: ProvisioningScene, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    scene.settings |= SAVED | {"EFFECT_RECEIVERS": "built_in,hubspot"}
    file = tmp_path / ".env"
    said = [scene.command("--yes", env_file=file)[1]]
    scene.keys["webhook"] = f"{WEBHOOK_KEY}-turned"
    said.append(scene.command(env_file=file)[1])
    said += [repr(plan(scene.made().parts)), repr(scene.made()), *capfd.readouterr()]
    scene.twilio.account.auth_token = "turned at Twilio alone"
    said.append(scene.command("--yes", env_file=file)[1])
    scene.vapi.rest.api_key = "turned at Vapi alone"
    said.append(scene.command("--yes", env_file=file)[1])

    assert "written: credential webhooks" in said[0]
    assert "Twilio refused our key: look at its auth token" in said[-2]
    assert "Vapi refused our key: look at its private key" in said[-1]
    assert [text for text in said for key in CANARIES if key in text] == []


def test_a_refusal_is_told_without_what_it_repeats(scene: ProvisioningScene) -> None:
    problem = [f"property {WEBHOOK_KEY} of +14155550100 should not exist, see https://x.example/y"]
    scene.vapi.account.check = lambda name, _: problem if "Credential" in name else []

    with pytest.raises(RefusedError) as refused:
        scene.run()

    told = "property (a key) of (a number) should not exist, see (an address)"
    assert str(refused.value) == f"Vapi refused (HTTP 400): {told}"


def test_a_fingerprint_tells_keys_apart_and_says_nothing_else() -> None:
    assert fingerprint("a", OWNER) != fingerprint("b", OWNER)
    assert fingerprint("a", OWNER) != fingerprint("a", "prod")
    assert len(fingerprint(WEBHOOK_KEY, OWNER)) == 8
