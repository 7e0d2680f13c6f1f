"""What a person permits."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from contact_center.permission.domain.consent import Consent
    from contact_center.permission.domain.national_listing import NationalListing


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What a person permits, whatever the campaign. All times are aware.

    The fields are those of contact_permission.Contact; `version` is 0 when nothing is stored.
    `complete_lists` is no part of a person's item: it is read beside it, the same for everybody.
    """

    consents: tuple[Consent, ...] = ()
    revoked_at: datetime | None = None
    reassigned_at: datetime | None = None
    suppressed_at: datetime | None = None
    suppression_source: str = ""
    national: NationalListing | None = None
    relationship_at: datetime | None = None
    inquiry_at: datetime | None = None
    complete_lists: Mapping[str, datetime] = field(default_factory=dict)
    version: int = 0
