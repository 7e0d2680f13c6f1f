"""What the function behind the queue `effects` is to look at, as hints: the table says what is due.

A hint that is lost costs a minute, until the tick; one that comes twice changes nothing.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import QueueUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.kernel.ports import Clock, Metrics
    from contact_center.records.domain.effect_names import LineName


MS_PER_SECOND = 1_000
MOST_SECONDS = 900  # that a queue keeps a hint back


class HintKind(StrEnum):
    """What may have to be done."""

    LINE = "line"  # an effect was written
    DRAIN = "drain"  # a receiver has more waiting than there was time for, or may be back
    CARD = "card"  # somebody calls of whom nobody has asked it for an hour


@dataclass(frozen=True, slots=True)
class EffectHint:
    """One hint; `customer` of LINE and CARD alone. It is not to come before `in_seconds`.

    `call_id`: of CARD, who is to be told of what is new.
    """

    kind: HintKind
    receiver: str
    customer: str = ""
    in_seconds: int = 0
    call_id: str = ""


class EffectHints(Protocol):
    """The queue of hints."""

    def send(self, hint: EffectHint) -> None:
        """Append one. Raises QueueUnavailableError when it may not be there."""
        ...


def send_hint(hint: EffectHint, hints: EffectHints | None, metrics: Metrics) -> None:
    """Send a hint; one that cannot be sent is counted, and the tick finds what it was about.

    Args:
        hint: The hint.
        hints: The queue; None: nobody listens, and the tick does all.
        metrics: Counts what could not be sent.
    """
    if hints is None:
        return
    try:
        hints.send(hint)
    except QueueUnavailableError:
        metrics.count("effect_hint_unsent", kind=hint.kind.value)


def hint_again(
    name: LineName, due_ms: int, hints: EffectHints | None, clock: Clock, metrics: Metrics
) -> None:
    """Hint at a line for when it is due; what is due long after that the tick finds in time."""
    in_seconds = -(-(due_ms - clock.now_ms()) // MS_PER_SECOND)
    if in_seconds <= MOST_SECONDS:
        hint = EffectHint(HintKind.LINE, name.receiver, name.customer, in_seconds=in_seconds)
        send_hint(hint, hints, metrics)


def hint_at(names: Iterable[LineName], hints: EffectHints | None, metrics: Metrics) -> None:
    """Hint at lines to which effects were written, each once."""
    for name in dict.fromkeys(names):
        send_hint(EffectHint(HintKind.LINE, name.receiver, name.customer), hints, metrics)
