"""A small world in memory for tests of campaigns: the real services on the fakes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.contacts import ContactDetails, new_contact
from contact_center.campaigns.services.change_campaign import (
    StopCampaigns,
    create_campaign,
    start_campaign,
)
from contact_center.campaigns.services.finish_attempt import FinishParts
from contact_center.campaigns.services.finish_attempts import FinishAttempts
from contact_center.campaigns.services.plan_campaigns import plan_campaigns
from contact_center.campaigns.services.plan_parts import PlanParts, PlanSettings
from contact_center.dialing.domain.dial_attempts import AttemptState, DialAttempt
from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.dialing.domain.pacing import PaceLimits
from contact_center.dialing.services.change_attempt import LedgerParts
from contact_center.kernel.phone_numbers import parse_phone_number
from contact_center.lists.services.add_contacts import CampaignListParts
from contact_center.lists.services.import_contacts import ImportParts
from contact_center.lists.services.import_ports import CONTACTS_PER_COMMIT, ImportJob
from contact_center.lists.services.preview_campaign import PreviewParts
from contact_center.permission.domain.consent import Consent
from contact_center.permission.domain.contactability import may_call
from contact_center.permission.domain.permission import Permission
from tests.bodies import wish_of
from tests.fakes.campaign_people import (
    FakeCallBook,
    FakeCallerRests,
    FakeFiles,
    FakePeople,
    FakePermissions,
    FakePlannerNotes,
)
from tests.fakes.campaign_stores import FakeCampaigns, FakeContacts, FakeImports, FakeJobs
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.dialing_jobs import FakeDialJobs
from tests.fakes.dialing_ledger import FakeLedger, FakeSwitchBoard
from tests.fakes.dialing_slots import FakeSlotBook
from tests.unit.permission.dialing_examples import shipped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.campaigns.domain.campaigns import Campaign
    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.plan_campaigns import Planned
    from contact_center.dialing.domain.call_outcomes import Disposition

# A Wednesday, 13:00 in New York and 10:00 in Los Angeles: everybody's window is open.
NOON = datetime(2026, 11, 18, 18, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 19, 6, 0, tzinfo=UTC)
LONG_MS = 10**15
WRITTEN = Consent(kind="express_written", at=datetime(2026, 1, 1, tzinfo=UTC), source="web form")
WISH: dict[str, object] = {
    "name": "spring",
    "purpose": "marketing",
    "assistant": "sales",
    "staggerSeconds": 0,
}


class CivilAsMachine:
    """CivilTime where both clocks are one."""

    def at(self, machine_ms: int) -> datetime:
        return datetime.fromtimestamp(machine_ms / 1000, UTC)

    def machine_ms(self, at: datetime) -> int:
        return round(at.timestamp() * 1000)


@dataclass
class CampaignScene:
    """Everything a campaign touches, in memory."""

    limits: PaceLimits = field(default_factory=lambda: PaceLimits(account_calls=10))
    clock: FakeClock = field(default_factory=lambda: FakeClock(ms(NOON)))
    campaigns: FakeCampaigns = field(default_factory=FakeCampaigns)
    permissions: FakePermissions = field(default_factory=FakePermissions)
    files: FakeFiles = field(default_factory=FakeFiles)
    jobs: FakeDialJobs = field(default_factory=FakeDialJobs)
    notes: FakePlannerNotes = field(default_factory=FakePlannerNotes)
    rests: FakeCallerRests = field(default_factory=FakeCallerRests)
    calls: FakeCallBook = field(default_factory=FakeCallBook)
    metrics: CountedMetrics = field(default_factory=CountedMetrics)
    settings: PlanSettings | None = None

    def __post_init__(self) -> None:
        self.rules = shipped()
        self.civil = CivilAsMachine()
        self.contacts = FakeContacts(self.campaigns)
        self.imports = FakeImports(self.contacts)
        self.campaign_jobs = FakeJobs()
        self.ledger = FakeLedger(self.clock)
        self.people = FakePeople(self.ledger, self.permissions)
        self.slots = FakeSlotBook(self.limits)
        self.attempts = LedgerParts(
            ledger=self.ledger,
            clock=self.clock,
            civil=self.civil,
            metrics=self.metrics,
            timings=DialTimings(),
        )
        self.change = CampaignListParts(
            campaigns=self.campaigns,
            contacts=self.contacts,
            imports=self.imports,
            files=self.files,
            ledger=self.attempts,
            assistants=("sales", "support"),
            snapshot=lambda assistant: {"assistant": assistant, "digest": "abc"},
        )
        self.finish = FinishParts(
            campaigns=self.campaigns,
            contacts=self.contacts,
            brake=StopCampaigns(self.campaigns, self.attempts),
            calls=self.calls,
            rules=self.rules,
            clock=self.clock,
            civil=self.civil,
        )
        self.plan = PlanParts(
            campaigns=self.campaigns,
            contacts=self.contacts,
            imports=self.imports,
            people=self.people,
            ledger=self.ledger,
            switch=FakeSwitchBoard(self.ledger),
            slots=self.slots,
            jobs=self.jobs,
            notes=self.notes,
            rests=self.rests,
            outcomes=FinishAttempts(self.finish),
            rules=self.rules,
            may_call=may_call,
            clock=self.clock,
            civil=self.civil,
            metrics=self.metrics,
            settings=self.settings or PlanSettings(limits=self.limits),
        )
        self.importing = ImportParts(
            campaigns=self.campaigns,
            imports=self.imports,
            files=self.files,
            permissions=self.permissions,
            rules=self.rules,
            clock=self.clock,
            civil=self.civil,
        )
        self.preview = PreviewParts(
            campaigns=self.campaigns,
            contacts=self.contacts,
            people=self.people,
            jobs=self.campaign_jobs,
            files=self.files,
            rules=self.rules,
            may_call=may_call,
            clock=self.clock,
            civil=self.civil,
        )

    # -- what tests do -----------------------------------------------------------------------

    def campaign(self, name: str, *, start: bool = True, **wish: object) -> Campaign:
        created = create_campaign(name, wish_of(WISH | wish), self.change)
        return start_campaign(name, self.change) if start else created

    def list_contacts(
        self, campaign: str, numbers: list[str], *, consent: bool = True
    ) -> list[CampaignContact]:
        """Put contacts on a campaign's list, due now; returns them as stored."""
        job = ImportJob(
            import_id=f"{campaign}.{len(self.imports.jobs)}",
            campaign_id=campaign,
            file_key="",
            created_at_ms=self.clock.now_ms(),
        )
        self.imports.create(job)
        contacts = []
        for number in numbers:
            known = parse_phone_number(number)
            details = ContactDetails(number=known.e164, prefix=known.prefix)
            now_ms = self.clock.now_ms()
            contacts.append(new_contact(campaign, details, now_ms, now_ms))
            if consent:
                self.permissions.permissions[known.e164] = Permission(
                    consents=(WRITTEN,), version=1
                )
        for at in range(0, len(contacts), CONTACTS_PER_COMMIT):
            stored = self.imports.jobs[job.import_id]
            self.imports.commit(stored, contacts[at : at + CONTACTS_PER_COMMIT])
        del self.imports.jobs[job.import_id]
        self.campaigns.look_soon(campaign, self.clock.now_ms())  # as the import does
        return [self.contact(one) for one in contacts]

    def contact(self, contact: CampaignContact) -> CampaignContact:
        """A contact as it stands now."""
        found = self.contacts.read(contact.campaign_id, contact.contact_id)
        assert found is not None
        return found

    def tick(self) -> Planned:
        return plan_campaigns(LONG_MS, self.plan)

    def labels(self, campaign: str) -> Mapping[str, int]:
        return self.campaigns.figures[campaign].contacts

    def settled(self, attempt_id: str, disposition: Disposition, **changes: object) -> DialAttempt:
        """An attempt of the ledger after its end, as the reconciler reports it."""
        known = self.ledger.attempts[attempt_id]
        values: dict[str, object] = {
            "state": AttemptState.SETTLED,
            "disposition": disposition,
            "counts_at_ms": self.clock.now_ms(),
            "call_id": f"call-{attempt_id[:6]}",
            "due_at_ms": None,
            "version": known.version + 1,
        }
        ended = replace(known, **(values | changes))  # type: ignore[arg-type]
        self.ledger.attempts[attempt_id] = ended
        return ended


def ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def numbers(area: int, count: int, first: int = 2_000_000) -> list[str]:
    """Numbers of one area code that may be called."""
    return [f"+1{area}{first + at * 7:07d}" for at in range(count)]


def seconds_between(slots: list[int]) -> list[float]:
    return [(after - before) / 1000 for before, after in pairwise(sorted(slots))]
