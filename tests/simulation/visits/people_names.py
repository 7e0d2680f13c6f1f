"""Who is wanted by name: what is drawn, and what must be true of it by what telephones did.

Whoever is wanted in person may be of any department. He is asked before anybody else, if he can be;
if not, those of the department whose people the caller would get are asked as ever.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from contact_center.visits.domain.visit_parts import VISIT
from tests.simulation.visits.provider_truth import Hears
from tests.simulation.visits.reception_services import OTHER_DEPARTMENT

if TYPE_CHECKING:
    from tests.simulation.visits.people_judge import PeopleJudge
    from tests.simulation.visits.people_truth import PersonLeg
    from tests.simulation.visits.provider_truth import Leg, Plan
    from tests.simulation.visits.reception_services import House
    from tests.simulation.visits.reception_system import ReceptionSystem

AT_ONCE_MS = 3_000  # where nothing is slow
SLACK_MS = 30_000


def has_names(seed: int) -> bool:
    """Whether callers ask for people by name in the history of a seed, if nobody says otherwise."""
    return seed % 8 == 6


def names_somebody(plan: Plan, house: House, seed: int, number: int) -> Plan:
    """A plan in which the person is wanted by name, mostly; chance of its own changes no other."""
    chance = Random(f"names {seed} {number}")  # noqa: S311  a history is to be repeated
    if plan.whose is None or not house.departments or chance.random() < 0.2:
        return plan
    return replace(plan, person=chance.choice(sorted(house.departments)))


class NamesJudge:
    """Looks at each ring about a caller who wants somebody by name."""

    def __init__(self, system: ReceptionSystem, people: PeopleJudge) -> None:
        self.system, self.world, self.people = system, system.world, people

    def rings(self, leg: PersonLeg) -> None:
        """A person's telephone is to ring about a caller."""
        caller = self.system.providers.legs[leg.visit_id.removeprefix(VISIT)]
        if self._is_nobodys(leg, caller):
            self._wrong(f"{leg.person_id} is rung about {caller.sid}, who wants nobody of there")
        if self._closed_for(leg, caller):
            self._wrong(f"{leg.person_id} is wanted by name by {caller.sid}, and has closed")
        since_ms, named = caller.known_name
        if named is None or leg.person_id == named or caller.hears is Hears.MUSIC:
            return
        changed = any(at_ms > since_ms - SLACK_MS for at_ms in caller.replaced_ms)
        if self.people.strict and not changed:
            self.world.later(AT_ONCE_MS, lambda: self._comes_after(leg, caller, named, since_ms))

    def _comes_after(self, leg: PersonLeg, caller: Leg, named: str, since_ms: float) -> None:
        """Judged a moment later: by then whoever else has rung him by name is known."""
        rung = [one for one in self._legs() if one.person_id == named]
        about = [one for one in rung if one.visit_id == leg.visit_id and one.made_ms >= since_ms]
        others = [one for one in rung if abs(one.made_ms - leg.made_ms) < AT_ONCE_MS]
        free_ms = self.people.free_since_ms(named)
        is_free = free_ms is not None and free_ms < since_ms - AT_ONCE_MS
        open_both = not (self._is_closed(named, since_ms) or self._is_closed(named, leg.made_ms))
        if is_free and open_both and not about and not others:
            self._wrong(f"{leg.person_id} is rung about {caller.sid} before {named}, who is wanted")

    def _is_nobodys(self, leg: PersonLeg, caller: Leg) -> bool:
        """Whether a person takes no callers of where he ever wanted to go, nor was ever named."""
        theirs = set(self.system.house.departments[leg.person_id])
        return not (theirs & caller.ever_wanted) and leg.person_id not in caller.ever_named

    def _closed_for(self, leg: PersonLeg, caller: Leg) -> bool:
        """Whether somebody who was wanted by name is rung, and all of his own have long closed."""
        named = leg.person_id in caller.ever_named
        return named and self._is_closed(leg.person_id, self.world.now - SLACK_MS)

    def _is_closed(self, person_id: str, at_ms: float) -> bool:
        theirs = set(self.system.house.departments[person_id])
        return theirs == {OTHER_DEPARTMENT} and self.people.closed_at(at_ms)

    def _legs(self) -> list[PersonLeg]:
        return list(self.system.providers.people.legs.values())

    def _wrong(self, text: str) -> None:
        self.world.note(f"WRONG {text}")
        self.system.broken.append(text)


def asks_by_name(leg: Leg, whose: str | None) -> str | None:
    """Whom a caller names who wants people of a department now; noted for the judge."""
    if whose is not None:
        leg.ever_wanted.add(whose)
    named = leg.plan.person if whose is not None and whose == leg.plan.whose else None
    if named is not None:
        leg.ever_named.add(named)
    return named
