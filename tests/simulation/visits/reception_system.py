"""Callers, their two providers, and our four functions between them, in one simulated world."""

from __future__ import annotations

import sys
from dataclasses import astuple, dataclass, field
from typing import TYPE_CHECKING, Any

from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.dialing.services.hold_visit_lines import VisitLineParts, release_line
from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.kernel.civil_time import CivilClock
from contact_center.kernel.ports import PassingError, QueueUnavailableError
from contact_center.queue.services.change_entry import QueueParts
from contact_center.queue.services.look_after_queue import look_after_queue
from contact_center.queue.services.serve_next import ServeParts, serve_next
from contact_center.queue.services.wait_in_queue import what_to_hear
from contact_center.reception.services.admit import admit
from contact_center.reception.services.follow_visit import (
    VisitFollower,
    assistant_let_go,
    hear_of_leg,
)
from contact_center.reception.services.leave_music import leave_music
from contact_center.reception.services.look_up_visits import LookUpParts, look_up_visits
from contact_center.reception.services.reception_parts import Reception
from contact_center.visits.domain.instructions import (
    GoTo,
    JoinAssistant,
    LeaveWait,
    Pause,
    Speak,
    Wait,
)
from contact_center.visits.domain.legs import CallerRang, LegChanged, LegStatus
from contact_center.visits.domain.opening_hours import OpeningHours
from contact_center.visits.domain.visits import VISIT, visit_named, visit_of
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from tests.fakes.dialing_ledger import FakeLedger
from tests.fakes.visits import FakeVisits
from tests.fakes.waiting_queue import FakeQueue
from tests.simulation.queues import Mapping, SimulatedQueue
from tests.simulation.simulated_ports import (
    CountedIds,
    SimulatedMetrics,
    SimulatedSleeper,
    TableClient,
)
from tests.simulation.visits.provider_truth import Call, Hears, Leg, Providers
from tests.simulation.visits.reception_ports import (
    SimulatedLines,
    SimulatedQueueBook,
    SimulatedReceptionJobs,
    SimulatedVisits,
)
from tests.simulation.world import WorldClock
from tests.unit.queue.queue_scene import rules
from tests.unit.reception.test_admit import ALWAYS, COURTESIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from contact_center.visits.domain.instructions import Instruction
    from tests.simulation.world import World

DEPARTMENT = "support"
SWALLOWED = {"line_not_freed", "serving_failed", "entry_not_looked_after", "entry_unreadable"}
EXPLAINED = (PassingError, VoiceUnavailableError)
DOOR_MS, TICK_MS = 15_000, 60_000  # Twilio waits so long; the scheduler's minute
TRIES = 3  # of a webhook, as its address asks for (#rc=3)
LONGEST_MS = 1_200_000
JOBS = Mapping(timeout_ms=60_000, visibility_ms=360_000, batch=10, concurrency=2, max_receives=5)
CALL_EVENTS = Mapping(
    timeout_ms=30_000, visibility_ms=180_000, batch=1, concurrency=3, max_receives=5
)


@dataclass
class ReceptionMetrics(SimulatedMetrics):
    """What a loop over many swallowed, and no fault of the world explains, is judged."""

    def count(self, name: str, **dimensions: str) -> None:
        super().count(name, **dimensions)
        swallowed = sys.exception()
        if name in SWALLOWED and swallowed is not None and not isinstance(swallowed, EXPLAINED):
            self.world.strange.append(swallowed)


def leg_of(post: str) -> str:
    """The leg of the visit for which a call of that name was ordered."""
    return visit_named(post).removeprefix(VISIT)


@dataclass(eq=False)
class ReceptionSystem:
    """What is under test, and the truth beside it.

    Attributes:
        lines: Of the account.
        connected: Legs in the order in which an assistant got them.
        served: Legs in the order in which they were sent for out of the music.
        untold: Legs whose end Twilio never told.
        broken: What must not be, as it happened.
    """

    world: World
    lines: int
    connected: list[Leg] = field(default_factory=list)
    served: list[Leg] = field(default_factory=list)
    untold: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    others: set[str] = field(default_factory=set)
    documents: dict[str, tuple[Instruction, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        clock = WorldClock(self.world)
        self.ledger = FakeLedger(clock)
        self.visits, self.queue = FakeVisits(), FakeQueue(self.ledger)
        self.providers = Providers(self.world, self.lines)
        self.providers.look = self._count_lines
        self.providers.tell_of_call = self._tell_of_call
        self.providers.moved = self._moved
        self.metrics = ReceptionMetrics(self.world)
        client = TableClient(self.world)
        ports = SimulatedLines(client, self.ledger)
        line_parts = VisitLineParts(
            lines=ports,
            customers=ports,
            clock=clock,
            metrics=self.metrics,
            timings=DialTimings(),
            below=self.lines,
        )
        waiting = QueueParts(
            queue=SimulatedQueueBook(client, self.queue),
            rules=rules(longest_ms=LONGEST_MS),
            clock=clock,
            metrics=self.metrics,
        )
        self.hints = SimulatedQueue(self.world, "receptionist", JOBS, self._reception_jobs)
        self.events = SimulatedQueue(self.world, "router", CALL_EVENTS, self._call_events)
        visits = SimulatedVisits(client, self.visits)
        self.jobs = SimulatedReceptionJobs(self.hints)
        self.reception = Reception(
            visits=visits,
            lines=line_parts,
            assistants=self.providers,
            queue=waiting,
            jobs=self.jobs,
            hours=OpeningHours(ALWAYS, {}),
            courtesies=COURTESIES,
            department=DEPARTMENT,
            caller_id="+14155550100",
            document=self._document,
            clock=clock,
            civil=CivilClock(),
            sleeper=SimulatedSleeper(self.world),
            metrics=self.metrics,
        )
        self.serving = ServeParts(
            waiting=waiting,
            telephone=self.providers,
            ids=CountedIds(),
            departments=(DEPARTMENT,),
            lines=self.lines,
        )
        self.looking_up = LookUpParts(
            visits=visits, leases=ports, lines=line_parts, voice=self.providers
        )
        self.follower = VisitFollower(visits, clock)
        self.world.later(self.world.chance.uniform(0, TICK_MS), self._tick)

    def _moved(self, leg: Leg) -> None:
        """Twilio asks for a leg's next document outside of the process that moved it."""
        self.served.append(leg)
        self.world.later(1, lambda: self._ask(leg, leave_music))

    def _document(self, steps: Iterable[Instruction]) -> str:
        """A text for these steps, by which they are found again."""
        written = tuple(steps)
        text = repr([(type(step).__name__, astuple(step)) for step in written])
        self.documents[text] = written
        return text

    # -- callers -----------------------------------------------------------------------------

    def rings(self, sid: str, number: str, patience_ms: float) -> None:
        """A caller rings, and hangs up when his patience is over, unless he is talking."""
        leg = Leg(sid, number, self.world.now, since_ms=self.world.now)
        self.providers.legs[sid] = leg
        self._ask(leg, self._admit)
        self.world.later(patience_ms, lambda: self._loses_patience(leg))

    def _loses_patience(self, leg: Leg) -> None:
        if leg.hears in {Hears.RINGING, Hears.MUSIC}:
            self.hangs_up(leg)

    def hangs_up(self, leg: Leg) -> None:
        if leg.gone:
            return
        leg.ended_ms, leg.document = self.world.now, leg.document + 1
        leg.hears = Hears.NOTHING
        if leg.call is not None:
            self.providers.end(leg.call, "customer-ended-call")
        if self.world.fault("webhook_lost"):
            self.untold.add(leg.sid)
            return
        late_ms = self.world.chance.uniform(0, 20_000) if self.world.fault("webhook_late") else 50
        for _ in range(2 if self.world.fault("webhook_twice") else 1):
            self.world.later(late_ms, lambda: self._tell_of_end(leg, TRIES))

    def _tell_of_end(self, leg: Leg, tries: int) -> None:
        told = LegChanged(leg=leg.sid, status=LegStatus.COMPLETED, sequence=9)

        def body() -> None:
            hear_of_leg(told, self.reception.clock.now_ms(), self.reception)

        def ended(how: str, error: Any) -> None:
            if how == "returned":
                return
            if how == "raised" and isinstance(error, PassingError):
                self.world.strange.remove(error)
            if tries > 1:
                self.world.later(1_000, lambda: self._tell_of_end(leg, tries - 1))
            else:
                self.untold.add(leg.sid)

        self.world.spawn("status", DOOR_MS, body, ended)

    # -- the door ----------------------------------------------------------------------------

    def _admit(self, sid: str, reception: Reception) -> Any:
        leg = self.providers.legs[sid]
        came = CallerRang(
            leg=sid,
            status=LegStatus.RINGING,
            caller=leg.number,
            caller_proved=True,
            called="+14155550100",
            forwarded_from=None,
            call_token=None,
        )
        return admit(came, reception)

    def _ask(self, leg: Leg, what: Callable[[str, Reception], Any], tries: int = TRIES) -> None:
        """A leg's next document is asked for: once more when the door did not answer."""
        if leg.gone:
            return
        leg.document += 1
        document = leg.document
        if leg.call is not None and leg.hears is Hears.ASSISTANT:
            self.broken.append(f"{leg.sid} was torn out of a talk")
        leg.call = None

        def ended(how: str, steps: Any) -> None:
            if leg.gone or leg.document != document:
                return
            if how == "returned":
                self._carry_out(leg, document, list(steps))
            elif tries > 1:
                self.world.later(100, lambda: self._again(leg, document, what, tries - 1))
            else:
                self._says_goodbye(leg)

        self.world.spawn(what.__name__, DOOR_MS, lambda: self._spoken(leg, what), ended)
        if self.world.fault("webhook_twice"):
            self.world.spawn(f"{what.__name__} twice", DOOR_MS, lambda: self._spoken(leg, what))

    def _again(
        self, leg: Leg, document: int, what: Callable[[str, Reception], Any], tries: int
    ) -> None:
        if not leg.gone and leg.document == document:
            self._ask(leg, what, tries)

    def _spoken(self, leg: Leg, what: Callable[[str, Reception], Any]) -> Any:
        """As the door has it: whatever breaks, something is said."""
        try:
            return self.documents[what(leg.sid, self.reception)]
        except Exception as error:  # noqa: BLE001  as the door
            if not isinstance(error, PassingError):
                self.world.strange.append(error)
            return COURTESIES.sorry(DEPARTMENT, "+14155550100")

    def _carry_out(self, leg: Leg, document: int, steps: list[Instruction]) -> None:
        while steps and isinstance(steps[0], Speak):
            steps.pop(0)
        match steps[0] if steps else None:
            case Wait():
                self._hears(leg, Hears.MUSIC)
                self._music(leg, document, "")
            case JoinAssistant(url=call_id):
                self._joins(leg, document, call_id)
            case _:
                self._says_goodbye(leg)

    def _says_goodbye(self, leg: Leg) -> None:
        leg.turned_away = True
        self._hears(leg, Hears.WORDS)
        self.world.later(4_000, lambda: self.hangs_up(leg))

    def _hears(self, leg: Leg, what: Hears) -> None:
        if leg.hears is not what:
            leg.hears, leg.since_ms = what, self.world.now

    def _joins(self, leg: Leg, document: int, call_id: str) -> None:
        call = next(call for call in self.providers.calls if call.call_id == call_id)
        if call.ended_ms is not None:
            self._ask(leg, assistant_let_go)
            return
        if call.joined:
            self.broken.append(f"{leg.sid} is joined with a call a second time")
        call.joined, leg.call = True, call
        self._hears(leg, Hears.ASSISTANT)
        self.connected.append(leg)
        talk_ms = self.world.chance.uniform(5_000, 120_000)
        if self.world.chance.random() < 0.25:
            talk_ms = 500  # the assistant is gone at once
        by_caller = self.world.chance.random() < 0.5
        self.world.later(talk_ms, lambda: self._talk_ends(leg, document, by_caller=by_caller))

    def _talk_ends(self, leg: Leg, document: int, *, by_caller: bool) -> None:
        if leg.gone or leg.document != document or leg.call is None:
            return
        if by_caller:
            self.hangs_up(leg)
            return
        call, leg.call = leg.call, None
        self.providers.end(call, "assistant-ended-call")
        self._hears(leg, Hears.RINGING)
        self._ask(leg, assistant_let_go)

    def _music(self, leg: Leg, document: int, told: str) -> None:
        """One wait document after the other, as long as the leg hears the queue's music."""
        if leg.gone or leg.document != document:
            return

        def ended(how: str, heard: Any) -> None:
            if leg.gone or leg.document != document:
                return
            steps = list(heard.instructions) if how == "returned" else [Pause(4)]
            if isinstance(steps[-1], LeaveWait):
                self._ask(leg, leave_music)
                return
            lasts_ms = sum(5_000 for step in steps if not isinstance(step, GoTo))
            self.world.later(lasts_ms, lambda: self._music(leg, document, told))

        def body() -> Any:
            return what_to_hear(visit_of(leg.sid), told, self.reception.queue)

        self.world.spawn("wait", DOOR_MS, body, ended)

    # -- behind the queues -------------------------------------------------------------------

    def _tell_of_call(self, call: Call, ended: bool) -> None:  # noqa: FBT001  a callback
        if self.world.fault("webhook_lost"):
            return
        self.events.put((call, ended))

    def _call_events(self, batch: Sequence[tuple[int, Any]]) -> Sequence[int]:
        failed = []
        for number, (call, ended) in batch:
            try:
                self._routed(call, ended=ended)
            except Exception:  # noqa: BLE001  as the router: it comes back
                failed.append(number)
        return failed

    def _routed(self, call: Call, *, ended: bool) -> None:
        freed = False
        if ended:
            now_ms = self.reception.clock.now_ms()
            lines = self.looking_up.leases
            freed = release_line(visit_named(call.name), call.name, lines, now_ms)
        self.follower.hear_of_call(
            call.name,
            call.call_id,
            ended=ended,
            talked=call.joined,
            reason=call.reason if ended else None,
        )
        if freed:
            self.jobs.send(ReceptionJob(JobKind.SERVE))

    def _reception_jobs(self, batch: Sequence[tuple[int, Any]]) -> Sequence[int]:
        failed = []
        for number, job in batch:
            work = look_after_queue if job.kind is JobKind.TICK else serve_next
            try:
                work(self.serving)
            except Exception:  # noqa: BLE001  as the receptionist: it comes back
                failed.append(number)
        return failed

    def _tick(self) -> None:
        self.world.later(TICK_MS, self._tick)
        if not self.world.fault("tick_lost"):
            self.world.spawn("reconciler", 300_000, self._reconcile, self._ticked)

    def _reconcile(self) -> None:
        try:
            look_up_visits(self.looking_up)
        finally:
            self.jobs.send(ReceptionJob(JobKind.TICK))

    def _ticked(self, how: str, error: Any) -> None:
        if how == "raised" and isinstance(error, (PassingError, QueueUnavailableError)):
            self.world.strange.remove(error)  # the next tick does it

    # -- others' calls, and what is looked at ------------------------------------------------

    def others_take(self, holder: str, ms: float) -> None:
        """A call of a campaign takes a line, if there is one, and gives it back."""
        if self.ledger.lines_in_use >= self.lines:
            return
        self.ledger.admit(holder, self.reception.clock.now_ms())
        self.others.add(holder)
        self._count_lines()
        self.world.later(ms, lambda: self._others_leave(holder))

    def _others_leave(self, holder: str) -> None:
        self.others.discard(holder)
        self.ledger.leave(holder, self.reception.clock.now_ms())
        if not self.world.fault("queue_down"):
            self.hints.put(ReceptionJob(JobKind.SERVE))

    @property
    def under_way(self) -> int:
        """How many lines are in use, in truth: a call to which nobody came before the caller
        hung up is Vapi's own to end.
        """
        legs = self.providers.legs
        ours = [call for call in self.providers.live if not legs[leg_of(call.name)].gone]
        return len(ours) + len(self.others)

    def _count_lines(self) -> None:
        if self.under_way > self.lines:
            self.broken.append(f"{self.under_way} calls at once on {self.lines} lines")
