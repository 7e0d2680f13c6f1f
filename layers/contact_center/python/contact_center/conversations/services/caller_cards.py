"""Callers whose card is old: asked for aside as they begin to talk, told silently when it comes.

At the ring the card in our own table is told, however old (answer_caller.py). What comes later is
put into the conversation as a system message: nothing is spoken because of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.domain.customer_cards import note_of_caller
from contact_center.conversations.domain.deciding.call_commands import Instruct
from contact_center.conversations.domain.facts import AssistantStarted
from contact_center.kernel.caller_numbers import is_shared
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError
from contact_center.records.services.refresh_cards import wish_card

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.services.ports.callers import CallMemory
    from contact_center.conversations.services.ports.calls import CallControl
    from contact_center.records.services.refresh_cards import WishParts

NO_MORE = (
    "More than one person may use the number of this call: use no name that you were told, and"
    " assume nothing of the caller that he has not said himself."
)


@dataclass(frozen=True, slots=True)
class CardNews:
    """A message of the queue: the CRM says something else of a call's customer than before."""

    call_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerCards:
    """What is done about them.

    Attributes:
        ours: Numbers of ours, which are nobody's own.
    """

    wish: WishParts
    memory: CallMemory
    ours: Collection[str]

    def heard(self, facts: Iterable[Fact], record: CallRecord) -> None:
        """Have the card read anew of who begins to talk with an assistant, if it is old."""
        number = self._own_number(record)
        if number is None or not any(isinstance(fact, AssistantStarted) for fact in facts):
            return
        try:
            wish_card(number, record.call_id, self.wish)
        except (StoreRefusedError, StoreUnavailableError):
            self.wish.metrics.count("read_failed", read="card")

    def tell(self, record: CallRecord | None, control: CallControl) -> None:
        """Tell whoever talks with a customer what is new; nothing once the call is over.

        Raises StoreUnavailableError, StoreRefusedError: to be told again.
        """
        number = None if record is None else self._own_number(record)
        control_url = None if record is None else record.value("control_url")
        if record is None or number is None or control_url is None or record.ended:
            self.wish.metrics.count("card_came_late")
            return
        calls = self.memory.latest_calls_of(number, but_not=record.call_id)
        names = [name for call in calls for name in call.names]
        note = note_of_caller(names, self.wish.cards.get(number)) or NO_MORE
        outcome = control.send(control_url, Instruct(note))
        self.wish.metrics.count("card_told", outcome=outcome.value)

    def _own_number(self, record: CallRecord) -> str | None:
        number = record.value("customer_number")
        if record.value("direction") != "inbound" or number is None:
            return None
        return None if is_shared(number) or number in self.ours else number
