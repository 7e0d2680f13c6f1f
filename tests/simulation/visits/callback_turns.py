"""Whose turn it is of those who wait and those who are to be called, and who is held for them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from contact_center.visits.domain.visit_parts import visit_of
from tests.simulation.visits.callback_promises import ended_ms
from tests.simulation.visits.provider_truth import Hears
from tests.simulation.visits.reception_services import CALL_BACK, OTHER_DEPARTMENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.simulation.visits.callback_promises import Promise
    from tests.simulation.visits.callback_truth import CalledBack
    from tests.simulation.visits.provider_truth import Leg
    from tests.simulation.visits.reception_system import ReceptionSystem

SLACK_MS = 30_000  # between what is decided and what rings, where anything may be slow
AT_ONCE_MS = 2_000  # where nothing is
EARLY_MS = 5_000  # clocks, and news that comes after its time
# Who is on the line when it is his turn rests for a minute; a tick finds him, and some.
BUSY_REST_MS = 135_000
TICK_MS = 75_000
HOLDS_FOR_MS = 45_000  # as long as whoever is held is held for certain
ASKED_LATELY_MS = 150_000


class Turns:
    """Looks at promises and legs as they are.

    Attributes:
        strict: Whether nothing goes wrong in this history, so that everything is in time.
    """

    def __init__(self, system: ReceptionSystem, promises: dict[str, Promise]) -> None:
        self.system, self.world, self.promises = system, system.world, promises
        self.strict = False

    @property
    def slack_ms(self) -> float:
        """Between what is decided and what is done, at the most."""
        return AT_ONCE_MS if self.strict else SLACK_MS

    def called_later(self, leg: Leg, queue: str) -> Iterator[Promise]:
        """Who is to be called and has an earlier place than somebody who is served now."""
        for promise in self.promises.values() if self.strict else ():
            first = promise.leg
            if promise.queue != queue or first is None or not self.is_due(promise):
                continue
            if first.place_by_ms is not None and first.place_by_ms < leg.place_from_ms:
                yield promise

    def waiting_longer(self, promise: Promise) -> Iterator[Leg]:
        """Who waits and has an earlier place than somebody who is called now."""
        now_ms, first = self.world.now, promise.leg
        if not self.strict or first is None:
            return
        for leg in self.system.providers.legs.values():
            waits = leg.hears is Hears.MUSIC and leg.sent_ms < leg.since_ms < now_ms - AT_ONCE_MS
            if not waits or leg.queue != promise.queue or leg.place_by_ms is None:
                continue
            if leg.place_by_ms < first.place_from_ms and not self._is_passed_over(leg, now_ms):
                yield leg

    def _is_passed_over(self, leg: Leg, now_ms: float) -> bool:
        """Whether somebody in line is not to be had, or was asked about lately."""
        rung = self.system.providers.people.about(visit_of(leg.sid))
        return any(one.made_ms > now_ms - ASKED_LATELY_MS for one in rung)

    def is_due(self, promise: Promise) -> bool:
        """Whether a caller is to be called now, for certain."""
        now_ms = self.world.now
        ends_ms = promise.pressed_ms + CALL_BACK.longest_ms - EARLY_MS
        if promise.told_ms is None or not promise.is_open or self.has_no_try(promise):
            return False
        if now_ms > ends_ms or self.is_closed(promise, now_ms + SLACK_MS):
            return False
        rests_ms = CALL_BACK.apart_ms + TICK_MS
        ready_ms = max((ended_ms(leg) + rests_ms for leg in promise.called), default=0.0)
        theirs = [
            leg
            for leg in self.system.providers.legs.values()
            if leg.called is None or leg.called.joined_ms is not None
        ]
        mine = [leg for leg in theirs if leg.number == promise.number or leg is promise.leg]
        busy_ms = max((ended_ms(leg) + BUSY_REST_MS for leg in mine), default=0.0)
        tried_ms = max(promise.tried_ms, default=-rests_ms) + rests_ms
        return now_ms > max(ready_ms, busy_ms, tried_ms, promise.told_ms + TICK_MS)

    def has_no_try(self, promise: Promise) -> bool:
        """Whether his number was rung as often as it may be: all of one day's tries count."""
        theirs = (one for one in self.promises.values() if one.number == promise.number)
        return sum(len(one.tried_ms) for one in theirs) >= CALL_BACK.tries

    def has_his_place(self, promise: Promise, now_ms: float) -> bool:
        """Whether he rang again, all went well, and he has had something of it for a while."""
        return any(
            leg.got_ms is not None
            and now_ms - leg.got_ms > self.slack_ms
            and not (leg.disturbed or leg.turned_away)
            for leg in promise.again
        )

    def is_closed(self, promise: Promise, now_ms: float) -> bool:
        closes = self.system.house.closes_minute
        if closes is None or not promise.queue.startswith(OTHER_DEPARTMENT):
            return False
        at = datetime.fromtimestamp((now_ms - self.slack_ms) / 1_000, UTC)
        return at.hour * 60 + at.minute >= closes

    # -- who is held -------------------------------------------------------------------------

    def somebody_is_held(self, others: frozenset[str] = frozenset()) -> bool:
        """Whether each who is called for a person now can have one of his own, but the others."""
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
        return _each_has_one(waiting, others)

    def _may_be_held(self, department: str, since_ms: float) -> frozenset[str]:
        """Who of a department can be held for somebody who is called since then.

        Whoever has gone meanwhile and is back was held for him until then, and can be held for
        another now: both stand here, each for one who is called.
        """
        people, began_ms = self.system.people.judge, since_ms - self.slack_ms
        theirs = self.system.services.roster.of_department(department)
        held = {one.person_id for one in theirs if people.may_be_held(one.person_id, began_ms)}
        before = {
            f"{one.person_id} before" for one in theirs if people.came_back(one.person_id, since_ms)
        }
        return frozenset(held | before)


def _waits_for_person(called: CalledBack) -> bool:
    return called.for_person and called.holds and not called.pressed


def _each_has_one(wanted: Sequence[frozenset[str]], taken: frozenset[str]) -> bool:
    if not wanted:
        return True
    return any(_each_has_one(wanted[1:], taken | {one}) for one in wanted[0] - taken)
