"""People's legs at Twilio's door, and people at the API, as the functions serve them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.kernel.ports import PassingError
from contact_center.people.domain.people import Happening, PersonEvent, PersonStateError
from contact_center.people.services.answer_person import (
    brief_person,
    take_key,
    tell_leg,
    tell_room,
)
from contact_center.visits.domain.instructions import AskKeys, EnterRoom, GoTo, HangUp, Speak
from contact_center.visits.domain.legs import LegChanged, LegStatus, RoomChanged, RoomStep
from tests.simulation.visits.people_judge import PeopleJudge
from tests.simulation.visits.people_names import NamesJudge
from tests.simulation.visits.people_truth import Habit
from tests.simulation.visits.provider_truth import Hears

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.visits.domain.instructions import Instruction
    from tests.simulation.visits.people_truth import PersonLeg, Room
    from tests.simulation.visits.reception_system import ReceptionSystem

DOOR_MS = 15_000  # Twilio waits so long
API_MS = 29_000
TRIES = 3  # of a webhook, as its address asks for (#rc=3)
ASKED_MS = 18_000  # what is said, the question, and the patience for a key
GOODBYE_MS = 3_000
HABITS = (
    *(Habit.TAKES,) * 9,
    *(Habit.DECLINES, Habit.VOICEMAIL, Habit.NEVER) * 2,
    Habit.ANOTHER_KEY,
    Habit.LATE,
    Habit.HANGS_UP,
    Habit.BUSY,
    Habit.FAILED,
    Habit.LOGS_OUT,
)


class PeopleSystem:
    """Those who work here."""

    def __init__(self, system: ReceptionSystem) -> None:
        self.system, self.world, self.services = system, system.world, system.services
        self.telephones = telephones = system.providers.people
        people = self.services.roster.people.values()
        telephones.person_at = {one.address: one.person_id for one in people}
        telephones.habit = lambda: self.world.chance.choice(HABITS)
        telephones.told_of = self._tell_of
        telephones.answered = lambda leg: self._ask(leg, "brief")
        telephones.documents = self._carry_out
        telephones.came_in = self._tell_of_room
        telephones.together = self._together
        telephones.put_out = system.put_out
        self.judge = PeopleJudge(system)
        self.names = NamesJudge(system, self.judge)
        telephones.watch = self._watch

    def _watch(self, leg: PersonLeg) -> None:
        self.judge.rings(leg)
        if self.system.house.by_name:
            self.names.rings(leg)
        self.system.callbacks.judge.person_rung(leg)

    # -- the door ----------------------------------------------------------------------------

    def _ask(self, leg: PersonLeg, step: str, keys: str = "", tries: int = TRIES) -> None:
        """A person's leg asks for its next document."""
        if leg.gone:
            return
        leg.document += 1
        document = leg.document

        def ended(how: str, steps: Any) -> None:
            if leg.document != document:
                return
            if how == "returned":
                self._carry_out(leg, tuple(steps))
            else:
                self.world.later(100, lambda: self._again(leg, document, step, keys, tries - 1))

        def body() -> Sequence[Instruction]:
            return self._spoken(leg, step, keys)

        self.world.spawn(step, DOOR_MS, body, ended)
        if self.world.fault("webhook_twice"):
            self.world.spawn(f"{step} twice", DOOR_MS, body)

    def _again(self, leg: PersonLeg, document: int, step: str, keys: str, tries: int) -> None:
        if leg.document != document:
            return
        if tries > 0:
            self._ask(leg, step, keys, tries)
        else:
            self.telephones.ends(leg, LegStatus.COMPLETED)  # "an application error"

    def _spoken(self, leg: PersonLeg, step: str, keys: str) -> Sequence[Instruction]:
        """As the door has it: whatever breaks, something is said."""
        desk = self.services.desk
        words = desk.roster.offer_words
        try:
            with desk.offers(leg.visit_id, leg.sid) as parts:
                if step == "brief":
                    asked = leg.visit_id, leg.sid, desk.briefs, words, parts
                    return brief_person(*asked, person_id=leg.person_id)
                pressed = leg.visit_id, leg.sid, keys, words, parts
                return take_key(*pressed, person_id=leg.person_id)
        except Exception as error:  # noqa: BLE001  as the door
            if not isinstance(error, PassingError):
                self.world.strange.append(error)
            return (Speak("broke"), HangUp())

    def _tell_of(self, leg: PersonLeg) -> None:
        """Twilio tells of a leg's status."""
        status = LegChanged(leg=leg.sid, status=leg.status, sequence=leg.sequence)
        visit_id, whose = leg.visit_id, leg.person_id
        self._tell(
            "person status", visit_id, lambda parts: tell_leg(visit_id, status, parts, whose)
        )

    def _tell_of_room(self, room: Room, leg: str) -> None:
        """Twilio tells of who came into a room; of who goes nobody here takes note."""
        visit_id = room.visit_id
        came = RoomChanged(
            room=room.name,
            room_id=room.room_id,
            step=RoomStep.JOINED,
            leg=leg,
            sequence=None,
            at_ms=None,
        )
        self._tell(
            "room",
            visit_id,
            lambda parts: tell_room(visit_id, came, parts),
            lambda: self.judge.told_in(room, leg),
        )

    def _tell(
        self,
        name: str,
        visit_id: str,
        news: Callable[[Any], None],
        known: Callable[[], None] = lambda: None,
    ) -> None:
        world = self.world
        if world.fault("webhook_lost"):
            return
        late_ms = world.chance.uniform(0, 20_000) if world.fault("webhook_late") else 50

        def body() -> None:
            with self.services.desk.offers(visit_id) as parts:
                news(parts)

        def told(left: int) -> None:
            world.spawn(name, DOOR_MS, body, lambda how, error: ended(how, error, left))

        def ended(how: str, error: Any, left: int) -> None:
            self._explained(how, error)
            if how == "returned":
                known()
            elif left > 1:
                world.later(1_000, lambda: told(left - 1))

        for _ in range(2 if world.fault("webhook_twice") else 1):
            world.later(late_ms, lambda: told(TRIES))

    def _explained(self, how: str, error: Any) -> None:
        """What is the world's fault is told again, and no more."""
        if how == "raised" and isinstance(error, (PassingError, PersonStateError)):
            self.world.strange.remove(error)

    # -- what a person's leg does ------------------------------------------------------------

    def _carry_out(self, leg: PersonLeg, steps: tuple[Instruction, ...]) -> None:
        if leg.gone:
            return
        self.telephones.goes_out(leg)
        match steps[0]:
            case AskKeys():
                self._listens(leg)
            case GoTo():
                self._ask(leg, "brief")
            case EnterRoom() as room:
                self._comes_in(leg, room)
            case _:
                leg.goodbye, document = True, leg.document
                self.world.later(GOODBYE_MS, lambda: self._puts_down(leg, document))

    def _listens(self, leg: PersonLeg) -> None:
        """Who is asked presses a key while it is listened for, or none."""
        chance, document, habit = self.world.chance, leg.document, leg.habit
        self.world.later(ASKED_MS, lambda: self._presses(leg, document, ""))
        after_ms = chance.uniform(1_000, 12_000)
        match habit:
            case Habit.TAKES | Habit.LOGS_OUT:
                self.world.later(after_ms, lambda: self._presses(leg, document, "1"))
            case Habit.DECLINES:
                self.world.later(after_ms, lambda: self._presses(leg, document, "2"))
            case Habit.ANOTHER_KEY:
                leg.habit = Habit.TAKES
                self.world.later(after_ms, lambda: self._presses(leg, document, "7"))
            case Habit.HANGS_UP:
                self.world.later(after_ms, lambda: self._puts_down(leg, document))
        if habit is Habit.LOGS_OUT:
            self.world.later(after_ms / 2, lambda: self.wishes(leg.person_id, PersonEvent.LOG_OUT))

    def _presses(self, leg: PersonLeg, document: int, keys: str) -> None:
        if leg.gone or leg.document != document:
            return
        if keys == "1" and not leg.takes:
            leg.takes, leg.took_ms = True, self.world.now
        leg.pressed = leg.pressed or keys in {"1", "2"}
        self._ask(leg, "key", keys)

    def _puts_down(self, leg: PersonLeg, document: int) -> None:
        if leg.document == document:
            self.telephones.ends(leg, LegStatus.COMPLETED)

    def _comes_in(self, leg: PersonLeg, room: EnterRoom) -> None:
        self.judge.comes_in(leg)
        document = leg.document
        self.telephones.comes_in(leg, leg.visit_id, room)
        patience_ms = self.world.chance.uniform(25_000, 60_000)
        self.world.later(patience_ms, lambda: self._tires(leg, document))

    def _tires(self, leg: PersonLeg, document: int) -> None:
        if leg.together_ms is None:
            self._puts_down(leg, document)

    def _together(self, room: Room, leg: PersonLeg) -> None:
        caller = room.caller
        assert caller is not None
        self.judge.together(room, leg)
        caller.hears, caller.since_ms = Hears.PERSON, self.world.now
        caller.with_people.append(leg.person_id)
        talk_ms, document = self.world.chance.uniform(5_000, 200_000), leg.document
        if self.world.chance.random() < 0.5:
            self.world.later(talk_ms, lambda: self.system.ends_talk(caller))
        else:
            self.world.later(talk_ms, lambda: self._puts_down(leg, document))

    # -- the API -----------------------------------------------------------------------------

    def wishes(self, person_id: str, event: PersonEvent, tries: int = 5) -> None:
        """A person logs in or out, or is away; tried again while it is not answered."""
        happening = Happening(event=event, reason="away")

        def ended(how: str, error: Any) -> None:
            self._explained(how, error)
            if how == "returned":
                self.judge.answered(person_id, event)
            elif tries > 1 and not isinstance(error, PersonStateError):
                self.world.later(2_000, lambda: self.wishes(person_id, event, tries - 1))

        def body() -> object:
            return self.services.api.change(person_id, happening)

        self.judge.asked(person_id, event)
        self.world.spawn("people", API_MS, body, ended)
