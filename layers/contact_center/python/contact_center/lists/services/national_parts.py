"""What importing a national list needs, and what its phases share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass
from contact_center.permission.domain.national_listing import NationalListing

if TYPE_CHECKING:
    from contact_center.kernel.ports import CivilTime, Clock
    from contact_center.lists.services.import_ports import FileStore, ImportJob, ImportStore
    from contact_center.permission.domain.dialing_rules import DialingRules
    from contact_center.permission.services.national_ports import NationalBook

ENDING_MS = 20_000  # kept at the end of an invocation for the step under way


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalParts:
    """What importing a national list needs."""

    imports: ImportStore
    files: FileStore
    book: NationalBook
    rules: DialingRules
    clock: Clock
    civil: CivilTime


def time_is_short(ends_at_ms: int, parts: NationalParts) -> bool:
    """Whether no further step can be begun."""
    return parts.clock.now_ms() + ENDING_MS > ends_at_ms


def now_ms(parts: NationalParts) -> int:
    """What the civil clock shows."""
    return round(parts.civil.at(parts.clock.now_ms()).timestamp() * 1000)


def listing_of(job: ImportJob, *, listed: bool) -> NationalListing:
    """What an import says of a number."""
    source = job.national
    if source is None:
        raise ValueError("an import of contacts lists nobody")
    return NationalListing(
        listed=listed,
        imported_at=datetime.fromtimestamp(source.as_of_ms / 1000, UTC),
        name=source.name,
        country=source.country,
    )
