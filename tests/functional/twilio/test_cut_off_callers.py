"""A caller whose line broke and who rings again: asked once, told only after a yes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.domain.facts import UtteranceHeard
from contact_center.visits.domain.visit_parts import Outcome, Stage
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from local.vapi.scripts.callers_format import Faults, Step
from tests.functional.twilio.reception_rig import ReceptionRig
from tests.functional.twilio.test_receptionist import Receptionist
from tests.liveness import LIVENESS_SECONDS
from tests.twilio_scene import CALLER, OURS, until
from tests.vapi_scene import caller

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.vapi.calls.call import Call
    from tests.emulator import Account

pytestmark = pytest.mark.emulator

SECRET = "I was charged twice for the treadmill this month."
QUESTION = "Are you calling back about a moment ago?"
SAYS_IT_ALL = (
    Step(say=SECRET),
    Step(wait_for="destination", say="It is on the card that ends in seven."),
    Step(wait_for="now", pause_ms=1_500, hang_up="line drops"),
)


@pytest.fixture(params=[False, True], ids=["bypass", "sip"])
def either(
    request: pytest.FixtureRequest, account: Account, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ReceptionRig]:
    """Both ways to put callers through, which are alike for them."""
    with ReceptionRig(account, monkeypatch, by_sip=request.param) as made:
        yield made


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReceptionRig]:
    with ReceptionRig(account, monkeypatch) as made:
        yield made


# Who has nothing left to say hangs up after a reply; this one waits for what never comes.
STAYS = Step(wait_for="put_through", hang_up="hangs up")
PATIENCE_MS = 36_000_000


def rings(rig: ReceptionRig, *steps: Step, from_: str = CALLER) -> tuple[str, Call]:
    """A caller rings our number and is connected with an assistant."""
    before = set(rig.vapi.calls)
    faults = Faults(passing_reason=rig.by_sip)  # so does Vapi with calls by SIP
    rig.vapi.people[from_] = caller(*steps, number=from_, patience_ms=PATIENCE_MS, faults=faults)
    leg = rig.comes_in(from_=from_)
    rig.twilio.advance(5)
    [call_id] = set(rig.vapi.calls) - before
    call = rig.vapi.calls[call_id]
    until(lambda: call.status != "queued")
    return leg, call


def cut_off(rig: ReceptionRig, from_: str = CALLER) -> tuple[str, Call]:
    """Somebody tells billing what it is about, and the line breaks."""
    leg, call = rings(rig, *SAYS_IT_ALL, from_=from_)
    until(lambda: route(rig) and call.status == "ended")
    assert call.wait(LIVENESS_SECONDS)
    rig.twilio.settle()
    route(rig)
    assert rig.visit(leg).ending == (
        Outcome.ABANDONED_TALKING,
        "phone-call-provider-closed-websocket",
    )
    return leg, call


def members(call: Call) -> dict[str, Any]:
    """The assistants of a call, as Vapi has them."""
    assert call.team is not None
    return dict(call.team.members)


def route(rig: ReceptionRig) -> bool:
    """Let the router take what decides something here; voice activity and half words do not."""
    rig.told.bodies[:] = [body for body in list(rig.told.bodies) if decides(body["message"])]
    rig.route_all()
    return True


def decides(message: dict[str, Any]) -> bool:
    kind, partial = message["type"], message.get("transcriptType") == "partial"
    return kind not in {"speech-update", "user-interrupted"} and not partial


def heard(rig: ReceptionRig, call: Call, role: str = "assistant") -> list[str]:
    """What was said in a call, as far as the router was told."""
    route(rig)
    return [
        fact.text
        for fact in rig.router.history(call.call_id).facts
        if isinstance(fact, UtteranceHeard) and fact.role == role and fact.final
    ]


def test_it_is_asked_without_a_private_word_and_a_yes_brings_back_who_knows(
    either: ReceptionRig,
) -> None:
    rig = either
    first_leg, first = cut_off(rig)
    leg, call = rings(rig, Step(say="Yes."))
    ordered = json.dumps(rig.who_answers(call))
    assert QUESTION in ordered
    for private in ("treadmill", "ends in seven", first.call_id):
        assert private not in ordered
    until(lambda: route(rig) and {"assistantName": "billing"} in call.record.activations)
    note = members(call)["billing"]["model"]["messages"][-1]["content"]
    assert f"Caller: {SECRET}" in note
    assert "ends in seven" in note
    assert heard(rig, call)[0].startswith(QUESTION)
    assert not any("treadmill" in said for said in heard(rig, call))

    rig.twilio.do(rig.twilio.leg(leg).hang_up)
    assert call.wait(LIVENESS_SECONDS)
    rig.twilio.settle()
    route(rig)
    assert rig.visit(leg).resumed == first.call_id
    ending = rig.visit(first_leg).ending
    assert ending is not None
    assert ending.outcome is Outcome.ABANDONED_TALKING  # what it came to stays what it was


def test_whose_assistant_comes_late_is_asked_too_and_a_yes_brings_back_who_knows(
    rig: ReceptionRig, capsys: pytest.CaptureFixture[str]
) -> None:
    _, first = cut_off(rig)
    rig.vapi.people[CALLER] = caller(Step(say="Yes."), number=CALLER, patience_ms=600_000)
    rig.vapi.rest.switches.drop_accepted_calls = True  # Vapi takes the order, and says nothing
    before = set(rig.vapi.calls)
    leg = rig.comes_in()
    [call_id] = set(rig.vapi.calls) - before
    assert rig.visit(leg).state is Stage.WAITING
    receptionist = Receptionist(rig, capsys)
    receptionist.start()
    assert receptionist.take(ReceptionJob(JobKind.LATE, f"v-{leg}")) == []
    receptionist.close()
    rig.twilio.advance(5)
    call = rig.vapi.calls[call_id]
    assert QUESTION in json.dumps(rig.who_answers(call))
    until(lambda: route(rig) and {"assistantName": "billing"} in call.record.activations)
    until(lambda: route(rig) and rig.visit(leg).resumed == first.call_id)


def test_a_second_person_on_a_shared_telephone_hears_nothing_of_the_first_ones_call(
    rig: ReceptionRig,
) -> None:
    _, first = cut_off(rig)
    leg, call = rings(rig, Step(say="Who is this? My wife has called you."))
    until(lambda: bool(heard(rig, call, "customer")))
    rig.twilio.do(rig.twilio.leg(leg).hang_up)
    assert call.wait(LIVENESS_SECONDS)
    rig.twilio.settle()
    route(rig)
    everything = json.dumps([call.record.asked, members(call)]) + " ".join(heard(rig, call))
    assert QUESTION in everything
    assert "treadmill" not in everything
    assert first.call_id not in everything
    assert rig.visit(leg).resumed is None

    _, again = rings(rig)
    assert QUESTION not in json.dumps(again.record.asked)


@pytest.mark.parametrize("shown", ["Anonymous", "+266696687"])
def test_a_withheld_number_is_asked_nothing(rig: ReceptionRig, shown: str) -> None:
    rig.vapi.people[OURS] = caller(*SAYS_IT_ALL, number=OURS, patience_ms=600_000)
    for _ in range(2):  # the first one's line breaks; whoever rings then may be anybody
        before = set(rig.vapi.calls)
        rig.comes_in(from_=shown)
        rig.twilio.advance(5)
        [call_id] = set(rig.vapi.calls) - before
        call = rig.vapi.calls[call_id]
        assert QUESTION not in json.dumps(call.record.asked)
        until(lambda call=call: route(rig) and call.status == "ended")  # type: ignore[misc]
        assert call.wait(LIVENESS_SECONDS)
        rig.twilio.settle()
        route(rig)
