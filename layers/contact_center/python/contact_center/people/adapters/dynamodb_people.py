"""People who take callers, and tries at their PINs, on the dialing table.

By the door's lean connection, which may send a write twice, after a 5xx. Its condition is lost then
to the write itself: a person is read again and found moved on, a try is counted twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import UNREADABLE
from contact_center.aws.dynamodb.lean import (
    batch_get_lean,
    get_lean,
    put_lean,
    query_lean,
    transact_lean,
)
from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.people.adapters.person_items import (
    PERSON,
    person_key,
    person_of,
    person_write,
    tries_key,
    tries_of,
    tries_write,
)
from contact_center.people.services.people_ports import FoundPeople

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.aws.connection import AwsConnection
    from contact_center.aws.dynamodb.items import Item
    from contact_center.people.domain.people import Person
    from contact_center.people.domain.pins import Tries

INDEX = "open-by-due-time"
IS_DUE = "#open = :people AND #due <= :now"


class DynamoDBPersonBook:
    """PersonBook."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the name of the dialing table."""
        self._connection = connection
        self._table = table

    def read(self, person_id: str) -> Person:
        """One person, consistently; see PersonBook. Raises one of UNREADABLE as well."""
        return person_of(get_lean(self._connection, self._table, person_key(person_id)), person_id)

    def read_many(self, person_ids: Sequence[str]) -> FoundPeople:
        """Many, consistently; see PersonBook."""
        wanted = list(dict.fromkeys(person_ids))
        items = self._stored([person_key(one) for one in wanted])
        people: dict[str, Person] = {}
        unreadable: list[str] = []
        for person_id in wanted:
            try:
                people[person_id] = person_of(items.get(keys.colleague(person_id)), person_id)
            except UNREADABLE:
                unreadable.append(person_id)
        return FoundPeople(people, unreadable)

    def write(self, before: Person, after: Person) -> None:
        """Put a person who is still as read; see PersonBook."""
        put: dict[str, Any] = person_write(self._table, before, after).request["Put"]
        if put_lean(self._connection, put) is not None:
            raise ConditionLostError(frozenset({PERSON}))

    def due(self, at_ms: int, limit: int) -> Sequence[str]:
        """Ids of those somebody has to look at, the longest overdue first; see PersonBook."""
        page = query_lean(
            self._connection,
            self._table,
            IndexName=INDEX,
            KeyConditionExpression=IS_DUE,
            ExpressionAttributeNames={"#open": "open", "#due": "due_at_ms"},
            ExpressionAttributeValues={
                ":people": {"S": keys.PEOPLE_DUE},
                ":now": {"N": str(at_ms)},
            },
            Limit=limit,
        )
        return [item["pk"]["S"].removeprefix(keys.COLLEAGUES) for item in page.get("Items", ())]

    def _stored(self, wanted: Sequence[Item]) -> dict[str, Item]:
        found = batch_get_lean(self._connection, self._table, wanted)
        return {item["pk"]["S"]: item for item in found}


class DynamoDBTryBook:
    """TryBook."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the name of the dialing table."""
        self._connection = connection
        self._table = table

    def read(self, names: Sequence[str]) -> Sequence[Tries]:
        """The tries of each name, consistently; see TryBook."""
        wanted = [tries_key(name) for name in dict.fromkeys(names)]
        items = batch_get_lean(self._connection, self._table, wanted)
        found = {item["pk"]["S"]: item for item in items}
        return [tries_of(found.get(keys.pin_tries(name)), name) for name in names]

    def write(self, changes: Sequence[tuple[Tries, Tries]]) -> None:
        """Put all of them, each still as read, or none; see TryBook."""
        writes = [tries_write(self._table, before, after) for before, after in changes]
        lost = {refusal.label for refusal in transact_lean(self._connection, writes)}
        if lost:
            raise ConditionLostError(frozenset(lost))
