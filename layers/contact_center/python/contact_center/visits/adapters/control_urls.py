"""Where calls with assistants are steered, as their records in the calls table say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import text
from contact_center.aws.dynamodb.lean import get_lean
from contact_center.conversations.domain.calls import ENDED

if TYPE_CHECKING:
    from contact_center.aws.connection import AwsConnection


class StoredControlUrls:
    """ControlUrls, read from the records that the router merges."""

    def __init__(self, connection: AwsConnection, calls_table: str) -> None:
        """Keep the connection to DynamoDB and the table's name."""
        self._connection = connection
        self._table = calls_table

    def of_call(self, call_id: str) -> str | None:
        """The control URL of a call that is under way; see ControlUrls."""
        key = {"pk": {"S": keys.call(call_id)}, "sk": {"S": keys.RECORD}}
        item = get_lean(self._connection, self._table, key)
        merged = json.loads(text(item or {}, "merged") or "{}")
        if merged.get("status") == ENDED:
            return None
        url = merged.get("registers", {}).get("control_url")  # [at_ms, value]
        return url[1] if url else None
