"""One line for a caller's whole visit, in whatever order his two providers speak.

The holder is the visit; the claim is the name of the one call that the line was taken for. So a
report of an earlier call, told late, does not free the line of a later one, and the call itself,
which carries the visit, is not counted again (settle_attempt.py). The line is freed by whichever
comes first, the call's end or the caller's: the other finds nothing to free.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.services.hold_lines import caller_change
from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import ContentionError
from contact_center.kernel.set_aside import NO_TROUBLES

if TYPE_CHECKING:
    from contact_center.dialing.domain.dial_circumstances import Customer
    from contact_center.dialing.domain.dial_timings import DialTimings
    from contact_center.dialing.services.dialing_ports import (
        CustomerBook,
        LineBook,
        LineClaim,
        VisitLines,
    )
    from contact_center.kernel.ports import Clock, Metrics
    from contact_center.kernel.set_aside import Troubles

VISIT_HOLDER = "visit:"
TRIES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitLineParts:
    """What holding visits' lines needs; a claim needs fewer than `below` lines in use (0: none).

    Attributes:
        troubles: Where it is counted that one of many cannot be looked after.
    """

    lines: VisitLines
    customers: CustomerBook
    clock: Clock
    metrics: Metrics
    timings: DialTimings
    below: int
    troubles: Troubles = NO_TROUBLES


def holder_of(visit_id: str) -> str:
    """Under which name a visit holds its line."""
    return f"{VISIT_HOLDER}{visit_id}"


def claim_line(
    visit_id: str,
    post: str,
    number: str | None,
    parts: VisitLineParts,
    seen: Customer | None = None,
) -> LineClaim:
    """Take a line for one call of a visit, and note that its customer talks with us.

    Args:
        visit_id: The visit.
        post: The name that the call will have.
        number: The caller's, E.164; None: nobody is busy.
        parts: What it works with.
        seen: The customer as he was read a moment ago; None: he is read here.

    Raises:
        ContentionError, StoreUnavailableError: Nobody knows whether a line is held.
    """
    holder = holder_of(visit_id)
    for _ in range(TRIES):
        caller = caller_change(
            holder, number, ended=False, customers=parts.customers, parts=parts, seen=seen
        )
        try:
            return parts.lines.claim(holder, post, parts.clock.now_ms(), parts.below, caller)
        except ConditionLostError:
            seen = None  # an attempt moved the customer on meanwhile
    raise ContentionError


def note_caller(
    visit_id: str, number: str | None, parts: VisitLineParts, *, gone: bool = False
) -> None:
    """A customer for whom there is no line is with us all the same, and is not dialled.

    Args:
        visit_id: The visit.
        number: The caller's, E.164; None: nobody is busy.
        parts: What it works with.
        gone: Whether he has hung up, and his line is kept for a call that is in doubt.

    Raises:
        ContentionError, StoreUnavailableError: Nobody knows whether that is written.
    """
    holder = holder_of(visit_id)
    for _ in range(TRIES):
        caller = caller_change(holder, number, ended=gone, customers=parts.customers, parts=parts)
        if caller is None:
            return
        try:
            parts.lines.note(holder, parts.clock.now_ms(), caller)
        except ConditionLostError:
            continue
        return
    raise ContentionError


def release_line(visit_id: str, post: str, lines: VisitLines | LineBook) -> bool:
    """One call of a visit is over, and the caller may still be there: he stays busy.

    Returns:
        Whether that freed a line.

    Raises:
        ContentionError, StoreUnavailableError: To be told again.
    """
    return lines.release(holder_of(visit_id), post)


def leave_line(visit_id: str, number: str | None, parts: VisitLineParts) -> bool:
    """The caller is gone: free what his visit holds, for good. Told again, nothing changes.

    Returns:
        Whether that freed a line.

    Raises:
        ContentionError, StoreUnavailableError: To be told again.
    """
    holder = holder_of(visit_id)
    for _ in range(TRIES):
        caller = caller_change(holder, number, ended=True, customers=parts.customers, parts=parts)
        try:
            return parts.lines.leave(holder, parts.clock.now_ms(), caller)
        except ConditionLostError:
            continue
    raise ContentionError
