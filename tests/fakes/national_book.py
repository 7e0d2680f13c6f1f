"""National lists in memory, on the fake of permissions; held to the adapter by its contract."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.permission.adapters.dynamodb_permissions import AT_ONCE
from contact_center.permission.services.national_ports import ListedCount, ListedPage
from contact_center.permission.services.suppress import with_listing, without_listing
from tests.fakes.campaign_people import FakePermissions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.permission.domain.national_listing import NationalListing
    from contact_center.permission.domain.permission import Permission

PAGE = 3


@dataclass
class FakeNationalBook:
    """NationalBook; small pages, so that tests turn them."""

    permissions: FakePermissions = field(default_factory=FakePermissions)
    complete_ms: dict[str, int] = field(default_factory=dict)

    def mark(self, numbers: Sequence[str], listing: NationalListing) -> int:
        return self._change(numbers, lambda _, known: with_listing(known, listing))

    def take_off(self, numbers: Sequence[str], listing: NationalListing) -> int:
        return self._change(numbers, lambda _, known: without_listing(known, listing))

    def _change(
        self, numbers: Sequence[str], change: Callable[[str, Permission], Permission]
    ) -> int:
        """A transaction for each hundred: some may be changed when a later one fails."""
        parts = [numbers[at : at + AT_ONCE] for at in range(0, len(numbers), AT_ONCE)]
        return sum(self.permissions.change_many(part, change) for part in parts)

    def complete(self, country: str, as_of_ms: int) -> None:
        self.complete_ms[country] = max(as_of_ms, self.complete_ms.get(country, 0))

    def listed_before(self, country: str, as_of_ms: int, cursor: object | None) -> ListedPage:
        after = str(cursor or "")
        older = [number for number in self._listed(country, as_of_ms) if number > after]
        more = len(older) > PAGE
        return ListedPage(older[:PAGE], older[PAGE - 1] if more else None)

    def count_listed(self, country: str, before_ms: int | None, cursor: str | None) -> ListedCount:
        after = cursor or ""
        left = [number for number in self._listed(country, before_ms) if number > after]
        more = len(left) > PAGE
        return ListedCount(min(len(left), PAGE), left[PAGE - 1] if more else None)

    def _listed(self, country: str, before_ms: int | None) -> list[str]:
        return sorted(
            number
            for number, one in self.permissions.permissions.items()
            if one.national is not None
            and one.national.listed
            and one.national.country == country
            and (before_ms is None or one.national.imported_at.timestamp() * 1000 < before_ms)
        )
