"""Contacts on the contacts table: found by id, or by what they are due for; never by a scan.

A step of a contact and what it changes in its campaign's figures are one transaction. Many
steps go together, so that a count is written once for all of a campaign:

    [ contact if unchanged ] x n   [ COUNT += … ] and [ TALLY += … ] of each campaign

When some have changed meanwhile, they are left out and the rest goes again.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_reads import batch_get
from contact_center.aws.dynamodb.item_writes import as_seen
from contact_center.aws.dynamodb.items import expires_at_s, number, read_each
from contact_center.aws.dynamodb.keys import DUE
from contact_center.aws.dynamodb.store_errors import store_error
from contact_center.aws.dynamodb.transactions import transact
from contact_center.aws.dynamodb.writes import Write
from contact_center.campaigns.adapters.campaign_items import (
    COUNTED,
    campaign_key,
    contact_item,
    contact_of,
    tally_key,
)
from contact_center.campaigns.domain.contacts import SHARDS
from contact_center.campaigns.services.campaign_ports import (
    ContactPage,
    DuePage,
    DueQueue,
    MovedInPartError,
)
from contact_center.campaigns.services.contact_moves import figure_changes, in_transactions
from contact_center.kernel.ports import (
    BadCursorError,
    ContentionError,
    StoreRefusedError,
    StoreUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.campaign_ports import ContactChange
    from contact_center.kernel.ports import Clock

TALLY_KEPT_SECONDS = 86_400
TRIES = 4
CONTACT_ID = re.compile(r"[0-9a-f]{24}")


class DynamoDBContacts:
    """ContactStore on the contacts table."""

    def __init__(
        self, client: DynamoDBClient, table: str, clock: Clock, retention_days: int
    ) -> None:
        """Keep the parts.

        Args:
            client: boto3's low-level client.
            table: Name of the contacts table.
            clock: Only for `expires_at`.
            retention_days: How long a contact is kept after nothing is to be done with it.
        """
        self._client = client
        self._table = table
        self._clock = clock
        self._retention_days = retention_days

    def read(self, campaign_id: str, contact_id: str) -> CampaignContact | None:
        """One contact, or None. Raises StoreUnavailableError."""
        key = campaign_key(campaign_id, keys.contact(contact_id))
        try:
            answer = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        item = answer.get("Item")
        return contact_of(item) if item else None

    def read_many(
        self, campaign_id: str, contact_ids: Sequence[str]
    ) -> Mapping[str, CampaignContact]:
        """Contacts of a campaign by id; one that is not there is left out.

        Raises StoreUnavailableError.
        """
        wanted = [
            campaign_key(campaign_id, keys.contact(name)) for name in dict.fromkeys(contact_ids)
        ]
        found = [contact_of(item) for item in batch_get(self._client, self._table, wanted)]
        return {contact.contact_id: contact for contact in found}

    def due(
        self,
        campaign_id: str,
        queue: DueQueue,
        now_ms: int,
        limit: int,
        cursor: object | None = None,
    ) -> DuePage:
        """About so many contacts due by now, the longest due first, from the index.

        A page takes its part from each partition of the queue. Raises StoreUnavailableError.
        """
        shards = _shards(campaign_id, queue)
        begins: dict[str, Any] = dict.fromkeys(shards)
        if isinstance(cursor, dict):
            begins = cursor
        each = -(-limit // len(shards))
        contacts: list[CampaignContact] = []
        unreadable = 0
        goes_on: dict[str, Any] = {}
        for shard, start in begins.items():
            page = self._query(shard, each, now_ms, start)
            found, odd = read_each(page["Items"], contact_of, "sk", keys.CONTACT)
            contacts += found
            unreadable += len(odd)
            last = page.get("LastEvaluatedKey")
            if last:
                goes_on[shard] = last
        contacts.sort(key=lambda one: one.due_at_ms or 0)
        return DuePage(contacts, goes_on or None, unreadable)

    def earliest_due(self, campaign_id: str) -> int | None:
        """When the next contact is due for anything, from the index."""
        found = []
        for queue in DueQueue:
            for shard in _shards(campaign_id, queue):
                items = self._query(shard, 1, None, None)["Items"]
                found += [number(item, "due_at_ms") for item in items]
        return min((at_ms for at_ms in found if at_ms is not None), default=None)

    def move(self, changes: Sequence[ContactChange]) -> frozenset[str]:
        """Make each step whose contact is unchanged; the ids of those that were made.

        Raises MovedInPartError: of some nobody knows, or the table does not take them;
        StoreRefusedError: there is but one, and it is such.
        """
        moved: set[str] = set()
        left = in_transactions(changes)
        in_doubt = False
        while left:
            steps = left.pop(0)
            try:
                moved |= self._move(steps)
            except StoreUnavailableError:  # the others may be luckier
                in_doubt = True
            except StoreRefusedError:
                if len(changes) == 1:
                    raise
                if len(steps) == 1:
                    in_doubt = True
                else:  # nobody says which of them it was, so each goes alone
                    left[:0] = [[step] for step in steps]
        if in_doubt:
            raise MovedInPartError(frozenset(moved))
        return frozenset(moved)

    def page(self, campaign_id: str, limit: int, cursor: str | None) -> ContactPage:
        """All contacts of a campaign, page by page, in the order of their ids.

        Raises:
            BadCursorError: No page gave it out.
            StoreUnavailableError.
        """
        query: dict[str, Any] = {
            "TableName": self._table,
            "ConsistentRead": True,
            "Limit": limit,
            "KeyConditionExpression": "#pk = :pk AND begins_with(#sk, :contact)",
            "ExpressionAttributeNames": {"#pk": "pk", "#sk": "sk"},
            "ExpressionAttributeValues": {
                ":pk": {"S": keys.campaign(campaign_id)},
                ":contact": {"S": keys.CONTACT},
            },
        }
        if cursor is not None:
            if not CONTACT_ID.fullmatch(cursor):
                raise BadCursorError
            query["ExclusiveStartKey"] = campaign_key(campaign_id, keys.contact(cursor))
        try:
            page = self._client.query(**query)
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None
        contacts, unreadable = read_each(page["Items"], contact_of, "sk", keys.CONTACT)
        last = page.get("LastEvaluatedKey")
        cursor = last["sk"]["S"].removeprefix(keys.CONTACT) if last and page["Items"] else None
        return ContactPage(contacts, cursor, unreadable)

    def _query(self, shard: str, limit: int, now_ms: int | None, start: object) -> dict[str, Any]:
        names = {"#shard": "due_shard"}
        values: dict[str, Any] = {":shard": {"S": shard}}
        condition = "#shard = :shard"
        if now_ms is not None:
            names["#due"] = "due_at_ms"
            values[":now"] = {"N": str(now_ms)}
            condition += " AND #due <= :now"
        query: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": DUE,
            "Limit": limit,
            "KeyConditionExpression": condition,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }
        if start is not None:
            query["ExclusiveStartKey"] = start
        try:
            return dict(self._client.query(**query))
        except (BotoCoreError, ClientError) as error:
            raise store_error(error) from None

    def _move(self, changes: list[ContactChange]) -> set[str]:
        while changes:
            lost = self._try(changes)
            if not lost:
                return {change.before.contact_id for change in changes}
            changes = [one for one in changes if one.before.contact_id not in lost]
        return set()

    def _try(self, changes: Sequence[ContactChange]) -> frozenset[str]:
        """Write all of them; those that have changed meanwhile, when it was not written."""
        writes = [self._step(change) for change in changes]
        writes += self._figures(changes)
        for _ in range(TRIES):
            try:
                return frozenset(refusal.label for refusal in transact(self._client, writes))
            except ContentionError:
                continue  # the count is written by everybody who finishes something
        raise StoreUnavailableError

    def _step(self, change: ContactChange) -> Write:
        expires = expires_at_s(self._clock.now_ms(), self._retention_days)
        seen = change.before.version
        item = contact_item(replace(change.after, version=seen + 1), expires)
        put = {"TableName": self._table, "Item": item} | as_seen(seen)
        return Write(change.before.contact_id, {"Put": put})

    def _figures(self, changes: Sequence[ContactChange]) -> list[Write]:
        writes = []
        expires_at_s = self._clock.now_ms() // 1000 + TALLY_KEPT_SECONDS
        for figures in figure_changes(changes):
            name = figures.campaign_id
            by = {COUNTED + label: count for label, count in figures.labels.items()} | {
                "spent_micros": figures.spent_micros,
                "priced": figures.priced,
                "unpriced": figures.unpriced,
                "open_legs": figures.open_legs,
            }
            if any(by.values()):
                key = campaign_key(name, keys.count(figures.shard))
                writes.append(Write("count", {"Update": add(self._table, key, by)}))
            for began_at_ms, tally in figures.tallies.items():
                update = add(self._table, tally_key(name, began_at_ms), tally, expires_at_s)
                writes.append(Write("tally", {"Update": update}))
        return writes


def add(
    table: str, key: Item, by: Mapping[str, int], expires_at_s: int | None = None
) -> dict[str, Any]:
    """An update that adds to numbers of an item, which need not exist."""
    named = [(f"#n{at}", f":n{at}", name) for at, name in enumerate(sorted(by)) if by[name]]
    expression = "ADD " + ", ".join(f"{name} {value}" for name, value, _ in named)
    names = {placeholder: name for placeholder, _, name in named}
    values: dict[str, Any] = {value: {"N": str(by[name])} for _, value, name in named}
    if expires_at_s is not None:
        expression = f"SET #expires = :expires {expression}"
        names["#expires"] = "expires_at"
        values[":expires"] = {"N": str(expires_at_s)}
    return {
        "TableName": table,
        "Key": key,
        "UpdateExpression": expression,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }


def _shards(campaign_id: str, queue: DueQueue) -> list[str]:
    match queue:
        case DueQueue.WAIT:
            return [keys.waiting(campaign_id, shard) for shard in range(SHARDS)]
        case DueQueue.URGENT:
            return [keys.urgent(campaign_id)]
        case DueQueue.CHECK:
            return [keys.check(campaign_id)]
