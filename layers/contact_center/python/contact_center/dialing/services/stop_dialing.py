"""The one switch that stops every dial, slots already reserved included.

A claim succeeds only while the switch says go, in the same transaction, and a claim is taken a
moment before its slot and given up when the slot is missed. So once `stop` was answered nothing
is claimed any more, and what was claimed just before leaves within `nothing_leaves_after_ms`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.domain.dial_timings import MOST_PATIENCE
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from contact_center.dialing.domain.dial_circumstances import DialingSwitch
    from contact_center.dialing.domain.dial_timings import DialTimings
    from contact_center.dialing.services.dialing_ports import SwitchBoard
    from contact_center.kernel.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchParts:
    """What the switch needs."""

    switch: SwitchBoard
    clock: Clock


def stop_dialing(parts: SwitchParts) -> DialingSwitch:
    """Stop every dial. Stopping what is stopped changes nothing. Raises StoreUnavailableError."""
    return parts.switch.set(stopped=True, at_ms=parts.clock.now_ms())


def resume_dialing(parts: SwitchParts) -> DialingSwitch:
    """Dial again. Queued attempts that have not expired go on. Raises StoreUnavailableError."""
    return parts.switch.set(stopped=False, at_ms=parts.clock.now_ms())


def nothing_leaves_after_ms(timings: DialTimings) -> int:
    """How long after the answer to `stop` a POST may still leave (DESIGN §10 allows 5 s)."""
    return timings.claim_before_ms * MOST_PATIENCE + timings.lateness_ms
