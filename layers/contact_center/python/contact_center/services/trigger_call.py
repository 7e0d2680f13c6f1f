"""POST /trigger/outbound: one call, wished for by an operator (DESIGN §7 and §10).

    read the body ─► key: seen before? ─► consent ─► may it? ─► attempt, queued ─► job ─► 202
         400              same answer, 422                409 with the reason

What is answered under a key is answered for 24 hours. An attempt's name follows from the key,
or from phone and campaign without one, so whoever dies on the way and is asked again finds the
same attempt.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contact_center.domain.call_outcomes import Disposition
from contact_center.domain.contactability import Deny
from contact_center.domain.dial_attempts import AttemptState, DialAttempt, GivenUp
from contact_center.domain.dial_requests import DialRequest, attempt_id
from contact_center.domain.phone_numbers import BadNumberError
from contact_center.services.change_attempt import change_attempt
from contact_center.services.dialing_ports import DialJob, StoredAnswer
from contact_center.services.judge_call import judge_call
from contact_center.services.ports import QueueUnavailableError
from contact_center.services.read_trigger import BadTriggerError, Trigger, read_trigger

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.services.change_attempt import LedgerParts
    from contact_center.services.dialing_ports import (
        DialJobs,
        PermissionBook,
        TriggerBook,
        TriggerEntry,
    )
    from contact_center.services.judge_call import JudgeParts

# How long a trigger waits for a slot, a line or a gate before it is given up.
WAITS_MS = 60 * 60_000

_TURNS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerParts:
    """What triggers need.

    Attributes:
        assistant: Speaks when the trigger names none.
        campaign_stagger_ms: The least gap between calls of a campaign.
    """

    ledger: LedgerParts
    judge: JudgeParts
    book: TriggerBook
    permissions: PermissionBook
    jobs: DialJobs
    assistant: str
    campaign_stagger_ms: int = 0


@dataclass(frozen=True, slots=True)
class TriggerAnswer:
    """An HTTP status and what the body says; problems are put into RFC 9457 by the caller."""

    status: int
    body: Mapping[str, object]


def trigger_call(body: object, parts: TriggerParts) -> TriggerAnswer:
    """Wish for a call.

    Args:
        body: The parsed JSON of the request.
        parts: What it works with.

    Returns:
        202 {"attemptId", "status"}; 400 {"field", "detail"}; 404 {"detail"} for a campaign that
        does not exist; 409 {"reason", "nextAllowedAt"} when the person may not be called; 422
        {"detail"} for a key that came with another body.

    Raises:
        StoreUnavailableError: To be asked again: nothing was promised.
    """
    now_ms = parts.ledger.clock.now_ms()
    try:
        trigger = read_trigger(body, parts.judge.civil.at(now_ms))
        parts.judge.rules.check_number(trigger.phone, "customer.phone")
    except (BadTriggerError, BadNumberError) as error:
        return TriggerAnswer(400, {"field": error.field, "detail": f"{error.field} {error.reason}"})
    if trigger.key is None:
        return _decide(trigger, _attempt_without_key(trigger, parts), parts)
    return _under_key(trigger, trigger.key, body, parts)


def cancel_attempt(attempt: str, parts: LedgerParts) -> DialAttempt | None:
    """Give a queued attempt up. One that is being dialled, or is over, stays as it is.

    Returns:
        The attempt as it stands now: cancelled when its disposition says so; None when there
        is none of that id. Raises StoreUnavailableError and AttemptBusyError.
    """
    event = GivenUp(
        disposition=Disposition.CANCELLED, now_ms=parts.clock.now_ms(), reason="cancelled"
    )
    return change_attempt(attempt, event, parts)


def _under_key(trigger: Trigger, key: str, body: object, parts: TriggerParts) -> TriggerAnswer:
    key_digest, body_digest = _digest(key), _digest(_canonical(body))
    entry = parts.book.claim_key(key_digest, body_digest, parts.ledger.clock.now_ms())
    if entry.body_digest != body_digest:
        return TriggerAnswer(422, {"detail": "idempotencyKey came before with another body"})
    if entry.answer is not None:
        return TriggerAnswer(entry.answer.status, entry.answer.body)
    answer = _decide(trigger, _attempt_of_key(key, entry), parts)
    if answer.status not in _KEPT:
        return answer
    stands = parts.book.complete(key_digest, StoredAnswer(answer.status, answer.body))
    return TriggerAnswer(stands.status, stands.body)


# What was decided is kept; what was wrong with the request may be put right under its key.
_KEPT = frozenset({202, 409})


def _attempt_of_key(key: str, entry: TriggerEntry) -> str:
    return attempt_id("trigger", key, entry.first_at_ms)


def _attempt_without_key(trigger: Trigger, parts: TriggerParts) -> str:
    """The open attempt at this phone for this campaign, or the next one's name."""
    pair = ("trigger", trigger.phone.e164, trigger.campaign_id or "")
    pair_digest = _digest("\x1f".join(pair))
    name = ""
    for _ in range(_TURNS):
        turn = parts.book.turn(pair_digest)
        name = attempt_id(*pair, turn)
        known = parts.ledger.ledger.read(name)
        if known is None or known.open:
            break
        parts.book.next_turn(pair_digest, turn)
    return name


def _decide(trigger: Trigger, name: str, parts: TriggerParts) -> TriggerAnswer:
    known = parts.ledger.ledger.read(name)
    if known is not None:
        return _accepted(known)
    request = _request(trigger, name, parts)
    around = parts.ledger.ledger.circumstances(request.number, request.campaign_id)
    if request.campaign_id is not None and around.campaign is None:
        return TriggerAnswer(404, {"detail": "there is no campaign of this campaignId"})
    if trigger.consent is not None:
        parts.permissions.record_consent(request.number, trigger.consent)
        around = parts.ledger.ledger.circumstances(request.number, request.campaign_id)
    verdict = judge_call(request, around, parts.ledger.clock.now_ms(), parts.judge)
    if isinstance(verdict, Deny):
        next_at = verdict.next_allowed_at
        said = None if next_at is None else next_at.isoformat().replace("+00:00", "Z")
        return TriggerAnswer(409, {"reason": verdict.reason, "nextAllowedAt": said})
    return _accepted(_enqueue(request, parts))


def _enqueue(request: DialRequest, parts: TriggerParts) -> DialAttempt:
    """Put the attempt, then hint at it; a hint that is lost is given again by the reconciler."""
    due_at_ms = request.created_at_ms + parts.ledger.timings.look_up_every_ms
    attempt = DialAttempt(request=request, due_at_ms=due_at_ms)
    if not parts.ledger.ledger.enqueue(attempt):
        return parts.ledger.ledger.read(request.attempt_id) or attempt
    try:
        parts.jobs.send(DialJob(request.attempt_id))
    except QueueUnavailableError:
        parts.ledger.metrics.count("dial_job_not_sent")
    return attempt


def _request(trigger: Trigger, name: str, parts: TriggerParts) -> DialRequest:
    now_ms = parts.ledger.clock.now_ms()
    return DialRequest(
        attempt_id=name,
        number=trigger.phone.e164,
        prefix=trigger.phone.prefix,
        purpose="marketing",  # the stricter one: DESIGN §10
        assistant=trigger.assistant or parts.assistant,
        created_at_ms=now_ms,
        expires_at_ms=now_ms + WAITS_MS,
        campaign_id=trigger.campaign_id,
        contact_id=trigger.customer_id,
        stagger_ms=parts.campaign_stagger_ms if trigger.campaign_id else 0,
    )


def _accepted(attempt: DialAttempt) -> TriggerAnswer:
    state: AttemptState = attempt.state
    return TriggerAnswer(202, {"attemptId": attempt.attempt_id, "status": str(state)})


def _canonical(body: object) -> str:
    return json.dumps(body, sort_keys=True, separators=(",", ":"))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
