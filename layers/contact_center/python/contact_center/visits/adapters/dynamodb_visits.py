"""The visits in the calls table, by the door's lean client: a caller waits for it.

A write is conditioned on the revision that was read. The connection may send it twice, after a
5xx; what stands there then is what was written, and that is how it is known.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import UNREADABLE, expires_at_s, text
from contact_center.aws.dynamodb.lean import get_lean, put_lean, query_lean
from contact_center.aws.dynamodb.writes import put_revised
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.visits.adapters.visit_items import kept_of, visit_item, visit_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.aws.connection import AwsConnection
    from contact_center.kernel.ports import Clock
    from contact_center.visits.domain.visits import Visit
    from contact_center.visits.services.visit_ports import Kept

OPEN_INDEX = "follow-ups"
LEFT = "#follow_up = :left"
OPEN = "#follow_up = :open AND #asked <= :until"


class DynamoDBVisits:
    """Visits on the calls table."""

    def __init__(
        self,
        connection: AwsConnection,
        table: str,
        clock: Clock,
        retention_days: int,
        new_token: Callable[[], str],
    ) -> None:
        """Keep the parts.

        Args:
            connection: To DynamoDB.
            table: Name of the calls table.
            clock: Only for `expires_at`.
            retention_days: How long DynamoDB keeps a visit after it was written last.
            new_token: A fresh word for each write, by which its own is known.
        """
        self._connection = connection
        self._table = table
        self._clock = clock
        self._retention_days = retention_days
        self._new_token = new_token

    def read(self, visit_id: str) -> Kept | None:
        """A visit, consistently; see Visits."""
        item = get_lean(self._connection, self._table, visit_key(visit_id))
        return None if item is None else kept_of(item)

    def wished(self, until_ms: int, limit: int) -> Sequence[str]:
        """Visits whose caller is to get a person, the earliest wish first; see OpenWishes."""
        return self._open(keys.WISHES, until_ms, limit)

    def unjudged(self, until_ms: int, limit: int) -> Sequence[str]:
        """Visits whose caller hung up in a talk, the earliest first; see OpenBreaks."""
        return self._open(keys.BREAKS, until_ms, limit)

    def _open(self, partition: str, until_ms: int, limit: int) -> Sequence[str]:
        page = query_lean(
            self._connection,
            self._table,
            IndexName=OPEN_INDEX,
            KeyConditionExpression=OPEN,
            ExpressionAttributeNames={"#follow_up": "follow_up", "#asked": "asked_at_ms"},
            ExpressionAttributeValues={":open": {"S": partition}, ":until": {"N": str(until_ms)}},
            Limit=limit,
        )
        return [item["pk"]["S"].removeprefix(keys.VISITS) for item in page.get("Items", ())]

    def left(self, limit: int) -> tuple[Sequence[Visit], bool]:
        """Visits whose caller left a message, the oldest first; see LeftMessages."""
        page = query_lean(
            self._connection,
            self._table,
            IndexName=OPEN_INDEX,
            KeyConditionExpression=LEFT,
            ExpressionAttributeNames={"#follow_up": "follow_up"},
            ExpressionAttributeValues={":left": {"S": keys.MESSAGES_LEFT}},
            Limit=limit,
        )
        found = []
        for item in page.get("Items", ()):
            with suppress(*UNREADABLE):
                found.append(kept_of(item).visit)
        return found, "LastEvaluatedKey" not in page

    def write(self, visit: Visit, seen: int) -> Kept | None:
        """Write a visit on the revision that was read; see Visits."""
        expires = expires_at_s(self._clock.now_ms(), self._retention_days)
        token = self._new_token()
        item = visit_item(visit, seen + 1, expires) | {"written_by": {"S": token}}
        refusal = put_lean(self._connection, put_revised(self._table, item, seen))
        if refusal is None:
            return None
        if not refusal.stands:
            raise StoreUnavailableError
        stands = refusal.stands
        return None if text(stands, "written_by") == token else kept_of(stands)
