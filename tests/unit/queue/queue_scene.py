"""What the tests of waiting share: queues, lines and a telephone in memory, an owner's rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from contact_center.queue.domain.ladders import SorryTexts
from contact_center.queue.domain.queue_rules import (
    DepartmentQueue,
    QueueMusic,
    QueueRules,
    QueueTexts,
)
from contact_center.queue.domain.waiting import WaitsFor
from contact_center.queue.services.change_entry import QueueParts
from contact_center.queue.services.enter_queue import (
    Overflow,
    WaitAsked,
    Waits,
    enter_queue,
)
from contact_center.queue.services.serve_next import ServeParts, serve_next
from contact_center.visits.domain.opening_hours import Closing, WhenClosed
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.dialing_ledger import FakeLedger
from tests.fakes.queue_telephone import QueueTelephone
from tests.fakes.reception_jobs import FakeReceptionJobs
from tests.fakes.troubles import FakeTroubles
from tests.fakes.waiting_queue import FakeQueue

NOW_MS = 1_787_266_800_000
LONGEST_MS = 1_200_000
PATIENCE_MS = 300_000
DEPARTMENTS = ("sales", "support", "billing")
TEXTS = QueueTexts(
    next="You are next.",
    place="You are number {place}.",
    wait="Between {low} and {high} minutes.",
    comfort="Thank you for waiting.",
)
SORRY = SorryTexts(
    closed="They are not in.",
    nobody_ready="Nobody is free.",
    not_reached="I reached nobody.",
    may_wait="You may wait.",
    may_be_called="You may be called.",
    next_asked="I am asking the next one.",
)
VOICEMAIL = Closing(action=WhenClosed.VOICEMAIL, say="Leave a message.")
LATER = Closing(action=WhenClosed.CALLBACK, say="We call you.")
OTHER = Closing(action=WhenClosed.NUMBER, say="One moment.", number="+14155550100")


def rules(**different: Any) -> QueueRules:
    own: dict[str, Any] = {"weight": 1, "most": 50, "longest_ms": LONGEST_MS}
    own |= {"full": VOICEMAIL, "too_long": LATER, "nobody": OTHER}
    music: QueueMusic | None = different.pop("music", None)
    weights: dict[str, int] = different.pop("weights", {})
    company = DepartmentQueue(**own | different)
    return QueueRules(
        patience_ms=PATIENCE_MS,
        recent_ms=10_800_000,
        music=music,
        texts=TEXTS,
        sorry=SORRY,
        company=company,
        by_department={
            name: DepartmentQueue(**own | different | {"weight": weight})
            for name, weight in weights.items()
        },
    )


@dataclass
class FakeStaff:
    logged_in: set[str] = field(default_factory=lambda: set(DEPARTMENTS))
    error: Exception | None = None

    def anybody(self, department: str) -> bool:
        if self.error is not None:
            raise self.error
        return department in self.logged_in


@dataclass
class CountedIds:
    numbers: Any = field(default_factory=lambda: count(1))

    def new(self) -> str:
        return f"t{next(self.numbers)}"


class Scene:
    """Callers who wait, and lines that come free."""

    def __init__(self, lines: int = 2, **different: Any) -> None:
        self.clock = FakeClock(NOW_MS)
        self.ledger = FakeLedger(self.clock)
        self.queue = FakeQueue(self.ledger)
        self.telephone = QueueTelephone()
        self.metrics = CountedMetrics()
        self.hints = FakeReceptionJobs()
        self.staff, self.troubles = FakeStaff(), FakeTroubles()
        self.waiting = QueueParts(
            queue=self.queue,
            rules=rules(**different),
            clock=self.clock,
            metrics=self.metrics,
            hints=self.hints,
            troubles=self.troubles,
        )
        self.parts = ServeParts(
            waiting=self.waiting,
            telephone=self.telephone,
            ids=CountedIds(),
            departments=DEPARTMENTS,
            lines=lines,
        )

    def ask(self, name: str, department: str = "sales", **different: Any) -> Waits | Overflow:
        """A caller comes, a millisecond after the one before."""
        self.clock.advance(1)
        asked = {"waits_for": WaitsFor.LINE, "leg": f"CA-{name}", "number": "+12125550199"}
        wish = WaitAsked(visit_id=f"v-{name}", department=department, **asked | different)
        return enter_queue(wish, self.waiting, self.staff)

    def enter(self, *names: str, department: str = "sales", **different: Any) -> None:
        for name in names:
            assert isinstance(self.ask(name, department, **different), Waits)

    def take_lines(self, lines: int) -> None:
        """So many lines are taken by other calls."""
        for number in range(lines):
            self.ledger.admit(f"call:{number}", self.clock.now_ms())

    def free_line(self, holder: str) -> None:
        """The talk of whoever holds it is over."""
        self.ledger.free_line(holder)

    def serve(self) -> list[str]:
        """Who was sent for."""
        before = len(self.telephone.redirected)
        serve_next(self.parts)
        return [leg.removeprefix("CA-") for leg, _ in self.telephone.redirected[before:]]

    def state(self, name: str) -> str:
        entry = self.queue.entries[f"v-{name}"]
        return str(entry.because or entry.state)

    def place(self, name: str) -> int:
        entry = self.queue.entries[f"v-{name}"]
        return self.queue.board(entry.department, entry.waits_for).place_of(entry.place_key)

    @property
    def held(self) -> set[str]:
        """Whose lines they are, among visits."""
        return {holder for holder in self.ledger.leases if holder.startswith("visit:")}
