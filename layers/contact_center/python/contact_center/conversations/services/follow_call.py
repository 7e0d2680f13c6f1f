"""Keep attempts and lines in step with what webhooks tell of calls.

What counts is the record, in which every fact told so far is merged, so news may come late, twice
or in any order. Only messages about a call's status and its price are looked at: of the many
messages of a call the others cannot change who holds a line, nor what a campaign has spent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.domain.calls import NO_REASON
from contact_center.conversations.domain.facts import (
    AnswersTold,
    CallEnded,
    CostTold,
    StatusChanged,
)
from contact_center.conversations.domain.looked_up import legs_without_price, price_of
from contact_center.conversations.services.ports.messages import CallOfVisit
from contact_center.dialing.domain.call_outcomes import is_passing
from contact_center.dialing.services.settle_attempt import CallNews, hear_of_call, hear_of_refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.services.ports.messages import VisitNews
    from contact_center.dialing.services.settle_attempt import SettleParts
    from contact_center.records.domain.refusals import RefusalRule

RINGING = "ringing"
# A call that Vapi was asked to place at a later time, or could not place at all, has no line yet.
WITHOUT_A_LINE = frozenset({None, "scheduled", "not-found", "deletion-failed"})


def follow_call(facts: Iterable[Fact], record: CallRecord, parts: SettleParts) -> bool:
    """Settle, count in or count out, as far as these facts and the record tell.

    Args:
        facts: Of one message.
        record: Of the call, with these facts merged.
        parts: What it works with.

    Returns:
        Whether the call is over, and its line with it.

    Raises:
        StoreUnavailableError, ContentionError, AttemptBusyError: The message is to come again.
    """
    told = [fact for fact in facts if isinstance(fact, StatusChanged | CallEnded | CostTold)]
    if not told or record.status in WITHOUT_A_LINE:
        return False
    if record.value("for_visits") and record.value("visit_post") is None:
        return False  # it was refused where it came in: the visit has the line, if there is one
    rang_ms = [
        fact.at_ms for fact in told if isinstance(fact, StatusChanged) and fact.status == RINGING
    ]
    began_ms = [record.started_at_ms] if record.started_at_ms is not None else []
    reason = record.value("ended_reason")
    price = price_of(record)
    hear_of_call(
        CallNews(
            call_id=record.call_id,
            name=record.value("attempt_id"),
            ended=record.ended,
            ended_reason=None if reason == NO_REASON else reason,
            talked=record.talked,
            rang_at_ms=max(rang_ms + began_ms, default=None),
            ended_at_ms=record.ended_at_ms,
            priced=price is not None,
            price_micros=price or 0,
            open_legs=legs_without_price(record),
            number=record.value("customer_number"),
            final=record.reason_is_final,
            visit_post=record.value("visit_post"),
        ),
        parts,
    )
    return record.ended and not all(isinstance(fact, CostTold) for fact in told)


def note_refusal(
    facts: Iterable[Fact], record: CallRecord, rule: RefusalRule | None, parts: SettleParts
) -> None:
    """Remember of whom we rang that he is not interested, if these answers about the call say so.

    Args:
        facts: Of one message.
        record: Of the call, with these facts merged.
        rule: Which answers do; None: none do.
        parts: What it works with.

    Raises StoreUnavailableError, ContentionError, AttemptBusyError: the message is to come again.
    """
    name = record.value("attempt_id")
    if rule is None or name is None:
        return
    for fact in facts:
        if isinstance(fact, AnswersTold) and rule.is_met_by(fact.answers):
            hear_of_refusal(name, fact.at_ms, parts.ledger)


def tell_visit(
    facts: Iterable[Fact], record: CallRecord, visits: VisitNews, resumes: str | None = None
) -> None:
    """Let the visit that a call was ordered for know how far it is, if it is one's.

    Args:
        facts: Of one message.
        record: Of the call, with these facts merged.
        visits: Where visits are told.
        resumes: The call that had broken off and that this one goes on with.

    Raises StoreUnavailableError, ContentionError: the message is to come again.
    """
    post = record.value("visit_post")
    if post is None or not any(isinstance(fact, StatusChanged | CallEnded) for fact in facts):
        return
    reason = record.value("ended_reason")
    passes = is_passing(reason) and not record.reason_is_final  # by SIP; the report knows
    visits.hear_of_call(
        CallOfVisit(
            post=post,
            call_id=record.call_id,
            ended=record.ended,
            talked=record.talked,
            reason=None if passes or reason == NO_REASON else reason,
            reported=record.reason_is_final,
            resumes=resumes,
        )
    )
