"""Accounts are made to match, by one run, and the next has nothing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contact_center.provisioning.domain.marks import fingerprint
from contact_center.provisioning.domain.objects import Kind
from contact_center.provisioning.domain.plan_text import plan_lines
from contact_center.provisioning.services.provision import carry_out, plan
from contact_center.provisioning.services.provisioning_ports import (
    ChangedMeanwhileError,
    MissingError,
    OthersError,
    OutOfTimeError,
    RefusedError,
)
from local.twilio.simulator import ACCOUNT_SID, AUTH_TOKEN
from local.twilio.telephones.account import Number
from local.vapi.calls.account import Account
from tests.functional.provisioning.provisioning_scene import (
    BASE,
    CANARIES,
    OTHERS_SMS,
    OTHERS_VOICE,
    OURS,
    OWNER,
    RESOURCES,
    SIP,
    WEBHOOK_KEY,
    Line,
    ProvisioningScene,
)
from tests.vapi_scene import schema_check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

type Json = Any

SAVED = {"SAVED_ASSISTANTS": "true"}
BY_SIP = {"TWILIO_ADMISSION": "sip", "VAPI_SIP_ADDRESS": SIP}
BY_VAPI = {"TWILIO_ADMISSION": "vapi"}
CREDENTIAL, NUMBER, TELEPHONE = "credential webhooks", "number main", "telephone our number"
ASSISTANTS = ["router", "sales", "support", "billing", "retention", "sales calling"]

SAVED_OBJECTS = [*(f"assistant {name}" for name in ASSISTANTS), "squad contact-center"]


@pytest.fixture(scope="module")
def accounts() -> Iterator[ProvisioningScene]:
    with ProvisioningScene() as made:
        yield made


@pytest.fixture
def scene(accounts: ProvisioningScene) -> ProvisioningScene:
    """Accounts that nobody has provisioned yet."""
    accounts.reset()
    return accounts


def done(scene: ProvisioningScene, line: Line | None = None) -> list[str]:
    """What a run did."""
    return [f"{one.wanted.kind} {one.wanted.key}" for one in scene.run(line).done]


def lines(scene: ProvisioningScene) -> str:
    return "\n".join(plan_lines(plan(scene.made().parts)))


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
    from dataclasses import replace  # noqa: PLC0415

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


# --- what is others' --------------------------------------------------------------------------


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


def test_a_turned_token_of_twilio_is_given_to_vapi(scene: ProvisioningScene) -> None:
    scene.run()
    scene.twilio.account.auth_token = "another-token-of-twilio"
    scene.keys["twilio"] = "another-token-of-twilio"

    assert done(scene) == [NUMBER, TELEPHONE]
    assert scene.one("phone-number")["twilioAuthToken"] == "another-token-of-twilio"
    assert scene.ringing().voice_url == f"{BASE}/twilio/voice"


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


# --- what the other side does -----------------------------------------------------------------


def test_what_the_other_side_changed_is_said(
    scene: ProvisioningScene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = Account.keep

    def otherwise(account: Account, resource: str, body: Json) -> Json:
        if resource == "phone-number":
            body = {**body, "server": {**body["server"], "timeoutSeconds": 7}}
        return keep(account, resource, body)

    monkeypatch.setattr(Account, "keep", otherwise)
    status, told = scene.command("--yes", env_file=tmp_path / ".env")

    assert status == 1
    assert "the other side changed number main after it was written:" in told
    assert "server.timeoutSeconds   7 → 20" in told
    assert "read back as wanted" not in told


def test_what_the_other_side_adds_is_no_difference_and_is_told(scene: ProvisioningScene) -> None:
    scene.settings |= SAVED
    scene.run()
    one = next(one for one in scene.kept("assistant") if one["name"] == "router")
    more = {"model": {**one["model"], "maxTokens": 250}, "endCallMessage": "Bye"}
    scene.vapi.account.change("assistant", one["id"], more)

    assert scene.changes() == []
    assert "says besides, which stays: model.maxTokens, endCallMessage" in lines(scene)


def test_drift_is_shown_and_taken_back(scene: ProvisioningScene) -> None:
    scene.settings |= SAVED
    scene.run()
    one = next(one for one in scene.kept("assistant") if one["name"] == "router")
    prompt = one["model"]["messages"][0]["content"]
    said = prompt.replace(prompt.splitlines()[0], "You are a pirate.")
    messages = [{"role": "system", "content": said}]
    changes = {"model": {**one["model"], "messages": messages}, "backgroundSound": "office"}
    scene.vapi.account.change("assistant", one["id"], changes)

    told = lines(scene)
    assert "-You are a pirate." in told
    assert f"+{prompt.splitlines()[0]}" in told
    assert "backgroundSound   office → off" in told
    assert done(scene) == ["assistant router"]
    assert scene.changes() == []


def test_what_was_shown_is_what_is_done(scene: ProvisioningScene) -> None:
    parts = scene.made().parts
    shown = plan(parts)
    scene.vapi.account.keep(
        "credential",
        {
            "provider": "custom-credential",
            "name": f"switchboard/{OWNER} 12345678",
            "authenticationPlan": {"type": "bearer", "token": "x"},
        },
    )
    with pytest.raises(ChangedMeanwhileError, match="look again"):
        carry_out(shown, parts)
    assert [len(scene.kept(resource)) for resource in RESOURCES] == [1, 0, 0, 0, 0]


def test_without_time_nothing_is_begun(scene: ProvisioningScene) -> None:
    left = iter([True] * 12 + [False] * 99)
    line = Line()
    parts = scene.made(line, in_time=lambda: next(left)).parts
    with pytest.raises(OutOfTimeError, match="goes on from here"):
        carry_out(plan(parts), parts)
    assert len(line.sent) == 12
    assert scene.run().left == ()


def test_more_objects_than_one_page_are_all_looked_at(scene: ProvisioningScene) -> None:
    for number in range(150):
        kept = scene.vapi.account.keep("assistant", {"name": f"theirs {number}"})
        kept["createdAt"] = f"2026-11-01T00:00:00.{number // 2:03}Z"  # two in each instant
    scene.settings |= SAVED
    scene.run()
    account = scene.made().parts.accounts[Kind.ASSISTANT]
    account._page = 50  # type: ignore[attr-defined]

    found = account.found(Kind.ASSISTANT)

    assert len({one.id for one in found}) == 150 + len(ASSISTANTS)


def test_of_two_that_are_ours_the_older_is_used_and_the_other_told(
    scene: ProvisioningScene,
) -> None:
    scene.run()
    first = scene.one("credential")
    again = {name: first[name] for name in ("provider", "name", "authenticationPlan")}
    second = scene.vapi.account.keep("credential", again)

    assert f"credential {second['name'].rpartition(' ')[2]} {second['id']}: ours" in lines(scene)
    assert scene.run().ids[Kind.CREDENTIAL, "webhooks"] == first["id"]


# --- the command ------------------------------------------------------------------------------


def test_the_command_shows_asks_writes_and_says_what_to_set(
    scene: ProvisioningScene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.settings |= SAVED
    file = tmp_path / ".env"
    status, told = scene.command("--plan", env_file=file)
    assert (status, "Nothing was written." in told, scene.kept("credential")) == (1, True, [])

    status, told = scene.command(env_file=file)  # nobody is at a terminal
    assert (status, "--yes" in told, scene.kept("credential")) == (1, True, [])

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    for said in ("no", ""):
        monkeypatch.setattr("builtins.input", lambda _, said=said: said)
        assert scene.command(env_file=file)[0] == 1
    assert scene.kept("credential") == []
    monkeypatch.setattr("builtins.input", lambda _: "y")
    status, told = scene.command(env_file=file)
    assert status == 0
    assert "All that was written was read back as wanted." in told
    sales = next(
        one
        for one in scene.kept("assistant")
        if one["metadata"]["switchboardKey"] == "sales calling"
    )
    for name, value in {
        "VAPI_PHONE_NUMBER_ID": scene.one("phone-number")["id"],
        "VAPI_SQUAD_ID": scene.one("squad")["id"],
        "SALES_ASSISTANT_ID": sales["id"],
    }.items():
        assert f"set {name}={value} in .env" in told
        scene.settings[name] = value
    status, told = scene.command(env_file=file)
    assert (status, told.splitlines()[-1]) == (0, "All is as wanted.")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"PUBLIC_BASE_URL": ""}, "PUBLIC_BASE_URL is required"),
        ({"PUBLIC_BASE_URL": "http://127.0.0.1:3000", "VAPI_BASE_URL": ""}, "that Vapi can reach"),
        ({"TWILIO_PHONE_NUMBER": "", **BY_VAPI}, "TWILIO_PHONE_NUMBER or VAPI_PHONE_NUMBER_ID"),
        ({"TWILIO_ACCOUNT_SID": "", **BY_VAPI}, "TWILIO_ACCOUNT_SID is required to import"),
        ({"PROVISION_NAME": "Dev_1"}, "PROVISION_NAME must be at most 19"),
        ({"VAPI_API_KEY": ""}, "VAPI_API_KEY is missing"),
        ({"TWILIO_AUTH_TOKEN": ""}, "TWILIO_AUTH_TOKEN is missing"),
    ],
)
def test_a_setting_that_is_missing_is_named(
    scene: ProvisioningScene, tmp_path: Path, settings: dict[str, str], words: str
) -> None:
    scene.settings |= settings
    status, told = scene.command("--yes", env_file=tmp_path / ".env")
    assert (status, words in told) == (2, True), told


def test_what_is_sent_is_what_vapi_publishes(scene: ProvisioningScene, shared: Path) -> None:
    scene.vapi.account.check = schema_check(shared)
    scene.settings |= SAVED
    assert scene.run().left == ()
    assert scene.ringing().voice_url != OTHERS_VOICE
