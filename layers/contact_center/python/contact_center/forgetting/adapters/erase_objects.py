"""What the bucket holds of a person's calls: reports, bodies that wait, recordings."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_deletes import items_of
from contact_center.aws.dynamodb.items import UNREADABLE, number, text
from contact_center.conversations.services.archive_report import report_key
from contact_center.forgetting.domain.forgetting import DAY_MS
from contact_center.forgetting.services.forget_ports import Erased
from contact_center.records.domain.recordings import recording_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.forgetting.adapters.bucket import Bucket
    from contact_center.forgetting.adapters.customer_items import CustomerItems, FoundCall
    from contact_center.forgetting.services.forget_ports import Eraser, Person
    from contact_center.kernel.time_left import InTime

    type KeysOf = Callable[[FoundCall], Iterable[str]]

MORE = "it takes longer"
ENDED = "CallEnded"


class ObjectsEraser:
    """Eraser of the objects that belong to calls."""

    def __init__(self, bucket: Bucket, found: CustomerItems, keys_of: KeysOf) -> None:
        """Keep the bucket, what finds his calls, and which objects there are of one."""
        self._bucket = bucket
        self._found = found
        self._keys_of = keys_of

    def erase(self, person: Person, in_time: InTime) -> Erased:
        """Erase what there is of each of his calls; see Eraser."""
        count = 0
        calls = self._found.calls(person)
        ids = tuple(call.call_id for call in calls)
        for call in calls:
            if not in_time():
                return Erased(count=count, call_ids=ids, later=MORE)
            count += self._bucket.delete(list(self._keys_of(call)))
        return Erased(count=count, call_ids=ids)


class ThenObjects:
    """Eraser of calls, and then of what was kept of them in the bucket while they were waited for.

    A call is marked when it goes, so nothing more is kept of it from then on.
    """

    def __init__(self, calls: Eraser, objects: Sequence[Eraser]) -> None:
        """Keep who erases calls, and who erases objects that belong to them."""
        self._calls = calls
        self._objects = objects

    def erase(self, person: Person, in_time: InTime) -> Erased:
        """Erase calls, and once all are gone their objects; see Eraser."""
        told = self._calls.erase(person, in_time)
        for objects in self._objects if told.later is None else ():
            more = objects.erase(person, in_time)
            told = replace(told, count=told.count + more.count, later=told.later or more.later)
        return told


class ReportKeys:
    """Where a call's report is, and bodies of its messages that wait."""

    def __init__(self, bucket: Bucket, client: DynamoDBClient, table: str) -> None:
        """Keep the bucket, boto3's client of DynamoDB and the name of the calls table."""
        self._bucket = bucket
        self._client = client
        self._table = table

    def __call__(self, call: FoundCall) -> Iterator[str]:
        """The keys. Raises StoreUnavailableError."""
        for key in {*_around(call.call_id, call.began_ms), *self._told(call.call_id)}:
            yield from (one for one in self._bucket.keys(key) if one == key)
        yield from self._bucket.keys(f"reports/raw/{quote(call.call_id, safe='')}/")

    def _told(self, call_id: str) -> Iterator[str]:
        """Where the facts of the call say that its report is, or what was left of it does."""
        names = ("pk", "sk", "kind", "said", "began_ms")
        for item in items_of(self._client, self._table, keys.call(call_id), names):
            if item["sk"]["S"] == keys.FORGOTTEN:
                yield from _around(call_id, number(item, "began_ms") or 0)
            if text(item, "kind") == ENDED:
                with suppress(*UNREADABLE):  # where such a report is by rule is asked as well
                    key = json.loads(text(item, "said") or "{}").get("report_key")
                    if isinstance(key, str):
                        yield key


def _around(call_id: str, began_ms: int) -> Iterator[str]:
    """Where a report may be: one that does not say when its call began is under another day."""
    for days in (-1, 0, 1):
        yield report_key(call_id, began_ms + days * DAY_MS)


class RecordingKeys:
    """Where the copy of a call's recording is, if there is one."""

    def __init__(self, bucket: Bucket) -> None:
        """Keep the bucket."""
        self._bucket = bucket

    def __call__(self, call: FoundCall) -> Iterator[str]:
        """The key. Raises StoreUnavailableError."""
        key = recording_key(call.call_id)
        yield from (one for one in self._bucket.keys(key) if one == key)
