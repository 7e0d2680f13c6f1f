"""What looking after calls asks of the world outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.conversations.domain.calls import CallRecord


@dataclass(frozen=True, slots=True)
class DueCall:
    """A call of which something is due to be asked, as its item says.

    Attributes:
        step: What was tried last, and how often in a row (`tries`).
    """

    call_id: str
    due_ms: int
    step: str = ""
    tries: int = 0


class LookUpBook(Protocol):
    """When what is asked about which call."""

    def due(self, now_ms: int, limit: int) -> Sequence[DueCall]:
        """So many that are due, the longest due first; from an index, so it may lag.

        Raises StoreUnavailableError.
        """
        ...

    def record(self, call_id: str) -> CallRecord | None:
        """The call. Raises StoreUnavailableError, UnreadableItemError."""
        ...

    def put_off(
        self, seen: DueCall, due_ms: int | None, step: str = "", tries: int = 0, cause: str = ""
    ) -> DueCall | None:
        """Write when it is looked at next, None: never, and why not.

        Returns:
            It as stored; None: it was not as it was seen, and nothing was written.

        Raises:
            StoreUnavailableError: Nobody knows whether it was written.
        """
        ...


class CallReports(Protocol):
    """The provider of calls, asked for one that is over."""

    def report_of(self, call_id: str, at_ms: int) -> str | None:
        """What an end-of-call report would say by now, as JSON of one; None: there is no such call.

        Args:
            call_id: The call.
            at_ms: When it is asked for, ms since 1970.

        Raises:
            VoiceUnavailableError: Nobody knows; to be asked again.
            CallNotOverError: It goes on.
        """
        ...


class CallNotOverError(Exception):
    """The call that was asked about goes on."""
