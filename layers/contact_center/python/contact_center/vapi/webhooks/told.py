"""A webhook out of the queue, read once for its facts and its report."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.conversations.services.route_message import Told
from contact_center.records.domain.redaction_kinds import EVERYTHING, Redaction
from contact_center.vapi.webhooks.messages import claim_in, facts_of, parse, probe_in
from contact_center.vapi.webhooks.report_words import redacted_report
from contact_center.vapi.webhooks.reports import heard_in, report_of

if TYPE_CHECKING:
    from collections.abc import Callable


def told_by(  # noqa: PLR0913, PLR0917 - the last three are settings
    body: bytes,
    received_at_ms: int,
    delivery: str,
    may_call: Callable[[str], bool],
    sip_address: str | None = None,
    redaction: Redaction = EVERYTHING,
) -> Told:
    """Read a webhook. Its facts tell words as they came, its report is redacted.

    Args:
        body: As it came.
        received_at_ms: When the door received it, ms since 1970.
        delivery: What tells this sending from another, or "".
        may_call: Which control URLs may be kept.
        sip_address: Where calls for visits alone come in, or None.
        redaction: What is not kept of words.

    Raises:
        BadMessageError: It is not a message, or a field is not what it should be.
    """
    _, document = parse(body)
    facts = facts_of(
        document, received_at_ms, delivery=delivery, may_call=may_call, sip_address=sip_address
    )
    claim = None if sip_address is None else claim_in(document, received_at_ms)
    probe = None if facts else probe_in(document, received_at_ms)
    told = Told(facts=facts, visit_claim=claim, probe=probe)
    try:
        report = report_of(document, received_at_ms) if facts else None
        kept = None if report is None else redacted_report(report[0], redaction)
    except Exception:  # noqa: BLE001 - whatever it is decorated with, the call has ended
        return replace(told, report_is_lost=True)
    if report is None or kept is None:
        return told
    reduced, began_at_ms = report
    return replace(told, report=kept, began_at_ms=began_at_ms, heard=heard_in(reduced))
