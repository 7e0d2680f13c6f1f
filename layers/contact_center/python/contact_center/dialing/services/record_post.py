"""Write down what became of a POST (reliability §3).

Placed   ─► placed          Refused ─► settled, and a campaign that cannot go on is stopped
NotSent  ─► queued again    Unknown ─► nothing: a webhook or a look-up will tell
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import DialAttempt, HeardLive, Rejected, Withdrawn
from contact_center.dialing.services.change_attempt import AttemptBusyError, change_attempt
from contact_center.dialing.services.voice_ports import (
    NotSent,
    Placed,
    PostOutcome,
    Refused,
    Unknown,
)
from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from contact_center.dialing.services.change_attempt import LedgerParts
    from contact_center.dialing.services.dialing_ports import CampaignBrake

_MINUTE_MS = 60_000

# Taking a claim back is worth more than one try: left alone the attempt would be looked for,
# and settled as unknown though it certainly did not ring.
_WITHDRAW_TRIES = 3


class NotPosted(NamedTuple):
    """Why a claimed POST did not ring, and how long to wait before the next.

    `job_within_ms` and `job_at_ms` are set by whoever sends its next job: it counts as sent at the
    one, and is believed lost after the other.
    """

    reason: str
    wait_ms: int
    job_within_ms: int = 0
    job_at_ms: int = 0


def record_outcome(
    attempt: DialAttempt, outcome: PostOutcome, parts: LedgerParts, brake: CampaignBrake
) -> None:
    """Record the outcome of the POST of a claimed attempt.

    Args:
        attempt: As claimed.
        outcome: What the provider answered, or did not.
        parts: What it works with.
        brake: Stops a campaign whose configuration is wrong.

    Raises:
        StoreUnavailableError, AttemptBusyError: It may not be written down. For what rings,
            webhooks and look-ups will.
    """
    now_ms = parts.clock.now_ms()
    parts.metrics.count("dial_posted", outcome=type(outcome).__name__.lower())
    match outcome:
        case Placed():
            live = HeardLive(posts=attempt.posts, call_id=outcome.call_id, now_ms=now_ms)
            change_attempt(attempt.attempt_id, live, parts, known=attempt)
        case Refused():
            _refused(attempt, outcome, parts, brake)
        case NotSent():
            withdraw(attempt, _not_posted(attempt, outcome, parts), parts)
        case Unknown():
            pass


def withdraw(attempt: DialAttempt, why: NotPosted, parts: LedgerParts) -> None:
    """Take a claim back whose POST certainly did not ring: attempt, customer, line, history."""
    now_ms = parts.clock.now_ms()
    not_before_ms = now_ms + why.wait_ms
    event = Withdrawn(
        posts=attempt.posts,
        reason=why.reason,
        now_ms=now_ms,
        not_before_ms=not_before_ms,
        due_at_ms=not_before_ms + why.job_within_ms,
        job_at_ms=why.job_at_ms,
    )
    for left in reversed(range(_WITHDRAW_TRIES)):
        try:
            change_attempt(attempt.attempt_id, event, parts)
        except (StoreUnavailableError, AttemptBusyError):
            if not left:
                raise
        else:
            return


def _refused(
    attempt: DialAttempt, refused: Refused, parts: LedgerParts, brake: CampaignBrake
) -> None:
    campaign_id = attempt.request.campaign_id
    if refused.configuration:
        parts.metrics.count("dial_configuration_wrong", reason=refused.reason)
        if campaign_id is not None:
            brake.stop(campaign_id, refused.reason)
    disposition = Disposition.CONFIGURATION if refused.configuration else Disposition.REFUSED
    rejected = Rejected(
        posts=attempt.posts,
        disposition=disposition,
        reason=refused.reason,
        now_ms=parts.clock.now_ms(),
    )
    change_attempt(attempt.attempt_id, rejected, parts)


def _not_posted(attempt: DialAttempt, outcome: NotSent, parts: LedgerParts) -> NotPosted:
    timings, now_ms = parts.timings, parts.clock.now_ms()
    if outcome.retry_after_ms is not None:
        wait_ms = outcome.retry_after_ms
    elif outcome.reason == "rate":  # Vapi counts by the minute and tells no reset
        wait_ms = _MINUTE_MS - now_ms % _MINUTE_MS
    elif outcome.reason == "late":  # our own processor's fault: the next slot will do
        wait_ms = 0
    elif outcome.reason == "capacity":
        wait_ms = timings.capacity_ms
    else:
        wait_ms = timings.failure_ms
    return NotPosted(outcome.reason, wait_ms + _spread(attempt.name, timings.capacity_ms))


def _spread(name: str, within_ms: int) -> int:
    """Up to so many ms, another for each POST: who was sent away together comes back apart."""
    digest = hashlib.blake2b(name.encode(), digest_size=4).digest()
    return int.from_bytes(digest) % max(1, within_ms)
