"""Deliver what is due at a receiver, line by line, until nothing is, or time is short.

The work list is the sparse index of lines that are due. While the receiver is left alone nothing
of it is read; while nobody knows whether it is back, one line is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.failures import place_of
from contact_center.kernel.observability import log
from contact_center.kernel.ports import PassingError
from contact_center.records.domain.receiver_health import Leave
from contact_center.records.services.deliver_effects import deliver_line
from contact_center.records.services.effect_hints import (
    MOST_SECONDS,
    MS_PER_SECOND,
    EffectHint,
    HintKind,
    send_hint,
)
from contact_center.records.services.mind_receiver import ReceiverGate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.kernel.time_left import InTime
    from contact_center.records.domain.effect_names import LineName
    from contact_center.records.services.deliver_effects import DeliverParts
    from contact_center.records.services.effect_hints import EffectHints
    from contact_center.records.services.effect_store_ports import Lanes
    from contact_center.records.services.mind_receiver import MindParts

PAGE = 100
OVERDUE_MS = 900_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectParts:
    """What the function behind the queue runs on.

    Attributes:
        receivers: Names of all there are: the tick looks after these.
        hints: None: nobody listens to hints here.
        shuffled: A page in another order, so that two workers are seldom at one line.
    """

    deliver: DeliverParts
    mind: MindParts
    lanes: Lanes
    hints: EffectHints | None
    receivers: Sequence[str]
    shuffled: Callable[[Sequence[LineName]], Sequence[LineName]]


def drain(receiver: str, parts: EffectParts, in_time: InTime) -> int:
    """Deliver what is due at a receiver; how many lines were looked at.

    What is left, because time is short or the receiver wants to be left alone, is hinted at.

    Raises:
        StoreUnavailableError: The table did not answer.
    """
    gate, looked, cursor = ReceiverGate(receiver, parts.mind), 0, None
    while in_time():
        leave, now_ms = gate.leave(), parts.deliver.clock.now_ms()
        if leave is Leave.NOBODY:
            break
        if leave is Leave.ONE:
            looked += _gone_to_see(receiver, gate, parts, in_time)
            if gate.leave() is not Leave.ALL:
                break
            continue
        page = parts.deliver.lines.due(receiver, now_ms, PAGE, cursor)
        look_at(parts.shuffled(page.names), gate, parts, in_time)
        looked += len(page.names)
        cursor = page.cursor
        if cursor is None:
            break
    if not in_time():
        send_hint(EffectHint(HintKind.DRAIN, receiver), parts.hints, parts.deliver.metrics)
    return looked


def _gone_to_see(receiver: str, gate: ReceiverGate, parts: EffectParts, in_time: InTime) -> int:
    """Deliver from one line, to see whether the receiver is back; how many were looked at."""
    page = parts.deliver.lines.due(receiver, parts.deliver.clock.now_ms(), 2)
    gate.crowded = len(page.names) > 1
    look_at(page.names[:1], gate, parts, in_time)
    gate.crowded = False
    return len(page.names[:1])


def count_overdue(receiver: str, parts: EffectParts) -> None:
    """Count, for the alarm and its notice, what has been due for too long, and who is off.

    Whoever switched himself off is counted until somebody replays: then it is over. Raises as
    `drain`.
    """
    if parts.mind.notes.read(receiver).health.off:
        parts.deliver.metrics.count("receiver_off")
    before_ms = parts.deliver.clock.now_ms() - OVERDUE_MS
    if parts.deliver.lines.due(receiver, before_ms, 1).names:
        parts.deliver.metrics.count("effects_overdue")


def look_at(
    names: Sequence[LineName], gate: ReceiverGate, parts: EffectParts, in_time: InTime
) -> None:
    """Deliver what is due of some lines of one receiver, several at once.

    Whoever finds that the receiver is to be left alone hints at when to look again.
    """
    parts.lanes.each(names, lambda name: _looked(name, gate, parts, in_time))
    until_ms, gate.rests_until_ms = gate.rests_until_ms, None
    if until_ms is None or not names:
        return
    wait_ms = until_ms - parts.deliver.clock.now_ms()
    in_seconds = min(max(-(-wait_ms // MS_PER_SECOND), 0), MOST_SECONDS)
    hint = EffectHint(HintKind.DRAIN, names[0].receiver, in_seconds=in_seconds)
    send_hint(hint, parts.hints, parts.deliver.metrics)


def _looked(name: LineName, gate: ReceiverGate, parts: EffectParts, in_time: InTime) -> None:
    """Look at one line; what is wrong with it keeps none of the others back."""
    metrics = parts.deliver.metrics
    if not in_time():
        return
    try:
        deliver_line(name, gate, parts.deliver, in_time)
    except PassingError:
        metrics.count("effect_line_unavailable")  # it stays due
    except Exception as error:  # noqa: BLE001 - its kind and place in the log, and no more
        metrics.count("effect_line_failed")
        place = place_of(error)
        log("ERROR", "line broken", None, error=type(error).__name__, place=place)
