"""What delivering effects asks of the world outside: one receiver, and what came of asking it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.records.domain.effect_answers import (
    Answer,
    Delivered,
    InDoubt,
    Later,
    Refused,
)

if TYPE_CHECKING:
    from contact_center.records.domain.effects import Effect

__all__ = [  # what a receiver is written against stands in one place
    "Answer",
    "BudgetSpentError",
    "Delivered",
    "InDoubt",
    "Later",
    "Receiver",
    "Refused",
    "RequestBudget",
]


class Receiver(Protocol):
    """One outside thing that effects are delivered to. Each worker has one of its own."""

    def deliver(self, effect: Effect) -> Answer:
        """Make it happen there, once; raises nothing that a receiver can cause."""
        ...

    def look_up(self, effect: Effect) -> Delivered | Later | None:
        """Say whether it has happened there: None when it certainly has not.

        Later when that cannot be told yet, because the receiver is away or its search lags.
        """
        ...


class BudgetSpentError(Exception):
    """No request may leave soon. A receiver that has written nothing yet lets it pass."""


class RequestBudget(Protocol):
    """The requests that all workers together may send to one receiver."""

    def take(self, kind: str = "request") -> None:
        """Wait until one more request of a kind may leave, and count it; before each of them.

        Raises BudgetSpentError when that is not soon, or nobody can tell: then it must not leave.
        """
        ...
