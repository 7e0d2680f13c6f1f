"""Count the lines of calls that were not placed here: inbound ones above all.

A call is counted in when it is first heard of and out when its end is heard of, whatever the
order: an end that comes first is remembered, so that a beginning told late takes no line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contact_center.dialing.services.voice_ports import VoiceUnavailableError

if TYPE_CHECKING:
    from contact_center.dialing.domain.dial_timings import DialTimings
    from contact_center.dialing.services.dialing_ports import LineBook
    from contact_center.dialing.services.voice_ports import VoiceProvider
    from contact_center.kernel.ports import Clock, Metrics

CALL_HOLDER = "call:"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineParts:
    """What counting lines needs."""

    lines: LineBook
    clock: Clock
    metrics: Metrics


def note_other_call(call_id: str, *, ended: bool, parts: LineParts) -> None:
    """Count a call in or out. Telling it again changes nothing.

    Raises:
        ContentionError, StoreUnavailableError: To be told again.
    """
    holder = f"{CALL_HOLDER}{call_id}"
    if ended:
        parts.lines.leave(holder, parts.clock.now_ms())
    else:
        parts.lines.admit(holder, parts.clock.now_ms())


def end_lost_calls(parts: LineParts, voice: VoiceProvider, timings: DialTimings) -> int:
    """Count out calls whose end nobody told: those overdue are asked for.

    Returns:
        How many lines were freed. A provider that does not answer is asked next time.
    """
    now_ms = parts.clock.now_ms()
    overdue_ms = timings.max_call_ms + timings.call_margin_ms
    freed = 0
    for lease in parts.lines.held():
        if not lease.holder.startswith(CALL_HOLDER) or now_ms - lease.taken_at_ms < overdue_ms:
            continue
        try:
            call = voice.get_call(lease.holder.removeprefix(CALL_HOLDER))
            if call is None or call.ended:
                freed += parts.lines.leave(lease.holder, now_ms)
        except VoiceUnavailableError:
            continue
        except Exception:  # noqa: BLE001  whatever is wrong with one must not stop the next
            parts.metrics.count("line_not_freed")
    return freed
