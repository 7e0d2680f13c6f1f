"""Limits as instruments: the worst second against what is allowed, and who has the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.console.domain.worst_second import worst_of
from contact_center.dialing.services.hold_lines import CALL_HOLDER
from contact_center.dialing.services.hold_visit_lines import VISIT_HOLDER
from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.instants import iso
from contact_center.kernel.path_ids import path_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.dialing.domain.pacing import PaceLimits, Slot
    from contact_center.dialing.services.dialing_ports import LineBook, LineLease
    from contact_center.kernel.ports import Clock

    type Json = dict[str, object]


class SlotsTaken(Protocol):
    """The timetable of dials."""

    def taken(self) -> tuple[PaceLimits, Sequence[Slot]]:
        """The limits it keeps, and the slots that stand in it. Raises StoreUnavailableError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsDesk:
    """What the answer is made of.

    Attributes:
        lines_of: Concurrent calls the account may have; `lines_kept` of them no dial takes.
        longest_ms: A line that is held for longer is lost.
    """

    slots: SlotsTaken
    lines: LineBook
    clock: Clock
    lines_of: int
    lines_kept: int
    longest_ms: int

    def limits(self) -> Json:
        """The worst seconds and the lines as they are now. Raises StoreUnavailableError."""
        now_ms = self.clock.now_ms()
        limits, slots = self.slots.taken()
        by_prefix: dict[str, list[int]] = {}
        for slot in slots:
            by_prefix.setdefault(slot.prefix, []).append(slot.at_ms)
        all_ms = [slot.at_ms for slot in slots]
        held = sorted(self.lines.held(), key=lambda one: (one.taken_at_ms, one.holder))
        return {
            "at": iso(now_ms),
            "windowMs": limits.window_ms,
            "from": iso(min(all_ms)) if all_ms else None,
            "to": iso(max(all_ms)) if all_ms else None,
            "account": _worst(all_ms, limits.account_calls, limits),
            "prefixes": [
                {"prefix": prefix} | _worst(at_ms, limits.prefix_calls, limits)
                for prefix, at_ms in sorted(by_prefix.items())
            ],
            "lines": {
                "inUse": len(held),
                "of": self.lines_of,
                "keptForInbound": self.lines_kept,
                "held": [self._line(one, now_ms) for one in held],
            },
        }

    def _line(self, lease: LineLease, now_ms: int) -> Json:
        kind, of = _holder(lease.holder)
        return {
            "by": kind,
            "id": path_id(of),
            "since": iso(lease.taken_at_ms),
            "lost": now_ms - lease.taken_at_ms > self.longest_ms,
            "number": lease.number,
        }


def _worst(at_ms: list[int], limit: int, limits: PaceLimits) -> Json:
    return {"slots": len(at_ms), "worst": worst_of(at_ms, limits.window_ms), "limit": limit}


def _holder(holder: str) -> tuple[str, str]:
    """What has a line, and which."""
    for kind, prefix in (("call", CALL_HOLDER), ("visit", VISIT_HOLDER)):
        if holder.startswith(prefix):
            return kind, holder.removeprefix(prefix)
    return "dial", holder
