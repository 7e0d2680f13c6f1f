"""Departments' messages on the dialing table: one item, read by whoever answers a caller.

The connection may send a write twice, after a 5xx. Its condition is lost then to the write itself:
whoever wrote reads again, and finds done what was to be done.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import dumps, known_fields, number, said_in
from contact_center.aws.dynamodb.lean import get_lean, put_lean
from contact_center.aws.dynamodb.writes import put_revised
from contact_center.visits.domain.department_messages import DepartmentMessage
from contact_center.visits.services.department_messages import KeptMessages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.aws.connection import AwsConnection
    from contact_center.aws.dynamodb.items import Item

ITEM_VERSION = 1
KEY: Item = {"pk": {"S": keys.MESSAGES}, "sk": {"S": keys.MESSAGES}}


class DynamoDBMessages:
    """MessageBook."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the name of the dialing table."""
        self._connection = connection
        self._table = table

    def read(self) -> KeptMessages:
        """All messages, consistently; see MessageBook. Raises one of UNREADABLE as well."""
        item = get_lean(self._connection, self._table, KEY)
        if item is None:
            return KeptMessages({}, 0)
        said = said_in(item, ITEM_VERSION)
        messages = {
            key: DepartmentMessage(**known_fields(DepartmentMessage, one))
            for key, one in said.items()
        }
        return KeptMessages(messages, number(item, "revision") or 0)

    def write(self, by_department: Mapping[str, DepartmentMessage], seen: int) -> bool:
        """Write all of them on the revision that was read; see MessageBook."""
        said = {key: asdict(one) for key, one in by_department.items()}
        item = KEY | {
            "version": {"N": str(ITEM_VERSION)},
            "revision": {"N": str(seen + 1)},
            "said": {"S": dumps(said)},
        }
        return put_lean(self._connection, put_revised(self._table, item, seen)) is None
