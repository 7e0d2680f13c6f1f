"""Where forgetting is kept, and what it asks of each store, as Protocols."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Protocol

from contact_center.forgetting.domain.stores import Store
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.forgetting.domain.forgetting import Forgetting
    from contact_center.kernel.time_left import InTime

# Of what is still there because nothing else would lead to what others hold of it.
NOT_NOTED = "it is noted before it goes: others are to forget it too"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is to be forgotten.

    Attributes:
        number: E.164.
        until_ms: What began later is another story, machine ms since 1970.
        civil_until_ms: The same by the civil clock.
        call_ids: Calls of his that only the providers know any more.
        crm_names: By what a CRM may know him besides his number: customers of stories in which it
            was not shown, and contacts that were his (`crm_name`).
        stores: Those that are asked about him.
    """

    number: str = field(repr=False)
    until_ms: int
    civil_until_ms: int
    call_ids: tuple[str, ...] = ()
    crm_names: tuple[str, ...] = ()
    stores: frozenset[Store] = frozenset(Store)


def crm_name(crm: str, contact_id: str) -> str:
    """How a contact is named that one CRM is known to have of him."""
    return f"{crm}:{contact_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What came of asking one store.

    Attributes:
        count: How many things are gone.
        call_ids: Calls that were found on the way.
        crm_names: By what a CRM may know him, as far as it was found on the way.
        told: Stores that were told of him and are not asked yet, in use or not.
        later: Why it has to be asked again, in words of ours; None: it need not. NOT_NOTED: at once
            if there was something to note.
        impossible: Why it cannot be done, or not all of it; None: it can.
    """

    count: int = 0
    call_ids: tuple[str, ...] = ()
    crm_names: tuple[str, ...] = ()
    told: tuple[Store, ...] = ()
    later: str | None = None
    impossible: str | None = None


class Eraser(Protocol):
    """One store. Whatever was erased before is no mistake: any of it may be done again."""

    def erase(self, person: Person, in_time: InTime) -> Erased:
        """Erase what it holds of a person, as far as time allows.

        Raises PassingError, SecretUnavailableError: to be asked again.
        """
        ...


class Forgettings(Protocol):
    """The people who are forgotten. Each method may raise StoreUnavailableError."""

    def read(self, forget_id: str) -> Forgetting | None:
        """One, consistently; None: nobody asked. Raises UnreadableItemError."""
        ...

    def write(self, forgetting: Forgetting, suppressed_ms: int | None = None) -> Forgetting | None:
        """Write it on the version it carries; None: somebody was faster.

        Args:
            forgetting: As it shall be.
            suppressed_ms: Since when he is not to be called, civil; None: as it stands.

        Returns:
            It as stored.
        """
        ...


class Register(Protocol):
    """Who was forgotten, where no restore of a table reaches. Raises StoreUnavailableError."""

    def put(self, forgetting: Forgetting) -> None:
        """Note one."""
        ...

    def names(self) -> Sequence[str]:
        """Everybody's who was forgotten in the last weeks."""
        ...

    def get(self, forget_id: str) -> tuple[str, int, int] | None:
        """The sealed number of one, and when it was asked: machine and civil ms; None: gone."""
        ...
