"""Count the lines of calls that were not placed here, inbound ones above all, and who is in them.

A call is counted in when it is first heard of and out when its end is heard of, whatever the
order: an end that comes first is remembered, so that a beginning told late takes no line. While
it lasts its customer is busy: whoever is talking to us is not dialled
(docs/decisions/0015-who-is-talking-to-us-is-not-dialled.md).
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Protocol

from contact_center.dialing.services.ledger_ports import ConditionLostError, CustomerChange
from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.kernel.caller_numbers import caller_number
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import log_broken
from contact_center.kernel.ports import ContentionError, PassingError
from contact_center.kernel.set_aside import Thing, not_aside, note_failure
from contact_center.kernel.time_left import always

if TYPE_CHECKING:
    from contact_center.dialing.domain.dial_circumstances import Customer
    from contact_center.dialing.domain.dial_timings import DialTimings
    from contact_center.dialing.services.change_attempt import LedgerParts
    from contact_center.dialing.services.dialing_ports import CustomerBook, LineBook
    from contact_center.dialing.services.voice_ports import VoiceProvider
    from contact_center.kernel.ports import Clock, Metrics
    from contact_center.kernel.time_left import InTime

CALL_HOLDER = "call:"
TRIES = 6


class CallerParts(Protocol):
    """What noting who is in a call needs."""

    @property
    def clock(self) -> Clock:
        """The machine clock."""
        ...

    @property
    def metrics(self) -> Metrics:
        """Counts a customer that cannot be read."""
        ...

    @property
    def timings(self) -> DialTimings:
        """For how long somebody who talks is believed to."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LineParts:
    """What counting lines needs."""

    lines: LineBook
    ledger: LedgerParts


def note_other_call(call_id: str, number: str | None, *, ended: bool, parts: LineParts) -> None:
    """Count a call in or out, and its customer with it. Telling it again changes nothing.

    Args:
        call_id: The provider's.
        number: Of the customer as the provider said it; None, or what is none: nobody is busy.
        ended: Whether the call is over.
        parts: What it works with.

    Raises:
        ContentionError, StoreUnavailableError: To be told again.
    """
    _count(f"{CALL_HOLDER}{call_id}", caller_number(number), ended=ended, parts=parts)


def end_lost_calls(parts: LineParts, voice: VoiceProvider, in_time: InTime = always) -> int:
    """Count out calls whose end nobody told: those overdue are asked for.

    Args:
        parts: What it works with.
        voice: Who is asked.
        in_time: Whether there is time for one more; the rest is asked for next time.

    Returns:
        How many lines were freed. A provider that does not answer is asked next time; a line with
        which something else is wrong is set aside after ten times.
    """
    now_ms, timings = parts.ledger.clock.now_ms(), parts.ledger.timings
    overdue_ms = timings.max_call_ms + timings.call_margin_ms
    freed = 0
    overdue = [
        one
        for one in parts.lines.held()
        if one.holder.startswith(CALL_HOLDER) and now_ms - one.taken_at_ms >= overdue_ms
    ]
    for lease in not_aside(overdue, Thing.LINE, parts.ledger.troubles, attrgetter("holder")):
        if not in_time():
            break
        try:
            call = voice.get_call(lease.holder.removeprefix(CALL_HOLDER))
            if call is None or call.ended:
                freed += _count(lease.holder, lease.number, ended=True, parts=parts)
        except (PassingError, VoiceUnavailableError):
            continue  # asked again with the next tick
        except Exception as error:  # noqa: BLE001  whatever is wrong with one must not stop the next
            parts.ledger.metrics.count("line_not_freed")
            log_broken("line_not_freed", error)
            note_failure(Thing.LINE, lease.holder, error, parts.ledger)
    return freed


def _count(holder: str, number: str | None, *, ended: bool, parts: LineParts) -> bool:
    """Whether that took or freed a line."""
    now_ms = parts.ledger.clock.now_ms()
    ledger = parts.ledger
    for _ in range(TRIES):
        caller = caller_change(holder, number, ended=ended, customers=ledger.ledger, parts=ledger)
        try:
            if ended:
                return parts.lines.leave(holder, now_ms, caller)
            return parts.lines.admit(holder, now_ms, caller)
        except ConditionLostError:
            continue  # an attempt moved the customer on meanwhile
    raise ContentionError


def caller_change(  # noqa: PLR0913 - whose call, and by what it is told
    holder: str,
    number: str | None,
    *,
    ended: bool,
    customers: CustomerBook,
    parts: CallerParts,
    seen: Customer | None = None,
) -> CustomerChange | None:
    """What a call makes of its customer, `seen` a moment ago or read here; None: nothing new."""
    if number is None:
        return None
    now_ms = parts.clock.now_ms()
    try:
        known = seen or customers.customer(number)
    except PassingError:
        raise
    except Exception as error:  # noqa: BLE001  the call holds its line, whatever is wrong with its customer
        parts.metrics.count("caller_unreadable")
        log_broken("caller_unreadable", error)
        return None
    until_ms = now_ms + parts.timings.talk_ms
    after = known.hung_up(holder) if ended else known.came_in(holder, until_ms, now_ms)
    return CustomerChange(before=known, after=after) if after != known else None
