"""What people need of the world: where they stand, tries at their PINs, and the PINs."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.people.domain.people import Person
    from contact_center.people.domain.pins import Tries


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """People as stored.

    Attributes:
        people: By id; one of whom nothing is stored is off.
        unreadable: Ids of those that a newer release wrote, or that are damaged.
    """

    people: Mapping[str, Person]
    unreadable: Sequence[str] = field(default=())


class PersonBook(Protocol):
    """What people do at the moment."""

    def read(self, person_id: str) -> Person:
        """One person, consistently; nothing stored: off.

        Raises StoreUnavailableError; whatever else it raises, this release cannot read it.
        """
        ...

    def read_many(self, person_ids: Sequence[str]) -> FoundPeople:
        """Many, consistently. Raises StoreUnavailableError."""
        ...

    def write(self, before: Person, after: Person) -> None:
        """Put a person who is still as read.

        Raises:
            ConditionLostError: Somebody else has moved the person on; nothing is written.
            StoreRefusedError: It is never taken.
            StoreUnavailableError: Nobody knows whether it is written.
        """
        ...

    def due(self, at_ms: int, limit: int) -> Sequence[str]:
        """Ids of those somebody has to look at by then, the longest overdue first.

        From an index, which may lag. Raises StoreUnavailableError.
        """
        ...


class TryBook(Protocol):
    """How often PINs were tried lately."""

    def read(self, names: Sequence[str]) -> Sequence[Tries]:
        """The tries of each name, in that order, consistently. Raises StoreUnavailableError."""
        ...

    def write(self, changes: Sequence[tuple[Tries, Tries]]) -> None:
        """Put all of them, each still as read, or none.

        Args:
            changes: As read, and as it shall be.

        Raises:
            ConditionLostError, ContentionError: Somebody else tried at once; nothing is written.
            StoreRefusedError: It is never taken.
            StoreUnavailableError: Nobody knows whether it is written.
        """
        ...


class Pins(Protocol):
    """The secret of PINs."""

    def of(self, person_id: str) -> str | None:
        """A person's PIN; None: there is none, or one too weak to be used.

        Raises SecretUnavailableError.
        """
        ...


class WaitingCallers(Protocol):
    """Those who wait for a person."""

    def offer_next(self, person_id: str) -> str | None:
        """Offer the next caller of the person's departments, who is taken for it.

        Returns:
            The visit; None: nobody waits whom the person could take.

        Raises:
            PersonStateError: Somebody else has offered the person a caller meanwhile.
            ContentionError, StoreUnavailableError: To be asked again.
        """
        ...


class NobodyWaits:
    """WaitingCallers where no caller waits, because there is no queue: nobody can be offered."""

    def offer_next(self, _person_id: str) -> None:
        """Nobody."""
