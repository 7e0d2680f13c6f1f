"""National do-not-call lists: where their word on a number is kept, as a Protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.permission.domain.national_listing import NationalListing

# Imports of national lists are kept as those of contacts are; this stands for the campaign.
# No campaign's id begins so: they are hexadecimal.
NATIONAL_LISTS = "national-"


def national_id(country: str) -> str:
    """What stands for the campaign of the imports of a country's list."""
    return f"{NATIONAL_LISTS}{country}"


@dataclass(frozen=True, slots=True)
class ListedPage:
    """Numbers on a national list; `cursor` is None when there are no more."""

    numbers: Sequence[str]
    cursor: object | None


@dataclass(frozen=True, slots=True)
class ListedCount:
    """How many numbers were counted; `cursor` says where to go on, None: all were."""

    count: int
    cursor: str | None


class NationalBook(Protocol):
    """What national lists say of numbers: part of each person's permission.

    Claims are conditioned on a permission's version, so whoever is marked is not called any
    more once `mark` has returned.
    """

    def mark(self, numbers: Sequence[str], listing: NationalListing) -> int:
        """Write down that these numbers are on a list, unless a newer list has spoken.

        Returns:
            How many it was news of. The same again changes nothing. Raises
            StoreUnavailableError: some may have been marked.
        """
        ...

    def take_off(self, numbers: Sequence[str], listing: NationalListing) -> int:
        """Write down that these numbers are on the list no more, if an older list had them.

        Raises StoreUnavailableError: some may have been taken off.
        """
        ...

    def complete(self, country: str, as_of_ms: int) -> None:
        """Write down that a complete list of that time is known, unless a newer one is.

        Raises StoreUnavailableError.
        """
        ...

    def listed_before(self, country: str, as_of_ms: int, cursor: object | None) -> ListedPage:
        """Who is on a country's list by the word of an older one; from an index: it may lag.

        Raises StoreUnavailableError.
        """
        ...

    def count_listed(self, country: str, before_ms: int | None, cursor: str | None) -> ListedCount:
        """Count, a good many at a time, who is on a country's list; from an index: it may lag.

        Args:
            country: Whose list.
            before_ms: Only by the word of lists older than that; None: by any.
            cursor: As the count before has returned it; None to begin.

        Raises StoreUnavailableError.
        """
        ...
