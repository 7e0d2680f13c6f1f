"""What an attempt that is due needs, and on which of the two lists it is looked for."""

from __future__ import annotations

from enum import StrEnum

from contact_center.dialing.domain.dial_attempts import AttemptState, DialAttempt


class Work(StrEnum):
    """What an attempt that is due needs of the reconciler."""

    NOTHING = "nothing"
    GIVE_UP = "give_up"
    SEND_JOB = "send_job"
    LOOK_UP = "look_up"
    ASK_CALL = "ask_call"
    REPORT = "report"


def due_work(attempt: DialAttempt, now_ms: int) -> Work:
    """What to do about an attempt now.

    Too young, moved on or still at work means nothing: the index may lag, and the claim of a
    live process is left alone.
    """
    if attempt.due_at_ms is None or attempt.due_at_ms > now_ms:
        return Work.NOTHING
    match attempt.state:
        case AttemptState.QUEUED:
            return Work.GIVE_UP if attempt.request.expires_at_ms <= now_ms else Work.SEND_JOB
        case AttemptState.DIALING:
            return Work.LOOK_UP if now_ms >= (attempt.lease_until_ms or 0) else Work.NOTHING
        case AttemptState.PLACED:
            return Work.ASK_CALL
        case AttemptState.SETTLED:
            return Work.REPORT if not attempt.reported else Work.ASK_CALL
        case AttemptState.DOUBTFUL:
            return Work.NOTHING


def is_to_be_told(attempt: DialAttempt, now_ms: int) -> bool:
    """Whether it is settled and may be told of: what is reported, or due, and not yet to wait."""
    if attempt.state is not AttemptState.SETTLED:
        return False
    return attempt.reported or attempt.due_at_ms is None or attempt.due_at_ms <= now_ms


class DueFor(StrEnum):
    """The two lists of open attempts that are due, so that neither waits behind the other."""

    CARE = "care"  # a job sent again, a look-up, a line to be freed
    REPORT = "report"  # it is settled, and those who plan are to be told


def due_for(attempt: DialAttempt) -> DueFor:
    """Which list an open attempt is on. One that holds a line is looked after in any case."""
    over = attempt.state is AttemptState.SETTLED and not attempt.line
    return DueFor.REPORT if over and not attempt.reported else DueFor.CARE
