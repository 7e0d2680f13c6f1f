"""When a fact of a call is written down, and when the record that gathers facts is.

Both cost a write, and most facts change nothing that anybody sees (decisions 58, 110, 119).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.conversations.domain.calls import CallRecord
from contact_center.conversations.domain.facts import (
    AssistantStarted,
    CostTold,
    StatusChanged,
    UtteranceHeard,
)
from contact_center.conversations.domain.redacted_facts import is_dictated

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.services.ports.calls import CallGlance, CallHistory
    from contact_center.conversations.services.record_parts import RecordParts

# How far the record may lie behind in that the call goes on, and that its customer and which
# assistants have been heard: what is asked for what nobody told thinks it over for fifteen minutes.
SEEN_MS = 300_000


def tells_little(fact: Fact) -> bool:
    """Whether a fact is hardly ever what a decision or an effect follows from, and is whole alone.

    Such are written before the call is read; of a customer's words those that ask for nothing of
    ours. With others what follows from them is written at once, which is quicker for whoever waits
    for it.
    """
    if isinstance(fact, UtteranceHeard):
        asks = fact.role == "customer" and fact.intent is not None
        return fact.final and not asks and not is_dictated(fact)
    return isinstance(fact, StatusChanged | AssistantStarted | CostTold)


def is_news(
    record: CallRecord, glance: CallGlance, history: CallHistory, parts: RecordParts
) -> bool:
    """Whether the stored record is to be written anew.

    That a call goes on is now and then; how it stands at the moment, when anybody looks.
    """
    known = history.record or CallRecord(call_id=record.call_id)
    if history.record is None and record == known:
        return False  # nothing was told of it yet
    if known.ended or record.last_seen_ms is None or known.last_seen_ms is None:
        return record != known or glance != history.glance
    goes_on = replace(
        known,
        last_seen_ms=record.last_seen_ms,
        customer_heard=record.customer_heard,
        assistants=record.assistants,
    )
    if record.last_seen_ms - known.last_seen_ms >= SEEN_MS or record != goes_on:
        return True
    if replace(glance, live=history.glance.live) != history.glance:
        return True
    return glance.live != history.glance.live and parts.watched()
