"""Where calls are recorded, nobody is recorded who was not told first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from contact_center.configuration.compiled_config import load_contact_center
from contact_center.conversations.services.ports.callers import Opening
from contact_center.dialing.domain.call_scripts import Script, as_recorded_now
from contact_center.vapi.assistants.configured_scripts import ConfiguredScripts
from contact_center.vapi.assistants.overrides import CONTINUE
from contact_center.vapi.assistants.recorded import recorded
from contact_center.vapi.assistants.specialists import specialists
from contact_center.vapi.assistants.squad import ConfiguredSquad
from tests.unit.configuration.owner_config import OwnerFolder
from tools.compile_config import main

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from contact_center.configuration.compiled_config import ContactCenter

NOTICE = "This call is recorded."
NOTICES = {"": NOTICE, "sales": "Sales records this call."}


@pytest.fixture
def center(tmp_path: Path) -> ContactCenter:
    owner = OwnerFolder(tmp_path)
    owner.edit(
        "assistants/billing.toml",
        "first_message = ",
        'recording_notice = "Billing records this call."\nfirst_message = ',
    )
    assert main(["--config", str(owner.path)]) == 0
    return load_contact_center(owner.compiled)


def plans(center: ContactCenter) -> Iterator[dict[str, Any]]:
    """Whatever says whether Vapi records, wherever it stands."""
    yield center.squad["membersOverrides"]["artifactPlan"]
    for member in center.squad["members"]:
        yield member["assistant"]["artifactPlan"]
    for body in center.assistants.values():
        yield body["artifactPlan"]
    for body in specialists(center.squad).values():
        yield body["artifactPlan"]


def test_without_the_setting_nothing_is_recorded_and_nothing_said(center: ContactCenter) -> None:
    assert {plan["recordingEnabled"] for plan in plans(center)} == {False}
    assert center.notices == {}
    said = ConfiguredSquad(center.squad, None, notices=center.notices)
    squad: Any = said.compose("", Opening(question="Are you back?"))
    assert squad["members"][0]["assistantOverrides"]["firstMessage"] == "Are you back?"


def test_with_it_everybody_says_so_before_anything_else(center: ContactCenter) -> None:
    on = recorded(center)

    assert {plan["recordingEnabled"] for plan in plans(on)} == {True}
    first = {
        one["assistant"]["name"]: one["assistant"]["firstMessage"] for one in on.squad["members"]
    }
    assert first["router"].startswith(f"{NOTICE} Thanks for calling")
    assert first["billing"].startswith("Billing records this call. This is billing")
    assert all("recorded" in said or "records" in said for said in first.values())
    sales = on.assistants["sales"]["firstMessage"]  # by itself it calls people
    assert sales.startswith(f"Hello, this is an AI assistant calling for Acme. {NOTICE} If you")
    questions = center.squad["membersOverrides"]["artifactPlan"]["structuredOutputs"]
    assert on.squad["membersOverrides"]["artifactPlan"]["structuredOutputs"] == questions
    assert {plan["recordingEnabled"] for plan in plans(center)} == {False}  # it was not changed


def test_a_question_in_place_of_the_greeting_comes_after_it(center: ContactCenter) -> None:
    on = recorded(center)
    squad = ConfiguredSquad(on.squad, None, notices=on.notices)

    asked: Any = squad.compose("", Opening(question="Are you calling back?"))
    said = asked["members"][0]["assistantOverrides"]["firstMessage"]
    assert said == f"{NOTICE} Are you calling back?"
    saved: Any = squad.saved("squad-1", Opening(question="Are you calling back?"))
    assert saved["squadOverrides"]["firstMessage"] == f"{NOTICE} Are you calling back?"
    billing: Any = squad.compose("", Opening(start="billing", question="Are you back?"))
    said = billing["members"][0]["assistantOverrides"]["firstMessage"]
    assert said == "Billing records this call. Are you back?"


def test_who_is_still_here_was_told_when_he_was_greeted(center: ContactCenter) -> None:
    on = recorded(center)
    squad: Any = ConfiguredSquad(on.squad, None, notices=on.notices).compose(
        "", Opening(start="billing", goes_on=True)
    )
    overrides = squad["members"][0]["assistantOverrides"]
    assert overrides["firstMessageMode"] == CONTINUE["firstMessageMode"]
    assert "firstMessage" not in overrides


def script(*, records: bool, said: str = "Hello.") -> Script:
    plan = {"recordingEnabled": records, "pcapEnabled": False}
    return Script(assistant="sales", body={"firstMessage": said, "artifactPlan": plan})


@pytest.mark.parametrize(
    ("kept", "notices", "records", "said"),
    [
        (script(records=False), {}, False, "Hello."),
        (script(records=False), NOTICES, True, "Sales records this call. Hello."),
        (script(records=True), NOTICES, True, "Hello."),  # it has it in its words
        (script(records=True), {}, False, "Hello."),
    ],
)
def test_a_campaign_that_runs_is_recorded_as_the_setting_is_now(
    kept: Script, notices: dict[str, str], *, records: bool, said: str
) -> None:
    now = as_recorded_now(kept, notices).body

    assert now["firstMessage"] == said
    assert now["artifactPlan"] == {"recordingEnabled": records, "pcapEnabled": False}


def test_without_a_plan_of_its_own_vapi_would_record_so_it_gets_one() -> None:
    bare = Script(assistant="gone", body={"firstMessage": "Hello."})
    assert as_recorded_now(bare, {}).body["artifactPlan"] == {"recordingEnabled": False}
    told = as_recorded_now(bare, NOTICES).body
    assert told["firstMessage"] == f"{NOTICE} Hello."


def test_what_is_saved_at_vapi_is_as_it_is_there() -> None:
    saved = Script(assistant="sales", saved_id="1")
    assert as_recorded_now(saved, NOTICES) is saved


def test_what_a_campaign_keeps_says_so(center: ContactCenter) -> None:
    body: Any = ConfiguredScripts(recorded(center)).snapshot("sales")["body"]
    assert NOTICE in body["firstMessage"]
    assert body["artifactPlan"]["recordingEnabled"] is True
