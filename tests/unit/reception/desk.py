"""A reception of fakes, and one caller."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.dialing.services.hold_visit_lines import VisitLineParts
from contact_center.kernel.civil_time import CivilClock
from contact_center.queue.services.change_entry import QueueParts
from contact_center.queue.services.serve_next import ServeParts, serve_next
from contact_center.reception.services.admit import admit
from contact_center.reception.services.follow_visit import (
    hear_of_leg,
)
from contact_center.reception.services.reception_parts import Reception
from contact_center.visits.domain.courtesies import Courtesies, Texts
from contact_center.visits.domain.instructions import (
    Instruction,
    JoinAssistant,
    Speak,
)
from contact_center.visits.domain.legs import CallerRang, LegChanged, LegStatus
from contact_center.visits.domain.opening_hours import (
    Closing,
    Hours,
    OpeningHours,
    Span,
    WhenClosed,
)
from contact_center.visits.services.visit_ports import AssistantRequest, Joined
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.dialing_ledger import FakeLedger
from tests.fakes.queue_telephone import QueueTelephone
from tests.fakes.reception_jobs import FakeReceptionJobs
from tests.fakes.visits import FakeVisits
from tests.fakes.waiting_queue import FakeQueue
from tests.unit.queue.queue_scene import CountedIds, rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contact_center.dialing.services.voice_ports import NotSent, Refused, Unknown
    from contact_center.visits.domain.visits import Visit


NOW_MS = 1_787_266_800_000


LEG = "CA" + "1" * 32


ID = f"v-{LEG}"


CALLER = "+12125550199"


CAME = CallerRang(
    leg=LEG,
    status=LegStatus.RINGING,
    caller=CALLER,
    caller_proved=True,
    called="+14155550100",
    forwarded_from=None,
    call_token=None,
)


JOINED = Joined("call-1", JoinAssistant(url="wss://x.vapi.ai/y", after="/after"))


ALWAYS = Hours(
    zone="UTC",
    week=tuple([(Span(0, 1440),)] * 7),
    closing=Closing(action=WhenClosed.MESSAGE, say="We are closed."),
)


COURTESIES = Courtesies(
    texts=Texts(
        failed="broke",
        leave_message="after the tone",
        message_taken="taken",
        call_again="call again",
        goodbye="goodbye",
        not_here="not here",
    ),
    nobody_free=Closing(action=WhenClosed.MESSAGE, say="nobody"),
    by_department={},
)


@dataclass
class Orders:
    """Assistants: answers with what it is told to, after something has happened."""

    outcome: object = JOINED
    meanwhile: Callable[[], object] = lambda: None
    asked: list[AssistantRequest] = field(default_factory=list)

    def order(self, request: AssistantRequest) -> Joined | Refused | NotSent | Unknown:
        self.asked.append(request)
        self.meanwhile()
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome  # type: ignore[return-value]


@dataclass
class Steps:
    """A clock that goes on while somebody sleeps."""

    clock: FakeClock

    def until(self, at_ms: int) -> None:
        self.clock.at_ms = max(self.clock.at_ms, at_ms)


class Desk:
    """A reception of fakes."""

    def __init__(self, outcome: object = JOINED, *, lines: int = 1, **rules_of: Any) -> None:
        self.clock, self.metrics = FakeClock(NOW_MS), CountedMetrics()
        self.tables, self.visits = FakeLedger(self.clock), FakeVisits()
        self.orders, self.jobs = Orders(outcome), FakeReceptionJobs()
        self.queue = FakeQueue(self.tables)
        self.waiting = QueueParts(
            queue=self.queue,
            rules=rules(**rules_of),
            clock=self.clock,
            metrics=self.metrics,
            hints=self.jobs,
        )
        self.reception = Reception(
            visits=self.visits,
            lines=VisitLineParts(
                lines=self.tables,
                customers=self.tables,
                clock=self.clock,
                metrics=self.metrics,
                timings=DialTimings(),
                below=lines,
            ),
            assistants=self.orders,
            queue=self.waiting,
            jobs=self.jobs,
            hours=OpeningHours(ALWAYS, {}),
            courtesies=COURTESIES,
            department="support",
            caller_id="+14155550100",
            document=document,
            clock=self.clock,
            civil=CivilClock(),
            sleeper=Steps(self.clock),
            metrics=self.metrics,
        )

        self.telephone = QueueTelephone()
        self.sent_for: list[str] = []
        self.serving = ServeParts(
            waiting=self.waiting,
            telephone=self.telephone,
            ids=CountedIds(),
            departments=("support",),
            lines=lines,
        )

    def admit(self) -> str:
        return admit(CAME, self.reception)

    def hang_up(self, after_ms: int = 10) -> None:
        told = LegChanged(leg=LEG, status=LegStatus.COMPLETED, sequence=1)
        hear_of_leg(told, NOW_MS + after_ms, self.reception)

    def serve(self) -> None:
        """The receptionist looks whether somebody can be sent for."""
        serve_next(self.serving)
        self.sent_for = [leg for leg, _ in self.telephone.redirected]

    @property
    def visit(self) -> Visit:
        return self.visits.kept[ID].visit


WAITS = "You are next. | Wait"


def document(steps: Iterable[Instruction]) -> str:
    return " | ".join(
        step.text if isinstance(step, Speak) else type(step).__name__ for step in steps
    )
