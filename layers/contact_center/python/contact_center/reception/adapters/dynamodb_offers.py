"""Offers on the dialing table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws import dynamodb_keys as keys
from contact_center.aws.item_reads import get
from contact_center.aws.store_errors import store_error
from contact_center.aws.writes import put_revised
from contact_center.dialing.services.ledger_ports import ConditionLostError
from contact_center.reception.adapters.offer_items import offer_item, offer_key, offer_of
from contact_center.reception.services.offer_ports import DueOffer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.items import Item
    from contact_center.reception.domain.offers import Offer

INDEX = "open-by-due-time"
OF_VISIT = "#pk = :visit AND begins_with(#sk, :offer)"
IS_DUE = "#open = :offers AND #due <= :now"


class DynamoDBOfferBook:
    """OfferBook."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        """Keep boto3's low-level client and the name of the dialing table."""
        self._client = client
        self._table = table

    def read(self, visit_id: str, offer_id: str) -> Offer | None:
        """One offer, consistently; see OfferBook. Raises one of UNREADABLE as well."""
        item = get(self._client, self._table, offer_key(visit_id, offer_id))
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

    def write(self, before: Offer | None, after: Offer, look_ms: int | None) -> Offer:
        """Put an offer that is still as read; see OfferBook."""
        seen = before.version if before else 0
        stored = replace(after, version=seen + 1)
        try:
            self._client.put_item(**put_revised(self._table, offer_item(stored, look_ms), seen))
        except self._client.exceptions.ConditionalCheckFailedException:
            raise ConditionLostError(frozenset({"offer"})) from None
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return stored

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

    def _found(self, **asked: Any) -> list[Item]:  # noqa: ANN401 - as the client takes it
        try:
            page = self._client.query(TableName=self._table, **asked)
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        return page["Items"]
