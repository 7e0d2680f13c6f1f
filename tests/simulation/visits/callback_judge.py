"""What must be true of callers who are called back, by their telephones and by what they were told.

A promise is a caller's who has pressed the key; it binds us once he has heard that he may hang up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.queue.domain.kept_steps import IS_CALLED
from contact_center.visits.domain.visit_parts import OF_A_CALLBACK, VISIT, Outcome, visit_of
from tests.simulation.visits.callback_promises import Promise, visit_at
from tests.simulation.visits.callback_turns import EARLY_MS, TICK_MS, Turns
from tests.simulation.visits.provider_truth import Hears
from tests.simulation.visits.reception_services import CALL_BACK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from contact_center.visits.services.telephone_ports import LegRequest
    from tests.simulation.visits.people_truth import PersonLeg
    from tests.simulation.visits.provider_truth import Leg
    from tests.simulation.visits.reception_system import ReceptionSystem

A_DAY_LATER_MS = 2 * 86_400_000  # then it is no longer waited for what nobody told
STOPS_WITHIN_MS = 5_000
IN_TIME_MS = 420_000  # once it is his turn, a line is free and it is calm
UNKNOWN_REST_MS = CALL_BACK.apart_ms + TICK_MS  # after a try of which the world saw nothing


class CallbackJudge:
    """Looks at each key, ring and serving as it happens."""

    def __init__(self, system: ReceptionSystem) -> None:
        self.system, self.world = system, system.world
        self.promises: dict[str, Promise] = {}
        self.turns = Turns(system, self.promises)
        self.asked_by_operator: dict[str, tuple[str, float]] = {}
        self._since: dict[str, float] = {}
        self._failed_ms: dict[str, float] = {}

    def _wrong(self, text: str) -> None:
        self.world.note(f"WRONG {text}")
        self.system.broken.append(text)

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

    def asked_operator(self, visit_id: str, number: str) -> Promise:
        """A place is kept for somebody who has asked an operator for it."""
        queue, asked_ms = self.asked_by_operator[number]
        promise = Promise(visit_id, None, number, queue, asked_ms)
        return self.promises.setdefault(visit_id, promise)

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
            # His place is that of his first ring, or that which an operator kept when he asked.
            asked = promise.leg
            since_ms = promise.pressed_ms if asked is None else asked.place_from_ms
            leg.place_from_ms = min(leg.place_from_ms, since_ms)

    def tried(self, request: LegRequest) -> None:
        """Twilio is asked to ring somebody back; perhaps it rings, and nobody hears of that."""
        if self.system.breaks is not None:
            self.system.breaks.judge.tried(request)
            return
        visit_id, now_ms = visit_at(request.answered), self.world.now
        promise = self.promises.get(visit_id)
        if promise is None and request.to in self.asked_by_operator:
            promise = self.asked_operator(visit_id, request.to)  # and the answer got lost
        if promise is None:
            self._wrong(f"{visit_id} is called and has not asked for it")
            return
        about = f"{promise.visit_id} is called"
        for wrong, why in self._wrongs_of_try(promise, request, now_ms):
            if wrong:
                self._wrong(f"{about} {why}")
        for leg in self.turns.waiting_longer(promise):
            self._wrong(f"{about} before {leg.sid}, who waits longer")
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
            (now_ms - cancelled_ms > self.turns.slack_ms, "and was to be called no more"),
            (late_ms > self.turns.slack_ms, "too late"),
            (self.turns.is_closed(promise, now_ms), "while it is closed"),
            (self.turns.has_his_place(promise, now_ms), "and has his place already"),
        )

    def made(self, leg: Leg) -> None:
        """A telephone is to ring, and something was to be held for it."""
        if self.system.breaks is not None:
            self.system.breaks.judge.made(leg)
            return
        called = leg.called
        assert called is not None
        promise = self.promises.get(called.visit_id)
        if promise is None:
            return
        promise.called.append(leg)
        # Whoever rang again, or was let go by an operator, as it was being rung, has nothing held.
        called.holds = not promise.cancelling and all(one.gone for one in promise.again)
        if promise.leg is not None:
            leg.place_from_ms = promise.leg.place_from_ms
            leg.place_by_ms = promise.leg.place_by_ms
        if called.for_person and not self.turns.somebody_is_held():
            self._wrong(f"{called.visit_id} is called with nobody held for him")
        if called.has_line and self.system.under_way > self.system.lines:
            self._wrong(f"{called.visit_id} is called with no line held for him")

    def joined(self, leg: Leg) -> None:
        """He pressed the key, and something follows on it."""
        called = leg.called
        assert called is not None
        called.joined_ms = self.world.now
        if not called.pressed:
            self._wrong(f"{called.luck} got what was held for {called.visit_id}")
        promise = self.promises.get(called.visit_id)
        if promise is not None and self.turns.has_his_place(promise, self.world.now):
            self._wrong(f"{called.visit_id} is called back, and was served when he rang again")

    def is_over(self, promise: Promise) -> None:
        """He has rung again, or is to be called no more: what rings for him stops soon."""
        if self.turns.strict:
            self.world.later(STOPS_WITHIN_MS, lambda: self._rings_on(promise))

    def _rings_on(self, promise: Promise) -> None:
        for leg in promise.called:
            if not leg.gone and leg.called is not None and not leg.called.pressed:
                self._wrong(f"{promise.visit_id} rings on for nothing")

    def sent_for(self, leg: Leg) -> None:
        """A caller is served out of the music: by a line, or a person who is asked about him."""
        for promise in self.turns.called_later(leg, leg.queue):
            self._wrong(f"{leg.sid} is served before {promise.visit_id}, who waits for a call")

    def person_rung(self, leg: PersonLeg) -> None:
        """A person is rung about somebody, who may have waited in line for one."""
        caller = self.system.providers.legs[leg.visit_id.removeprefix(VISIT)]
        if not self.turns.somebody_is_held(frozenset({leg.person_id})):
            self._wrong(f"{leg.person_id} is rung about {caller.sid} and held for another")
        if caller.hears is Hears.MUSIC:
            self.sent_for(caller)

    # -- again and again ---------------------------------------------------------------------

    def look(self) -> None:
        """Once it is calm: who is to be called is called when there is somebody or something."""
        within_ms = IN_TIME_MS if self.turns.strict else IN_TIME_MS + UNKNOWN_REST_MS
        for promise in self.promises.values():
            if self._outcome(promise) is Outcome.CALLBACK_FAILED:
                self._failed_ms.setdefault(promise.visit_id, self.world.now)
            if not self.turns.is_due(promise) or not self._is_free(promise):
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

    @property
    def known_at_ms(self) -> float:
        """When it is known what came of every place that was kept."""
        pressed_ms = (promise.pressed_ms for promise in self.promises.values())
        return max(pressed_ms, default=0) + CALL_BACK.longest_ms + 2 * TICK_MS

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
        promise = self.promises.get(visit_id) or self._unanswered(visit_id)
        return promise is not None and self.turns.is_closed(promise, self.world.now)

    def _unanswered(self, visit_id: str) -> Promise | None:
        """What an operator's request has kept and nobody answered it: no call has told of it."""
        entry = self.system.queue.entries.get(visit_id)
        number = None if entry is None else entry.number
        if number is None or number not in self.asked_by_operator:
            return None
        queue, asked_ms = self.asked_by_operator[number]
        return Promise(visit_id, None, number, queue, asked_ms)

    def _came_to(self, promise: Promise) -> Iterator[str]:
        outcome = self._outcome(promise)
        about = f"{promise.visit_id} came to {outcome}"
        pressed = any(leg.called and leg.called.pressed for leg in promise.called)
        bound = promise.told_ms is not None and not self.waits_for_morning(promise.visit_id)
        if bound and promise.leg and outcome not in OF_A_CALLBACK:
            yield f"{about}, and was told that he is called"
        if outcome is Outcome.CALLBACK_DONE and not pressed:
            yield f"{about}, and never pressed the key"
        if promise.joined and promise.leg and outcome is not Outcome.CALLBACK_DONE:
            yield f"{about}, and was called back"
        if outcome is Outcome.RESUMED_ELSEWHERE and not promise.again:
            yield f"{about}, and never rang again"
        if outcome is Outcome.CALLBACK_FAILED and self.turns.strict and not self._may_fail(promise):
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
        done = self.turns.has_no_try(promise) or promise.cancelling
        return failed_ms > over_ms - EARLY_MS or done or self.turns.is_closed(promise, failed_ms)
