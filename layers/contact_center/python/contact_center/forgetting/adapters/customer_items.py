"""Where a customer's calls and visits stand in the calls table, by the index of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_deletes import pages_of
from contact_center.aws.dynamodb.items import UNREADABLE, number, text
from contact_center.kernel.data_classes import dataclass
from contact_center.visits.adapters.visit_items import kept_of
from contact_center.visits.domain.visit_parts import LONGEST_VISIT_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.forgetting.services.forget_ports import Person
    from contact_center.kernel.ports import Clock

INDEX = "by-customer"
UNTIL = "#customer = :customer AND #started <= :until"
# A call of which nothing was heard for so long is over, whatever was told of its end.
SILENT_MS = 2 * 3_600_000
# Figures stay: what is to be counted is, within minutes. For what cannot be, nobody waits longer.
COUNTED_MS = 2 * 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCall:
    """A call of his.

    Attributes:
        call_id: The provider's.
        began_ms: When it began, 0 where only the provider knows.
        goes_on: Whether it does.
        counted_soon: Whether it is waited for until it is in the figures.
    """

    call_id: str
    began_ms: int = 0
    goes_on: bool = False
    counted_soon: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundVisit:
    """A visit of his: whether he is still here, and the calls that were placed for him.

    `counted_soon` as of a call.
    """

    visit_id: str
    goes_on: bool = False
    counted_soon: bool = False
    call_ids: tuple[str, ...] = ()


class CustomerItems:
    """Finds them; an index lags, so what is a moment old may be found by the next round only."""

    def __init__(self, client: DynamoDBClient, table: str, clock: Clock) -> None:
        """Keep boto3's low-level client, the name of the calls table, and the clock."""
        self._client = client
        self._table = table
        self._clock = clock

    def calls(self, person: Person) -> Sequence[FoundCall]:
        """His calls, those that only visits or providers know among them.

        Raises StoreUnavailableError.
        """
        own = [self._call(item) for item in self._found(keys.word(person.number), person)]
        of_visits = [
            FoundCall(call_id=call_id, goes_on=visit.goes_on)
            for visit in self.visits(person)
            for call_id in visit.call_ids
        ]
        elsewhere = [FoundCall(call_id=call_id) for call_id in person.call_ids]
        found: dict[str, FoundCall] = {}
        for call in (*own, *of_visits, *elsewhere):
            found.setdefault(call.call_id, call)
        return list(found.values())

    def visits(self, person: Person) -> Sequence[FoundVisit]:
        """His visits. Raises StoreUnavailableError."""
        return [self._visit(item) for item in self._found(keys.visits_of(person.number), person)]

    def _found(self, customer: str, person: Person) -> Sequence[Item]:
        asked = {
            "TableName": self._table,
            "IndexName": INDEX,
            "KeyConditionExpression": UNTIL,
            "ExpressionAttributeNames": {"#customer": "customer", "#started": "started_at_ms"},
            "ExpressionAttributeValues": {
                ":customer": {"S": customer},
                ":until": {"N": str(person.until_ms)},
            },
        }
        return list(pages_of(self._client, asked))

    def _call(self, item: Item) -> FoundCall:
        silent_ms = self._clock.now_ms() - (number(item, "last_seen_ms") or 0)
        return FoundCall(
            call_id=text(item, "call_id") or item["pk"]["S"].removeprefix(keys.CALLS),
            began_ms=number(item, "started_at_ms") or 0,
            goes_on=text(item, "active") is not None and silent_ms < SILENT_MS,
            counted_soon=silent_ms < COUNTED_MS,
        )

    def _visit(self, item: Item) -> FoundVisit:
        """One visit; of one that cannot be read no more is known than that it is his."""
        visit_id = item["pk"]["S"].removeprefix(keys.VISITS)
        try:
            visit = kept_of(item).visit
        except UNREADABLE:
            return FoundVisit(visit_id=visit_id)
        here_ms = self._clock.now_ms() - (visit.began_ms or 0)
        placed = [post.call_id for post in visit.posts.values() if post.call_id is not None]
        return FoundVisit(
            visit_id=visit_id,
            goes_on=visit.ended_ms is None and here_ms < LONGEST_VISIT_MS,
            counted_soon=here_ms < COUNTED_MS,
            call_ids=tuple(placed),
        )
