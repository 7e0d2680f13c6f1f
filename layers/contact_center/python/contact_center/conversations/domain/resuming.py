"""Picking up a call that was cut off: the caller who rings again does not start over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contact_center.dialing.domain.call_outcomes import Disposition, disposition_of

if TYPE_CHECKING:
    from contact_center.conversations.domain.departments import Department, Departments

MINUTE_MS = 60_000

# An unknown word is no reason to ring somebody, but who rings by themselves may be taken up.
BROKE_OFF = frozenset({Disposition.DROPPED, Disposition.UNKNOWN})
NOT_TOLD = (None, "", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierCall:
    """The little that matters of a customer's earlier call.

    Attributes:
        destination: The key it was last sent to, or None.
        ended_at_ms: When it ended, ms since 1970; None while it has not.
    """

    call_id: str
    destination: str | None
    ended_reason: str | None
    ended_at_ms: int | None


def was_cut_off(ended_reason: str | None) -> bool:
    """Whether a call with this reason ended though nobody wanted it to."""
    if ended_reason in NOT_TOLD:
        return False
    return disposition_of(ended_reason, talked=True) in BROKE_OFF


def department_to_resume(
    earlier: EarlierCall | None, departments: Departments, resume_minutes: int, now_ms: int
) -> Department | None:
    """The department a caller was talking to when the line broke a moment ago.

    Args:
        earlier: The customer's latest earlier call.
        departments: Who can take a call.
        resume_minutes: For how long after the break it counts.
        now_ms: The clock, ms since 1970.

    Returns:
        A department that an assistant serves, or None: then the call begins as any other.
    """
    if earlier is None or earlier.ended_at_ms is None or not was_cut_off(earlier.ended_reason):
        return None
    if not 0 <= now_ms - earlier.ended_at_ms <= resume_minutes * MINUTE_MS:
        return None
    department = departments.by_key.get(earlier.destination or "")
    return department if department and department.assistant else None
