"""The two providers as they really are: legs at Twilio, calls at Vapi, and what each tells us."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from contact_center.conversations.domain.deciding.call_commands import Say
from contact_center.conversations.services.ports.calls import ControlOutcome
from contact_center.dialing.services.voice_ports import (
    FoundCall,
    LookUp,
    NotSent,
    Refused,
    Unknown,
    VoiceConnection,
    VoiceUnavailableError,
)
from contact_center.visits.domain.instructions import JoinAssistant, RingAssistant
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.domain.visit_parts import VISIT, visit_named
from contact_center.visits.services.telephone_ports import UNANSWERED, FoundLeg
from contact_center.visits.services.visit_ports import Joined, OrderedCall, Rings
from tests.simulation.visits.callback_truth import CALLBACK, CalledTelephones, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contact_center.conversations.domain.deciding.call_commands import Command
    from contact_center.dialing.services.voice_ports import PostOutcome
    from contact_center.reception.services.reception_parts import Reception
    from contact_center.visits.domain.instructions import Instruction
    from contact_center.visits.services.telephone_ports import LegLookUp, LegOutcome, LegRequest
    from contact_center.visits.services.visit_ports import AssistantRequest
    from tests.simulation.visits.callback_truth import CalledBack, Keeps
    from tests.simulation.visits.people_truth import Telephones
    from tests.simulation.world import World

UNJOINED_MS = 30_000  # a call at Vapi to which no sound comes ends by itself


class Hears(StrEnum):
    """What a caller hears."""

    RINGING = "ringing"
    MUSIC = "music"
    ASSISTANT = "assistant"
    ROOM = "room"  # where a person is to come
    PERSON = "person"
    WORDS = "words"
    NOTHING = "nothing"  # he has hung up


class Onward(StrEnum):
    """What a caller does who has asked for a person."""

    STAYS = "stays"
    NEVER_MIND = "never_mind"
    SOMEBODY_ELSE = "somebody_else"
    HANGS_UP = "hangs_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a caller has in mind.

    Attributes:
        whose: Of which department he wants a person; None: he wants none.
        says_ms: After so long in the talk he says so.
        onward_ms: After so long with no person he does the next thing.
        waits: Whether he says once more that he wants one, when he is told that he may wait.
        person: Whom of those who work here he asks for by name; None: nobody in person.
    """

    whose: str | None = None
    says_ms: float = 0.0
    onward: Onward = Onward.STAYS
    onward_ms: float = 0.0
    waits: bool = False
    person: str | None = None


@dataclass(eq=False)
class Leg:
    """A caller's leg.

    Attributes:
        document: Counts what the leg was told to do: what belongs to an older one is over.
        since_ms: Since when he hears what he hears.
        decided: How often it was decided in his talks whom he is to get.
        wants: Of which department he wants a person now.
        queue: Whose music he hears, or heard last.
        wanted: How often he has asked for one.
        known: What we know of it: by which of his decisions, and whom he wants by it.
        replaced_ms: When we began to write down that he wants somebody else, or nobody any more.
        ever_wanted, ever_named: The departments and the people he has asked for, all of them.
        known_name: Since when we know whom he wants by name, and whom; None: nobody in person.
        told: What the assistant told him of it.
        keeps: How he keeps his place, if he does.
        called: What is special about a leg that we rang; None: he rang us.
        place_from_ms, place_by_ms: Between which his place is: he rang, and heard that he has one.
        sent_ms: When he was last sent for out of the music.
        got_ms: When he was first given a place or an assistant.
        end_known_ms: When whoever was asked about him had been told that he has hung up.
        answered: Whether his telephone has stopped ringing: before that no request moves it.
        after: What his leg asks for when what it was told to do is over, or cut; None: nothing.
        disturbed: Whether anything went wrong while he was admitted.
        with_people: The ids of people he was together with.
    """

    sid: str
    number: str
    rang_ms: float
    hears: Hears = Hears.RINGING
    since_ms: float = 0.0
    document: int = 0
    call: Call | None = None
    ended_ms: float | None = None
    end_known_ms: float | None = None
    turned_away: bool = False
    plan: Plan = Plan()
    decided: int = 0
    wants: str | None = None
    wants_since_ms: float = 0.0
    queue: str = ""
    wanted: int = 0
    known: tuple[int, str | None] = (0, None)
    ever_wanted: set[str] = field(default_factory=set)
    ever_named: set[str] = field(default_factory=set)
    known_name: tuple[float, str | None] = (0, None)
    replaced_ms: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    with_people: list[str] = field(default_factory=list)
    keeps: Keeps | None = None
    called: CalledBack | None = None
    place_from_ms: float = 0.0
    place_by_ms: float | None = None
    sent_ms: float = 0.0
    got_ms: float | None = None
    answered: bool = False
    after: Callable[[str, Reception], Any] | None = None
    disturbed: bool = False

    @property
    def gone(self) -> bool:
        return self.ended_ms is not None

    @property
    def rings(self) -> bool:
        """Whether he rings us, and nobody has answered."""
        return self.called is None and not self.answered and not self.gone


@dataclass(eq=False)
class Call:
    """A call at Vapi."""

    call_id: str
    name: str
    made_ms: float
    joined: bool = False
    ended_ms: float | None = None
    reason: str = ""
    claim: str | None = None  # what its messages show of the header it was invited with


def leg_of(post: str) -> str:
    """The leg of the visit for which a call of that name was ordered."""
    return visit_named(post).removeprefix(VISIT)


@dataclass(eq=False)
class Providers:
    """Both, in one world.

    Attributes:
        people: The telephones of those who work here.
        called: Those of callers who are called back.
        by_sip: Whether callers are put through to an address, and no call is ordered.
        tell_of_call: Vapi's webhooks: (call, ended).
        moved: A caller's leg was told by REST what to do.
        heard: A caller was told something by his assistant.
        look: Whoever watches is told whenever a call begins or ends.
    """

    world: World
    lines: int
    people: Telephones
    by_sip: bool = False
    legs: dict[str, Leg] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    tell_of_call: Callable[[Call, bool], None] = lambda _call, _ended: None
    moved: Callable[[Leg, tuple[Instruction, ...]], None] = lambda _leg, _steps: None
    heard: Callable[[Leg, str], None] = lambda _leg, _text: None
    look: Callable[[], None] = lambda: None
    called: CalledTelephones = field(init=False)

    def __post_init__(self) -> None:
        self.called = CalledTelephones(self.world, self.legs)

    @property
    def live(self) -> list[Call]:
        return [call for call in self.calls if call.ended_ms is None]

    # -- Assistants --------------------------------------------------------------------------

    def order(self, request: AssistantRequest) -> Joined | Rings | Refused | NotSent | Unknown:
        world = self.world
        called = self.legs[request.visit_id.removeprefix(VISIT)].called
        if called is not None:
            called.holds = False  # the call has it, or nobody
        if self.by_sip:
            said = {"X-Visit-Post": f"{request.name}.{request.proof}"}
            return Rings(RingAssistant(address="sip", headers=said, after=request.after))
        world.boundary("order sent")
        if world.fault("not_connected"):
            return NotSent("connection")
        if world.fault("rejected"):
            return Refused("rejected")
        if world.fault("rate_limited"):
            return NotSent("rate")
        call = Call(f"call-{len(self.calls) + 1}", request.name, world.now)
        self.calls.append(call)
        self.look()
        world.later(UNJOINED_MS, lambda: self._unless_joined(call))
        self.tell_of_call(call, False)  # noqa: FBT003  a callback's two arguments
        world.boundary("order obeyed")
        if world.fault("reply_lost"):
            world.boundary("order timed out", 6_000)
            return Unknown("timeout")
        return Joined(call.call_id, JoinAssistant(url=call.call_id, after="/after"))

    def _unless_joined(self, call: Call) -> None:
        if not call.joined:
            self.end(call, "silence-timed-out")

    def end(self, call: Call, reason: str) -> None:
        """A call is over, whoever ended it."""
        if call.ended_ms is not None:
            return
        call.ended_ms, call.reason = self.world.now, reason
        self.look()
        self.tell_of_call(call, True)  # noqa: FBT003  a callback's two arguments

    # -- VoiceProvider -----------------------------------------------------------------------

    def open(self) -> VoiceConnection:
        raise AssertionError

    def find_calls(self, name: str, since_ms: int) -> LookUp:
        del since_ms
        self.world.boundary("calls looked up")
        if self.world.fault("look_up_fails"):
            return LookUp(complete=False, calls=[])
        return LookUp(
            complete=True, calls=[_found(call) for call in self.calls if call.name == name]
        )

    def get_call(self, call_id: str) -> FoundCall | None:
        self.world.boundary("call looked up")
        if self.world.fault("look_up_fails"):
            raise VoiceUnavailableError
        return next((_found(call) for call in self.calls if call.call_id == call_id), None)

    # -- ControlUrls and CallControl ---------------------------------------------------------

    def of_call(self, call_id: str) -> str | None:
        call = self.call_of(call_id)
        return call_id if call is not None and call.ended_ms is None else None

    def send(self, control_url: str, command: Command) -> ControlOutcome:
        world, call = self.world, self.call_of(control_url)
        world.boundary("words sent")
        if world.fault("not_connected"):
            return ControlOutcome.NOT_SENT
        if call is None or call.ended_ms is not None or world.fault("rejected"):
            return ControlOutcome.REFUSED
        leg = next((leg for leg in self.legs.values() if leg.call is call), None)
        if leg is not None and isinstance(command, Say):
            text = command.content
            world.later(300, lambda: self.heard(leg, text))
        world.boundary("words said")
        return ControlOutcome.UNKNOWN if world.fault("reply_lost") else ControlOutcome.SENT

    def call_of(self, call_id: str) -> Call | None:
        return next((call for call in self.calls if call.call_id == call_id), None)

    # -- Telephone ---------------------------------------------------------------------------

    def redirect(self, leg: str, instructions: Iterable[Instruction]) -> LegOutcome:
        steps, caller = tuple(instructions), self.legs.get(leg)
        if caller is None:
            return self.people.steered("redirect", leg, lambda one: self.people.told(one, steps))
        if caller.rings:
            self.world.boundary("redirect sent")
            return NotSent(UNANSWERED)
        return self.people.asked("redirect", caller, lambda: self.moved(caller, steps))

    def hang_up(self, leg: str) -> LegOutcome:
        called = self.legs.get(leg)
        if called is not None:
            return self.people.asked("hang up", called, lambda: self.called.hang_up(called))
        return self.people.steered("hang up", leg, self.people.hang_up)

    def cancel(self, leg: str) -> LegOutcome:
        return self.people.steered("cancel", leg, self.people.cancel)

    def ring(self, request: LegRequest) -> PostOutcome:
        if request.answered.startswith(CALLBACK):
            return self.called.ring(request)
        return self.people.ring(request)

    def find_leg(self, leg: str) -> FoundLeg | None:
        self.world.boundary("leg looked up")
        if self.world.fault("look_up_fails"):
            raise VoiceUnavailableError
        caller = self.legs.get(leg)
        if caller is None:
            return self.people.found(leg)
        if caller.called is not None:
            return shown(caller, caller.called)
        live = LegStatus.RINGING if caller.rings else LegStatus.IN_PROGRESS
        status = LegStatus.COMPLETED if caller.gone else live
        return FoundLeg(leg=leg, status=status, created_at_ms=None)

    def find_legs(self, to: str, caller_id: str, since_ms: int) -> LegLookUp:
        del caller_id  # there is one number of ours
        if to not in self.people.person_at:
            return self.called.found_since(to, since_ms)
        return self.people.found_since(to, since_ms)

    def in_room(self, room: str) -> frozenset[str]:
        return self.people.in_room(room)


def _found(call: Call) -> FoundCall:
    return FoundCall(call_id=call.call_id, name=call.name, ended=call.ended_ms is not None)


@dataclass
class OrderedAtVapi:
    """OrderedCalls over the network; of each third call Vapi does not say how a leg gets there."""

    providers: Providers

    def look_up(self, name: str, call_id: str | None, since_ms: int) -> OrderedCall | None:
        del since_ms
        world = self.providers.world
        world.boundary("ordered call looked up")
        if world.fault("look_up_fails"):
            raise VoiceUnavailableError
        there = [one for one in self.providers.calls if one.name == name]
        call = min(there, key=lambda one: one.ended_ms is not None, default=None)
        if call is None or call_id not in {None, call.call_id}:
            return None
        says = self.providers.calls.index(call) % 3 != 0
        join = JoinAssistant(url=call.call_id, after="/after") if says else None
        return OrderedCall(call_id=call.call_id, ended=call.ended_ms is not None, join=join)

    def end(self, call: OrderedCall) -> bool:
        world = self.providers.world
        world.boundary("end asked for")
        if world.fault("not_connected"):
            return False
        there = self.providers.call_of(call.call_id)
        if there is not None:
            self.providers.end(there, "control-ended-call")
        world.boundary("ended")
        return True
