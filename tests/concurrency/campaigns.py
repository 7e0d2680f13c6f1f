"""The campaigns whose contacts a run calls, and their figures, recounted when it is over.

Half of the calls are of the one, half of the other, so that whoever settles many at once settles
both together. Who rang is the receiver's word; what else a contact came to is read from its item.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import batched
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.campaigns.adapters.campaign_items import contact_of, figures_of
from contact_center.campaigns.adapters.dynamodb_campaigns import DynamoDBCampaigns
from contact_center.campaigns.adapters.dynamodb_contacts import DynamoDBContacts
from contact_center.campaigns.domain.campaign_calls import call_of_contact
from contact_center.campaigns.domain.campaigns import Campaign, CampaignEvent, changed
from contact_center.campaigns.domain.contacts import ContactDetails, new_contact, taken
from contact_center.campaigns.services.campaign_ports import ContactChange
from contact_center.configuration.compiled_config import load_contact_center
from contact_center.lists.adapters.dynamodb_imports import DynamoDBImports
from contact_center.lists.services.import_ports import CONTACTS_PER_COMMIT, ImportJob
from contact_center.vapi.assistants.configured_scripts import ConfiguredScripts
from tests.bodies import wish_of
from tests.concurrency.plan import prefix_of
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.dialing.domain.dial_requests import DialRequest
    from tests.concurrency.rings import Ring
    from tests.emulator import Account

NAMES = ("spring", "autumn")
ASSISTANT = "sales"
RANG = "done:completed"
MS_PER_HOUR = 3_600_000
RETENTION_DAYS = 30


@dataclass(frozen=True)
class Recount:
    """A campaign's figures as it tells them, and as they are counted from outside."""

    name: str
    told: Mapping[str, int]
    counted: Mapping[str, int]


class TwoCampaigns:
    """Both of them, on the tables of an account."""

    def __init__(self, account: Account, civil_ms: int) -> None:
        """Keep the account, and what the civil clock of the run shows at its beginning."""
        self._client, self._table = account.client("dynamodb"), account.contacts_table
        self._civil_ms = civil_ms
        self._campaigns = DynamoDBCampaigns(self._client, self._table)

    def requests(self, numbers: Sequence[str], at_ms: int) -> list[DialRequest]:
        """Put both campaigns there, with everybody of them under way; the calls of that.

        They are taken as the planner takes them: contacts of both in one batch.
        """
        campaigns = {name: self._running(name) for name in NAMES}
        listed: dict[str, CampaignContact] = {}
        for place, name in enumerate(NAMES):
            contacts = self._listed(name, numbers[place :: len(NAMES)])
            listed |= {one.details.number: one for one in contacts}
        check_ms = self._civil_ms + MS_PER_HOUR
        mixed = [listed[number] for number in numbers]
        steps = [ContactChange(before=one, after=taken(one, check_ms)) for one in mixed]
        clock = FakeClock(self._civil_ms)
        DynamoDBContacts(self._client, self._table, clock, RETENTION_DAYS).move(steps)
        expires_ms = at_ms + MS_PER_HOUR
        return [
            call_of_contact(campaigns[one.campaign_id], one, at_ms, expires_ms) for one in mixed
        ]

    def recounts(self, rings: Sequence[Ring]) -> list[Recount]:
        """What both say of themselves when everything is over, beside a recount."""
        rang = {ring.number for ring in rings}
        return [self._recount(name, rang) for name in NAMES]

    def _recount(self, name: str, rang: set[str]) -> Recount:
        items = self._items(name)
        contacts = [contact_of(one) for one in items if one["sk"]["S"].startswith(keys.CONTACT)]
        labels = (RANG if one.details.number in rang else one.label for one in contacts)
        counts = [one for one in items if one["sk"]["S"].startswith("COUNT#")]
        return Recount(name, figures_of(counts).contacts, dict(sorted(Counter(labels).items())))

    def _items(self, name: str) -> list[dict[str, Any]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": keys.campaign(name)}},
        )
        return [item for page in pages for item in page["Items"]]

    def _running(self, name: str) -> Campaign:
        wish = wish_of(
            {
                "name": name,
                "purpose": "marketing",
                "assistant": ASSISTANT,
                "staggerSeconds": 0,
            }
        )
        draft = Campaign(campaign_id=name, wish=wish, created_at_ms=self._civil_ms)
        self._campaigns.create(draft)
        stored = replace(draft, version=1)
        started = changed(stored, CampaignEvent.START, self._civil_ms)
        snapshot = ConfiguredScripts(load_contact_center()).snapshot(ASSISTANT)
        return self._campaigns.save(stored, started, None, snapshot)

    def _listed(self, name: str, numbers: Sequence[str]) -> list[CampaignContact]:
        imports = DynamoDBImports(self._client, self._table)
        job = ImportJob(
            import_id=f"{name}.list",
            campaign_id=name,
            file_key="",
            created_at_ms=self._civil_ms,
        )
        imports.create(job)
        job = replace(job, version=1)
        contacts = [self._contact(name, number) for number in numbers]
        for part in batched(contacts, CONTACTS_PER_COMMIT, strict=False):
            job = imports.commit(job, part)
        return [replace(one, version=1) for one in contacts]

    def _contact(self, name: str, number: str) -> CampaignContact:
        details = ContactDetails(number=number, prefix=prefix_of(number))
        return new_contact(name, details, self._civil_ms, self._civil_ms)
