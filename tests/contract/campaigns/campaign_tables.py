"""The stores of campaigns, in memory and on the emulator, and what tests put into them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from contact_center.campaigns.adapters.dynamodb_campaigns import DynamoDBCampaigns
from contact_center.campaigns.adapters.dynamodb_contacts import DynamoDBContacts
from contact_center.campaigns.adapters.dynamodb_planner import DynamoDBPlannerNotes
from contact_center.campaigns.domain.campaigns import (
    TALLY_MS,
    Campaign,
)
from contact_center.campaigns.domain.contacts import (
    CampaignContact,
    ContactDetails,
    new_contact,
)
from contact_center.dialing.adapters.dynamodb_people import DynamoDBPeople
from contact_center.lists.adapters.dynamodb_imports import DynamoDBImports, DynamoDBJobs
from contact_center.lists.adapters.s3_files import S3Files
from contact_center.lists.services.import_ports import (
    CONTACTS_PER_COMMIT,
    ImportJob,
)
from contact_center.permission.adapters.dynamodb_permissions import DynamoDBPermissions
from contact_center.permission.domain.consent import Consent
from tests.bodies import wish_of
from tests.fakes.campaign_people import (
    FakeCallerRests,
    FakeFiles,
    FakePeople,
    FakePermissions,
    FakePlannerNotes,
)
from tests.fakes.campaign_stores import FakeCampaigns, FakeContacts, FakeImports, FakeJobs
from tests.fakes.clock import FakeClock
from tests.fakes.dialing_ledger import FakeLedger

if TYPE_CHECKING:
    from contact_center.campaigns.services.campaign_ports import (
        CallerRests,
        CampaignStore,
        ContactStore,
        PeopleBook,
        PlannerNotes,
    )
    from contact_center.lists.services.import_ports import ImportStore, JobStore, PartedFiles
    from contact_center.permission.services.permission_ports import PermissionStore
    from tests.emulator import Account

NOW_MS = 1_795_000_000_000
NOW_MS -= NOW_MS % TALLY_MS
AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
WRITTEN = Consent(kind="express_written", at=AT, source="web form")
WISH = wish_of(
    {
        "name": "spring",
        "purpose": "marketing",
        "assistant": "sales",
        "spendCap": 10,
        "endAt": "2026-12-24T12:00:00+01:00",
        "retry": {"busy": {"most": 1}},
    }
)


@dataclass(frozen=True)
class Stores:
    campaigns: CampaignStore
    contacts: ContactStore
    imports: ImportStore
    jobs: JobStore
    permissions: PermissionStore
    people: PeopleBook
    notes: PlannerNotes
    rests: CallerRests
    files: PartedFiles


def fake_stores() -> Stores:
    campaigns, permissions = FakeCampaigns(), FakePermissions()
    contacts = FakeContacts(campaigns)
    return Stores(
        campaigns=campaigns,
        contacts=contacts,
        imports=FakeImports(contacts),
        jobs=FakeJobs(),
        permissions=permissions,
        people=FakePeople(FakeLedger(FakeClock(NOW_MS)), permissions),
        notes=FakePlannerNotes(),
        rests=FakeCallerRests(),
        files=FakeFiles(),
    )


def real_stores(account: Account) -> Stores:
    client, table = account.client("dynamodb"), account.contacts_table
    permissions = DynamoDBPermissions(client, table)
    notes = DynamoDBPlannerNotes(client, table)
    return Stores(
        campaigns=DynamoDBCampaigns(client, table),
        contacts=DynamoDBContacts(client, table, FakeClock(NOW_MS), retention_days=30),
        imports=DynamoDBImports(client, table),
        jobs=DynamoDBJobs(client, table),
        permissions=permissions,
        people=DynamoDBPeople(client, account.dialing_table, permissions),
        notes=notes,
        rests=notes,
        files=S3Files(lambda: account.client("s3"), account.reports_bucket),
    )


def campaign(name: str = "c1", created_at_ms: int = NOW_MS) -> Campaign:
    return Campaign(campaign_id=name, wish=WISH, created_at_ms=created_at_ms)


def contact(place: int = 0, name: str = "c1") -> CampaignContact:
    number = f"+1212200{place:04d}"
    details = ContactDetails(
        number=number,
        prefix="+1212",
        name="José",
        consent=WRITTEN,
        variables={"city": "Ürümqi"},
    )
    return new_contact(name, details, NOW_MS, NOW_MS)


def listed(stores: Stores, count: int, name: str = "c1") -> list[CampaignContact]:
    """A campaign with so many contacts, as stored."""
    stores.campaigns.create(campaign(name))
    stores.imports.create(job(name))
    stored = stores.imports.read(f"{name}.i")
    assert stored is not None
    contacts = [contact(place, name) for place in range(count)]
    for at in range(0, count, CONTACTS_PER_COMMIT):
        stored = stores.imports.commit(stored, contacts[at : at + CONTACTS_PER_COMMIT])
    return [replace(one, version=1) for one in contacts]


def job(name: str = "c1") -> ImportJob:
    return ImportJob(import_id=f"{name}.i", campaign_id=name, file_key="k", created_at_ms=NOW_MS)


NUMBER = "+12122000014"
