"""People's telephones as they really are: what rang, who pressed what, who is with whom.

People come when they like, answer or do not, and press a key or none. Twilio rings their telephones
when it is asked to, and never because of anything our tables say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.dialing.services.voice_ports import (
    NotSent,
    Placed,
    PostOutcome,
    Refused,
    Unknown,
    VoiceUnavailableError,
)
from contact_center.people.domain.people import PersonState
from contact_center.people.domain.person_steps import BUSY_LEASE_MS
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.services.telephone_ports import Done, FoundLeg, Gone, LegLookUp

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.people.domain.people import Person
    from contact_center.visits.domain.instructions import EnterRoom, Instruction
    from contact_center.visits.services.telephone_ports import LegOutcome, LegRequest
    from tests.simulation.visits.provider_truth import Leg
    from tests.simulation.world import World

REST_TIMEOUT_MS = 10_000
CLOCKS_DIFFER_MS = 60_000  # so much older legs the adapter tells of as well


class Habit(StrEnum):
    """What becomes of one ring."""

    TAKES = "takes"
    DECLINES = "declines"
    ANOTHER_KEY = "another_key"  # and takes when asked again
    LATE = "late"  # presses the key when nobody asks any more
    VOICEMAIL = "voicemail"
    HANGS_UP = "hangs_up"
    NEVER = "never"
    BUSY = "busy"
    FAILED = "failed"
    LOGS_OUT = "logs_out"  # by the API while it rings, and takes the caller all the same


PRESSES_A_KEY = frozenset({Habit.TAKES, Habit.DECLINES, Habit.ANOTHER_KEY, Habit.LOGS_OUT})
NEVER_RINGS = {Habit.BUSY: LegStatus.BUSY, Habit.FAILED: LegStatus.FAILED}


@dataclass(eq=False)
class PersonLeg:
    """A person's leg.

    Attributes:
        made_ms: When Twilio was asked to ring.
        wanted: How often the caller had asked for a person then.
        waited: Whether the caller was in the music then, and not just brought there.
        document: Counts what the leg was told to do: what belongs to an older one is over.
        takes: Whether the person pressed the key that takes the caller, when asked.
        took_ms: When.
        pressed: Whether the person pressed any that was asked for.
        seen: Whether somebody has looked into the room while both were there, and written it down.
        let_go: Whether the person has logged out, or is away, while it rang.
        goodbye: Whether the leg hears its last words.
        talks_ms: When it was last written down that the person talks on it.
    """

    sid: str
    person_id: str
    visit_id: str
    habit: Habit
    ring_seconds: int
    made_ms: float
    wanted: int = 0
    waited: bool = False
    status: LegStatus = LegStatus.QUEUED
    sequence: int = 0
    document: int = 0
    takes: bool = False
    took_ms: float | None = None
    pressed: bool = False
    seen: bool = False
    let_go: bool = False
    goodbye: bool = False
    talks_ms: float = 0
    answered_ms: float | None = None
    together_ms: float | None = None
    ended_ms: float | None = None

    @property
    def gone(self) -> bool:
        return self.ended_ms is not None


@dataclass(eq=False)
class Room:
    """A conference.

    Attributes:
        room_id: Of this one; when all have left it is over, and the next of its name is another.
        told: Whether somebody is told who comes: the first who asked for it decides.
        closed_by: Those whose going ends it for all.
    """

    name: str
    visit_id: str
    room_id: str
    told: bool = False
    opened: bool = False
    caller: Leg | None = None
    people: list[PersonLeg] = field(default_factory=list)
    closed_by: set[str] = field(default_factory=set)


@dataclass(eq=False)
class Telephones:
    """All of them.

    Attributes:
        habit: What becomes of the next ring of a person.
        person_at: Whose an address is.
        watch: Whoever judges is told of each ring before it is made.
        told_of: A leg has come to another status: Twilio's webhook.
        answered: Somebody picked up: the leg's first document is asked for.
        documents: A leg was told by REST what to do.
        came_in: A leg came into a room that tells of it: (room, leg).
        together: Caller and person hear each other.
        put_out: A caller's room is over.
        looked: Whom each process has seen with a caller, and has not written down yet.
    """

    world: World
    habit: Callable[[], Habit] = lambda: Habit.TAKES
    person_at: dict[str, str] = field(default_factory=dict)
    legs: dict[str, PersonLeg] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    rooms_opened: int = 0
    watch: Callable[[PersonLeg], None] = lambda _leg: None
    told_of: Callable[[PersonLeg], None] = lambda _leg: None
    answered: Callable[[PersonLeg], None] = lambda _leg: None
    documents: Callable[[PersonLeg, tuple[Instruction, ...]], None] = lambda _leg, _steps: None
    came_in: Callable[[Room, str], None] = lambda _room, _leg: None
    together: Callable[[Room, PersonLeg], None] = lambda _room, _leg: None
    put_out: Callable[[Leg], None] = lambda _leg: None
    looked: dict[tuple[object, str], list[PersonLeg]] = field(default_factory=dict)

    def live(self, person_id: str) -> list[PersonLeg]:
        return [leg for leg in self.legs.values() if leg.person_id == person_id and not leg.gone]

    def about(self, visit_id: str) -> list[PersonLeg]:
        return [leg for leg in self.legs.values() if leg.visit_id == visit_id]

    # -- as they are asked by REST -----------------------------------------------------------

    def asked(self, what: str, leg: Leg | PersonLeg, deed: Callable[[], object]) -> LegOutcome:
        """One request about one leg."""
        world = self.world
        world.boundary(f"{what} sent")
        if world.fault("not_connected"):
            return NotSent("connection")
        if world.fault("rejected"):
            return Refused("rejected")
        if leg.gone:
            return Gone()
        deed()
        world.boundary(f"{what} obeyed")
        return Unknown("timeout") if world.fault("reply_lost") else Done()

    def steered(self, what: str, sid: str, deed: Callable[[PersonLeg], object]) -> LegOutcome:
        """The same about a person's leg."""
        leg = self.legs[sid]
        return self.asked(what, leg, lambda: deed(leg))

    def ring(self, request: LegRequest) -> PostOutcome:
        return asked_to_ring(self.world, lambda: self._made(request).sid)

    def told(self, leg: PersonLeg, steps: tuple[Instruction, ...]) -> None:
        leg.document += 1
        self.world.later(1, lambda: self.documents(leg, steps))

    def hang_up(self, leg: PersonLeg) -> None:
        self.world.later(1, lambda: self.ends(leg, LegStatus.COMPLETED))

    def cancel(self, leg: PersonLeg) -> None:
        if leg.status is not LegStatus.IN_PROGRESS:
            self.ends(leg, LegStatus.CANCELLED)

    def found(self, sid: str) -> FoundLeg | None:
        leg = self.legs.get(sid)
        return None if leg is None else _shown(leg)

    def found_since(self, to: str, since_ms: int) -> LegLookUp:
        self.world.boundary("legs looked up")
        if self.world.fault("look_up_fails"):
            return LegLookUp(complete=False, legs=())
        person_id, oldest_ms = self.person_at[to], since_ms - CLOCKS_DIFFER_MS
        legs = [
            _shown(leg)
            for leg in reversed(self.legs.values())
            if leg.person_id == person_id and leg.made_ms >= oldest_ms
        ]
        return LegLookUp(complete=True, legs=legs)

    def in_room(self, name: str) -> frozenset[str]:
        self.world.boundary("room looked up")
        if self.world.fault("look_up_fails"):
            raise VoiceUnavailableError
        room = self.rooms.get(name)
        if room is None:
            return frozenset()
        caller = () if room.caller is None else (room.caller.sid,)
        both = [leg for leg in room.people if leg.together_ms is not None]
        self.looked[self.world.running, room.visit_id] = both
        return frozenset((*caller, *(leg.sid for leg in room.people)))

    def wrote_down(self, visit_id: str) -> None:
        """The process that runs has stored what it saw: before that nobody knows of it."""
        for leg in self.looked.pop((self.world.running, visit_id), ()):
            leg.seen = True

    def talks(self, person: Person) -> None:
        """It was stored what a person does."""
        leg = self.legs.get((person.held and person.held.leg) or "")
        if leg is not None and person.state is PersonState.BUSY and person.lease_ms:
            leg.talks_ms = person.lease_ms - BUSY_LEASE_MS  # not when something else was

    # -- what happens to a leg ---------------------------------------------------------------

    def _made(self, request: LegRequest) -> PersonLeg:
        _, visit_id, _ = request.answered.rsplit("/", 2)
        leg = PersonLeg(
            sid=f"CAp{len(self.legs)}",
            person_id=self.person_at[request.to],
            visit_id=visit_id,
            habit=self.habit(),
            ring_seconds=request.ring_seconds,
            made_ms=self.world.now,
        )
        self.watch(leg)
        self.legs[leg.sid] = leg
        self.world.later(self.world.chance.uniform(100, 1_500), lambda: self._rings(leg))
        return leg

    def _rings(self, leg: PersonLeg) -> None:
        if leg.gone:
            return
        world, chance = self.world, self.world.chance
        talks = any(one.status is LegStatus.IN_PROGRESS for one in self.live(leg.person_id))
        if talks and chance.random() < 0.5:  # or else a call is waiting at it
            leg.habit = Habit.BUSY
        end = NEVER_RINGS.get(leg.habit)
        if end is not None:
            self.ends(leg, end)
            return
        self._comes_to(leg, LegStatus.RINGING)
        rings_ms = leg.ring_seconds * 1_000 + chance.uniform(0, 5_000)
        world.later(rings_ms, lambda: self._rung_out(leg))
        if leg.habit is not Habit.NEVER:
            least_ms = 12_000 if leg.habit is Habit.VOICEMAIL else 1_500
            world.later(chance.uniform(least_ms, 18_000), lambda: self._picks_up(leg))

    def _rung_out(self, leg: PersonLeg) -> None:
        if leg.status is LegStatus.RINGING:
            self.ends(leg, LegStatus.NO_ANSWER)

    def _picks_up(self, leg: PersonLeg) -> None:
        if leg.status is not LegStatus.RINGING:
            return
        leg.answered_ms = self.world.now
        self._comes_to(leg, LegStatus.IN_PROGRESS)
        self.answered(leg)

    def _comes_to(self, leg: PersonLeg, status: LegStatus) -> None:
        leg.status, leg.sequence = status, leg.sequence + 1
        self.told_of(leg)

    def ends(self, leg: PersonLeg, status: LegStatus) -> None:
        """A leg is over, whoever ended it; what others hear of it they hear from outside."""
        if leg.gone:
            return
        leg.ended_ms = self.world.now
        self._comes_to(leg, status)
        self.world.later(1, lambda: self.goes_out(leg))

    # -- rooms -------------------------------------------------------------------------------

    def comes_in(self, leg: Leg | PersonLeg, visit_id: str, step: EnterRoom) -> None:
        self.rooms_opened += step.room not in self.rooms
        room = self.rooms.setdefault(step.room, Room(step.room, visit_id, f"CF{self.rooms_opened}"))
        room.told = room.told or step.events is not None
        room.opened = room.opened or step.opens
        if step.closes:
            room.closed_by.add(leg.sid)
        if isinstance(leg, PersonLeg):
            room.people.append(leg)
        else:
            room.caller = leg
        if room.told:
            self.came_in(room, leg.sid)
        if not room.opened or room.caller is None:
            return
        for person in room.people:
            if person.together_ms is None:
                person.together_ms = self.world.now
                self.together(room, person)

    def room_of(self, leg: Leg | PersonLeg) -> Room | None:
        return next(
            (room for room in self.rooms.values() if leg is room.caller or leg in room.people),
            None,
        )

    def goes_out(self, leg: Leg | PersonLeg) -> None:
        """A leg leaves its room, if it is in one; that may be the end of it for all."""
        room = self.room_of(leg)
        if room is None:
            return
        if leg is room.caller:
            room.caller = None
        else:
            room.people = [one for one in room.people if one is not leg]
        if leg.sid not in room.closed_by and (room.caller or room.people):
            return
        del self.rooms[room.name]
        for person in room.people:
            self.ends(person, LegStatus.COMPLETED)  # nothing follows in its document
        if room.caller is not None:
            self.put_out(room.caller)


def asked_to_ring(
    world: World, made: Callable[[], str], tried: Callable[[], None] = lambda: None
) -> PostOutcome:
    """One request for a leg; `tried` unless it certainly was not sent, `made` if a leg is."""
    world.boundary("ring sent")
    if world.fault("not_connected"):
        return NotSent("connection")
    if world.fault("rate_limited"):
        return NotSent("rate")
    tried()
    if world.fault("rejected"):
        return Refused("rejected")
    if world.fault("server_error"):  # and nothing rings
        world.boundary("ring timed out", REST_TIMEOUT_MS)
        return Unknown("timeout")
    sid = made()
    world.boundary("ring obeyed")
    if world.fault("reply_lost"):
        world.boundary("ring timed out", REST_TIMEOUT_MS)
        return Unknown("timeout")
    return Placed(sid)


def _shown(leg: PersonLeg) -> FoundLeg:
    made_ms = int(leg.made_ms // 1_000) * 1_000
    return FoundLeg(leg=leg.sid, status=leg.status, created_at_ms=made_ms)
