"""Until when nobody of a department is rung through the provider: what the hours say of it.

The same `opening` answers here as at the door, in a queue and before a callback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.domain.closed_people import ClosedPeople
from contact_center.kernel.data_classes import dataclass
from contact_center.visits.domain.opening_hours import Open, WhenClosed, opening

if TYPE_CHECKING:
    from contact_center.kernel.ports import CivilTime
    from contact_center.visits.domain.opening_hours import OpeningHours


@dataclass(frozen=True, slots=True)
class ClosedDepartments:
    """`ClosedAt` by the opening hours.

    Attributes:
        sorry: What a caller hears who stays with the assistant.
        civil: By which it is open or closed.
    """

    hours: OpeningHours
    sorry: str
    civil: CivilTime

    def at(self, department: str, at_ms: int) -> ClosedPeople | None:
        """What becomes of who asks for its people at an instant, ms since 1970; None: it is open.

        A message after the tone cannot be left here, and no place is kept: the assistant, which
        still has the caller, notes a message or the wish to be called.
        """
        hours = self.hours.of(department)
        if isinstance(opening(hours, self.civil.at(at_ms)), Open):
            return None
        closing = hours.closing
        if closing.action is WhenClosed.NUMBER:
            return ClosedPeople(say=closing.say, number=closing.number)
        return ClosedPeople(say=self.sorry, calls_back=closing.action is WhenClosed.CALLBACK)
