"""Vapi takes an order and its answer never comes: the call is found, and the caller's, or ended."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from contact_center.visits.domain.visit_parts import Ending, Outcome, Stage
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from local.vapi.calls.sound import NO_CALL
from tests.functional.twilio.reception_rig import ReceptionRig
from tests.functional.twilio.test_receptionist import SERVE, Receptionist
from tests.liveness import LIVENESS_SECONDS
from tests.twilio_scene import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.vapi.calls.call import Call
    from tests.emulator import Account

pytestmark = pytest.mark.emulator


@pytest.fixture
def rig(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReceptionRig]:
    with ReceptionRig(account, monkeypatch, {"CALL_LINES": "2"}) as made:
        made.vapi.rest.switches.drop_accepted_calls = True
        yield made


@pytest.fixture
def receptionist(rig: ReceptionRig, capsys: pytest.CaptureFixture[str]) -> Iterator[Receptionist]:
    made = Receptionist(rig, capsys)
    made.start()
    yield made
    made.close()


def only_call(rig: ReceptionRig) -> Call:
    [call] = rig.vapi.calls.values()
    return call


def hinted_at(rig: ReceptionRig) -> int:
    """How many hints come in a moment."""
    name = "ApproximateNumberOfMessagesDelayed"
    told = rig.account.client("sqs").get_queue_attributes(
        QueueUrl=rig.account.reception_jobs_queue, AttributeNames=[name]
    )
    return int(told["Attributes"][name])


def test_the_caller_waits_and_is_joined_with_the_call_that_was_ordered(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    leg = rig.comes_in()
    assert hinted_at(rig) == 2  # his place, and the call that may be there
    assert rig.visit(leg).state is Stage.WAITING
    assert receptionist.take(ReceptionJob(JobKind.LATE, f"v-{leg}")) == []
    rig.twilio.advance(5)
    call = only_call(rig)
    until(lambda: call.status == "in-progress")
    visit = rig.visit(leg)
    assert (visit.state, visit.call_id) == (Stage.TALKING, call.call_id)
    assert rig.holders() == [f"visit:v-{leg}"]
    assert "<Stream" in rig.twiml("/twilio/queue/result")[-1]
    rig.twilio.do(rig.twilio.leg(leg).hang_up)
    rig.twilio.settle()
    assert call.wait(LIVENESS_SECONDS)
    rig.route_all()
    assert rig.holders() == []
    ending = rig.visit(leg).ending
    assert ending is not None
    assert ending.outcome in {Outcome.SERVED, Outcome.ABANDONED_TALKING}


def test_an_orphan_whose_caller_has_gone_is_ended_and_its_line_is_free(
    rig: ReceptionRig, receptionist: Receptionist
) -> None:
    leg = rig.comes_in()
    rig.twilio.do(rig.twilio.leg(leg).hang_up)
    rig.twilio.settle()
    assert rig.holders() == [f"visit:v-{leg}"]
    late = ReceptionJob(JobKind.LATE, f"v-{leg}")
    assert receptionist.take(late) == []
    call = only_call(rig)
    call.timeline.soon(partial(call.end, NO_CALL))  # Vapi waits for the sound no longer
    assert call.wait(LIVENESS_SECONDS)
    assert receptionist.take(late) == []
    assert rig.holders() == []
    assert rig.visit(leg).ending == Ending(Outcome.ABANDONED_WAITING, "hung_up")
    assert SERVE in rig.jobs()
