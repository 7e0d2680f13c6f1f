"""What must happen elsewhere because a call is over: whoever keeps customers' stories is told.

It follows from the end-of-call report when that is written down first, so it is written with it
and once. A report that never comes tells nobody; what was said is not told, for it would have to be
redacted before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.conversations.domain.facts import CallEnded
from contact_center.kernel.caller_numbers import caller_number
from contact_center.records.domain import effect_fields as fields
from contact_center.records.domain.effect_names import effect_name
from contact_center.records.domain.effects import Effect, EffectKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.services.ports import CallGlance

OF_A_VISIT, OF_A_CALL = "visit:", "call:"


def call_effects(
    known: Iterable[Fact],
    new: Iterable[Fact],
    record: CallRecord,
    glance: CallGlance,
    receivers: Sequence[str],
) -> tuple[Effect, ...]:
    """One effect for each receiver when the call's report is new, else none.

    Args:
        known: Facts that were written down before.
        new: Those that are written now.
        record: The call, knowing all of them.
        glance: What was made of it.
        receivers: Their names.
    """
    report = next((fact for fact in new if isinstance(fact, CallEnded)), None)
    if report is None or any(isinstance(fact, CallEnded) for fact in known):
        return ()
    told = _told(record, glance)
    return tuple(
        Effect(
            effect_id=effect_name(EffectKind.CALL, receiver, record.call_id),
            customer=_customer(record),
            number=0,
            kind=EffectKind.CALL,
            receiver=receiver,
            told=told,
            caused_at_ms=record.ended_at_ms or report.at_ms,
            call_id=record.call_id,
        )
        for receiver in receivers
    )


def _customer(record: CallRecord) -> str:
    """Whose story it is; a call of nobody we could know again is a story of its own."""
    number = caller_number(record.value("customer_number"))
    if number is not None:
        return number
    post = record.value("visit_post")
    if post is not None:
        return OF_A_VISIT + post.rpartition(".")[0]
    return OF_A_CALL + effect_name(EffectKind.CALL, "", record.call_id)  # it may say anything


def _told(record: CallRecord, glance: CallGlance) -> dict[str, object]:
    said: dict[str, object | None] = {
        fields.DIRECTION: record.value("direction"),
        fields.STARTED_AT_MS: record.started_at_ms,
        fields.ENDED_AT_MS: record.ended_at_ms,
        fields.ENDED_REASON: record.value("ended_reason"),
        fields.INTENT: glance.intent,
        fields.DESTINATION: glance.destination,
        fields.CAMPAIGN_ID: record.value("campaign_id"),
        fields.ATTEMPT_ID: record.value("attempt_id"),
        fields.SUCCESS: record.value("success"),
        fields.COST_USD: record.value("cost_usd"),
    }
    return {name: value for name, value in said.items() if value is not None}
