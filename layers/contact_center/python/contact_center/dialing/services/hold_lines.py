"""Count the lines of calls that were not placed here, inbound ones above all, and who is in them.

A call is counted in when it is first heard of and out when its end is heard of, whatever the
order: an end that comes first is remembered, so that a beginning told late takes no line. While
it lasts its customer is busy: whoever is talking to us is not dialled
(docs/decisions/0015-who-is-talking-to-us-is-not-dialled.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contact_center.dialing.services.ledger_ports import ConditionLostError, CustomerChange
from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.kernel.caller_numbers import caller_number
from contact_center.kernel.ports import ContentionError, PassingError

if TYPE_CHECKING:
    from contact_center.dialing.services.change_attempt import LedgerParts
    from contact_center.dialing.services.dialing_ports import LineBook
    from contact_center.dialing.services.voice_ports import VoiceProvider

CALL_HOLDER = "call:"
TRIES = 6


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


def end_lost_calls(parts: LineParts, voice: VoiceProvider) -> int:
    """Count out calls whose end nobody told: those overdue are asked for.

    Returns:
        How many lines were freed. A provider that does not answer is asked next time.
    """
    now_ms, timings = parts.ledger.clock.now_ms(), parts.ledger.timings
    overdue_ms = timings.max_call_ms + timings.call_margin_ms
    freed = 0
    for lease in parts.lines.held():
        if not lease.holder.startswith(CALL_HOLDER) or now_ms - lease.taken_at_ms < overdue_ms:
            continue
        try:
            call = voice.get_call(lease.holder.removeprefix(CALL_HOLDER))
            if call is None or call.ended:
                freed += _count(lease.holder, lease.number, ended=True, parts=parts)
        except VoiceUnavailableError:
            continue
        except Exception:  # noqa: BLE001  whatever is wrong with one must not stop the next
            parts.ledger.metrics.count("line_not_freed")
    return freed


def _count(holder: str, number: str | None, *, ended: bool, parts: LineParts) -> bool:
    """Whether that took or freed a line."""
    now_ms = parts.ledger.clock.now_ms()
    for _ in range(TRIES):
        caller = _caller(holder, number, ended=ended, parts=parts)
        try:
            if ended:
                return parts.lines.leave(holder, now_ms, caller)
            return parts.lines.admit(holder, now_ms, caller)
        except ConditionLostError:
            continue  # an attempt moved the customer on meanwhile
    raise ContentionError


def _caller(
    holder: str, number: str | None, *, ended: bool, parts: LineParts
) -> CustomerChange | None:
    """What the call makes of its customer; None: nothing new."""
    if number is None:
        return None
    ledger, now_ms = parts.ledger, parts.ledger.clock.now_ms()
    try:
        known = ledger.ledger.customer(number)
    except PassingError:
        raise
    except Exception:  # noqa: BLE001  the call holds its line, whatever is wrong with its customer
        ledger.metrics.count("caller_unreadable")
        return None
    until_ms = now_ms + ledger.timings.talk_ms
    after = known.hung_up(holder) if ended else known.talking(holder, until_ms, now_ms)
    return CustomerChange(before=known, after=after) if after != known else None
