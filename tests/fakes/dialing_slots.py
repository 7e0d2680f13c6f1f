"""The slot log in memory: the same timetable, taken in the order of the requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.domain.pacing import PaceLimits, Timetable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.dialing.domain.pacing import SlotRequest

_FOLD_FROM, _FOLD_EVERY = 24, 8  # requests, as the table does


class FakeSlotBook:
    """`offers`, when set, is what every request gets instead of its place in the timetable."""

    offers: Sequence[int | None] | None = None

    def __init__(self, limits: PaceLimits | None = None) -> None:
        self.table = Timetable(limits or PaceLimits())
        self._newest_ms = 0
        self._requests = 0

    def reserve(self, request: SlotRequest) -> Sequence[int | None]:
        if self.offers is not None:
            return self.offers
        self._newest_ms = max(self._newest_ms, request.not_before_ms)
        slots = self.table.take(request)
        self._requests += 1
        if self._requests >= _FOLD_FROM and self._requests % _FOLD_EVERY == 0:
            self.table = self.table.folded(self._newest_ms)
        return slots
