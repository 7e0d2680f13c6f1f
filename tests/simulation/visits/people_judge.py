"""What must be true of people and the callers they are asked about, by what the telephones did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from contact_center.people.domain.offer_outcomes import MEETING_SECONDS
from contact_center.people.domain.offers import OfferOutcome
from contact_center.people.domain.people import PersonEvent, PersonState
from contact_center.people.domain.person_steps import as_of
from contact_center.people.services.next_callers import ASKED_AGAIN_MS
from contact_center.queue.domain.waiting import LeftBecause, WaitsFor
from contact_center.visits.domain.instructions import EnterRoom, GoTo, Wait
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.domain.visit_parts import VISIT, Outcome, visit_of
from tests.simulation.visits.provider_truth import Hears
from tests.simulation.visits.reception_services import OTHER_DEPARTMENT, WRAP_SECONDS
from tests.unit.queue.queue_scene import SORRY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contact_center.visits.domain.instructions import Instruction
    from tests.simulation.visits.people_truth import PersonLeg, Room
    from tests.simulation.visits.provider_truth import Leg
    from tests.simulation.visits.reception_system import ReceptionSystem

ANSWERED_WITHIN_MS = 16_000  # a key's request that began before he was known to have gone
STOPS_WITHIN_MS = 2_000  # from the caller's end until nobody's telephone rings for him
KNOWN_WITHIN_MS = 120_000  # where anything may be late
SLACK_MS = 30_000  # between what is decided and what rings, where anything may be slow
# A lost message frees a person after these, whatever the person does: no sooner.
RING_LEASE_MS, TALK_LEASE_MS = 50_000, 120_000
LEASE_SLACK_MS = 5_000
MOST_MISSED = 2
ASKED_WITHIN_MS = 150_000  # two ticks, of which none is lost, and some
LED_MS = 5_000  # until whatever is asked of who was led away is answered
CALMED_MS = 420_000  # once it is calm after what was not


@dataclass
class Readiness:
    """What a person has told by the API, as far as it was answered.

    Attributes:
        perhaps: Whether the latest that was asked is to be on.
        going: Whether a person who may be on has asked not to be, and has no answer yet.
        off_ms: When it was answered that the person is not.
    """

    on: bool = False
    since_ms: float = 0.0
    perhaps: bool = False
    going: bool = False
    off_ms: float = 0.0


class PeopleJudge:
    """Looks at each ring, key and room as it happens; what is wrong is noted in the system.

    Attributes:
        strict: Whether nothing goes wrong in this history, so that everything is in time.
    """

    def __init__(self, system: ReceptionSystem) -> None:
        self.system, self.world = system, system.world
        self.telephones = system.providers.people
        self.strict = False
        self.said: dict[str, Readiness] = {
            name: Readiness() for name in system.services.roster.people
        }
        self.came_in: dict[str, set[tuple[str, str]]] = {}  # by leg: room, who was told to have
        self._since: dict[str, float] = {}

    def _wrong(self, text: str) -> None:
        self.world.note(f"WRONG {text}")
        self.system.broken.append(text)

    def _caller(self, leg: PersonLeg) -> Leg:
        return self.system.providers.legs[leg.visit_id.removeprefix(VISIT)]

    # -- as it happens -----------------------------------------------------------------------

    def rings(self, leg: PersonLeg) -> None:
        """Twilio was asked to ring, and does."""
        caller, now_ms = self._caller(leg), self.world.now
        waits = caller.hears is Hears.MUSIC and now_ms - caller.since_ms > SLACK_MS
        leg.wanted, leg.waited = caller.wanted, waits
        about = f"{leg.person_id} is rung about {caller.sid}"
        self._beside(leg, about, now_ms)
        if any(
            self._is_being_asked(other, now_ms) for other in self.telephones.about(leg.visit_id)
        ):
            self._wrong(f"{about} while another is asked")
        if self._has_long_left(caller, now_ms):
            self._wrong(f"{about}, who has left")
        if self._is_closed(caller, now_ms) and leg.person_id not in caller.ever_named:
            self._wrong(f"{about} while it is closed")
        if self._asked_again(leg, now_ms):
            self._wrong(f"{about} again")

    def _beside(self, leg: PersonLeg, about: str, now_ms: float) -> None:
        for other in self.telephones.live(leg.person_id):
            if other.goodbye or self._is_let_go(other):
                continue  # it may ring again before the person has put it down
            if other.visit_id == leg.visit_id:
                self._wrong(f"{about} twice at once")
            elif self.strict or now_ms < self._held_until_ms(other):
                self._wrong(f"{about} beside another caller")

    def _is_being_asked(self, other: PersonLeg, now_ms: float) -> bool:
        """Whether nothing can have ended an offer yet but what the world knows as well."""
        young = now_ms - other.made_ms < other.ring_seconds * 1_000
        declined = other.pressed and not other.takes
        over = other.gone or other.goodbye or declined or self._is_let_go(other)
        return young and not over

    def _has_long_left(self, caller: Leg, now_ms: float) -> bool:
        """Whether a caller has left and everybody could know."""
        if caller.ended_ms is None or caller.sid in self.system.untold:
            return False
        return now_ms - caller.ended_ms > (STOPS_WITHIN_MS if self.strict else KNOWN_WITHIN_MS)

    def _is_let_go(self, leg: PersonLeg) -> bool:
        """Whether a ring is for nobody any more: the caller has left, or wants something else, or
        the person has logged out.
        """
        caller = self._caller(leg)
        later = not leg.waited and caller.wanted > leg.wanted
        changed = caller.wants is None or later or self._is_replaced(leg, caller)
        return leg.together_ms is None and (caller.gone or changed or leg.let_go)

    def _is_replaced(self, leg: PersonLeg, caller: Leg) -> bool:
        """Whether a ring may be for a wish before the last: who rang may not have heard yet."""
        heard_ms = leg.made_ms - (STOPS_WITHIN_MS if self.strict else SLACK_MS)
        return not leg.waited and any(at_ms > heard_ms for at_ms in caller.replaced_ms)

    def _held_until_ms(self, other: PersonLeg) -> float:
        if other.together_ms is None and other.took_ms is not None:
            return other.took_ms + MEETING_SECONDS * 1_000  # a caller who did not come by then
        if other.together_ms is None:
            return other.made_ms + RING_LEASE_MS - LEASE_SLACK_MS
        return other.together_ms + TALK_LEASE_MS - LEASE_SLACK_MS

    def _is_closed(self, caller: Leg, now_ms: float) -> bool:
        if self._asked_for(caller) != OTHER_DEPARTMENT:
            return False
        began_ms = max(now_ms - SLACK_MS, caller.wants_since_ms)
        return self.closed_at(began_ms) and now_ms - caller.wants_since_ms > SLACK_MS

    def _asked_for(self, caller: Leg) -> str | None:
        """Whose people are rung about him: those in whose line he stands, or whom he is known to
        want, whatever he wants by now: his words may have got lost.
        """
        department, _, what = caller.queue.partition("-")
        if caller.hears is Hears.MUSIC and what == "person":
            return department
        return caller.known[1] or caller.wants

    def closed_at(self, at_ms: float) -> bool:
        """Whether the department that closes in this history was closed then."""
        closes = self.system.house.closes_minute
        at = datetime.fromtimestamp(at_ms / 1_000, UTC)
        return closes is not None and at.hour * 60 + at.minute >= closes

    def _asked_again(self, leg: PersonLeg, now_ms: float) -> bool:
        """Whether a person is rung once more for one wish, or too soon for one who waits in line.

        Whoever has just come into the music may be rung about for either.
        """
        caller = self._caller(leg)
        if caller.gone:  # judged by when he left
            return False
        before = [
            one
            for one in self.telephones.about(leg.visit_id)
            if one.person_id == leg.person_id and one is not leg
        ]
        latest_ms = max((one.made_ms for one in before), default=-ASKED_AGAIN_MS)
        lately = now_ms - latest_ms < ASKED_AGAIN_MS - SLACK_MS
        if leg.waited:
            return lately
        too_often = sum(not one.waited for one in before) >= leg.wanted
        return too_often and (lately or caller.hears is not Hears.MUSIC)

    def caller_left(self, caller: Leg) -> None:
        """A caller has hung up."""
        if self.strict:
            self.world.later(STOPS_WITHIN_MS, lambda: self._rings_on(caller, "who has left"))

    def replaces(self, caller: Leg) -> None:
        """It is being written down that a caller wants somebody else, or nobody any more."""
        rung = self.telephones.about(visit_of(caller.sid))
        caller.replaced_ms.append(self.world.now)
        if self.strict:
            why = "who wants somebody else"
            self.world.later(STOPS_WITHIN_MS, lambda: self._rings_on(caller, why, rung))

    def _rings_on(self, caller: Leg, why: str, rung: list[PersonLeg] | None = None) -> None:
        for leg in self.telephones.about(visit_of(caller.sid)) if rung is None else rung:
            if leg.status in {LegStatus.QUEUED, LegStatus.RINGING}:
                self._wrong(f"{leg.person_id} rings on for {caller.sid}, {why}")

    def moved(self, caller: Leg, steps: Sequence[Instruction]) -> None:
        """A caller's leg was told by REST what to do."""
        step = steps[0]
        waits = [one.queue for one in steps if isinstance(one, Wait)]
        if any(queue.endswith(f"-{WaitsFor.PERSON}") for queue in waits):
            self.world.later(LED_MS, lambda: self._stands_there(caller))
        if caller.hears is Hears.PERSON:
            self._wrong(f"{caller.sid} was torn from a person")
        if caller.hears is Hears.ASSISTANT and isinstance(step, GoTo):
            self._wrong(f"{caller.sid} was torn out of a talk")
        taken = any(leg.takes for leg in self.telephones.about(visit_of(caller.sid)))
        if isinstance(step, EnterRoom) and not taken:
            self._wrong(f"{caller.sid} was moved to nobody")

    def _stands_there(self, caller: Leg) -> None:
        """Who was led to a place for a person, and hears its music, has that place."""
        entry = self.system.queue.entries[visit_of(caller.sid)]
        is_lost = entry.because in {LeftBecause.HUNG_UP, LeftBecause.WANTED_ELSE}
        if caller.hears is Hears.MUSIC and (is_lost or entry.waits_for is WaitsFor.LINE):
            self._wrong(f"{caller.sid} has lost the place to which he was led")

    def comes_in(self, leg: PersonLeg) -> None:
        """A person's leg is told to come into the caller's room."""
        if not leg.takes:
            self._wrong(f"{leg.habit} was brought to {leg.visit_id}")
        caller, now_ms = self._caller(leg), self.world.now
        known_ms = caller.end_known_ms  # of who was rung before; who looked before may ring after
        if known_ms is not None and leg.made_ms > known_ms:
            known_ms = None
        since_ms = caller.ended_ms if self.strict else known_ms
        within_ms = STOPS_WITHIN_MS if self.strict else ANSWERED_WITHIN_MS
        if since_ms is not None and now_ms - since_ms > within_ms:
            self._wrong(f"{leg.person_id} was joined to {leg.visit_id}, who has left")

    def together(self, room: Room, leg: PersonLeg) -> None:
        """Caller and person hear each other."""
        if not leg.takes:
            self._wrong(f"{leg.habit} got {leg.visit_id}")
        if len(room.people) > 1:
            self._wrong(f"{leg.visit_id} has two people")
        others = [one for one in self.telephones.live(leg.person_id) if one is not leg]
        if any(self._talks(one) for one in others):
            self._wrong(f"{leg.person_id} has two callers")

    def told_in(self, room: Room, leg: str) -> None:
        """Whoever came into a room was told of; too late counts for nothing."""
        for one in self.telephones.about(room.visit_id):
            if one.takes and not one.gone:
                self.came_in.setdefault(one.sid, set()).add((room.room_id, leg))

    # -- what people have said ---------------------------------------------------------------

    def asked(self, person_id: str, event: PersonEvent) -> None:
        said = self.said[person_id]
        said.going = event is not PersonEvent.LOG_IN and (said.perhaps or said.going)
        said.perhaps = event is PersonEvent.LOG_IN
        if event is not PersonEvent.LOG_IN:
            said.on = False
            for leg in self.telephones.live(person_id):
                leg.let_go = leg.together_ms is None

    def answered(self, person_id: str, event: PersonEvent) -> None:
        said = self.said[person_id]
        said.on = event is PersonEvent.LOG_IN
        said.going = said.going and said.on
        said.since_ms = self.world.now
        if not said.on:
            said.off_ms = self.world.now

    def may_be_held(self, person_id: str, since_ms: float) -> bool:
        """Whether a person may be kept for somebody, by what he has said since then and does."""
        said = self.said[person_id]
        if not (said.perhaps or said.going or said.off_ms > since_ms):
            return False
        busy = (
            leg
            for leg in self.telephones.live(person_id)
            if not (leg.goodbye or self._is_let_go(leg))
        )
        return not any(self.strict or self._talks(leg) for leg in busy)

    def _talks(self, leg: PersonLeg) -> bool:
        """Whether a person is known to talk; who was not looked after is free after the lease."""
        if leg.together_ms is None:
            return False
        since_ms = max(leg.together_ms, leg.talks_ms)
        return self.strict or self.world.now - since_ms < TALK_LEASE_MS - LEASE_SLACK_MS

    def free_since_ms(self, person_id: str) -> float | None:
        """Since when a person certainly could take somebody; None: perhaps not."""
        said = self.said[person_id]
        if not said.on or self.telephones.live(person_id):
            return None
        since_ms, missed = said.since_ms, 0
        for leg in self.telephones.legs.values():
            if leg.person_id != person_id or (leg.ended_ms or 0) < said.since_ms:
                continue
            missed = 0 if leg.pressed else missed + 1
            since_ms = max(since_ms, (leg.ended_ms or 0) + WRAP_SECONDS * 1_000)
        return since_ms if missed < MOST_MISSED else None

    def came_back(self, person_id: str, since_ms: float) -> bool:
        """Whether a person went since then and is back: held for nobody of before any more."""
        said = self.said[person_id]
        return said.perhaps and said.off_ms > since_ms

    # -- again and again ---------------------------------------------------------------------

    def look(self) -> None:
        """Who waits for a person stands beside nobody who is free and ready."""
        now_ms = self.world.now
        within_ms = ASKED_WITHIN_MS if self.strict else CALMED_MS
        for caller in self.system.providers.legs.values():
            department, _, what = caller.queue.partition("-")
            waits = caller.hears is Hears.MUSIC and what == "person"
            if not waits or not self._somebody_is_free(caller, department, now_ms):
                self._since.pop(caller.sid, None)
            elif now_ms - self._since.setdefault(caller.sid, now_ms) > within_ms:
                self._wrong(f"{caller.sid} waits beside a free person")

    def _somebody_is_free(self, caller: Leg, department: str, now_ms: float) -> bool:
        if department == OTHER_DEPARTMENT and self.closed_at(now_ms):
            return False  # whatever he wants by now: he stands in its line
        lately_ms = now_ms - ASKED_AGAIN_MS - SLACK_MS
        asked = {
            leg.person_id
            for leg in self.telephones.about(visit_of(caller.sid))
            if leg.made_ms > lately_ms
        }
        theirs = self.system.services.roster.of_department(department)
        free = [one.person_id for one in theirs if one.person_id not in asked]
        since = [self.free_since_ms(person_id) for person_id in free]
        return any(since_ms is not None and since_ms <= now_ms for since_ms in since)

    # -- at the end --------------------------------------------------------------------------

    def verdict(self) -> Iterator[str]:
        yield from self._held_for_ever()
        yield from self._outcomes()
        for caller in self.system.providers.legs.values():
            yield from self._of_caller(caller)

    def _held_for_ever(self) -> Iterator[str]:
        for leg in self.telephones.legs.values():
            if not leg.gone:
                yield f"{leg.sid} of {leg.person_id} is {leg.status} for ever"
        tables, now_ms = self.system.tables, self.system.services.clock.now_ms()
        for person in tables.people.people.values():
            if as_of(person, now_ms).state in {PersonState.RINGING, PersonState.BUSY}:
                yield f"{person.person_id} is {person.state} for ever"
        for offer in tables.offers.offers.values():
            if offer.ended is None:
                yield f"{offer.person_id} is asked about {offer.visit_id} for ever"
        for due in tables.offers.looks:
            yield f"{due.offer_id} is looked at for ever"

    def _outcomes(self) -> Iterator[str]:
        """Answered is exactly where the key was pressed and both were together."""
        answered = {
            offer.leg
            for offer in self.system.tables.offers.offers.values()
            if offer.ended is OfferOutcome.ANSWERED
        }
        for leg in self.telephones.legs.values():
            if leg.sid in answered and leg.together_ms is None:
                yield f"{leg.sid} is answered, and was never with the caller"
            if leg.sid not in answered and leg.together_ms is not None and self._is_known(leg):
                yield f"{leg.sid} was with the caller, and is not answered"

    def _is_known(self, leg: PersonLeg) -> bool:
        """Whether anybody of us could know that caller and person were together."""
        came = self.came_in.get(leg.sid, set())
        caller = leg.visit_id.removeprefix(VISIT)
        rooms = [{room for room, who in came if who == one} for one in (leg.sid, caller)]
        return leg.seen or bool(rooms[0] & rooms[1])

    def _said_too_often(self, caller: Leg) -> Iterator[str]:
        answers = [text for text in caller.told if text != SORRY.next_asked]
        if len(answers) > caller.wanted:
            yield f"{caller.sid} was told {answers} for {caller.wanted} wishes"
        offers = self.system.tables.offers.of_visit(visit_of(caller.sid))
        following = len(caller.told) - len(answers)
        if following > max(0, len(offers) - 1):
            yield f"{caller.sid} heard {following} times of a next one, of {len(offers)}"

    def _of_caller(self, caller: Leg) -> Iterator[str]:
        yield from self._said_too_often(caller)
        kept = self.system.visits.kept.get(visit_of(caller.sid))
        ending = None if kept is None else kept.visit.ending
        if ending is None:  # judged with all others
            return
        transferred = ending.outcome is Outcome.TRANSFERRED
        legs = self.telephones.about(visit_of(caller.sid))
        together = [leg for leg in legs if leg.together_ms is not None]
        if transferred and not together:
            yield f"{caller.sid} came to {ending.outcome} with nobody"
        if not transferred and any(self._is_known(leg) for leg in together):
            yield f"{caller.sid} came to {ending.outcome} and was with a person"
