"""Requests to a receiver, one after the other, whoever sends them: its one budget.

Each request takes the next instant that is free and leaves then. Who comes too late for his own,
because the machine was slow, gives it up and takes another: bunched up they would break the limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.records.services.effect_ports import BudgetSpentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.kernel.ports import Clock, Sleeper
    from contact_center.records.domain.request_budgets import RequestLimit
    from contact_center.records.services.effect_store_ports import RequestBook

TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PacedRequests:
    """RequestBudget.

    Attributes:
        limits: By kind of request: HubSpot counts searches apart.
        within_ms: Nobody waits longer than this for an instant.
        late_ms: Nobody leaves later than this after it.
        long_ms: Who has waited longer looks whether the receiver has asked for quiet meanwhile.
    """

    receiver: str
    limits: Mapping[str, RequestLimit]
    book: RequestBook
    clock: Clock
    sleeper: Sleeper
    within_ms: int = 15_000
    late_ms: int = 300
    long_ms: int = 1_500

    def take(self, kind: str = "request") -> None:
        """Wait until one more may leave; see RequestBudget."""
        apart_ms = self.limits[kind].apart_ms
        for _ in range(TRIES):
            at_ms = self._reserved(kind, apart_ms)
            if at_ms is None:
                break
            began_ms = self.clock.now_ms()
            self.sleeper.until(at_ms)
            if at_ms - began_ms > self.long_ms and self._held(kind):
                break
            if self.clock.now_ms() <= at_ms + self.late_ms:
                return
        raise BudgetSpentError

    def hold(self, until_ms: int) -> None:
        """Give out no instant before this one. Raises StoreUnavailableError."""
        for kind in self.limits:
            self.book.hold(self.receiver, kind, until_ms)

    def _reserved(self, kind: str, apart_ms: int) -> int | None:
        try:
            return self.book.reserve(
                self.receiver, kind, self.clock.now_ms(), apart_ms, self.within_ms
            )
        except StoreUnavailableError:
            raise BudgetSpentError from None

    def _held(self, kind: str) -> bool:
        try:
            until_ms = self.book.held_until_ms(self.receiver, kind)
        except StoreUnavailableError:
            return True
        return until_ms > self.clock.now_ms()
