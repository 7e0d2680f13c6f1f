"""What finding a caller a person works with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.visits.services.department_messages import NO_MESSAGES

if TYPE_CHECKING:
    from contact_center.conversations.services.ports.calls import CallControl
    from contact_center.people.services.ask_person import OfferTimings
    from contact_center.people.services.tell_offer import OfferParts
    from contact_center.people.services.who_can_take import TakerParts
    from contact_center.queue.domain.callable_numbers import CallableNumbers
    from contact_center.queue.services.call_kept_place import CallParts
    from contact_center.queue.services.change_entry import QueueParts
    from contact_center.visits.services.department_messages import Messages
    from contact_center.visits.services.visit_ports import ControlUrls, Visits


@dataclass(frozen=True, slots=True, kw_only=True)
class FindParts:
    """What finding a person works with; `calls` None: nobody is called back.

    Attributes:
        numbers: Whose can be called back; None: nobody's.
    """

    visits: Visits
    offers: OfferParts
    takers: TakerParts
    waiting: QueueParts
    timings: OfferTimings
    urls: ControlUrls
    control: CallControl
    calls: CallParts | None = None
    numbers: CallableNumbers | None = None
    messages: Messages = NO_MESSAGES
