"""One attempt as operators see it: where it stands, why, and what decided it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from contact_center.kernel.path_ids import path_id
from contact_center.kernel.phone_numbers import masked

if TYPE_CHECKING:
    from contact_center.dialing.domain.dial_attempts import DialAttempt


def show_attempt(attempt: DialAttempt) -> dict[str, object]:
    """The attempt as JSON.

    Args:
        attempt: As stored.

    Returns:
        Its names, state and times (ISO 8601, UTC, by the machine clock but for
        `nextAllowedAt`, which is civil); the number masked, the evidence as it was kept.
    """
    request = attempt.request
    next_at = attempt.next_allowed_at
    return {
        "attemptId": attempt.attempt_id,
        "status": attempt.state.value,
        "disposition": None if attempt.disposition is None else attempt.disposition.value,
        "reason": attempt.reason,
        "waitsFor": None if attempt.waits_for is None else attempt.waits_for.value,
        "since": _iso(attempt.waits_since_ms),
        "callId": path_id(attempt.call_id),
        "name": attempt.name if attempt.posts else None,
        "posts": attempt.posts,
        "number": masked(request.number),
        "campaignId": request.campaign_id,
        "contactId": request.contact_id,
        "customerId": request.customer_id,
        "testOf": request.test_of,
        "voicemail": request.voicemail,
        "assistant": request.assistant,
        "n": request.n,
        "createdAt": _iso(request.created_at_ms),
        "expiresAt": _iso(request.expires_at_ms),
        "slotAt": _iso(attempt.slot_at_ms or None),
        "endedAt": _iso(attempt.ended_at_ms),
        "notBefore": _iso(attempt.not_before_ms or None),
        "nextAllowedAt": None if next_at is None else _in_utc(next_at),
        "emptyLookUps": attempt.empty_look_ups,
        "failedLookUps": attempt.failed_look_ups,
        "failures": attempt.failures,
        "trouble": attempt.trouble,
        "setAside": attempt.set_aside,
        "evidence": dict(attempt.evidence),
    }


def _iso(at_ms: int | None) -> str | None:
    if at_ms is None:
        return None
    return _in_utc(datetime.fromtimestamp(at_ms / 1000, tz=UTC))


def _in_utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
