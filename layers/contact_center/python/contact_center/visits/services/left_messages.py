"""What callers said after the tone: written down, understood later, and attended to by somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.records.domain.redaction import redact
from contact_center.visits.domain.visit_parts import Message, visit_of
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.tell_visit import tell

if TYPE_CHECKING:
    from contact_center.records.domain.redaction_kinds import Redaction
    from contact_center.visits.domain.legs import MessageUnderstood
    from contact_center.visits.services.visit_ports import Visits

LONGEST_TEXT = 4_000


def message_understood(
    told: MessageUnderstood, at_ms: int, visits: Visits, rules: Redaction
) -> None:
    """Write down what was understood of a message, redacted; told again, nothing changes.

    Args:
        told: What was told.
        at_ms: When.
        visits: Where.
        rules: What is not kept of words.

    Raises:
        ContentionError, StoreRefusedError, StoreUnavailableError: To be told again.
    """
    if told.text is None:
        return
    text = redact(told.text, rules).text[:LONGEST_TEXT]
    message = Message(at_ms=at_ms, text=text)
    tell(visits, Visit(visit_id=visit_of(told.leg), messages={told.recording: message}))


def attend_to_messages(visit_id: str, visits: Visits, at_ms: int) -> int | None:
    """Note that somebody attends to what the caller of a visit left.

    Returns:
        Since when; None: there is no such visit, or he left nothing.

    Raises:
        ContentionError, StoreRefusedError, StoreUnavailableError: To be asked again.
    """
    kept = visits.read(visit_id)
    if kept is None or not kept.visit.messages:
        return None
    if kept.visit.left_ms is None:
        return kept.visit.attended_ms
    after = tell(visits, Visit(visit_id=visit_id, attended_ms=at_ms), kept)
    return None if after is None else after.attended_ms
