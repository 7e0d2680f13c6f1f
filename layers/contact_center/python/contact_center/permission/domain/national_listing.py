"""What an imported national do-not-call list says of a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalListing:
    """What the imported national do-not-call list says of a number.

    Attributes:
        listed: Whether the number is on it.
        imported_at: As of when the list was imported: the time the list itself is of.
        name: Which list it was, as whoever imported it calls it.
        country: Whose list it is.
    """

    listed: bool
    imported_at: datetime
    name: str = ""
    country: str = ""
