"""The two providers as they really are: legs at Twilio, calls at Vapi, and what each tells us."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.dialing.services.voice_ports import (
    FoundCall,
    LookUp,
    NotSent,
    Refused,
    Unknown,
    VoiceConnection,
    VoiceUnavailableError,
)
from contact_center.visits.domain.instructions import JoinAssistant
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.services.telephone_ports import (
    Done,
    FoundLeg,
    Gone,
    LegLookUp,
    LegRequest,
)
from contact_center.visits.services.visit_ports import Joined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contact_center.dialing.services.voice_ports import PostOutcome
    from contact_center.visits.domain.instructions import Instruction
    from contact_center.visits.services.telephone_ports import LegOutcome
    from contact_center.visits.services.visit_ports import AssistantRequest
    from tests.simulation.world import World

UNJOINED_MS = 30_000  # a call at Vapi to which no sound comes ends by itself


class Hears(StrEnum):
    """What a caller hears."""

    RINGING = "ringing"
    MUSIC = "music"
    ASSISTANT = "assistant"
    WORDS = "words"
    NOTHING = "nothing"  # he has hung up


@dataclass(eq=False)
class Leg:
    """A caller's leg.

    Attributes:
        document: Counts what the leg was told to do: what belongs to an older one is over.
        since_ms: Since when he hears what he hears.
    """

    sid: str
    number: str
    rang_ms: float
    hears: Hears = Hears.RINGING
    since_ms: float = 0.0
    document: int = 0
    call: Call | None = None
    ended_ms: float | None = None
    turned_away: bool = False

    @property
    def gone(self) -> bool:
        return self.ended_ms is not None


@dataclass(eq=False)
class Call:
    """A call at Vapi."""

    call_id: str
    name: str
    made_ms: float
    joined: bool = False
    ended_ms: float | None = None
    reason: str = ""


@dataclass(eq=False)
class Providers:
    """Both, in one world.

    Attributes:
        tell_of_call: Vapi's webhooks: (call, ended).
        look: Whoever watches is told whenever a call begins or ends.
    """

    world: World
    lines: int
    legs: dict[str, Leg] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    tell_of_call: Callable[[Call, bool], None] = lambda _call, _ended: None
    moved: Callable[[Leg], None] = lambda _leg: None
    look: Callable[[], None] = lambda: None

    @property
    def live(self) -> list[Call]:
        return [call for call in self.calls if call.ended_ms is None]

    def in_room(self, _room: str) -> frozenset[str]:
        """Nobody meets in a room: no people are played."""
        return frozenset()

    # -- Assistants --------------------------------------------------------------------------

    def order(self, request: AssistantRequest) -> Joined | Refused | NotSent | Unknown:
        world = self.world
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

    # -- Telephone ---------------------------------------------------------------------------

    def redirect(self, leg: str, instructions: Iterable[Instruction]) -> LegOutcome:
        del instructions  # to where a leg goes on that has left the music
        world, found = self.world, self.legs[leg]
        world.boundary("redirect sent")
        if world.fault("not_connected"):
            return NotSent("connection")
        if world.fault("rejected"):
            return Refused("rejected")
        if found.gone:
            return Gone()
        self.moved(found)
        world.boundary("redirect obeyed")
        return Unknown("timeout") if world.fault("reply_lost") else Done()

    def find_leg(self, leg: str) -> FoundLeg | None:
        self.world.boundary("leg looked up")
        if self.world.fault("look_up_fails"):
            raise VoiceUnavailableError
        ended = self.legs[leg].gone
        status = LegStatus.COMPLETED if ended else LegStatus.IN_PROGRESS
        return FoundLeg(leg=leg, status=status, created_at_ms=None)

    def ring(self, request: LegRequest) -> PostOutcome:
        raise AssertionError(request)

    def hang_up(self, leg: str) -> LegOutcome:
        raise AssertionError(leg)

    def cancel(self, leg: str) -> LegOutcome:
        raise AssertionError(leg)

    def find_legs(self, to: str, caller_id: str, since_ms: int) -> LegLookUp:
        raise AssertionError((to, caller_id, since_ms))


def _found(call: Call) -> FoundCall:
    return FoundCall(call_id=call.call_id, name=call.name, ended=call.ended_ms is not None)
