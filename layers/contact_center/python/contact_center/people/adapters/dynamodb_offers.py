"""Offers on the dialing table, by the door's lean connection: a person waits for what is read.

The connection may send a write twice, after a 5xx. Its condition is lost then to the write itself:
whoever wrote reads again, and finds done what was to be done.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import number
from contact_center.aws.dynamodb.lean import get_lean, put_lean, query_lean, transact_lean
from contact_center.aws.dynamodb.writes import Write, put_revised
from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.people.adapters.offer_items import (
    count_update,
    not_there,
    offer_item,
    offer_key,
    offer_of,
    unchanged,
)
from contact_center.people.domain.offers import OfferOutcome
from contact_center.people.domain.ring_groups import offer_name, was_asked
from contact_center.people.services.offer_ports import DueOffer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.aws.connection import AwsConnection
    from contact_center.aws.dynamodb.items import Item
    from contact_center.people.domain.offers import Offer

INDEX = "open-by-due-time"
OF_VISIT = "#pk = :visit AND begins_with(#sk, :offer)"
OF_DAY = "#pk = :day"
IS_DUE = "#open = :offers AND #due <= :now"


class DynamoDBOfferBook:
    """OfferBook."""

    def __init__(self, connection: AwsConnection, table: str) -> None:
        """Keep the connection to DynamoDB and the name of the dialing table."""
        self._connection = connection
        self._table = table

    def read(self, visit_id: str, offer_id: str) -> Offer | None:
        """One offer, consistently; see OfferBook. Raises one of UNREADABLE as well."""
        item = get_lean(self._connection, self._table, offer_key(visit_id, offer_id))
        return offer_of(item) if item else None

    def of_visit(self, visit_id: str) -> Sequence[Offer]:
        """All offers of a visit, consistently; see OfferBook. Raises one of UNREADABLE as well."""
        items = self._found(
            ConsistentRead=True,
            KeyConditionExpression=OF_VISIT,
            ExpressionAttributeNames={"#pk": "pk", "#sk": "sk"},
            ExpressionAttributeValues={
                ":visit": {"S": keys.visit(visit_id)},
                ":offer": {"S": keys.OFFER},
            },
        )
        return [offer_of(item) for item in items]

    def write(
        self,
        before: Offer | None,
        after: Offer,
        look_ms: int | None,
        beside: Sequence[Offer] | None = None,
    ) -> Offer:
        """Put an offer that is still as read; see OfferBook."""
        seen = before.version if before else 0
        stored = replace(after, version=seen + 1)
        put = put_revised(self._table, offer_item(stored, look_ms), seen)
        concludes = after.ended is not None and (before is None or before.ended is None)
        more = [] if beside is None else self._unchanged(stored, beside)
        if concludes and was_asked(stored):
            more.append(Write("count", {"Update": count_update(self._table, stored)}))
        if self._lost(put, more):
            raise ConditionLostError(frozenset({"offer"}))
        return stored

    def _unchanged(self, offer: Offer, beside: Sequence[Offer]) -> list[Write]:
        """That none of those under way was changed since, and that there is no new one."""
        new = offer_name(offer.visit_id, len(beside) + 2)
        checks = [unchanged(self._table, one) for one in beside if one.ended is None]
        checks.append(not_there(self._table, offer.visit_id, new))
        return [Write("beside", {"ConditionCheck": check}) for check in checks]

    def _lost(self, put: dict[str, Any], more: list[Write]) -> bool:
        """Whether somebody else has changed something; else all of it is written."""
        if not more:
            return put_lean(self._connection, put) is not None
        return bool(transact_lean(self._connection, [Write("offer", {"Put": put}), *more]))

    def outcomes(self, day: str) -> Mapping[OfferOutcome, int]:
        """How many offers of a day ended how; see OfferBook."""
        items = self._found(
            ConsistentRead=True,
            KeyConditionExpression=OF_DAY,
            ExpressionAttributeNames={"#pk": "pk"},
            ExpressionAttributeValues={":day": {"S": keys.transfers(day)}},
        )
        return {
            outcome: sum(number(item, outcome.value) or 0 for item in items)
            for outcome in OfferOutcome
        }

    def due(self, at_ms: int, limit: int) -> Sequence[DueOffer]:
        """Those somebody has to look at, the longest overdue first; see OfferBook."""
        items = self._found(
            IndexName=INDEX,
            KeyConditionExpression=IS_DUE,
            ExpressionAttributeNames={"#open": "open", "#due": "due_at_ms"},
            ExpressionAttributeValues={
                ":offers": {"S": keys.OFFERS_DUE},
                ":now": {"N": str(at_ms)},
            },
            Limit=limit,
        )
        return [  # ids of ours are short, so they stand in the keys as they are
            DueOffer(
                item["pk"]["S"].removeprefix(keys.VISITS), item["sk"]["S"].removeprefix(keys.OFFER)
            )
            for item in items
        ]

    def _found(self, **asked: Any) -> list[Item]:  # noqa: ANN401 - as the API has it
        found: list[Item] = query_lean(self._connection, self._table, **asked).get("Items", [])
        return found
