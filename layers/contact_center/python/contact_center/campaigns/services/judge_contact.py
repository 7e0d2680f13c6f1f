"""A campaign's contact as contactability knows one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from contact_center.permission.domain.contact_permission import Contact

if TYPE_CHECKING:
    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.permission.domain.permission import Permission


def permission_contact(contact: CampaignContact, purpose: str, permission: Permission) -> Contact:
    """The contact with what its person permits.

    Args:
        contact: Of a campaign. A consent in its row stands in the permission since its import.
        purpose: The campaign's.
        permission: The person's.
    """
    callback_ms = contact.callback_at_ms
    return Contact(
        purpose=purpose,
        timezone=contact.details.timezone,
        state=contact.details.state,
        postal_code=contact.details.postal_code,
        callback_at=None
        if callback_ms is None
        else datetime.fromtimestamp(callback_ms / 1000, UTC),
        consents=permission.consents,
        revoked_at=permission.revoked_at,
        reassigned_at=permission.reassigned_at,
        suppressed_at=permission.suppressed_at,
        suppression_source=permission.suppression_source,
        national=permission.national,
        complete_lists=permission.complete_lists,
        relationship_at=permission.relationship_at,
        inquiry_at=permission.inquiry_at,
    )
