"""The evidence of a decision: what went in, so that it can be judged again years later.

Plain JSON, kept with the attempt. It names rules by id with their source, zones with the local
time in each, consent, lists and counts; it holds no number in clear.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from contact_center.kernel.hidden_numbers import hide_numbers

if TYPE_CHECKING:
    from datetime import datetime

    from contact_center.permission.domain.contact_case import Case
    from contact_center.permission.domain.contact_permission import Gates

EVIDENCE_VERSION = 1


def evidence_of(case: Case, gates: Gates) -> dict[str, Any]:
    """All that a decision rested on.

    Args:
        case: The question, with what follows from it.
        gates: What was stopped or busy.

    Returns:
        Text, figures, lists and tables only; times are ISO 8601.
    """
    contact, rules = case.contact, case.rules
    return {
        "version": EVIDENCE_VERSION,
        "decided_for": _iso(case.now),
        "number": case.number.masked,
        "country": case.number.country,
        "test_number": case.number.test,
        "purpose": contact.purpose,
        "rules_version": rules.version,
        "areas_version": rules.areas.version,
        "jurisdictions": list(case.jurisdictions),
        "rules": [
            {"id": rule.id, "source": rule.source, "confidence": rule.confidence}
            for rule in case.rules_on(case.now)
        ],
        "zones_from": case.zones_from,
        "zones": _zones(case),
        "suppressed_at": _iso(contact.suppressed_at),
        # A source is a person's words and may hold the number itself.
        "suppression_source": hide_numbers(contact.suppression_source),
        "national_list": _national(case),
        "consent": _consent(case),
        "calls": _calls(case),
        "callback_at": _iso(contact.callback_at),
        "gates": {
            "dialing_stopped": gates.dialing_stopped,
            "campaign_running": gates.campaign_running,
            "customer_busy": gates.customer_busy,
        },
    }


def _zones(case: Case) -> list[dict[str, Any]]:
    shown = []
    for zone in case.zones:
        local = case.now.astimezone(zone)
        hours, holiday = case.day(local.date())
        shown.append(
            {
                "zone": zone.key,
                "local": _iso(local),
                "open": _clock(hours.open_minute) if hours else None,
                "close": _clock(hours.close_minute) if hours else None,
                "holiday": holiday,
            }
        )
    return shown


def _national(case: Case) -> dict[str, Any] | None:
    known, fresh, lifted_by = case.national
    if known is None:
        return None
    listing = case.listing
    return {
        "name": known.name,
        "listed": listing.listed if listing else None,
        "list": listing.name if listing else None,
        "imported_at": _iso(listing.imported_at) if listing else None,
        "max_age_days": known.max_age_days,
        "fresh": fresh,
        "lifted_by": lifted_by,
    }


def _consent(case: Case) -> dict[str, Any]:
    standing = case.standing.consent
    return {
        "needed": case.consent_needed,
        "kind": standing.kind if standing else None,
        "at": _iso(standing.at) if standing else None,
        "source": hide_numbers(standing.source) if standing else None,
        "revoked_at": _iso(case.contact.revoked_at),
        "reassigned_at": _iso(case.contact.reassigned_at),
    }


def _calls(case: Case) -> dict[str, Any]:
    return {
        "known": len(case.rung_at),
        "caps": [
            {
                "rule": rule.id,
                "allowed": rule.cap_calls,
                "used": _calls_within(case, rule.cap_hours),
            }
            for rule in case.rules_on(case.now)
            if rule.cap_calls is not None
        ],
        "last_at": _iso(case.rung_at[0]) if case.rung_at else None,
        "conversation_at": _iso(case.history.conversation_at),
        "refusal_at": _iso(case.history.refusal_at),
    }


def _calls_within(case: Case, hours: int) -> int:
    since = case.now - timedelta(hours=hours)
    return sum(at > since for at in case.rung_at)


def _iso(at: datetime | None) -> str | None:
    if at is None:
        return None
    return at.isoformat()


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
