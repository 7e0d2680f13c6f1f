"""The telephones of those who are called back, as they really are: what rang, who pressed what.

A caller keeps his place by keys and hangs up; later a telephone rings, of which he makes what he
likes. Twilio rings it when it is asked to, and never because of anything our tables say.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.services.telephone_ports import FoundLeg, LegLookUp
from tests.simulation.visits.people_truth import CLOCKS_DIFFER_MS, asked_to_ring

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.dialing.services.voice_ports import PostOutcome
    from contact_center.visits.services.telephone_ports import LegRequest
    from tests.simulation.visits.provider_truth import Leg
    from tests.simulation.world import World

CALLBACK = "/twilio/callback/"


class Luck(StrEnum):
    """What becomes of one ring of a caller who is called back."""

    PRESSES = "presses"  # the key that is asked for
    ANOTHER_KEY = "another_key"  # and the right one when asked again
    MACHINE = "machine"  # answers and presses nothing
    HANGS_UP = "hangs_up"
    NEVER = "never"
    BUSY = "busy"
    FAILED = "failed"
    RINGS_IN = "rings_in"  # he rings us while his telephone rings


NEVER_RINGS = {Luck.BUSY: LegStatus.BUSY, Luck.FAILED: LegStatus.FAILED}


@dataclass(eq=False)
class Keeps:
    """How a caller keeps his place, if he is offered to.

    Attributes:
        after_ms: He presses the key when he has heard the music for so long.
        other: Another number on which he wishes to be called, E.164; None: his own.
        mistakes: How often he keys in a wrong one first.
        corrects: How often he wants to key it in again when he hears it back.
        unheard: Whether he hangs up before he hears what came of the key.
        again_ms: So long after he was told that he is called he rings again; None: not at all.
        again_if_missed: Whether he rings again when he has missed a ring.
    """

    after_ms: float
    other: str | None = None
    mistakes: int = 0
    corrects: int = 0
    unheard: bool = False
    again_ms: float | None = None
    again_if_missed: bool = False


@dataclass(eq=False)
class CalledBack:
    """What is special about a leg that was rung to call somebody back.

    Attributes:
        visit_id: Whose place is kept.
        at: The address of its try.
        holds: Whether a line or a person is held for it: nothing else has it meanwhile.
        for_person: Whether it waits for a person, and not for a line.
        pressed: Whether the key that was asked for was pressed.
        joined_ms: When an assistant, a place or a person followed on it.
    """

    visit_id: str
    at: str
    luck: Luck
    made_ms: float
    ring_seconds: int
    for_person: bool
    holds: bool = True
    status: LegStatus = LegStatus.QUEUED
    sequence: int = 0
    pressed: bool = False
    joined_ms: float | None = None

    @property
    def has_line(self) -> bool:
        """Whether a line is held for it."""
        return self.holds and not self.for_person


@dataclass(eq=False)
class CalledTelephones:
    """All of them.

    Attributes:
        legs: Callers' legs, where those of whoever is called back are among them.
        leg: Makes the leg that a ring is.
        tried: Whoever judges is told of each try before it is made.
        made: And of each leg.
        told_of: A leg has come to another status: Twilio's webhook.
        answered: Somebody picked up: the leg's first document is asked for.
        hangs_up: A leg is over.
        rings: A telephone rings.
    """

    world: World
    legs: dict[str, Leg]
    leg: Callable[[LegRequest], Leg] = field(init=False)
    tried: Callable[[LegRequest], None] = lambda _request: None
    made: Callable[[Leg], None] = lambda _leg: None
    told_of: Callable[[Leg], None] = lambda _leg: None
    answered: Callable[[Leg], None] = lambda _leg: None
    hangs_up: Callable[[Leg], None] = lambda _leg: None
    rings: Callable[[Leg], None] = lambda _leg: None

    def ring(self, request: LegRequest) -> PostOutcome:
        return asked_to_ring(self.world, lambda: self._made(request), lambda: self.tried(request))

    def found_since(self, to: str, since_ms: int) -> LegLookUp:
        self.world.boundary("called legs looked up")
        if self.world.fault("look_up_fails"):
            return LegLookUp(complete=False, legs=())
        oldest_ms = since_ms - CLOCKS_DIFFER_MS
        legs = [
            shown(leg, leg.called)
            for leg in reversed(self.legs.values())
            if leg.called and leg.number == to and leg.called.made_ms >= oldest_ms
        ]
        return LegLookUp(complete=True, legs=legs)

    def hang_up(self, leg: Leg) -> None:
        self.world.later(1, lambda: self.ends(leg, LegStatus.COMPLETED))

    def ends(self, leg: Leg, status: LegStatus) -> None:
        """A leg is over, whoever ended it."""
        if not leg.gone and leg.called is not None:
            leg.called.status = status
            self.hangs_up(leg)

    # -- what happens to a leg ---------------------------------------------------------------

    def _made(self, request: LegRequest) -> str:
        leg = self.leg(request)
        self.legs[leg.sid] = leg
        self.made(leg)
        called = leg.called
        assert called is not None
        self.world.later(self.world.chance.uniform(100, 1_500), lambda: self._rings(leg, called))
        return leg.sid

    def _rings(self, leg: Leg, called: CalledBack) -> None:
        if leg.gone:
            return
        world, chance = self.world, self.world.chance
        on_the_line = any(
            one is not leg and not one.gone and one.number == leg.number
            for one in self.legs.values()
        )
        end = LegStatus.BUSY if on_the_line else NEVER_RINGS.get(called.luck)
        if end is not None:
            self.ends(leg, end)
            return
        self.comes_to(leg, called, LegStatus.RINGING)
        self.rings(leg)
        rings_ms = called.ring_seconds * 1_000 + chance.uniform(0, 5_000)
        world.later(rings_ms, lambda: self._rung_out(leg, called))
        if called.luck not in {Luck.NEVER, Luck.RINGS_IN}:
            world.later(chance.uniform(1_500, 18_000), lambda: self._picks_up(leg, called))

    def _rung_out(self, leg: Leg, called: CalledBack) -> None:
        if called.status is LegStatus.RINGING:
            self.ends(leg, LegStatus.NO_ANSWER)

    def _picks_up(self, leg: Leg, called: CalledBack) -> None:
        if called.status is LegStatus.RINGING:
            self.comes_to(leg, called, LegStatus.IN_PROGRESS)
            self.answered(leg)

    def comes_to(self, leg: Leg, called: CalledBack, status: LegStatus) -> None:
        called.status, called.sequence = status, called.sequence + 1
        self.told_of(leg)


def shown(leg: Leg, called: CalledBack) -> FoundLeg:
    """As Twilio tells of it."""
    made_ms = int(called.made_ms // 1_000) * 1_000
    return FoundLeg(leg=leg.sid, status=called.status, created_at_ms=made_ms)
