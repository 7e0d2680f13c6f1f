"""Whether somebody who asks to be called has forbidden it before: then nobody promises it.

What it says no to, contactability refuses for good (contactability.py); it is asked by who answers
callers, without rules, numbers or zones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.permission.domain.consent import EXPRESS, standing_consent

if TYPE_CHECKING:
    from datetime import datetime

    from contact_center.permission.domain.permission import Permission


def forbids_what_he_asks(permission: Permission, now: datetime) -> bool:
    """Whether a call that is asked for now may not be made, whatever the hour.

    Args:
        permission: What the person permits; of who was forgotten, with that mark.
        now: Civil, aware.
    """
    if permission.suppressed_at is not None:
        return True
    if permission.revoked_at is None and permission.reassigned_at is None:
        return False
    standing = standing_consent(
        permission.consents,
        EXPRESS,
        now,
        revoked_at=permission.revoked_at,
        reassigned_at=permission.reassigned_at,
    )
    return standing.consent is None
