"""What every wish for one call has in common: its key, its name, its answer (DESIGN §10)."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import TYPE_CHECKING

from contact_center.dialing.domain.dial_attempts import DialAttempt
from contact_center.dialing.domain.dial_requests import attempt_id
from contact_center.dialing.services.dialing_ports import DialJob
from contact_center.dialing.services.judge_call import judge_call
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import QueueUnavailableError
from contact_center.permission.domain.contactability import Deny
from contact_center.triggers.services.trigger_ports import StoredAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from contact_center.campaigns.services.campaign_ports import CampaignStore, ContactStore
    from contact_center.dialing.domain.dial_requests import DialRequest
    from contact_center.dialing.services.change_attempt import LedgerParts
    from contact_center.dialing.services.dialing_ports import DialJobs
    from contact_center.dialing.services.find_script import CallScripts
    from contact_center.dialing.services.judge_call import JudgeParts
    from contact_center.permission.domain.consent import Consent
    from contact_center.triggers.services.trigger_ports import (
        PermissionBook,
        TriggerBook,
        TriggerEntry,
    )

# How long a wish waits for a slot, a line or a gate before it is given up.
WAITS_MS = 60 * 60_000

_TURNS = 8

# What was decided is kept; what was wrong with the request may be put right under its key.
_KEPT = frozenset({202, 409})


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerParts:
    """What wishes for one call need.

    Attributes:
        assistant: Speaks when neither the wish nor a campaign names one.
        test_numbers: The owner's own telephones, E.164; no other is rung by a test call.
    """

    ledger: LedgerParts
    judge: JudgeParts
    book: TriggerBook
    permissions: PermissionBook
    campaigns: CampaignStore
    contacts: ContactStore
    scripts: CallScripts
    jobs: DialJobs
    assistant: str
    test_numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TriggerAnswer:
    """An HTTP status and what the body says; problems are put into RFC 9457 by the caller."""

    status: int
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class KeyInUse:
    """A key whose answer is being made."""

    digest: str
    entry: TriggerEntry


def answer_once(
    key: str, body: object, decide: Callable[[KeyInUse], TriggerAnswer], parts: TriggerParts
) -> TriggerAnswer:
    """Decide under a key: the same key and body get the same answer for 24 hours.

    Args:
        key: The request's, and what else makes it one wish.
        body: The parsed request; another one under the same key gets 422.
        decide: Makes the answer; asked again when whoever asked first has died.
        parts: What it works with.
    """
    key_digest, body_digest = digest(key), digest(_canonical(body))
    entry = parts.book.claim_key(key_digest, body_digest, parts.ledger.clock.now_ms())
    if entry.body_digest != body_digest:
        detail = "idempotencyKey came before with another body"
        return TriggerAnswer(422, {"field": "idempotencyKey", "detail": detail})
    if entry.answer is not None:
        return TriggerAnswer(entry.answer.status, entry.answer.body)
    answer = decide(KeyInUse(key_digest, entry))
    if answer.status not in _KEPT:
        return answer
    stands = parts.book.complete(key_digest, StoredAnswer(answer.status, answer.body))
    return TriggerAnswer(stands.status, stands.body)


def name_without_key(pair: tuple[str, ...], parts: TriggerParts) -> str:
    """The open attempt of these words, such as phone and campaign, or the next one's name."""
    pair_digest = digest("\x1f".join(pair))
    name = ""
    for _ in range(_TURNS):
        turn = parts.book.turn(pair_digest)
        name = attempt_id(*pair, turn)
        known = parts.ledger.ledger.read(name)
        if known is None or known.open:
            break
        parts.book.next_turn(pair_digest, turn)
    return name


def refusal(
    request: DialRequest, consent: Consent | None, parts: TriggerParts
) -> TriggerAnswer | None:
    """The 409 of a person who may not be called now; None when nothing stands against it.

    Args:
        request: The call that is wished for.
        consent: Stated with the wish: it is recorded first.
        parts: What it works with.
    """
    if consent is not None:
        parts.permissions.record_consent(request.number, consent)
    around = parts.ledger.ledger.circumstances(request.number, request.campaign_id)
    verdict = judge_call(request, around, parts.ledger.clock.now_ms(), parts.judge)
    if not isinstance(verdict, Deny):
        return None
    return not_now(verdict.reason, verdict.next_allowed_at)


def not_now(reason: str, next_at: datetime | None) -> TriggerAnswer:
    """409: the reason, and when it may be tried again; None: never."""
    said = None if next_at is None else next_at.astimezone(UTC).isoformat()
    next_allowed_at = None if said is None else said.replace("+00:00", "Z")
    return TriggerAnswer(409, {"reason": reason, "nextAllowedAt": next_allowed_at})


def wrong_field(field: str, rule: str) -> TriggerAnswer:
    """400: a field and the rule it breaks."""
    return TriggerAnswer(400, {"field": field, "detail": f"{field} {rule}"})


def enqueue(request: DialRequest, parts: TriggerParts) -> DialAttempt:
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


def accepted(attempt: DialAttempt) -> TriggerAnswer:
    """202: the attempt and where it stands."""
    return TriggerAnswer(202, {"attemptId": attempt.attempt_id, "status": str(attempt.state)})


def digest(text: str) -> str:
    """A word of fixed length for any text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _canonical(body: object) -> str:
    return json.dumps(body, sort_keys=True, separators=(",", ":"))
