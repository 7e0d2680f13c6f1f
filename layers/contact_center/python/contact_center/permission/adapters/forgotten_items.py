"""How it stands in the contacts table that somebody was forgotten and is not to be called.

It loads no boto3: the door asks as well, for campaigns of Vapi's own.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import text
from contact_center.permission.domain.forgotten import BY_FORGETTING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.aws.dynamodb.items import Item
    from contact_center.permission.domain.permission import Permission

SUPPRESSED = "suppressed_at"


def forgotten_key(mark: str) -> Item:
    """The key of a person who was forgotten."""
    return {"pk": {"S": keys.forgotten(mark)}, "sk": {"S": keys.FORGOTTEN}}


def with_forgotten(permission: Permission, item: Mapping[str, Any] | None) -> Permission:
    """What a person permits, when he may have been forgotten; what he said since comes first."""
    said = text(item or {}, SUPPRESSED)
    if said is None or permission.suppressed_at is not None:
        return permission
    at = datetime.fromisoformat(said)
    return replace(permission, suppressed_at=at, suppression_source=BY_FORGETTING)
