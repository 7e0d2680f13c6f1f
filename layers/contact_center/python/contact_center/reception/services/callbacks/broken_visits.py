"""Which visits broke off, for who answers callers: alone here, because a caller waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.visits.domain.visit_parts import visit_named

if TYPE_CHECKING:
    from contact_center.visits.services.visit_ports import Visits


class VisitsThatBrokeOff:
    """BrokenVisits."""

    def __init__(self, visits: Visits) -> None:
        """Keep where visits are."""
        self._visits = visits

    def broke_off(self, post: str) -> bool:
        """Whether the visit of a call broke off; see BrokenVisits."""
        kept = self._visits.read(visit_named(post))
        return kept is not None and kept.visit.broke_off
