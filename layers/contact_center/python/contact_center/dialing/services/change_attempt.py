"""Move an attempt on by one event: read, step, commit, until the commit holds.

The customer's item follows the attempt: it is held while the attempt has its line, and its
history holds every ring that counts. Both are written with the attempt, or nothing is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.dialing.domain.attempt_steps import next_step
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.services.ledger_ports import (
    Change,
    ConditionLostError,
    CustomerChange,
    FreeLine,
    TakeLine,
)
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import ContentionError, PassingError
from contact_center.kernel.set_aside import NO_TROUBLES

if TYPE_CHECKING:
    from datetime import datetime

    from contact_center.dialing.domain.dial_attempts import DialAttempt, Event
    from contact_center.dialing.domain.dial_circumstances import Customer
    from contact_center.dialing.domain.dial_timings import DialTimings
    from contact_center.dialing.services.ledger_ports import AttemptLedger
    from contact_center.kernel.ports import CivilTime, Clock, Metrics
    from contact_center.kernel.set_aside import Troubles

# Each lost race means that somebody else moved the attempt or the customer on. More than a few
# in a row are a crowd, and whoever called is called again.
TRIES = 6


class AttemptBusyError(PassingError):
    """Others kept being faster. To be tried again later: nothing was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerParts:
    """What every change of an attempt needs.

    Attributes:
        troubles: Where it is counted that the line of one of many calls cannot be looked after.
    """

    ledger: AttemptLedger
    clock: Clock
    civil: CivilTime
    metrics: Metrics
    timings: DialTimings
    troubles: Troubles = NO_TROUBLES


def change_attempt(  # noqa: PLR0913 - what happened, and what is known of it
    attempt_id: str,
    event: Event,
    parts: LedgerParts,
    *,
    only_version: int | None = None,
    known: DialAttempt | None = None,
    rings: str | None = None,
) -> DialAttempt | None:
    """Apply an event to an attempt, once.

    Args:
        attempt_id: The attempt.
        event: What happened to it.
        parts: What it works with.
        only_version: Leave the attempt alone when it has moved on from this version: the
            event was concluded from it.
        known: As it was read a moment ago, which saves the first reading.
        rings: The telephone that it probably rings, E.164: its customer is read in the same
            request, since the event concerns him. None: he is read when he is to change.

    Returns:
        The attempt as it stands now; None when there is none of that id.

    Raises:
        AttemptBusyError: Others kept being faster.
        StoreUnavailableError: Nobody knows whether it was written; the event may be told again.
    """
    for _ in range(TRIES):
        attempt, customer = (known, None) if known else _read(attempt_id, rings, parts)
        known = None
        if attempt is None or (only_version is not None and attempt.version != only_version):
            return attempt
        after = next_step(attempt, event, parts.timings)
        if after is attempt:
            return attempt
        change = change_for(attempt, after, parts, customer)
        try:
            parts.ledger.commit(change)
        except (ConditionLostError, ContentionError):
            continue
        return change.after
    raise AttemptBusyError


def _read(
    attempt_id: str, rings: str | None, parts: LedgerParts
) -> tuple[DialAttempt | None, Customer | None]:
    """An attempt, and whom it rings if that is the telephone that was told of."""
    if rings is None:
        return parts.ledger.read(attempt_id), None
    attempt, customer = parts.ledger.read_with_customer(attempt_id, rings)
    its_own = attempt is not None and attempt.request.number == rings
    return attempt, customer if its_own else None


def change_for(
    before: DialAttempt,
    after: DialAttempt,
    parts: LedgerParts,
    customer: Customer | None = None,
    lines_below: int | None = None,
) -> Change:
    """The transaction that moves an attempt from one stage to the next.

    Args:
        before: As read.
        after: As the step left it.
        parts: What it works with.
        customer: The customer's item as read with the attempt, or soon after; None: it is read
            here when it is to change. What was read with it may be older: it is written in any
            case, on its version, or a change that was not seen would be overlooked.
        lines_below: A line is only taken while fewer than this are in use; None: in any case.

    Returns:
        The change; with `after` in the version it will be stored under.
    """
    moved = None
    if _of_customer(before) != _of_customer(after):
        known = customer or parts.ledger.customer(before.request.number)
        new = _customer_after(known, before, after, parts.civil)
        if customer is not None or new != known:
            moved = CustomerChange(before=known, after=new)
    return Change(
        before=before,
        after=replace(after, version=before.version + 1),
        customer=moved,
        line=_line_change(before, after, lines_below),
    )


def civil_ms(machine_ms: int, civil: CivilTime) -> int:
    """A machine instant by the civil clock, in ms since 1970."""
    return ms_of(civil.at(machine_ms))


def ms_of(at: datetime) -> int:
    """An aware instant in ms since 1970."""
    return round(at.timestamp() * 1000)


def _of_customer(attempt: DialAttempt) -> tuple[object, ...]:
    """What of an attempt the customer's item knows; that it was a talk may be told last."""
    talked = attempt.disposition is Disposition.COMPLETED
    said = attempt.refused_at_ms if talked else None
    return attempt.line, attempt.counts_at_ms, attempt.posts, attempt.ended_at_ms, talked, said


def _customer_after(
    customer: Customer, before: DialAttempt, after: DialAttempt, civil: CivilTime
) -> Customer:
    if after.line:
        free = customer.held_by is None
        customer = customer.held(after.attempt_id) if free else customer
    else:
        customer = customer.freed(after.attempt_id)
    if after.counts_at_ms is None:
        customer = customer.not_rung(after.name) if after.posts else customer
    else:
        customer = customer.rang(after.name, civil_ms(after.counts_at_ms, civil))
    if before.disposition is Disposition.COMPLETED and before.ended_at_ms is not None:
        customer = customer.not_talked(civil_ms(before.ended_at_ms, civil))
    if after.disposition is Disposition.COMPLETED and after.ended_at_ms is not None:
        customer = customer.talked(civil_ms(after.ended_at_ms, civil))
    if after.disposition is Disposition.COMPLETED and after.refused_at_ms is not None:
        customer = customer.refused(civil_ms(after.refused_at_ms, civil))
    return customer


def _line_change(
    before: DialAttempt, after: DialAttempt, lines_below: int | None
) -> TakeLine | FreeLine | None:
    if after.line and not before.line:
        return TakeLine(holder=after.name, below=lines_below)
    if before.line and not after.line:
        return FreeLine(holder=before.name)
    return None
