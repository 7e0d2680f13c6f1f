"""The tool that looks up who calls: nothing of earlier calls is told before a name is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.conversations.domain.customer_cards import Known, card_of, open_items_of
from contact_center.conversations.services.tools import ToolAnswer
from contact_center.kernel.caller_numbers import is_shared
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError
from contact_center.kernel.time_zones import zone_named
from contact_center.records.domain.calendar import at_ms, ms_of
from contact_center.records.domain.spoken_details import LONGEST_NAME, cleaned
from contact_center.records.domain.spoken_times import day_words, in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.customer_cards import CustomerCard
    from contact_center.conversations.domain.messages import Question, ToolCall
    from contact_center.kernel.ports import Metrics
    from contact_center.records.domain.crm_cards import CrmCard
    from contact_center.records.services.card_ports import CardReads

_NO_MORE = "Use no name and say nothing of earlier calls."
_ANSWERS = {
    Known.NOBODY: "Nothing is known of this caller. Go on as with anybody.",
    Known.UNNAMED: f"There were calls before, and nobody's name is known. {_NO_MORE}",
    Known.SEVERAL: f"More than one person uses this number. {_NO_MORE}",
    Known.ONE: "Somebody is known at this number. Ask for their full name and call this again with"
    f" it. Until then: {_NO_MORE}",
}
_OTHERWISE = ToolAnswer(f"Nobody of that name is known here. {_NO_MORE}")
_AWAY = ToolAnswer("Nothing can be looked up at the moment. Go on without it.", failed=True)


class RecentCalls(Protocol):
    """Calls of one number."""

    def of(self, number: str) -> Sequence[CallRecord]:
        """The latest, soon or not at all. Raises StoreUnavailableError, StoreRefusedError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpParts:
    """What looking up needs.

    Attributes:
        ours: Numbers of ours, which are nobody's own.
        zone: In which days are named where the caller's is not known.
        civil_at: The civil instant at a machine instant, aware.
        cards: What a CRM said of customers last; None: no CRM is asked.
    """

    recent: RecentCalls
    ours: Collection[str]
    zone: str
    civil_at: Callable[[int], datetime]
    metrics: Metrics
    cards: CardReads | None = None


def look_up_customer(call: ToolCall, question: Question, parts: LookUpParts) -> ToolAnswer:
    """Say what may be said of whoever calls.

    Args:
        call: `name`, as the caller said it when he was asked.
        question: The message that it came with.
        parts: What it works with.

    Returns:
        What the model is told; never a name.
    """
    number = question.customer_number
    if number is None or is_shared(number) or number in parts.ours:
        return ToolAnswer(_ANSWERS[Known.NOBODY])
    try:
        records = parts.recent.of(number)
    except (StoreUnavailableError, StoreRefusedError):
        parts.metrics.count("read_failed", read="customer")
        return _AWAY
    earlier = [one for one in records if one.call_id != question.call_id]
    card = card_of(earlier, ms_of(parts.civil_at(question.at_ms)))
    parts.metrics.count("customer_looked_up", known=card.known.value)
    said = cleaned(call.arguments.get("name"), LONGEST_NAME).text
    if card.known is not Known.ONE or not said:
        return ToolAnswer(_ANSWERS[card.known])
    if not card.is_named(said):
        return _OTHERWISE
    open_items = open_items_of(_crm_card(number, parts), said)
    return ToolAnswer(_told(card, open_items, question.timezone, parts))


def _crm_card(number: str, parts: LookUpParts) -> CrmCard | None:
    """What a CRM said of the number; what cannot be read now is not waited for."""
    if parts.cards is None:
        return None
    try:
        return parts.cards.get(number)
    except (StoreUnavailableError, StoreRefusedError):
        parts.metrics.count("read_failed", read="card")
        return None


def _told(
    card: CustomerCard, open_items: str | None, told_zone: str | None, parts: LookUpParts
) -> str:
    """Made of days, of words of ours and of an owner's choices: of nothing that was said."""
    zone = zone_named(told_zone) or parts.zone
    day = day_words(parts.civil_at(card.last_at_ms or 0), zone)
    outcome = (card.last_outcome or "not known").replace("_", " ")
    said = f"That is who is known here. The last call was on {day}; what it came to: {outcome}."
    if card.meeting_at_ms is not None:
        said += f" A meeting is booked for {in_words(at_ms(card.meeting_at_ms), zone)}."
    if card.call_back_at_ms is not None:
        said += f" A call back is promised for {in_words(at_ms(card.call_back_at_ms), zone)}."
    if open_items is not None:
        said += f" Open in the CRM: {open_items}."
    return f"{said} Say of it only what helps."
