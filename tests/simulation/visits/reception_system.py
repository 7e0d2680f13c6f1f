"""Callers, their two providers, people, and our four functions between them, in one world."""

from __future__ import annotations

from dataclasses import astuple, dataclass, field
from typing import TYPE_CHECKING, Any

from contact_center.kernel.ports import PassingError
from contact_center.people.domain.people import PersonState
from contact_center.people.domain.person_steps import as_of
from contact_center.queue.domain.kept_steps import IS_CALLED
from contact_center.queue.domain.wait_documents import RESULT_PATH, WAIT_PATH
from contact_center.queue.domain.waiting import EntryState
from contact_center.queue.services.wait_in_queue import what_to_hear
from contact_center.reception.services.admit import admit
from contact_center.reception.services.colleagues.after_transfer import after_transfer
from contact_center.reception.services.follow_visit import assistant_let_go, hear_of_leg
from contact_center.reception.services.leave_music import leave_music
from contact_center.visits.domain.instructions import (
    AskKeys,
    EnterRoom,
    GoTo,
    JoinAssistant,
    LeaveWait,
    Pause,
    RingAssistant,
    Speak,
    Wait,
)
from contact_center.visits.domain.legs import CallerRang, LegChanged, LegStatus
from contact_center.visits.domain.visit_parts import visit_of
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from tests.simulation.visits.break_system import BY_CHOICE, BreakSystem
from tests.simulation.visits.callback_system import CallbackSystem
from tests.simulation.visits.people_system import DOOR_MS, TRIES, PeopleSystem
from tests.simulation.visits.people_truth import Telephones
from tests.simulation.visits.provider_truth import Hears, Leg, Plan, Providers, leg_of
from tests.simulation.visits.reception_functions import Functions
from tests.simulation.visits.reception_services import (
    CALL_BACK,
    DEPARTMENT,
    OURS,
    House,
    Services,
    Tables,
)
from tests.simulation.visits.sip_system import SipSystem
from tests.simulation.visits.talk_system import TalkSystem
from tests.simulation.world import WorldClock
from tests.unit.reception.desk import COURTESIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contact_center.queue.domain.waiting import QueueEntry
    from contact_center.reception.services.reception_parts import Reception
    from contact_center.visits.domain.instructions import Instruction
    from tests.simulation.visits.callback_truth import Keeps
    from tests.simulation.world import World

WAITING = frozenset({Hears.RINGING, Hears.MUSIC})


def let_go(leg: str, reception: Reception) -> str:
    """What is asked for when a stream is over, or cut; `assistant_let_go` by who follows that."""
    return assistant_let_go(leg, reception, here=False)


@dataclass(eq=False)
class ReceptionSystem:
    """What is under test, and the truth beside it.

    Attributes:
        lines: Of the account.
        house: Who works here, and when.
        by_sip: Whether callers are put through to Vapi's address, and not streamed.
        seed: Of what is drawn as it happens, with a chance of its own.
        connected: Legs in the order in which an assistant got them.
        served: Legs in the order in which they were sent for out of the music.
        untold: Legs whose end Twilio never told.
        broken: What must not be, as it happened.
    """

    world: World
    lines: int
    house: House = field(default_factory=House)
    by_sip: bool = False
    seed: int = 0
    connected: list[Leg] = field(default_factory=list)
    served: list[Leg] = field(default_factory=list)
    untold: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    others: set[str] = field(default_factory=set)
    documents: dict[str, tuple[Instruction, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tables = Tables(WorldClock(self.world))
        self.ledger, self.visits = self.tables.ledger, self.tables.visits
        self.queue = self.tables.queue
        functions = Functions(self.world)
        self.talks = TalkSystem(self)
        self.functions, self.hints = functions, functions.hints
        telephones = Telephones(self.world)
        self.providers = Providers(
            self.world,
            self.lines,
            telephones,
            by_sip=self.by_sip,
            tell_of_call=functions.tell_of_call,
            look=self._count_lines,
            moved=self._moved,
            heard=self.talks.hears_of_people,
        )
        self.services = Services(
            self.world,
            self.house,
            self.tables,
            self.providers,
            jobs=functions,
            document=self._document,
        )
        functions.services, functions.tells = self.services, self.talks.tells_wish
        self.reception = self.services.reception
        self.people = PeopleSystem(self)
        self.callbacks = CallbackSystem(self)
        self.sip = SipSystem(self) if self.by_sip else None
        self.breaks = BreakSystem(self, self.seed) if self.house.rings_back else None

    def judges_strictly(self, *, strict: bool) -> None:
        """Whether nothing goes wrong in this history, so that everything is in time."""
        self.people.judge.strict = self.callbacks.judge.turns.strict = strict
        if self.breaks is not None:
            self.breaks.judge.strict = strict

    def _document(self, steps: Iterable[Instruction]) -> str:
        """A text for these steps, by which they are found again."""
        written = tuple(steps)
        text = repr([(type(step).__name__, astuple(step)) for step in written])
        self.documents[text] = written
        return text

    # -- callers -----------------------------------------------------------------------------

    def rings(
        self,
        sid: str,
        number: str,
        patience_ms: float,
        plan: Plan | None = None,
        keeps: Keeps | None = None,
    ) -> None:
        """A caller rings, and hangs up when his patience is over, unless he is talking."""
        now_ms = self.world.now
        leg = Leg(sid, number, now_ms, since_ms=now_ms, plan=plan or Plan(), keeps=keeps)
        leg.place_from_ms = now_ms
        self.providers.legs[sid] = leg
        self.callbacks.judge.rings_in(leg)
        self.ask(leg, self._admit)
        self.world.later(patience_ms, lambda: self.loses_patience(leg))

    def loses_patience(self, leg: Leg) -> None:
        if leg.hears in WAITING:
            self.hangs_up(leg)

    def hangs_up(self, leg: Leg) -> None:
        if leg.gone:
            return
        leg.ended_ms, leg.document = self.world.now, leg.document + 1
        self.people.judge.caller_left(leg)
        leg.hears = Hears.NOTHING
        self.providers.people.goes_out(leg)
        if leg.call is not None:
            talked = None if not leg.call.joined else self.breaks  # who rings in has no talk yet
            reason = BY_CHOICE if talked is None else talked.ends(leg, leg.call)
            self.providers.end(leg.call, reason)
            if self.sip is not None:
                self.sip.tells_of_end(leg, leg.call)
        if leg.called is not None:
            self.callbacks.over(leg, leg.called)
            return
        if self.world.fault("webhook_lost"):
            self.untold.add(leg.sid)
            return
        late_ms = self.world.chance.uniform(0, 20_000) if self.world.fault("webhook_late") else 50
        for _ in range(2 if self.world.fault("webhook_twice") else 1):
            self.world.later(late_ms, lambda: self._tell_of_end(leg, TRIES))

    def _tell_of_end(self, leg: Leg, tries: int) -> None:
        told = LegChanged(leg=leg.sid, status=LegStatus.COMPLETED, sequence=9)

        def body() -> None:
            if hear_of_leg(told, self.reception.clock.now_ms(), self.reception):
                self.services.desk.caller_left(visit_of(leg.sid))
                leg.end_known_ms = leg.end_known_ms or self.world.now

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
            called=OURS,
            forwarded_from=None,
            call_token=None,
        )
        try:
            return admit(came, reception)
        except BaseException:
            leg.disturbed = True
            raise
        finally:
            running = self.world.running
            leg.disturbed = leg.disturbed or (running is not None and running.hits > 0)

    def _after(self, sid: str, reception: Reception) -> str:
        return after_transfer(visit_of(sid), sid, self.services.offers, reception)

    def ask(self, leg: Leg, what: Callable[[str, Reception], Any], tries: int = TRIES) -> None:
        """A leg's next document is asked for: once more when the door did not answer."""
        if leg.gone:
            return
        leg.document, leg.after = leg.document + 1, None
        document = leg.document

        def ended(how: str, steps: Any) -> None:
            if leg.gone or leg.document != document:
                return
            if how == "returned":
                self._carry_out(leg, list(steps))
            elif tries > 1:
                self._loses_an_answer(leg)
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
            self.ask(leg, what, tries)

    def _loses_an_answer(self, leg: Leg) -> None:
        """A ring whose document nobody had is taken back, and with it the line of who pressed."""
        if self.sip is not None and leg.called is not None and leg.called.pressed:
            leg.called.holds = False

    def _spoken(self, leg: Leg, what: Callable[[str, Reception], Any]) -> Any:
        """As the door has it: whatever breaks, something is said."""
        try:
            return self.documents[what(leg.sid, self.reception)]
        except Exception as error:  # noqa: BLE001  as the door
            if not isinstance(error, PassingError):
                self.world.strange.append(error)
            return COURTESIES.sorry(DEPARTMENT, OURS)

    # -- what a caller's leg does ------------------------------------------------------------

    def _moved(self, leg: Leg, steps: tuple[Instruction, ...]) -> None:
        """Twilio does what it was told by REST outside of the process that told it."""
        if leg.hears is Hears.MUSIC:
            self.served.append(leg)
            leg.sent_ms = self.world.now
            if leg.queue.endswith("-line"):
                self.callbacks.judge.sent_for(leg)
        self.world.later(1, lambda: self._goes(leg, steps))

    def _goes(self, leg: Leg, steps: tuple[Instruction, ...]) -> None:
        if leg.gone:
            return
        self.people.judge.moved(leg, steps)
        self._asks_in_vain(leg)
        self._lets_go(leg)
        match steps[0]:
            case GoTo(path=path):
                self.ask(leg, leave_music if path == RESULT_PATH else self._after)
            case _:
                leg.document += 1
                self._carry_out(leg, list(steps))

    def _asks_in_vain(self, leg: Leg) -> None:
        """What comes after a Dial is asked for of who is taken out of it as well.

        Its answer is followed by nobody. Whether a stream that is cut asks too Twilio says nowhere;
        after the music that is left so the door does nothing.
        """
        what, leg.after = leg.after, None
        if what is None or (what is let_go and not self.streams_ask):
            return

        def asks(tries: int) -> None:
            name = f"{what.__name__} of who is led away"

            def ended(how: str, _steps: Any) -> None:
                if how != "returned" and tries > 1:
                    self.world.later(100, lambda: asks(tries - 1))

            self.world.spawn(name, DOOR_MS, lambda: self._spoken(leg, what), ended)

        asks(TRIES)

    def put_out(self, leg: Leg) -> None:
        """The room is over for a caller who is still there."""
        self.hears(leg, Hears.RINGING)
        self.ask(leg, self._after)

    def _lets_go(self, leg: Leg) -> None:
        """Of whatever a caller's leg was connected with."""
        call, leg.call = leg.call, None
        if call is not None:
            self.providers.end(call, "customer-ended-call")
        self.providers.people.goes_out(leg)

    def _carry_out(self, leg: Leg, steps: list[Instruction]) -> None:
        document, leg.after = leg.document, None
        self.callbacks.sees(leg, steps)
        while steps and isinstance(steps[0], Speak):
            steps.pop(0)
            leg.answered = True
        # A Dial rings on until somebody is there, and neither a pause nor another document answers.
        leg.answered |= not isinstance(steps[0] if steps else None, RingAssistant | Pause | GoTo)
        match steps[0] if steps else None:
            case AskKeys() as asks if self.callbacks.asked(leg, document, asks):
                pass
            case GoTo() | Pause() as onward if self._comes_again(leg, onward):
                self._asks_again(leg, document, onward)
            case Wait(queue=queue, music=music):
                if music != WAIT_PATH or not leg.queue:  # else nobody knew which one is his
                    leg.queue = queue
                leg.got_ms = leg.got_ms or self.world.now
                leg.place_by_ms = leg.place_by_ms or self.world.now
                self.hears(leg, Hears.MUSIC)
                self.music(leg, document)
            case JoinAssistant() | RingAssistant() as to_assistant:
                self._to_assistant(leg, document, to_assistant)
            case EnterRoom() as room:
                self.hears(leg, Hears.ROOM)
                leg.after = self._after
                patience_ms = self.world.chance.uniform(30_000, 90_000)
                self.world.later(patience_ms, lambda: self._leaves_room(leg, document))
                self.providers.people.comes_in(leg, visit_of(leg.sid), room)
            case _:
                self._says_goodbye(leg)

    @staticmethod
    def _comes_again(leg: Leg, onward: GoTo | Pause) -> bool:
        return leg.called is not None or isinstance(onward, Pause) or onward.path == RESULT_PATH

    def _asks_again(self, leg: Leg, document: int, onward: GoTo | Pause) -> None:
        """He goes where he stands by now, or is called back; or why his talk is over is to come."""
        if isinstance(onward, GoTo):
            of_called = leg.called is not None
            self.ask(leg, self.callbacks.at(onward.path) if of_called else leave_music)
            return
        after_ms = onward.seconds * 1_000
        self.world.later(after_ms, lambda: self._again(leg, document, assistant_let_go, TRIES))

    def _to_assistant(self, leg: Leg, document: int, step: JoinAssistant | RingAssistant) -> None:
        if isinstance(step, JoinAssistant):
            self._joins(leg, document, step.url)
        elif self.sip is not None:
            self.sip.rings(leg, document, step)

    def _leaves_room(self, leg: Leg, document: int) -> None:
        if leg.document == document and leg.hears is Hears.ROOM:
            self.hangs_up(leg)

    def ends_talk(self, leg: Leg) -> None:
        """A caller has had enough of the person he talks with."""
        if leg.hears is Hears.PERSON:
            self.hangs_up(leg)

    def _says_goodbye(self, leg: Leg) -> None:
        leg.turned_away = True
        self.hears(leg, Hears.WORDS)
        self.world.later(4_000, lambda: self.hangs_up(leg))

    def hears(self, leg: Leg, what: Hears) -> None:
        """What a caller hears from now on."""
        if leg.hears is not what:
            self.world.note(f"{leg.sid} hears {what}")
            leg.hears, leg.since_ms = what, self.world.now

    def _joins(self, leg: Leg, document: int, call_id: str) -> None:
        call = self.providers.call_of(call_id)
        assert call is not None
        if call.ended_ms is not None:
            self.ask(leg, let_go)
            return
        self.talks.begin(leg, document, call, let_go)

    def music(self, leg: Leg, document: int) -> None:
        """One wait document after the other, as long as the leg hears the queue's music."""
        if leg.gone or leg.document != document:
            return

        def ended(how: str, heard: Any) -> None:
            if leg.gone or leg.document != document:
                return
            steps = list(heard.instructions) if how == "returned" else [Pause(4)]
            if isinstance(steps[-1], LeaveWait):
                self.ask(leg, leave_music)
                return
            if self.callbacks.hears(leg, document, steps):
                return
            lasts_ms = sum(5_000 for step in steps if not isinstance(step, GoTo))
            self.world.later(lasts_ms, lambda: self.music(leg, document))

        def body() -> Any:
            return what_to_hear(visit_of(leg.sid), "", self.reception.queue)

        self.world.spawn("wait", DOOR_MS, body, ended)

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

    def is_quiet(self) -> bool:
        """Whether nobody is there any more, nothing is to be done, and nothing is held."""
        tables, now_ms = self.tables, self.services.clock.now_ms()
        people = (as_of(person, now_ms).state for person in tables.people.people.values())
        return not (
            any(not leg.gone for leg in self.providers.legs.values())
            or any(not leg.gone for leg in self.providers.people.legs.values())
            or self.providers.live
            or self.hints.messages
            or self.functions.events.messages
            or tables.ledger.leases
            or tables.offers.looks
            or any(_is_open(entry, now_ms) for entry in tables.queue.entries.values())
            or any(state in {PersonState.RINGING, PersonState.BUSY} for state in people)
        )

    @property
    def streams_ask(self) -> bool:
        """Whether a stream that is cut asks what comes after it: in some histories."""
        return self.seed % 7 < 3

    @property
    def under_way(self) -> int:
        """How many lines are in use, in truth, with those that are held for who is called back: a
        call to which nobody came before the caller hung up is Vapi's own to end.
        """
        legs = self.providers.legs
        ours = {
            leg_of(call.name) for call in self.providers.live if not legs[leg_of(call.name)].gone
        }
        ours |= {
            leg.sid
            for leg in legs.values()
            if leg.called is not None and leg.called.has_line and not leg.gone
        }
        return len(ours) + len(self.others)

    def _count_lines(self) -> None:
        if self.under_way > self.lines:
            self.broken.append(f"{self.under_way} calls at once on {self.lines} lines")
        if self.ledger.lines_in_use > self.lines:  # one visit is one line
            self.broken.append(f"{self.ledger.lines_in_use} lines are counted of {self.lines}")


def _is_open(entry: QueueEntry, now_ms: int) -> bool:
    """Whether something is to be done about a place, and not only tomorrow."""
    to_be_told = entry.kept is not None and entry.due_at_ms is not None
    if entry.state is EntryState.RESTING and (entry.due_at_ms or 0) - now_ms > CALL_BACK.longest_ms:
        return False
    return entry.in_queue or entry.state in IS_CALLED or to_be_told
