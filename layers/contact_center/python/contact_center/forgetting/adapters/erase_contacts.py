"""The contacts table: a person's contact in every campaign, and what he permits.

A contact is withdrawn before it goes, so that the campaign's figures know what became of it and its
attempt is called off; the figures stay. Its attempts are named after it, so they go here. While one
of them may ring, or is talked in, the contact waits, and until their calls are noted: nothing else
may lead to one that showed a word in place of his number.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.item_deletes import delete_all, pages_of
from contact_center.aws.dynamodb.item_reads import batch_get
from contact_center.aws.dynamodb.items import UNREADABLE
from contact_center.campaigns.adapters.campaign_items import campaign_key, contact_of
from contact_center.campaigns.domain.contacts import contact_id
from contact_center.campaigns.services.withdraw_contact import withdraw_contact
from contact_center.dialing.adapters.attempt_items import attempt_key
from contact_center.dialing.domain.dial_requests import attempt_id
from contact_center.forgetting.services.forget_ports import NOT_NOTED, Erased
from contact_center.permission.adapters.permission_items import permission_key
from contact_center.triggers.adapters.dynamodb_triggers import turn_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from contact_center.aws.dynamodb.items import Item
    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.campaign_ports import CampaignStore, ContactStore
    from contact_center.dialing.services.change_attempt import LedgerParts
    from contact_center.forgetting.services.forget_ports import Person
    from contact_center.kernel.time_left import InTime
    from contact_center.lists.services.import_ports import ImportStore

RINGS = "a call of a campaign is not over"
MORE = "it takes longer"


class ContactsEraser:
    """Eraser of the contacts table, and of attempts that campaigns made."""

    def __init__(  # noqa: PLR0913, PLR0917 - two tables, and whoever withdraws a contact
        self,
        client: DynamoDBClient,
        table: str,
        dialing_table: str,
        campaigns: CampaignStore,
        contacts: ContactStore,
        ledger: LedgerParts,
        imports: ImportStore,
    ) -> None:
        """Keep boto3's client, both tables' names, what withdrawing works with, and the imports."""
        self._client = client
        self._table = table
        self._dialing = dialing_table
        self._campaigns = campaigns
        self._contacts = contacts
        self._ledger = ledger
        self._imports = imports

    def erase(self, person: Person, in_time: InTime) -> Erased:
        """Erase his contacts and what he permits; see Eraser."""
        count, later = 0, None
        calls: list[str] = []
        campaigns = [item["pk"]["S"].removeprefix(keys.CAMPAIGNS) for item in self._listed()]
        his, unread = self._his(person, campaigns)
        count += delete_all(self._client, self._table, unread)
        for contact in his:
            if not in_time():
                return Erased(count=count, call_ids=tuple(calls), later=MORE)
            over, its_calls = self._withdrawn(contact)
            calls += sorted(its_calls)
            if over and its_calls <= set(person.call_ids):
                count += self._gone(contact)
            else:
                later = NOT_NOTED if over else RINGS
        if later is not None:
            return Erased(count=count, call_ids=tuple(calls), later=later)
        permission = permission_key(person.number)
        found = batch_get(self._client, self._table, [permission])
        count += delete_all(self._client, self._table, [permission] if found else [])
        turns = [turn_key(person.number, one) for one in (*campaigns, "")]
        found = batch_get(self._client, self._dialing, turns)
        count += delete_all(self._client, self._dialing, found)
        return Erased(count=count, call_ids=tuple(calls))

    def _his(
        self, person: Person, ids: Sequence[str]
    ) -> tuple[Sequence[CampaignContact], Sequence[Item]]:
        """His contacts, by their names: one in each campaign at most; and those nobody can read.

        Of the latter no campaign can make a call; what there is of attempts the dialing table has.
        """
        wanted = [campaign_key(one, keys.contact(contact_id(one, person.number))) for one in ids]
        his: list[CampaignContact] = []
        unread: list[Item] = []
        for item in batch_get(self._client, self._table, wanted):
            try:
                his.append(contact_of(item))
            except UNREADABLE:
                unread.append(item)
        return [one for one in his if self._listed_at_ms(one) <= person.civil_until_ms], unread

    def _listed_at_ms(self, contact: CampaignContact) -> int:
        """Since when he is on the list: a list that waited was handed in before it was read.

        Of one that began to be read before he asked his row is the same word as those before it.
        """
        try:
            job = self._imports.read(contact.details.import_id)
        except UNREADABLE:
            job = None
        return contact.added_at_ms if job is None else min(contact.added_at_ms, job.created_at_ms)

    def _listed(self) -> Sequence[Item]:
        return list(
            pages_of(
                self._client,
                {
                    "TableName": self._table,
                    "IndexName": "listed",
                    "KeyConditionExpression": "#listed = :campaigns",
                    "ExpressionAttributeNames": {"#listed": "listed", "#pk": "pk"},
                    "ExpressionAttributeValues": {":campaigns": {"S": keys.LISTED}},
                    "ProjectionExpression": "#pk",
                },
            )
        )

    def _withdrawn(self, contact: CampaignContact) -> tuple[bool, set[str]]:
        """Whether no call of it can come any more, and those there were. Raises PassingError."""
        campaign = None
        with suppress(*UNREADABLE):  # then it makes no call either
            campaign = self._campaigns.read(contact.campaign_id)
        if campaign is not None:
            withdraw_contact(campaign, contact.contact_id, self._contacts, self._ledger)
        name = attempt_id(contact.campaign_id, contact.contact_id, contact.n)
        attempt = self._ledger.ledger.read(name)
        calls = {one.call_id for one in (*contact.outcomes, attempt) if one and one.call_id}
        if attempt is None:
            return True, calls
        told = attempt.reported or attempt.due_at_ms is None  # what it cost is in the figures
        return told and not (attempt.open or attempt.line), calls

    def _gone(self, contact: CampaignContact) -> int:
        names = [
            attempt_id(contact.campaign_id, contact.contact_id, n) for n in range(1, contact.n + 2)
        ]
        delete_all(self._client, self._dialing, [attempt_key(name) for name in names])
        key = campaign_key(contact.campaign_id, keys.contact(contact.contact_id))
        return delete_all(self._client, self._table, [key])
