"""What filters ask of a call, read off its record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.dialing.domain.call_outcomes import disposition_of
from contact_center.figures.domain.day_book import Entry, Traits

if TYPE_CHECKING:
    from contact_center.conversations.services.ports.calls import CallRow


def traits_of(row: CallRow) -> Traits:
    """What a call is, as its record stands."""
    record = row.record
    return Traits(
        direction=record.value("direction"),
        department=row.glance.destination,
        ended=_how_ended(row),
        achieved=record.achieved.what,
        campaign=record.value("campaign_id"),
        corrected=record.value("corrected_to") is not None,
    )


def entry_of(row: CallRow, name: str, began_ms: int, revision: int) -> Entry:
    """What the day book holds of a call.

    Args:
        row: Of the call, over or not.
        name: In the table.
        began_ms: As the index of days has it.
        revision: Of the record.
    """
    return Entry(name, began_ms, revision, traits_of(row) if row.record.ended else None)


def _how_ended(row: CallRow) -> str | None:
    record = row.record
    if not record.ended:
        return None
    ended = disposition_of(record.value("ended_reason"), talked=record.talked)
    return None if ended is None else ended.value
