"""Dial one attempt: a slot, a claim, one POST, and what became of it.

    job ─► read ─► may it, at all? ─► slot ─► wait ─► connect ─► read again ─► may it, then?
             └──── has its slot ────────────►─┘                                    │
        outcome ◄─ POST at the slot ◄─ wait ◄─ claim: one transaction, all or nothing ┘

Until the claim nothing was promised: whoever dies or gives up leaves a queued attempt, and its
job comes again. After the claim only what is certain is taken back. Nothing here is ever
repeated in process (reliability §1, rule 5), and the claim is never held through a
long wait: what was judged would be old by the time the phone rings.

A job that has to wait goes on as a newer copy, and the attempt says which copy is the newest.
Older ones are dropped: however often a queue delivers, one goes on (decision 69).
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.dialing.domain.attempt_steps import next_step
from contact_center.dialing.domain.attempt_waits import (
    LINES_TAKEN,
    NO_SLOT,
    NOT_CONNECTED,
)
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import (
    AttemptState,
    Claimed,
    Deferred,
    DialAttempt,
    GivenUp,
)
from contact_center.dialing.domain.dial_timings import patience
from contact_center.dialing.services.change_attempt import (
    change_attempt,
    change_for,
)
from contact_center.dialing.services.dialing_ports import DialJob
from contact_center.dialing.services.find_script import call_request, script_or_stop
from contact_center.dialing.services.find_slot import fresh_slot, slot_of
from contact_center.dialing.services.judge_call import judge_call, time_there
from contact_center.dialing.services.ledger_ports import ConditionLostError, StillAsJudged
from contact_center.dialing.services.record_post import NotPosted, record_outcome, withdraw
from contact_center.dialing.services.send_on import send_job, send_on
from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.phone_numbers import BadNumberError
from contact_center.kernel.ports import (
    ContentionError,
    StoreUnavailableError,
)
from contact_center.permission.domain.contactability import Deny

if TYPE_CHECKING:
    from contact_center.dialing.domain.call_scripts import Script
    from contact_center.dialing.domain.dial_circumstances import Circumstances
    from contact_center.dialing.services.change_attempt import LedgerParts
    from contact_center.dialing.services.dialing_ports import (
        CampaignBrake,
        ClockCheck,
        DialJobs,
        SlotBook,
    )
    from contact_center.dialing.services.find_script import CallScripts
    from contact_center.dialing.services.judge_call import JudgeParts
    from contact_center.dialing.services.voice_ports import VoiceConnection, VoiceProvider
    from contact_center.kernel.ports import Ids, Sleeper
    from contact_center.permission.domain.contactability import Allow

# Whose turn it is when a gate is closed nobody knows; the reconciler asks again.
_GATES = frozenset({"dialing_stopped", "campaign_not_running", "customer_busy"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceParts:
    """What dialing needs.

    Attributes:
        lines_below: A claim needs fewer lines in use than this: CALL_LINES less those kept for
            inbound calls.
    """

    ledger: LedgerParts
    judge: JudgeParts
    slots: SlotBook
    jobs: DialJobs
    voice: VoiceProvider
    sleeper: Sleeper
    ids: Ids
    brake: CampaignBrake
    scripts: CallScripts
    clock_check: ClockCheck
    lines_below: int


class Placing(StrEnum):
    """What came of a job."""

    NOTHING_TO_DO = "nothing_to_do"
    OVERTAKEN = "overtaken"
    NOT_YET = "not_yet"
    NOT_NOW = "not_now"
    SENT_AGAIN = "sent_again"
    POSTED = "posted"


def place_call(job: DialJob, ends_at_ms: int, parts: PlaceParts) -> Placing:
    """Dial an attempt if it is to be dialled now.

    Args:
        job: The hint: which attempt, and the slot reserved for it.
        ends_at_ms: When this process is killed, machine ms since 1970.
        parts: What it works with.

    Returns:
        What was done with the job, for a figure. The job is finished in any case.

    Raises:
        StoreUnavailableError, QueueUnavailableError, AttemptBusyError: The job is to come again.
    """
    now_ms = parts.ledger.clock.now_ms()
    attempt = parts.ledger.ledger.read(job.attempt_id)
    if attempt is None or attempt.state is not AttemptState.QUEUED:
        return Placing.NOTHING_TO_DO
    if job.sent_at_ms < attempt.job_at_ms:
        return Placing.OVERTAKEN
    if parts.clock_check.is_off():
        return _stand_aside(attempt, parts)
    return _place_queued(job, attempt, now_ms, ends_at_ms, parts)


def _place_queued(
    job: DialJob, attempt: DialAttempt, now_ms: int, ends_at_ms: int, parts: PlaceParts
) -> Placing:
    if attempt.request.expires_at_ms <= now_ms:
        _give_up(attempt, Disposition.EXPIRED, parts)
        return Placing.NOT_NOW
    timings = parts.ledger.timings
    if attempt.not_before_ms > now_ms + timings.reserve_within_ms:
        return Placing.NOT_YET
    slot_ms = slot_of(job, attempt, now_ms, timings)
    if slot_ms is None:
        if not _may_have_slot(attempt, now_ms, parts):
            return Placing.NOT_NOW
        slot_ms = fresh_slot(attempt, now_ms, parts.slots, timings)
    if slot_ms is None:
        return _later(attempt, timings.capacity_ms, parts, reason=NO_SLOT)
    return _wait_and_dial(job, attempt, slot_ms, ends_at_ms, parts)


def _may_have_slot(attempt: DialAttempt, now_ms: int, parts: PlaceParts) -> bool:
    """Whether it may be dialled at all: else a slot is spared.

    One that has its slot spares none: that is asked when it is claimed, and not twice.
    """
    request = attempt.request
    circumstances = parts.ledger.ledger.circumstances(request.number, request.campaign_id)
    leaves_ms = max(now_ms, attempt.not_before_ms)
    allowed = _allowed(attempt, circumstances, leaves_ms, parts)
    return allowed is not None and _script(attempt, circumstances, parts) is not None


def _later(
    attempt: DialAttempt, wait_ms: int, parts: PlaceParts, reason: str | None = None
) -> Placing:
    """Try it again after a wait."""
    send_on(attempt, wait_ms, parts.jobs, parts.ledger, reason=reason)
    return Placing.SENT_AGAIN


def _wait_in_queue(
    job: DialJob, attempt: DialAttempt, slot_ms: int, wait_ms: int, parts: PlaceParts
) -> Placing:
    """Leave the wait for a slot to the queue; a copy's first slot costs no write.

    With a slot a job is dialled, or goes on as a newer copy: so this happens once to each.
    """
    if job.slot_at_ms is None:
        send_job(replace(job, slot_at_ms=slot_ms), wait_ms, parts.jobs)
    else:
        send_on(attempt, wait_ms, parts.jobs, parts.ledger, slot_ms=slot_ms)
    return Placing.SENT_AGAIN


def _stand_aside(attempt: DialAttempt, parts: PlaceParts) -> Placing:
    """Leave it to a process whose clock is right; a slot that was reserved is lost."""
    parts.ledger.metrics.count("clock_off")
    return _later(attempt, parts.ledger.timings.failure_ms, parts)


def _wait_and_dial(
    job: DialJob, attempt: DialAttempt, slot_ms: int, ends_at_ms: int, parts: PlaceParts
) -> Placing:
    timings, clock = parts.ledger.timings, parts.ledger.clock
    wait_ms = slot_ms - clock.now_ms()
    if wait_ms > timings.longest_wait_ms:
        return _wait_in_queue(job, attempt, slot_ms, wait_ms - timings.job_early_ms, parts)
    if slot_ms + timings.post_ms + timings.ending_ms > ends_at_ms:
        return _wait_in_queue(job, attempt, slot_ms, 0, parts)
    claims_ms = slot_ms - timings.claim_before_ms * patience(attempt.posts)
    parts.sleeper.until(claims_ms - timings.connect_ms)
    try:
        connection = parts.voice.open()
    except VoiceUnavailableError:
        parts.ledger.metrics.count("dial_not_connected")
        return _later(attempt, timings.failure_ms, parts, reason=NOT_CONNECTED)
    try:
        parts.sleeper.until(claims_ms)
        if parts.clock_check.is_off():
            return _stand_aside(attempt, parts)
        return _claim_and_post(attempt, slot_ms, connection, parts)
    finally:
        connection.close()


def _claim_and_post(
    seen: DialAttempt, slot_ms: int, connection: VoiceConnection, parts: PlaceParts
) -> Placing:
    attempt, circumstances = parts.ledger.ledger.read_to_claim(
        seen.attempt_id, seen.request.number, seen.request.campaign_id
    )
    if attempt is None or attempt.state is not AttemptState.QUEUED:
        return Placing.NOTHING_TO_DO
    if slot_ms <= attempt.slot_at_ms or slot_ms < attempt.not_before_ms:
        return _later(attempt, 0, parts)  # its slot was used while this process waited
    allowed = _allowed(attempt, circumstances, slot_ms, parts)
    script = None if allowed is None else _script(attempt, circumstances, parts)
    if allowed is None or script is None:
        return Placing.NOT_NOW
    claimed, placing = _claim(attempt, circumstances, slot_ms, allowed, parts)
    if claimed is None:
        return placing
    post = call_request(claimed, script, time_there(claimed.request, slot_ms, parts.judge))
    latest_ms = slot_ms + parts.ledger.timings.lateness_ms
    parts.sleeper.until(slot_ms)
    if parts.ledger.clock.now_ms() > latest_ms:
        parts.ledger.metrics.count("slot_missed")
        return _missed(claimed, parts)
    outcome = connection.place(post, latest_ms)
    record_outcome(claimed, outcome, parts.ledger, parts.brake)
    return Placing.POSTED


def _missed(claimed: DialAttempt, parts: PlaceParts) -> Placing:
    """Back to the queue, at once; should this copy be lost, the reconciler sends another soon."""
    sent_at_ms = claimed.next_job_ms(parts.ledger.clock.now_ms())
    missed = NotPosted("slot_missed", 0, parts.ledger.timings.job_lost_ms, sent_at_ms)
    withdraw(claimed, missed, parts.ledger)
    send_job(DialJob(claimed.attempt_id, sent_at_ms=sent_at_ms), 0, parts.jobs)
    return Placing.SENT_AGAIN


def _claim(
    attempt: DialAttempt,
    circumstances: Circumstances,
    slot_ms: int,
    verdict: Allow,
    parts: PlaceParts,
) -> tuple[DialAttempt | None, Placing]:
    """Take attempt, customer and line at once; None when it was not to be had."""
    token = parts.ids.new()
    event = Claimed(
        token=token,
        slot_at_ms=slot_ms,
        now_ms=parts.ledger.clock.now_ms(),
        evidence=verdict.evidence,
    )
    after = next_step(attempt, event, parts.ledger.timings)
    change = replace(
        change_for(
            attempt, after, parts.ledger, circumstances.customer, lines_below=parts.lines_below
        ),
        checks=StillAsJudged(judged=circumstances),
    )
    try:
        parts.ledger.ledger.commit(change)
    except ConditionLostError as error:
        return None, _claim_lost(attempt, error.lost, parts)
    except ContentionError:
        return None, _claim_lost(attempt, frozenset({"contention"}), parts)
    except StoreUnavailableError:
        stored = parts.ledger.ledger.read(attempt.attempt_id)
        if stored is None or stored.token != token:
            raise
        return stored, Placing.POSTED  # it was written, only the reply was lost
    return change.after, Placing.POSTED


def _claim_lost(attempt: DialAttempt, lost: frozenset[str], parts: PlaceParts) -> Placing:
    parts.ledger.metrics.count("claim_lost", what=min(lost))
    if "attempt" in lost:
        return Placing.NOTHING_TO_DO  # somebody else moved it on
    if "line" in lost:
        return _later(attempt, parts.ledger.timings.capacity_ms, parts, reason=LINES_TAKEN)
    return _later(attempt, 1_000, parts)  # to be judged again as things are now


def _allowed(
    attempt: DialAttempt, circumstances: Circumstances, at_ms: int, parts: PlaceParts
) -> Allow | None:
    """Contactability's leave for an instant; None when it denies, which is written down."""
    try:
        verdict = judge_call(attempt.request, circumstances, at_ms, parts.judge)
    except BadNumberError as error:
        _give_up(attempt, Disposition.BAD_NUMBER, parts, error.reason)
        return None
    if isinstance(verdict, Deny):
        _denied(attempt, verdict, parts)
        return None
    return verdict


def _denied(attempt: DialAttempt, deny: Deny, parts: PlaceParts) -> None:
    """Wait for the time it is allowed, if that comes before the attempt expires; else settle."""
    parts.ledger.metrics.count("dial_denied", reason=deny.reason)
    next_at = deny.next_allowed_at
    next_ms = None if next_at is None else parts.judge.civil.machine_ms(next_at)
    expires_ms = attempt.request.expires_at_ms
    if next_ms is not None and (next_ms < expires_ms or deny.reason in _GATES):
        due_at_ms = min(next_ms, expires_ms)
        waits = Deferred(
            now_ms=parts.ledger.clock.now_ms(),
            not_before_ms=next_ms,
            due_at_ms=due_at_ms,
            reason=deny.reason,
        )
        change_attempt(attempt.attempt_id, waits, parts.ledger, only_version=attempt.version)
        return
    gives_up = GivenUp(
        disposition=Disposition.NOT_CALLED,
        now_ms=parts.ledger.clock.now_ms(),
        reason=deny.reason,
        next_allowed_at=next_at,
        evidence=deny.evidence,
    )
    change_attempt(attempt.attempt_id, gives_up, parts.ledger, only_version=attempt.version)


def _give_up(
    attempt: DialAttempt, disposition: Disposition, parts: PlaceParts, reason: str | None = None
) -> None:
    event = GivenUp(disposition=disposition, now_ms=parts.ledger.clock.now_ms(), reason=reason)
    change_attempt(attempt.attempt_id, event, parts.ledger, only_version=attempt.version)


def _script(attempt: DialAttempt, circumstances: Circumstances, parts: PlaceParts) -> Script | None:
    campaign = circumstances.campaign
    return script_or_stop(attempt, campaign, parts.scripts, parts.ledger, parts.brake)
