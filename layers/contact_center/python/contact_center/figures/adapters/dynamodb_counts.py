"""CountBook, RollUps and CountAudit on the calls table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_reads import batch_get
from contact_center.aws.dynamodb.items import UNREADABLE, expires_at_s, number
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.aws.dynamodb.transactions import transact
from contact_center.conversations.adapters.count_marks import (
    LONGER_SECONDS,
    count_key,
    count_mark,
)
from contact_center.figures.adapters.roll_up_items import (
    corrected,
    count_writes,
    counters_of,
    lengths_of,
    roll_up_of,
    subject_of,
)
from contact_center.figures.domain.counts import HOUR_MS, bucket_of, hour_of
from contact_center.figures.services.roll_up_ports import DueSubject, Everything, RollUp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.figures.services.roll_up_ports import Change, Subject
    from contact_center.kernel.ports import Clock

INDEX = "effects-by-due-time"
NO_LATER = "attribute_not_exists(#wanted) OR #wanted <= :wanted"


class DynamoDBCountBook:
    """CountBook."""

    def __init__(
        self, client: DynamoDBClient, table: str, clock: Clock, retention_days: int
    ) -> None:
        """Keep boto3's low-level client, the calls table, and how long a visit is kept."""
        self._client = client
        self._table = table
        self._clock = clock
        self._retention_days = retention_days

    def due(self, now_ms: int, limit: int) -> Sequence[DueSubject]:
        """What is to be counted by now; see CountBook."""
        asked: dict[str, Any] = {
            "IndexName": INDEX,
            "KeyConditionExpression": "#effects = :to_count AND #due <= :now",
            "ExpressionAttributeNames": {"#effects": "effects", "#due": "due_at_ms", "#pk": "pk"},
            "ExpressionAttributeValues": {
                ":to_count": {"S": keys.TO_COUNT},
                ":now": {"N": str(now_ms)},
            },
            "ProjectionExpression": "#pk, #due",
        }
        items = query(self._client, self._table, asked, limit)
        return [DueSubject(item["pk"]["S"], int(item["due_at_ms"]["N"])) for item in items]

    def read(self, names: Sequence[str]) -> Everything:
        """Subjects by their names; see CountBook."""
        wanted = [key for name in names for key in (_record_key(name), count_key(name))]
        found = batch_get(self._client, self._table, wanted)
        by_key = {(item["pk"]["S"], item["sk"]["S"]): item for item in found}
        return subjects_of(
            {
                name: (by_key.get((name, keys.RECORD)), by_key.get((name, keys.COUNTED), {}))
                for name in names
            }
        )

    def count(self, changes: Sequence[Change]) -> bool:
        """Count some in one transaction; see CountBook."""
        expires = expires_at_s(self._clock.now_ms(), self._retention_days) + LONGER_SECONDS
        return not transact(self._client, count_writes(self._table, changes, expires))

    def put_off(self, subject: Subject, due_ms: int) -> None:
        """Count it later; see CountBook."""
        of_visit = subject.visit is not None
        names = {"#due": "due_at_ms", "#seen": "revision" if of_visit else "wanted"}
        seen = subject.revision if of_visit else subject.wanted or 0
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_record_key(subject.name) if of_visit else count_key(subject.name),
                UpdateExpression="SET #due = :due",
                ConditionExpression="#seen = :seen AND attribute_exists(#due)",
                ExpressionAttributeNames=names,
                ExpressionAttributeValues={
                    ":due": {"N": str(due_ms)},
                    ":seen": {"N": str(seen)},
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None


class DynamoDBRollUps:
    """RollUps: one query a day, or a month."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the calls table."""
        self._client = client
        self._table = table

    def hours(self, day: str) -> Sequence[RollUp]:
        """Those of the hours of a day; see RollUps."""
        return [roll_up_of(item) for item in self._found(day, keys.HOURS, f"{keys.HOURS}~")]

    def days(self, first: str, last: str) -> Sequence[RollUp]:
        """Those of the days from one to another; see RollUps."""
        found: list[RollUp] = []
        for month in months(first[:7], last[:7]):
            begins = first[8:] if month == first[:7] else "01"
            ends = last[8:] if month == last[:7] else "31"
            items = self._found(month, f"{keys.DAYS}{begins}", f"{keys.DAYS}{ends}~")
            found += [roll_up_of(item) for item in items]
        return found

    def lengths(self, day: str) -> RollUp:
        """How many durations of a day were how long; see RollUps."""
        only = f"{keys.LENGTHS}{day[8:]}"
        item = next(iter(self._found(day[:7], only, only)), {})
        return RollUp(
            of=lengths_of(day),
            bucket=bucket_of(hour_of(day) * HOUR_MS, None, None),
            counts=counters_of(item),
            revision=number(item, "revision") or 0,
        )

    def waiting(self, limit: int) -> Everything:
        """Calls that are not counted as they are recorded; see RollUps.

        A unit a call, and an eighth for its mark, which is of an index that lags a moment.
        """
        asked: dict[str, Any] = {
            "IndexName": INDEX,
            "KeyConditionExpression": "#effects = :to_count",
            "FilterExpression": "begins_with(#pk, :call)",  # what of visits waits, nobody asks here
            "ExpressionAttributeNames": {"#effects": "effects", "#pk": "pk"},
            "ExpressionAttributeValues": {
                ":to_count": {"S": keys.TO_COUNT},
                ":call": {"S": keys.CALLS},
            },
        }
        marks = {one["pk"]["S"]: one for one in query(self._client, self._table, asked, limit)}
        wanted = [_record_key(name) for name in marks]
        found = batch_get(self._client, self._table, wanted)
        records = {item["pk"]["S"]: item for item in found}
        return subjects_of({name: (records.get(name), mark) for name, mark in marks.items()})

    def _found(self, of: str, first: str, last: str) -> list[Item]:
        asked: dict[str, Any] = {
            "KeyConditionExpression": "#pk = :of AND #sk BETWEEN :first AND :last",
            "ConsistentRead": True,
            "ExpressionAttributeNames": {"#pk": "pk", "#sk": "sk"},
            "ExpressionAttributeValues": {
                ":of": {"S": keys.figures(of)},
                ":first": {"S": first},
                ":last": {"S": last},
            },
        }
        return query(self._client, self._table, asked)


class DynamoDBCountAudit:
    """CountAudit: reads the whole table, a page after the other."""

    def __init__(
        self, client: DynamoDBClient, table: str, clock: Clock, retention_days: int
    ) -> None:
        """Keep boto3's low-level client, the calls table, and how long a call is kept."""
        self._client = client
        self._table = table
        self._clock = clock
        self._retention_days = retention_days

    def everything(self) -> Iterator[Everything]:
        """All calls and visits; see CountAudit. The items of one stand together in a scan."""
        asked: dict[str, Any] = {
            "TableName": self._table,
            "ConsistentRead": True,
            "FilterExpression": "#sk IN (:record, :counted)",
            "ExpressionAttributeNames": {"#sk": "sk"},
            "ExpressionAttributeValues": {
                ":record": {"S": keys.RECORD},
                ":counted": {"S": keys.COUNTED},
            },
        }
        left: dict[str, tuple[Item | None, Item]] = {}
        while True:
            page = self._page(asked)
            for item in page["Items"]:
                name = item["pk"]["S"]
                record, mark = left.get(name, (None, {}))
                is_record = item["sk"]["S"] == keys.RECORD
                left[name] = (item, mark) if is_record else (record, item)
            last = page.get("LastEvaluatedKey")
            kept = {last["pk"]["S"]} & left.keys() if last else set()
            whole = {name: found for name, found in left.items() if name not in kept}
            yield subjects_of(whole)
            if not last:
                return
            left = {name: left[name] for name in kept}
            asked["ExclusiveStartKey"] = last

    def mark(self, subject: Subject, due_ms: int) -> None:
        """Have one counted anew; see CountAudit."""
        expires = expires_at_s(self._clock.now_ms(), self._retention_days)
        if subject.visit is None:
            update = count_mark(self._table, subject.name, subject.revision, due_ms, expires)
            update = update["Update"] | {"ConditionExpression": NO_LATER}
        else:
            update = {
                "TableName": self._table,
                "Key": _record_key(subject.name),
                "UpdateExpression": "SET #effects = :to_count, #due = :due",
                "ConditionExpression": "#revision = :seen",
                "ExpressionAttributeNames": {
                    "#effects": "effects",
                    "#due": "due_at_ms",
                    "#revision": "revision",
                },
                "ExpressionAttributeValues": {
                    ":to_count": {"S": keys.TO_COUNT},
                    ":due": {"N": str(due_ms)},
                    ":seen": {"N": str(subject.revision)},
                },
            }
        try:
            self._client.update_item(**update)
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # it was written anew meanwhile, and marked with it
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None

    def correct(self, roll_up: RollUp, counts: Mapping[str, int]) -> bool:
        """Put a roll-up right that is still as read; see CountAudit."""
        try:
            self._client.put_item(**corrected(self._table, roll_up, counts))
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return True

    def _page(self, asked: dict[str, Any]) -> Any:  # noqa: ANN401 - as boto3 has it
        try:
            return self._client.scan(**asked)
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None


def months(first: str, last: str) -> list[str]:
    """The months from one to another, YYYY-MM."""
    at, end = _month(first), _month(last)
    return [f"{each // 12:04d}-{each % 12 + 1:02d}" for each in range(at, end + 1)]


def query(
    client: DynamoDBClient, table: str, asked: dict[str, Any], limit: int | None = None
) -> list[Item]:
    """All pages of a query, up to so many items. Raises StoreUnavailableError."""
    found: list[Item] = []
    asked = {"TableName": table, **asked} | ({"Limit": limit} if limit else {})
    try:
        while True:
            page = client.query(**asked)
            found += page["Items"]
            last = page.get("LastEvaluatedKey")
            if not last or (limit is not None and len(found) >= limit):
                return found
            asked["ExclusiveStartKey"] = last
    except (BotoCoreError, ClientError) as error:
        raise store_error(error) from None


def subjects_of(found: Mapping[str, tuple[Item | None, Item]]) -> Everything:
    """Subjects out of a record and a mark each; what cannot be read keeps no other out."""
    subjects: list[Subject] = []
    unreadable: dict[str, Exception] = {}
    for name, (record, mark) in found.items():
        try:
            subjects.append(subject_of(name, record, mark))
        except UNREADABLE as error:
            unreadable[name] = error
    return Everything(subjects=subjects, unreadable=unreadable)


def _record_key(name: str) -> Item:
    return {"pk": {"S": name}, "sk": {"S": keys.RECORD}}


def _month(said: str) -> int:
    year, _, month = said.partition("-")
    return int(year) * 12 + int(month) - 1
