"""Picking up a call that was cut off: the caller who rings again does not start over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contact_center.conversations.domain.departments import Department, Departments

MINUTE_MS = 60_000

# Ends that somebody chose, or that a line that never stood came to (Vapi §3,
# endedReason). Every other reason, new ones among them, is a line that broke.
CHOSEN_PREFIXES = (
    "assistant-ended-call",
    "assistant-forwarded-call",
    "assistant-said-",
    "customer-",
    "exceeded-max-duration",
    "manually-canceled",
    "silence-timed-out",
    "voicemail",
)


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
    if not ended_reason or ended_reason == "unknown" or "hook-executed" in ended_reason:
        return False
    return not ended_reason.startswith(CHOSEN_PREFIXES)


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
