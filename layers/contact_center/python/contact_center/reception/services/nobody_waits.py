"""Waiting where there is no queue: nobody is given a place, and every caller goes on elsewhere."""

from __future__ import annotations


class NobodyWaits:
    """Waiting, of a contact center without queues."""

    def enqueue(self, visit_id: str, department: str, place_ms: int) -> None:
        """No place; see Waiting."""
