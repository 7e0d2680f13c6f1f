"""A caller's card that is old is read anew aside, and whoever talks with him told of what is new.

    the call begins ─► hint ─► the CRM is asked, within its budget ─► noted ─► news? ─► the router

Nobody waits for any of it: what fails is counted, and the next call begins with the older card.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import QueueUnavailableError
from contact_center.records.domain.crm_cards import is_old
from contact_center.records.services.card_ports import NotReadError
from contact_center.records.services.effect_hints import EffectHint, HintKind, send_hint
from contact_center.records.services.effect_ports import BudgetSpentError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.kernel.ports import Clock, Metrics
    from contact_center.records.services.card_ports import CardReads, ReadsCards
    from contact_center.records.services.effect_hints import EffectHints

SOURCE = "card"  # of messages in the call-events queue
MESSAGE_VERSION = "1"
LEFT_ALONE = "left_alone"  # why a card is not read


class CallQueue(Protocol):
    """The queue of calls, whose reader knows how a call is reached."""

    def send(self, body: str, attributes: Mapping[str, str]) -> None:
        """Append one message. Raises QueueUnavailableError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WishParts:
    """With what it is seen whether a card is old."""

    cards: CardReads
    hints: EffectHints | None
    receiver: str
    clock: Clock
    metrics: Metrics


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshParts:
    """With what cards are read anew.

    Attributes:
        reader: Made for each thread that asks.
        left_alone: Whether the CRM is away, or wants no requests, as those who deliver to it know:
            each caller's card would keep a worker waiting for nothing.
    """

    reader: Callable[[], ReadsCards]
    calls: CallQueue
    metrics: Metrics
    left_alone: Callable[[], bool]


def wish_card(customer: str, call_id: str, parts: WishParts) -> None:
    """Have a caller's card read anew if it is old.

    Raises StoreUnavailableError, StoreRefusedError.
    """
    if parts.hints is None:
        return
    if is_old(parts.cards.get(customer), parts.clock.now_ms()):
        hint = EffectHint(HintKind.CARD, parts.receiver, customer, call_id=call_id)
        send_hint(hint, parts.hints, parts.metrics)


def refresh_card(customer: str, call_id: str, parts: RefreshParts) -> None:
    """Read a card anew and send word of what is new; what fails is not tried again.

    Raises StoreUnavailableError, StoreRefusedError.
    """
    if parts.left_alone():
        parts.metrics.count("card_not_read", cause=LEFT_ALONE)
        return
    try:
        news = parts.reader().read_card(customer)
    except (NotReadError, BudgetSpentError) as error:
        parts.metrics.count("card_not_read", cause=type(error).__name__)
        return
    parts.metrics.count("card_read", news=str(news).lower())
    if not news:
        return
    try:
        attributes = {"version": MESSAGE_VERSION, "source": SOURCE}
        parts.calls.send(json.dumps({"callId": call_id}), attributes)
    except QueueUnavailableError:
        parts.metrics.count("card_not_told")
