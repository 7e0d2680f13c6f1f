"""What the other side makes of it, and the command that a person types."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.provisioning.domain.objects import Kind
from contact_center.provisioning.services.provision import carry_out, plan
from contact_center.provisioning.services.provisioning_ports import (
    ChangedMeanwhileError,
    OutOfTimeError,
)
from contact_center.web.outcomes import Answered
from local.vapi.calls.account import Account
from tests.functional.provisioning.provisioning_scene import (
    ASSISTANTS,
    BY_VAPI,
    NUMBER,
    OTHERS_VOICE,
    OWNER,
    RESOURCES,
    SAVED,
    TELEPHONE,
    Line,
    ProvisioningScene,
    done,
    lines,
)
from tests.vapi_scene import schema_check

if TYPE_CHECKING:
    from pathlib import Path

    from requests import Request

    from contact_center.web.outcomes import Outcome

type Json = Any


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


def test_what_is_said_to_stay_stays_and_what_goes_is_said_to_go(scene: ProvisioningScene) -> None:
    """A field that differs is replaced whole, with whatever somebody put into it by hand."""
    scene.settings |= SAVED
    scene.run()
    one = next(one for one in scene.kept("assistant") if one["name"] == "router")
    said = {
        "model": {**one["model"], "temperature": 1.9, "maxTokens": 250},
        "endCallMessage": "Bye",
    }
    scene.vapi.account.change("assistant", one["id"], said)

    told = lines(scene)
    assert "says besides, which stays: endCallMessage" in told
    assert "says besides, which goes: model.maxTokens" in told
    scene.run()
    left = scene.vapi.account.saved["assistant"][one["id"]]
    assert ("endCallMessage" in left, "maxTokens" in left["model"]) == (True, False)


def test_what_goes_of_somebody_else_s_number_is_said(scene: ProvisioningScene) -> None:
    theirs = {"provider": "vapi", "name": "Theirs", "server": {"url": "https://x.example"}}
    theirs["server"]["staticIpAddressesEnabled"] = True  # type: ignore[index]
    kept = scene.vapi.account.keep("phone-number", theirs)
    scene.settings["VAPI_PHONE_NUMBER_ID"] = kept["id"]

    assert "says besides, which goes: server.staticIpAddressesEnabled" in lines(scene)
    scene.run()
    assert "staticIpAddressesEnabled" not in scene.one("phone-number")["server"]


@pytest.mark.parametrize("proof", [{"headers": {"Authorization": "Bearer x-1"}}, {"secret": "x-1"}])
def test_a_number_that_proves_itself_in_another_way_is_put_right_and_shows_no_key(
    scene: ProvisioningScene, proof: Json
) -> None:
    scene.run()
    number = scene.one("phone-number")
    scene.vapi.account.change(
        "phone-number", number["id"], {"server": {**number["server"], **proof}}
    )

    told = lines(scene)
    assert f"server.{next(iter(proof))}   (hidden) → nothing" in told
    assert "x-1" not in told
    assert done(scene) == [NUMBER, TELEPHONE]
    assert scene.one("phone-number")["server"] == number["server"]


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


@pytest.mark.parametrize(
    ("resource", "name"),
    [("assistant", "router"), ("assistant", "sales"), ("squad", ""), ("credential", "")],
)
def test_deleted_by_hand(scene: ProvisioningScene, resource: str, name: str) -> None:
    """What is gone is made again, and whatever named it names the new one."""
    scene.settings |= SAVED
    scene.run()
    kept = scene.vapi.account.saved[resource]
    gone = next(one for one in kept.values() if name in str(one.get("name")))
    del kept[gone["id"]]

    assert scene.run().left == ()
    assert scene.changes() == []
    assert gone["id"] not in json.dumps(
        [scene.one("squad"), scene.one("phone-number"), scene.kept("assistant")]
    )


class Lagging(Line):
    """Lists at Vapi do not know yet what was made a moment ago."""

    def __init__(self) -> None:
        super().__init__()
        self._made: list[str] = []

    def send(self, asked: Request) -> Outcome:
        outcome = super().send(asked)
        if not isinstance(outcome, Answered):
            return outcome
        said = json.loads(outcome.body)
        if isinstance(said, list):
            listed = [one for one in said if one["id"] not in self._made]
            return Answered(outcome.status, outcome.headers, json.dumps(listed).encode())
        if asked.method == "POST" and "id" in said:
            self._made.append(said["id"])
        return outcome


def test_what_is_not_listed_yet_was_made_all_the_same(scene: ProvisioningScene) -> None:
    scene.settings |= SAVED
    made = scene.run(Lagging())

    assert made.left == ()
    assert made.ids[Kind.NUMBER, "main"] == scene.one("phone-number")["id"]
    assert made.ids[Kind.SQUAD, "contact-center"] == scene.one("squad")["id"]
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
    assert "There is no .env." in told
    assert "HERE=1" in told


def test_a_proxy_that_is_not_used_is_said(scene: ProvisioningScene, tmp_path: Path) -> None:
    assert "PROXY" not in scene.command("--plan", env_file=tmp_path / ".env")[1]
    scene.settings["https_proxy"] = "http://127.0.0.1:9"
    status, told = scene.command("--plan", env_file=tmp_path / ".env")
    assert "HTTPS_PROXY is set and is not used" in told
    assert "127.0.0.1:9 " not in told
    assert status == 1  # asked all the same


def test_a_name_that_nothing_reads_is_named(scene: ProvisioningScene, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("VAPI_APIKEY=k\n")
    told = scene.command("--plan", env_file=file)[1]
    assert "VAPI_APIKEY in .env is read by nothing. The nearest name that is read: VAPI" in told


def test_what_is_sent_is_what_vapi_publishes(scene: ProvisioningScene, shared: Path) -> None:
    scene.vapi.account.check = schema_check(shared)
    scene.settings |= SAVED
    assert scene.run().left == ()
    assert scene.ringing().voice_url != OTHERS_VOICE
