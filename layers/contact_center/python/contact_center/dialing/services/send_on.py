"""Hand a job on that has to wait, as a newer copy of itself. One copy goes on.

    deliveries of a copy  ─►  each sends a newer one  ─►  the attempt notes the newest
                                                           └─►  all older ones are dropped

A queue may deliver a message twice, and a message may be sent twice. If each delivery of a job that
waits begot one, the copies would double for as long as it waits (decision 69). So a copy says when
it counts as sent, and its attempt when the newest was.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from contact_center.dialing.domain.attempt_waits import is_news, waits_for
from contact_center.dialing.domain.dial_attempts import Deferred
from contact_center.dialing.services.change_attempt import AttemptBusyError, change_attempt
from contact_center.dialing.services.dialing_ports import DialJob
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError

if TYPE_CHECKING:
    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.services.change_attempt import LedgerParts
    from contact_center.dialing.services.dialing_ports import DialJobs

LONGEST_DELAY_SECONDS = 900  # a job that comes too soon is handed on once more


def send_on(  # noqa: PLR0913 - when and why it comes again, and two ports
    attempt: DialAttempt,
    wait_ms: int,
    jobs: DialJobs,
    ledger: LedgerParts,
    *,
    slot_ms: int | None = None,
    reason: str | None = None,
) -> None:
    """Hand a job on as a newer copy; no receive is burnt.

    It is sent before it is written down, so the copy that goes on is never one that was not sent:
    until it is written it is newer than what the attempt knows, and is let through. Whoever fails
    to write leaves that to the next copy. One that the queue loses is replaced by the reconciler.

    Args:
        attempt: Queued, as read.
        wait_ms: The copy is not shown before.
        jobs: The queue.
        ledger: Where the attempt is.
        slot_ms: The slot that is reserved for it.
        reason: What it waits for, for people to read; written where it is news.

    Raises:
        QueueUnavailableError: It may not be there. The job that was delivered is to come again.
    """
    now_ms = ledger.clock.now_ms()
    job = DialJob(attempt.attempt_id, slot_ms, attempt.next_job_ms(now_ms))
    send_job(job, wait_ms, jobs)
    is_said = reason is not None and is_news(attempt.waits_for, waits_for(reason))
    waits = Deferred(now_ms=now_ms, reason=reason if is_said else None, job_at_ms=job.sent_at_ms)
    with suppress(AttemptBusyError, StoreRefusedError, StoreUnavailableError):
        change_attempt(attempt.attempt_id, waits, ledger, known=attempt)


def send_job(job: DialJob, wait_ms: int, jobs: DialJobs) -> None:
    """Send a job, shown after a wait. Raises QueueUnavailableError."""
    jobs.send(job, max(0, min(-(-wait_ms // 1000), LONGEST_DELAY_SECONDS)))
