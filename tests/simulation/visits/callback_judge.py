"""What must be true of callers who are called back, by their telephones and by what they were told.

A promise is a caller's who has pressed the key; it binds us once he has heard that he may hang up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from contact_center.queue.domain.kept_steps import IS_CALLED
from contact_center.visits.domain.visits import OF_A_CALLBACK, VISIT, Outcome, visit_of
from tests.simulation.visits.provider_truth import Hears
from tests.simulation.visits.reception_services import CALL_BACK, OTHER_DEPARTMENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contact_center.visits.services.telephone_ports import LegRequest
    from tests.simulation.visits.callback_truth import CalledBack
    from tests.simulation.visits.people_truth import PersonLeg
    from tests.simulation.visits.provider_truth import Leg
    from tests.simulation.visits.reception_system import ReceptionSystem

SLACK_MS = 30_000  # between what is decided and what rings, where anything may be slow
AT_ONCE_MS = 2_000  # where nothing is
A_DAY_LATER_MS = 2 * 86_400_000  # then it is no longer waited for what nobody told
STOPS_WITHIN_MS = 5_000
EARLY_MS = 5_000  # clocks, and news that comes after its time
# Who is on the line when it is his turn rests for a minute; a tick finds him, and some.
BUSY_REST_MS = 135_000
TICK_MS = 75_000
IN_TIME_MS = 420_000  # once it is his turn, a line is free and it is calm
UNKNOWN_REST_MS = CALL_BACK.apart_ms + TICK_MS  # after a try of which the world saw nothing
HOLDS_FOR_MS = 45_000  # as long as whoever is held is held for certain
ASKED_LATELY_MS = 150_000


@dataclass(eq=False)
class Promise:
    """One place that its caller asked to be kept.

    Attributes:
        leg: In which he asked; None: an operator did for him.
        number: Whom to call.
        queue: Whose, by the name of its music.
        pressed_ms: When he pressed the key for it.
        told_ms: When he heard that he is called; None: he did not.
        tried_ms: When we asked Twilio to ring him.
        ats: The addresses of those tries.
        called: The legs that this made.
        again: Legs in which that number rang us since then.
        cancelling: Whether an operator was asked to call nobody any more.
        cancelled_ms: When that was answered.
    """

    visit_id: str
    leg: Leg | None
    number: str
    queue: str
    pressed_ms: float
    told_ms: float | None = None
    tried_ms: list[float] = field(default_factory=list)
    ats: set[str] = field(default_factory=set)
    called: list[Leg] = field(default_factory=list)
    again: list[Leg] = field(default_factory=list)
    cancelling: bool = False
    cancelled_ms: float | None = None

    @property
    def joined(self) -> bool:
        """Whether he was called, pressed the key, and something followed on it."""
        return any(leg.called and leg.called.joined_ms is not None for leg in self.called)

    @property
    def for_person(self) -> bool:
        return self.queue.endswith("-person")

    @property
    def is_open(self) -> bool:
        """Whether nothing is known that ends it."""
        return not (self.joined or self.again or self.cancelling)


class CallbackJudge:
    """Looks at each key, ring and serving as it happens.

    Attributes:
        strict: Whether nothing goes wrong in this history, so that everything is in time.
    """

    def __init__(self, system: ReceptionSystem) -> None:
        self.system, self.world = system, system.world
        self.strict = False
        self.promises: dict[str, Promise] = {}
        self._since: dict[str, float] = {}
        self._failed_ms: dict[str, float] = {}

    def _wrong(self, text: str) -> None:
        self.world.note(f"WRONG {text}")
        self.system.broken.append(text)

    @property
    def _slack_ms(self) -> float:
        return AT_ONCE_MS if self.strict else SLACK_MS

    # -- as it happens -----------------------------------------------------------------------

    def asks(self, leg: Leg, number: str) -> None:
        """A caller presses the key that keeps his place."""
        visit_id, queue = visit_of(leg.sid), leg.queue or "sales-line"
        asked = Promise(visit_id, leg, number, queue, self.world.now)
        promise = self.promises.setdefault(visit_id, asked)
        if promise.told_ms is None:  # he heard that it was not stored, and asks once more
            promise.number, promise.queue, promise.pressed_ms = number, queue, self.world.now
            promise.again.clear()

    def told(self, leg: Leg) -> None:
        """He hears that he is called, and may hang up."""
        promise = self.promises.get(visit_of(leg.sid))
        if promise is None:
            self._wrong(f"{leg.sid} is told that he is called, and never asked for it")
        elif promise.told_ms is None:
            promise.told_ms = self.world.now

    def rings_in(self, leg: Leg) -> None:
        """Somebody rings us; perhaps his place is kept, and then it is his."""
        for promise in self.promises.values():
            if promise.number != leg.number or promise.leg is leg or promise.joined:
                continue
            promise.again.append(leg)
            self.is_over(promise)
            for called in promise.called:
                if called.called is not None:
                    called.called.holds = False
            if promise.leg is not None:
                leg.place_from_ms = min(leg.place_from_ms, promise.leg.place_from_ms)

    def tried(self, request: LegRequest) -> None:
        """Twilio is asked to ring somebody back; perhaps it rings, and nobody hears of that."""
        promise, now_ms = self.promises.get(visit_at(request.answered)), self.world.now
        if promise is None:
            self._wrong(f"{visit_at(request.answered)} is called and has not asked for it")
            return
        about = f"{promise.visit_id} is called"
        for wrong, why in self._wrongs_of_try(promise, request, now_ms):
            if wrong:
                self._wrong(f"{about} {why}")
        if self.strict:
            self._before_others(promise, now_ms)
        promise.tried_ms.append(now_ms)
        promise.ats.add(request.answered)

    def _wrongs_of_try(
        self, promise: Promise, request: LegRequest, now_ms: float
    ) -> Sequence[tuple[bool, str]]:
        since_ms = now_ms - max(promise.tried_ms, default=-CALL_BACK.apart_ms)
        cancelled_ms = now_ms if promise.cancelled_ms is None else promise.cancelled_ms
        late_ms = now_ms - promise.pressed_ms - CALL_BACK.longest_ms
        return (
            (request.to != promise.number, "on another number"),
            (request.answered in promise.ats, "twice for one try"),
            (any(not leg.gone for leg in promise.called), "twice at once"),
            (len(promise.tried_ms) >= CALL_BACK.tries, "too often"),
            (since_ms < CALL_BACK.apart_ms - EARLY_MS, "again too soon"),
            (promise.joined, "after he was connected"),
            (now_ms - cancelled_ms > self._slack_ms, "and was to be called no more"),
            (late_ms > self._slack_ms, "too late"),
            (self._is_closed(promise, now_ms), "while it is closed"),
            (self._has_his_place(promise, now_ms), "and has his place already"),
        )

    def made(self, leg: Leg) -> None:
        """A telephone is to ring, and something was to be held for it."""
        called = leg.called
        assert called is not None
        promise = self.promises.get(called.visit_id)
        if promise is None:
            return
        promise.called.append(leg)
        if promise.leg is not None:
            leg.place_from_ms, leg.place_by_ms = _place_of(promise.leg)
        if called.for_person:
            self._somebody_is_held(f"{called.visit_id} is called with nobody held for him")
        elif self.system.under_way > self.system.lines:
            self._wrong(f"{called.visit_id} is called with no line held for him")

    def joined(self, leg: Leg) -> None:
        """He pressed the key, and something follows on it."""
        called = leg.called
        assert called is not None
        called.joined_ms = self.world.now
        if not called.pressed:
            self._wrong(f"{called.luck} got what was held for {called.visit_id}")
        promise = self.promises.get(called.visit_id)
        if promise is not None and self._has_his_place(promise, self.world.now):
            self._wrong(f"{called.visit_id} is called back, and was served when he rang again")

    def is_over(self, promise: Promise) -> None:
        """He has rung again, or is to be called no more: what rings for him stops soon."""
        if self.strict:
            self.world.later(STOPS_WITHIN_MS, lambda: self._rings_on(promise))

    def _rings_on(self, promise: Promise) -> None:
        for leg in promise.called:
            if not leg.gone and leg.called is not None and not leg.called.pressed:
                self._wrong(f"{promise.visit_id} rings on for nothing")

    def sent_for(self, leg: Leg) -> None:
        """A caller is sent for out of the music of a queue for lines."""
        self._nobody_before(leg, leg.queue)

    def person_rung(self, leg: PersonLeg) -> None:
        """A person is rung about somebody, who may have waited in line for one."""
        caller = self.system.providers.legs[leg.visit_id.removeprefix(VISIT)]
        about = f"{leg.person_id} is rung about {caller.sid} and held for another"
        self._somebody_is_held(about, frozenset({leg.person_id}))
        if caller.hears is Hears.MUSIC:
            self._nobody_before(caller, caller.queue)

    # -- whose turn it is --------------------------------------------------------------------

    def _nobody_before(self, leg: Leg, queue: str) -> None:
        """Who is served has no later place than somebody who is to be called."""
        for promise in self.promises.values() if self.strict else ():
            first = promise.leg
            if promise.queue != queue or first is None or not self._is_due(promise):
                continue
            place_by_ms = _place_of(first)[1]
            if place_by_ms is not None and place_by_ms < leg.place_from_ms:
                self._wrong(f"{leg.sid} is served before {promise.visit_id}, who waits for a call")

    def _before_others(self, promise: Promise, now_ms: float) -> None:
        """Who is called has no later place than somebody who waits."""
        first = promise.leg
        for leg in () if first is None else self.system.providers.legs.values():
            waits = leg.hears is Hears.MUSIC and leg.sent_ms < leg.since_ms < now_ms - AT_ONCE_MS
            by_ms = leg.place_by_ms
            if not waits or leg.queue != promise.queue or by_ms is None or first is None:
                continue
            if by_ms < first.place_from_ms and not self._is_passed_over(leg, now_ms):
                self._wrong(f"{promise.visit_id} is called before {leg.sid}, who waits longer")

    def _is_passed_over(self, leg: Leg, now_ms: float) -> bool:
        """Whether somebody in line is not to be had, or was asked about lately."""
        rung = self.system.providers.people.about(visit_of(leg.sid))
        return any(one.made_ms > now_ms - ASKED_LATELY_MS for one in rung)

    def _is_due(self, promise: Promise) -> bool:
        """Whether a caller is to be called now, for certain."""
        now_ms = self.world.now
        ends_ms = promise.pressed_ms + CALL_BACK.longest_ms - EARLY_MS
        if promise.told_ms is None or not promise.is_open or self._has_no_try(promise):
            return False
        if now_ms > ends_ms or self._is_closed(promise, now_ms + SLACK_MS):
            return False
        rests_ms = CALL_BACK.apart_ms + TICK_MS
        ready_ms = max((_ended_ms(leg) + rests_ms for leg in promise.called), default=0.0)
        theirs = [
            leg
            for leg in self.system.providers.legs.values()
            if leg.called is None or leg.called.joined_ms is not None
        ]
        mine = [leg for leg in theirs if leg.number == promise.number or leg is promise.leg]
        if any(leg.sid in self.system.untold for leg in mine if leg is not promise.leg):
            return False  # he is believed to talk with us for hours
        busy_ms = max((_ended_ms(leg) + BUSY_REST_MS for leg in mine), default=0.0)
        tried_ms = max(promise.tried_ms, default=-rests_ms) + rests_ms
        return now_ms > max(ready_ms, busy_ms, tried_ms, promise.told_ms + TICK_MS)

    def _has_no_try(self, promise: Promise) -> bool:
        """Whether his number was rung as often as it may be: all of one day's tries count."""
        theirs = (one for one in self.promises.values() if one.number == promise.number)
        return sum(len(one.tried_ms) for one in theirs) >= CALL_BACK.tries

    def _has_his_place(self, promise: Promise, now_ms: float) -> bool:
        """Whether he rang again, all went well, and he has had something of it for a while."""
        return any(
            leg.got_ms is not None
            and now_ms - leg.got_ms > self._slack_ms
            and not (leg.disturbed or leg.turned_away)
            for leg in promise.again
        )

    def _is_closed(self, promise: Promise, now_ms: float) -> bool:
        closes = self.system.house.closes_minute
        if closes is None or not promise.queue.startswith(OTHER_DEPARTMENT):
            return False
        at = datetime.fromtimestamp((now_ms - self._slack_ms) / 1_000, UTC)
        return at.hour * 60 + at.minute >= closes

    # -- who is held -------------------------------------------------------------------------

    def _somebody_is_held(self, about: str, others: frozenset[str] = frozenset()) -> None:
        """Each who is called for a person now can have one of his own, and none of the others."""
        now_ms = self.world.now
        waiting = [
            self._may_be_held(promise.queue.partition("-")[0], leg.called.made_ms)
            for promise in self.promises.values()
            for leg in promise.called
            if leg.called is not None
            and not leg.gone
            and _waits_for_person(leg.called)
            and now_ms - leg.called.made_ms < HOLDS_FOR_MS
        ]
        if waiting and not _each_has_one(waiting, others):
            self._wrong(about)

    def _may_be_held(self, department: str, since_ms: float) -> frozenset[str]:
        """Who of a department can be held for somebody who is called since then."""
        people = self.system.people.judge
        return frozenset(
            one.person_id
            for one in self.system.services.roster.of_department(department)
            if people.may_be_held(one.person_id, since_ms - self._slack_ms)
        )

    # -- again and again ---------------------------------------------------------------------

    def look(self) -> None:
        """Once it is calm: who is to be called is called when there is somebody or something."""
        within_ms = IN_TIME_MS if self.strict else IN_TIME_MS + UNKNOWN_REST_MS
        for promise in self.promises.values():
            if self._outcome(promise) is Outcome.CALLBACK_FAILED:
                self._failed_ms.setdefault(promise.visit_id, self.world.now)
            if not self._is_due(promise) or not self._is_free(promise):
                self._since.pop(promise.visit_id, None)
                continue
            since_ms = self._since.setdefault(promise.visit_id, self.world.now)
            if self.world.now - since_ms > within_ms:
                self._since[promise.visit_id] = self.world.now
                self._wrong(f"{promise.visit_id} is not called though there is {promise.queue}")

    def _is_free(self, promise: Promise) -> bool:
        if not promise.for_person:
            return self.system.under_way < self.system.lines
        department, people = promise.queue.partition("-")[0], self.system.people.judge
        theirs = self.system.services.roster.of_department(department)
        free = (people.free_since_ms(one.person_id) for one in theirs)
        return any(since_ms is not None and since_ms <= self.world.now for since_ms in free)

    # -- at the end --------------------------------------------------------------------------

    def verdict(self) -> Iterator[str]:
        for promise in self.promises.values():
            yield from self._came_to(promise)
        for entry in self.system.queue.entries.values():
            if self.waits_for_morning(entry.visit_id):
                continue
            if entry.state in IS_CALLED:
                yield f"{entry.visit_id} is to be called for ever"
            elif entry.kept is not None and entry.due_at_ms is not None:
                yield f"{entry.visit_id} is looked at for ever"

    def waits_for_morning(self, visit_id: str) -> bool:
        """Whether a place is kept in a department that has closed for the day of this history."""
        promise = self.promises.get(visit_id)
        return promise is not None and self._is_closed(promise, self.world.now)

    def _came_to(self, promise: Promise) -> Iterator[str]:
        outcome = self._outcome(promise)
        about = f"{promise.visit_id} came to {outcome}"
        pressed = any(leg.called and leg.called.pressed for leg in promise.called)
        late = self.waits_for_morning(promise.visit_id)
        if (
            promise.told_ms is not None
            and promise.leg
            and outcome not in OF_A_CALLBACK
            and not late
        ):
            yield f"{about}, and was told that he is called"
        if outcome is Outcome.CALLBACK_DONE and not pressed:
            yield f"{about}, and never pressed the key"
        if promise.joined and promise.leg and outcome is not Outcome.CALLBACK_DONE:
            yield f"{about}, and was called back"
        if outcome is Outcome.RESUMED_ELSEWHERE and not promise.again:
            yield f"{about}, and never rang again"
        if outcome is Outcome.CALLBACK_FAILED and self.strict and not self._may_fail(promise):
            yield f"{about} after {len(promise.tried_ms)} tries"

    def _outcome(self, promise: Promise) -> Outcome | None:
        kept = self.system.visits.kept.get(promise.visit_id)
        late_ms = int(self.world.now) + A_DAY_LATER_MS
        ending = None if kept is None else kept.visit.ending_by(late_ms)
        return None if ending is None else ending.outcome

    def _may_fail(self, promise: Promise) -> bool:
        """Whether nobody could call him any more, where nothing goes wrong."""
        failed_ms = self._failed_ms.get(promise.visit_id, self.world.now)
        over_ms = promise.pressed_ms + CALL_BACK.longest_ms
        if promise.tried_ms:
            over_ms -= CALL_BACK.apart_ms
        done = self._has_no_try(promise) or promise.cancelling
        return failed_ms > over_ms - EARLY_MS or done or self._is_closed(promise, failed_ms)


def visit_at(path: str) -> str:
    """Whose place an address of a try is about."""
    return path.split("/")[3].rpartition(".")[0]


def _waits_for_person(called: CalledBack) -> bool:
    return called.for_person and called.holds and not called.pressed


def _place_of(leg: Leg) -> tuple[float, float | None]:
    return leg.place_from_ms, leg.place_by_ms


def _ended_ms(leg: Leg) -> float:
    return float("inf") if leg.ended_ms is None else leg.ended_ms


def _each_has_one(wanted: Sequence[frozenset[str]], taken: frozenset[str]) -> bool:
    if not wanted:
        return True
    return any(_each_has_one(wanted[1:], taken | {one}) for one in wanted[0] - taken)
