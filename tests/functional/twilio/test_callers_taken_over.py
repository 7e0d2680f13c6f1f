"""Who is put through, taken over or taken back: moved as promised, and never greeted as new."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from local.vapi.scripts.callers_format import Step
from tests.functional.twilio.reception_rig import ReceptionRig
from tests.functional.twilio.test_admission import signed
from tests.functional.twilio.test_cut_off_callers import STAYS, heard, rings, route
from tests.twilio_scene import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator import Account

pytestmark = pytest.mark.emulator

SECRET = "I was charged twice for the treadmill this month."


@pytest.fixture(params=[False, True], ids=["bypass", "sip"])
def either(
    request: pytest.FixtureRequest, account: Account, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ReceptionRig]:
    """Both ways to put callers through, which are alike for them."""
    monkeypatch.setenv("RECEPTION_JOBS_QUEUE_URL", account.reception_jobs_queue)
    with ReceptionRig(account, monkeypatch, by_sip=request.param) as made:
        yield made


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReceptionRig]:
    monkeypatch.setenv("RECEPTION_JOBS_QUEUE_URL", account.reception_jobs_queue)
    with ReceptionRig(account, monkeypatch) as made:
        yield made


def test_an_assistant_that_takes_a_caller_back_or_over_never_greets_him_as_new_and_knows_why(
    either: ReceptionRig,
) -> None:
    rig = either
    leg, first = rings(rig, Step(say=SECRET), STAYS)
    until(lambda: route(rig) and {"assistantName": "billing"} in first.record.activations)
    assert first.team is not None
    over = first.team.members["billing"]
    assert "generated" in over["firstMessageMode"]

    # A colleague was on the way and never came: he has a place again, and gets an assistant.
    path = f"/twilio/transfer/v-{leg}/after"
    assert "<Enqueue" in signed(rig, path, leg, CallStatus="in-progress")[2]
    first.cut_off()
    until(lambda: route(rig) and not rig.holders())
    assert rig.serve() == 1
    rig.twilio.advance(2)
    [back] = [call for call in rig.vapi.calls.values() if call is not first]
    squad = rig.who_answers(back)["squad"]
    [begins, *_] = squad["members"]
    assert begins["assistant"]["name"] == "billing"
    assert "generated" in begins["assistantOverrides"]["firstMessageMode"]
    assert SECRET in json.dumps(squad["membersOverrides"]["variableValues"])


def test_a_caller_told_i_am_transferring_you_is_being_transferred(rig: ReceptionRig) -> None:
    leg, call = rings(
        rig, Step(model_says="Sure. I am transferring you to a colleague now."), STAYS
    )
    until(lambda: any("transferring" in said for said in heard(rig, call)))
    assert not rig.visit(leg).wishes  # the model has three seconds for its tool
    until(lambda: reminded(rig) and bool(rig.visit(leg).wishes))
    [wish] = rig.visit(leg).wishes.values()
    assert wish.whose == "support"  # nobody is named, and nobody has him: the default one's people


def reminded(rig: ReceptionRig) -> bool:
    """What the router has asked to be reminded of comes back."""
    rig.router.handle(*rig.router.reminders(1))
    return True
