"""Count a failure against the attempt whose own it is; one that fails too often is set aside.

    failure ─► left alone for longer each time ─► set aside ─► taken up again by a person's word

What the world is at fault for (a table that does not answer, a provider that is away) counts
against nobody: it would set everything aside at once.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from contact_center.dialing.domain.dial_attempts import Stumbled, TakenUp
from contact_center.dialing.services.change_attempt import change_attempt
from contact_center.kernel.failures import cause_of, log_broken
from contact_center.kernel.ports import PassingError, StoreRefusedError

if TYPE_CHECKING:
    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.services.change_attempt import LedgerParts


def note_failure(attempt_id: str, error: Exception, parts: LedgerParts) -> None:
    """Count and log it, and leave the attempt alone for a while or for good. Never raises.

    Args:
        attempt_id: The attempt that was looked after.
        error: What broke it off; of it kind and place are kept, never its words.
        parts: What it works with.
    """
    if isinstance(error, PassingError):
        return
    log_broken("reconcile_failed", error)
    with suppress(PassingError, StoreRefusedError):  # tried again with the next tick
        if _is_set_aside(attempt_id, cause_of(error), parts):
            parts.metrics.count("attempt_doubtful")


def take_up(attempt_id: str, parts: LedgerParts) -> DialAttempt | None:
    """Have an attempt looked after again that was set aside after its end; others stay as they are.

    Its failures are forgotten. One that may ring is doubtful, which a person resolves instead.

    Args:
        attempt_id: The attempt.
        parts: What it works with.

    Returns:
        The attempt as it stands now; None when there is none of that id. Raises as
        change_attempt does.
    """
    return change_attempt(attempt_id, TakenUp(now_ms=parts.clock.now_ms()), parts)


def _is_set_aside(attempt_id: str, cause: str, parts: LedgerParts) -> bool:
    event = Stumbled(now_ms=parts.clock.now_ms(), cause=cause)
    try:
        after = change_attempt(attempt_id, event, parts)
    except PassingError:
        raise
    except Exception:  # noqa: BLE001  not even its item can be read, or written as it stands
        return parts.ledger.stumble(attempt_id, cause, event.now_ms, parts.timings)
    return after is not None and after.set_aside
