"""What is said in a call: a campaign's own words since its start, or those of the moment."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contact_center.campaigns.adapters.campaign_items import campaign_item, campaign_of
from contact_center.campaigns.domain.campaigns import Campaign
from contact_center.campaigns.domain.retry_policy import DEFAULT_RULES
from contact_center.configuration.compiled_config import load_contact_center
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.call_scripts import (
    BadScriptError,
    Script,
    read_script,
    script_json,
)
from contact_center.dialing.domain.voicemail import LEAVE_MESSAGE
from contact_center.dialing.services.find_script import SCRIPTS_KEPT, CallScripts
from contact_center.dialing.services.place_call import Placing
from contact_center.vapi.assistants.configured_scripts import ConfiguredScripts
from tests.bodies import wish_of
from tests.fakes.call_scripts import FakePresentScripts, FakeSnapshots
from tests.unit.dialing.dialing_scene import Scene, request


@pytest.fixture
def scene() -> Scene:
    return Scene()


def spoken(scene: Scene) -> Script:
    (posted,) = scene.voice.posted
    return posted.script


def test_a_campaign_speaks_as_it_did_when_it_was_started(scene: Scene) -> None:
    scene.present.release = "changed since"
    scene.queue()

    assert scene.dial() is Placing.POSTED
    assert spoken(scene).body["firstMessage"] == "at start"


def test_a_single_call_speaks_as_configured_now(scene: Scene) -> None:
    scene.queue(campaign_id=None, contact_id=None)

    scene.dial()

    assert spoken(scene).body["firstMessage"] == "now"


def test_a_campaigns_script_is_read_once_in_a_process(scene: Scene) -> None:
    scene.queue()
    scene.dial()
    again = CallScripts(scene.present, scene.snapshots)
    for _ in range(50):
        again.of_call(request(), scene.tables.campaigns["spring"])

    assert scene.snapshots.reads["spring"] == 2  # one for each process


def test_of_very_many_campaigns_the_latest_scripts_are_kept() -> None:
    snapshots = FakeSnapshots()
    scripts = CallScripts(FakePresentScripts(), snapshots)
    for index in [*range(SCRIPTS_KEPT + 1), SCRIPTS_KEPT, 0]:
        scripts.of_call(request(campaign_id=f"c-{index}"), None)

    assert snapshots.reads[f"c-{SCRIPTS_KEPT}"] == 1
    assert snapshots.reads["c-0"] == 2


@pytest.mark.parametrize(
    ("snapshot", "more", "reason"),
    [
        (None, {}, "assistant snapshot"),
        ({"assistant": "sales"}, {}, "assistant snapshot"),
        ({"version": 2, "assistant": "sales", "body": {"name": "x"}}, {}, "assistant snapshot"),
        ({"version": 1, "assistant": "sales", "body": {}}, {}, "assistant snapshot"),
        (
            script_json(Script(assistant="sales", saved_id="id")),
            {"voicemail": LEAVE_MESSAGE},
            "voicemail message",
        ),
    ],
)
def test_a_campaign_without_its_script_stops_and_nothing_rings(
    scene: Scene, snapshot: Any, more: dict[str, Any], reason: str
) -> None:
    scene.snapshots.stored["spring"] = snapshot
    scene.queue(**more)

    assert scene.dial() is Placing.NOT_NOW
    assert scene.voice.posted == []
    assert scene.tables.stops == [("spring", reason)]
    assert (scene.attempt.disposition, scene.attempt.reason) == (
        Disposition.CONFIGURATION,
        reason,
    )
    assert scene.metrics.of("dial_configuration_wrong") == [{"reason": reason}]
    assert scene.free()


def test_a_single_call_of_an_assistant_that_is_gone_is_given_up(scene: Scene) -> None:
    scene.queue(campaign_id=None, contact_id=None, assistant="nobody")

    assert scene.dial() is Placing.NOT_NOW
    assert (scene.attempt.disposition, scene.tables.stops) == (Disposition.CONFIGURATION, [])


def test_what_the_campaign_wants_of_a_voicemail_goes_out_with_the_call(scene: Scene) -> None:
    scene.queue(voicemail=LEAVE_MESSAGE)

    scene.dial()

    (posted,) = scene.voice.posted
    assert (posted.voicemail, posted.script.voicemail_message) == (
        LEAVE_MESSAGE,
        "Please call us back.",
    )


# -- the configuration -----------------------------------------------------------------------


def test_what_a_campaign_keeps_reads_back_as_it_was() -> None:
    scripts = ConfiguredScripts(load_contact_center(), {})
    found = scripts.find("sales")

    assert found is not None
    assert found.body["firstMessage"]
    assert "server" not in found.body  # Vapi would sign nothing for it
    assert read_script(scripts.snapshot("sales")) == found


def test_an_assistant_saved_at_vapi_is_named_and_not_sent_along() -> None:
    saved = "5d4b9f5f-5b0e-4f6d-9e43-0f3c2c1f7a12"
    scripts = ConfiguredScripts(load_contact_center(), {"sales": saved})

    for named in ("sales", saved):
        found = scripts.find(named)
        assert found is not None
        assert (found.saved_id, found.body) == (saved, {})


def test_nobody_else_may_call_out() -> None:
    scripts = ConfiguredScripts(load_contact_center())

    assert scripts.find("nobody") is None
    assert "sales" in scripts.assistants
    with pytest.raises(KeyError):
        scripts.snapshot("nobody")


@pytest.mark.parametrize(
    "wrong", [{"assistant": 7}, {"body": []}, {"savedId": 7}, {"voicemailMessage": 7}]
)
def test_a_script_that_is_none_is_not_guessed_at(wrong: dict[str, object]) -> None:
    stored = script_json(Script(assistant="sales", body={"name": "sales"}))
    with pytest.raises(BadScriptError):
        read_script(stored | wrong)


def test_a_campaign_keeps_its_rules_for_trying_again(monkeypatch: pytest.MonkeyPatch) -> None:
    wish = wish_of({"name": "x", "purpose": "marketing", "assistant": "sales"})
    stored = campaign_item(Campaign(campaign_id="c1", wish=wish, created_at_ms=1))
    changed = {
        disposition: replace(rule, minutes=(1, 1), most=9)
        for disposition, rule in DEFAULT_RULES.items()
    }
    monkeypatch.setattr("contact_center.campaigns.domain.retry_policy.DEFAULT_RULES", changed)

    assert campaign_of(stored).wish.retry == wish.retry
