"""What callers were promised, until somebody has seen to it: what is needed of the world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.facts import (
        DetailsLeft,
        MeetingBooked,
        RecordingTold,
        ToolCalled,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """Something that was left for people to do, and what is known of its call.

    `asked_at_ms` is the sender's time, ms since 1970, as far as it is a time at all.
    """

    called: ToolCalled | MeetingBooked | DetailsLeft | RecordingTold
    asked_at_ms: int
    record: CallRecord | None


@dataclass(frozen=True, slots=True)
class FollowUpPage:
    """One page of what nobody has attended to; `cursor` is None on the last one."""

    follow_ups: Sequence[FollowUp]
    cursor: str | None


class FollowUps(Protocol):
    """What customers left for people to do, until somebody attends to it.

    Each method may raise StoreUnavailableError.
    """

    def waiting(self, limit: int, cursor: str | None) -> FollowUpPage:
        """What nobody has attended to, the oldest first. Raises BadCursorError."""
        ...

    def oldest_at_ms(self) -> int | None:
        """When the oldest of it was left, ms since 1970; None: nothing waits."""
        ...

    def attend(self, call_id: str, key: str, at_ms: int) -> int | None:
        """Note that somebody attends to one, by its call and the key of its fact.

        Returns since when somebody does, ms since 1970; None: nothing was left there.
        """
        ...
