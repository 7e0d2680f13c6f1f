"""What was asked for because nobody had told it, and found, as facts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.conversations.domain.facts import (
    AnswersTold,
    CallSeen,
    CostTold,
    LookedUp,
)
from contact_center.conversations.domain.looked_up import known_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.facts import Fact


def fact_of_step(record: CallRecord, step: str) -> LookedUp:
    """That something was asked; of no time of its own, for it is no news of the call."""
    return LookedUp(
        call_id=record.call_id,
        at_ms=record.last_seen_ms or 0,
        key=f"looked-up:{step}",
        step=step,
    )


def news_in(facts: Iterable[Fact], record: CallRecord) -> list[Fact]:
    """What counts of a report that was looked up.

    Where the call's own report has come, only what may come after it. Who called whom was told
    while the call went on, by messages that know more of it.
    """
    if known_of(record, priced_here=False).reported:
        return [one for one in facts if isinstance(one, AnswersTold | CostTold)]
    return [_without_party(one) for one in facts]


def _without_party(fact: Fact) -> Fact:
    if not isinstance(fact, CallSeen):
        return fact
    return replace(fact, customer_number=None, customer_name=None, called_number=None)
