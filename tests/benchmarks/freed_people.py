"""A person comes free: how long until the telephone is rung about the next caller in line.

The door is told that the person's telephone is free, and the receptionist takes the hint.
"""

from __future__ import annotations

import importlib
import sys
import time
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from contact_center.people.domain.people import Happening, PersonEvent
from contact_center.people.services.change_person import change_person
from contact_center.queue.domain.waiting import WaitsFor
from contact_center.queue.services.enter_queue import WaitAsked, enter_queue
from contact_center.queue.services.leave_queue import leave_queue
from contact_center.visits.adapters.sqs_reception_jobs import job_text
from contact_center.visits.domain.visit_parts import visit_of
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from local.twilio.telephones.people_format import Person, Ring
from local.vapi.scripts.line_steps import LineStep
from tests.benchmarks.processes import BenchmarkError

if TYPE_CHECKING:
    from types import ModuleType

    import pytest

    from tests.benchmarks.twilio_queue import MeasuredRig
    from tests.functional.twilio.reception_rig import ReceptionRig

BEN, NUMBER, DEPARTMENT = "ben", "+14155550121", "support"  # of people.toml
DECLINES = LineStep(wait_for="asked", pause_ms=500, press="2")
RINGS_OUT_SECONDS = 60


def telephone(step: LineStep) -> tuple[Person, ...]:
    """Ben's, who does this whenever it rings."""
    return (Person(name="Ben", numbers=(NUMBER,), rings=(Ring(steps=(step,)),)),)


@dataclass(frozen=True, slots=True)
class _Context:
    """As Lambda's."""

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


class Receptionist:
    """The function, in this process."""

    def __init__(self, rig: ReceptionRig, patch: pytest.MonkeyPatch) -> None:
        self.rig = rig
        patch.setenv("TWILIO_BASE_URL", rig.twilio.url)
        patch.setenv("CALL_LINES", "2")
        sys.modules.pop("receptionist.app", None)
        self.app: ModuleType = importlib.import_module("receptionist.app")
        sys.modules.pop("receptionist.app", None)

    def take(self, *jobs: ReceptionJob) -> None:
        """Let it take a batch, all of which is to be done."""
        records = [
            {"messageId": str(number), "body": job_text(job)} for number, job in enumerate(jobs)
        ]
        with redirect_stdout(StringIO()):
            answered = self.app.lambda_handler({"Records": records}, _Context())
        if answered["batchItemFailures"]:
            raise BenchmarkError("the receptionist has not done its job")

    def log_in(self) -> None:
        """Ben takes callers."""
        people = self.app.PARTS.jobs.offers.people
        change_person(BEN, Happening(event=PersonEvent.LOG_IN), people)

    def rings_about(self, leg: str) -> bool:
        """Whether Ben's telephone rings about a caller."""
        offers = self.app.PARTS.jobs.offers.book.of_visit(visit_of(leg))
        return any(offer.leg is not None and offer.ended is None for offer in offers)


def waits_for_person(rig: ReceptionRig, leg: str) -> None:
    """A caller stands in line for a person."""
    asked = WaitAsked(
        visit_id=visit_of(leg), department=DEPARTMENT, waits_for=WaitsFor.PERSON, leg=leg
    )
    enter_queue(asked, rig.serving.waiting)


def leaves_line(rig: ReceptionRig, leg: str) -> None:
    """A caller who stood in line has hung up."""
    leave_queue(visit_of(leg), rig.serving.waiting)


def offered_ms(rig: MeasuredRig, receptionist: Receptionist, declined: str, waiting: str) -> float:
    """From the news that the person's telephone is free, at the door, to the next ring asked for.

    Args:
        rig: Whose door times its answers.
        receptionist: Who takes the hint.
        declined: The leg of the caller whom the person declines.
        waiting: Of the one who waits.
    """
    told = f"/twilio/transfer/{visit_of(declined)}/status"
    hints: list[ReceptionJob] = []
    for _ in range(RINGS_OUT_SECONDS):
        rig.took_ms.clear()
        rig.twilio.advance(1)
        hints += rig.jobs()
        if any(job.kind is JobKind.PERSON for job in hints):
            break
    else:
        raise BenchmarkError("a person came free and nobody was told")
    freed_ms = max(rig.times_of(told))
    began = time.perf_counter()
    receptionist.take(*dict.fromkeys(hints))
    took_ms = freed_ms + (time.perf_counter() - began) * 1_000
    rig.twilio.settle()
    if not receptionist.rings_about(waiting):
        raise BenchmarkError("nobody was rung, beside a free person")
    return took_ms
