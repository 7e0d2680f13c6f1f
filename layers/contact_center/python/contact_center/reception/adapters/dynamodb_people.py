"""People who take callers, and tries at their PINs, on the dialing table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws import dynamodb_keys as keys
from contact_center.aws.item_reads import batch_get, get
from contact_center.aws.items import UNREADABLE
from contact_center.aws.store_errors import store_error
from contact_center.aws.transactions import transact
from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.reception.adapters.person_items import (
    PERSON,
    person_key,
    person_of,
    person_write,
    tries_key,
    tries_of,
    tries_write,
)
from contact_center.reception.services.people_ports import FoundPeople

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.items import Item
    from contact_center.reception.domain.people import Person
    from contact_center.reception.domain.pins import Tries

INDEX = "open-by-due-time"
IS_DUE = "#open = :people AND #due <= :now"


class DynamoDBPersonBook:
    """PersonBook."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the dialing table."""
        self._client = client
        self._table = table

    def read(self, person_id: str) -> Person:
        """One person, consistently; see PersonBook. Raises one of UNREADABLE as well."""
        return person_of(get(self._client, self._table, person_key(person_id)), person_id)

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
        try:
            self._client.put_item(**put)
        except self._client.exceptions.ConditionalCheckFailedException:
            raise ConditionLostError(frozenset({PERSON})) from None
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None

    def due(self, at_ms: int, limit: int) -> Sequence[str]:
        """Ids of those somebody has to look at, the longest overdue first; see PersonBook."""
        try:
            page = self._client.query(
                TableName=self._table,
                IndexName=INDEX,
                KeyConditionExpression=IS_DUE,
                ExpressionAttributeNames={"#open": "open", "#due": "due_at_ms"},
                ExpressionAttributeValues={
                    ":people": {"S": keys.PEOPLE_DUE},
                    ":now": {"N": str(at_ms)},
                },
                Limit=limit,
            )
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return [item["pk"]["S"].removeprefix(keys.COLLEAGUES) for item in page["Items"]]

    def _stored(self, wanted: Sequence[Item]) -> dict[str, Item]:
        return {item["pk"]["S"]: item for item in batch_get(self._client, self._table, wanted)}


class DynamoDBTryBook:
    """TryBook."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the dialing table."""
        self._client = client
        self._table = table

    def read(self, names: Sequence[str]) -> Sequence[Tries]:
        """The tries of each name, consistently; see TryBook."""
        wanted = [tries_key(name) for name in dict.fromkeys(names)]
        found = {item["pk"]["S"]: item for item in batch_get(self._client, self._table, wanted)}
        return [tries_of(found.get(keys.pin_tries(name)), name) for name in names]

    def write(self, changes: Sequence[tuple[Tries, Tries]]) -> None:
        """Put all of them, each still as read, or none; see TryBook."""
        writes = [tries_write(self._table, before, after) for before, after in changes]
        lost = {refusal.label for refusal in transact(self._client, writes)}
        if lost:
            raise ConditionLostError(frozenset(lost))
