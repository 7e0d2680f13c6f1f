"""Whether a department is open, and who of it can take a caller: one answer for whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from contact_center.kernel.data_classes import dataclass
from contact_center.people.domain.people import PersonState, is_logged_in
from contact_center.people.domain.person_steps import as_of, can_take
from contact_center.visits.domain.opening_hours import Open, opening

if TYPE_CHECKING:
    from contact_center.kernel.ports import CivilTime, Clock
    from contact_center.people.domain.roster import Colleague, Roster
    from contact_center.people.services.people_ports import PersonBook
    from contact_center.visits.domain.opening_hours import OpeningHours


@dataclass(frozen=True, slots=True, kw_only=True)
class Takers:
    """Who takes the callers of a department now.

    Attributes:
        is_open: By its hours.
        ready: Who can be asked at once, whoever is ready the longest first; nobody when closed.
        anybody: Whether somebody is logged in, who takes callers now or later.
    """

    is_open: bool
    ready: tuple[Colleague, ...]
    anybody: bool


class Stands(NamedTuple):
    """One person, as whoever wants just that one finds him.

    Attributes:
        is_open: Whether one of his departments is.
    """

    is_open: bool
    state: PersonState

    @property
    def can_take(self) -> bool:
        """Whether he can be asked now."""
        return self.is_open and self.state is PersonState.READY


@dataclass(frozen=True, slots=True, kw_only=True)
class TakerParts:
    """What the answer is made of; `Staff` for a queue as well."""

    roster: Roster
    hours: OpeningHours
    book: PersonBook
    clock: Clock
    civil: CivilTime

    def of(self, department: str) -> Takers:
        """Who takes its callers now, by its key. Raises StoreUnavailableError."""
        if not self.is_open(department):
            return Takers(is_open=False, ready=(), anybody=False)
        now_ms = self.clock.now_ms()
        theirs = [one.person_id for one in self.roster.of_department(department)]
        people = self.book.read_many(theirs).people
        return Takers(
            is_open=True,
            ready=tuple(can_take(self.roster, people, department, now_ms)),
            anybody=any(is_logged_in(as_of(one, now_ms)) for one in people.values()),
        )

    def is_open(self, department: str) -> bool:
        """Whether it is open now; of whoever has no hours of his own, the company's."""
        at = self.civil.at(self.clock.now_ms())
        return isinstance(opening(self.hours.of(department), at), Open)

    def stands(self, colleague: Colleague) -> Stands:
        """How somebody stands who is wanted by name, by the hours of his own departments.

        Raises StoreUnavailableError.
        """
        is_open = any(self.is_open(key) for key in colleague.departments)
        state = as_of(self.book.read(colleague.person_id), self.clock.now_ms()).state
        return Stands(is_open, state)

    def anybody(self, department: str) -> bool:
        """Whether somebody of it is logged in while it is open; see Staff."""
        return self.of(department).anybody
