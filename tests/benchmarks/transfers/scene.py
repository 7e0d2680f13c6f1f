"""A caller who waits is offered to a person, who takes him; they talk, and hang up.

By the handlers of Twilio's door and of the receptionist, in this process, on the emulator, between
the strict simulators of Twilio and Vapi.

    receptionist rings ─► door: told, answered, key ─► receptionist moves the caller ─► door: both
    are in the room, which is recorded ─► the end of the talk
"""

from __future__ import annotations

from contextlib import redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING, override

import pytest

from contact_center.kernel.system_clock import SystemClock
from contact_center.queue.domain.wait_documents import WAIT_PATH
from contact_center.queue.domain.waiting import WaitsFor
from contact_center.queue.services.enter_queue import WaitAsked, Waits, enter_queue
from contact_center.twilio.addresses import transfer_at
from contact_center.visits.domain.visit_parts import Outcome, Stage, visit_of
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.tell_visit import tell
from local.vapi.scripts.line_steps import LineStep
from tests.benchmarks.freed_people import DEPARTMENT, Receptionist, telephone
from tests.benchmarks.processes import BenchmarkError
from tests.benchmarks.progress import Progress
from tests.benchmarks.transfers.counting import Counting, Steps
from tests.functional.twilio.reception_rig import ReceptionRig
from tests.vapi_scene import caller

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.emulator import Account

TAKES = LineStep(wait_for="asked", pause_ms=500, press="1")
TALK_SECONDS, RINGS_OUT_SECONDS = 20, 60
AT_VAPI = 1_000  # who has hung up is a while in a call there
DOOR, RECEPTIONIST = "door", "receptionist"


class CountedRig(ReceptionRig):
    """A door whose invocations are counted."""

    counting: Counting

    @override
    def handle(self, path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str, str]:
        with self.counting.invoked(f"{DOOR}, {_label(path)}"):
            said = super().handle(path, body, headers)
        if said[0] >= 400:
            raise BenchmarkError(f"{path} answered {said[0]}")
        return said


def _label(path: str) -> str:
    transfer = transfer_at(path)
    if transfer is not None:
        return f"transfer{transfer.step}"
    return WAIT_PATH if path.startswith(WAIT_PATH) else path


def play_transfers(account: Account, count: int) -> tuple[Steps, Steps]:
    """Play so many, one after the other; one before them is not counted.

    Returns:
        What was asked for until both were together and that was recorded, and what after it.
    """
    together, over, counting = Steps(), Steps(), Counting()
    progress = Progress("transfers", count)
    with (
        redirect_stdout(StringIO()),  # metrics are not the figures
        pytest.MonkeyPatch.context() as patch,
        CountedRig(account, patch, {"CALL_LINES": "2"}, telephone(TAKES), lines=AT_VAPI) as rig,
    ):
        # One time for both: what is told of a room later than of the music is later here as well.
        patch.setattr(SystemClock, "now_ms", lambda _: rig.twilio._clock.now_ms())
        counting.watch(patch)
        rig.counting = counting
        receptionist = Receptionist(rig, patch)
        for number in range(count + 1):
            leg = _waits(rig, number)
            receptionist.log_in()
            rig.jobs()
            counting.stretch = together if number else Steps()
            _brought_together(rig, receptionist, leg)
            counting.stretch = over if number else Steps()
            _hang_up(rig, receptionist, leg)
            counting.stretch = None
            progress.at(number)
    progress.end()
    return together, over


def _waits(rig: CountedRig, number: int) -> str:
    """A caller was admitted, is to get a person, and hears music: his leg."""
    e164 = f"+1212555{number:04d}"
    rig.vapi.people[e164] = caller(number=e164, patience_ms=600_000)
    leg = rig.comes_in(from_=e164)
    asked = WaitAsked(
        visit_id=visit_of(leg), department=DEPARTMENT, waits_for=WaitsFor.PERSON, leg=leg
    )
    waiting = rig.serving.waiting
    entered = enter_queue(asked, waiting)
    if not isinstance(entered, Waits):
        raise BenchmarkError("a caller was given no place")
    rig.serving.telephone.redirect(leg, entered.instructions)
    told = Visit(
        visit_id=visit_of(leg),
        department=DEPARTMENT,
        stage=Stage.WAITING,
        stage_ms=waiting.clock.now_ms(),
        place_ms=entered.entry.place_ms,
    )
    tell(rig.app.PARTS.door.reception().visits, told)
    rig.twilio.settle()
    return leg


def _receives(rig: CountedRig, receptionist: Receptionist, *jobs: ReceptionJob) -> None:
    """The receptionist takes a batch, each hint once."""
    if jobs:
        kinds = ", ".join(dict.fromkeys(job.kind.value for job in jobs))
        with rig.counting.invoked(f"{RECEPTIONIST}, {kinds}"):
            receptionist.take(*dict.fromkeys(jobs))
        rig.twilio.settle()


def _brought_together(rig: CountedRig, receptionist: Receptionist, leg: str) -> None:
    _receives(rig, receptionist, ReceptionJob(JobKind.PERSON))
    for _ in range(RINGS_OUT_SECONDS):
        rig.twilio.advance(1)
        _receives(rig, receptionist, *rig.jobs())
        if Outcome.TRANSFERRED.value in rig.visit(leg).endings:
            return
    raise BenchmarkError("a caller and the person who takes him never met")


def _hang_up(rig: CountedRig, receptionist: Receptionist, leg: str) -> None:
    rig.twilio.advance(TALK_SECONDS)
    rig.twilio.do(rig.twilio.leg(leg).hang_up)
    rig.twilio.settle()
    _receives(rig, receptionist, *rig.jobs())
