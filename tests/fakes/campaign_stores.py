"""The contacts table in memory, with the conditions of the real one, and a count of what it read.

Held to the real adapters by contract/campaigns/test_campaign_stores.py, test_contact_stores.py.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from contact_center.campaigns.adapters.campaign_items import contact_item
from contact_center.campaigns.adapters.dynamodb_campaigns import MOST_TALLIES
from contact_center.campaigns.domain.campaigns import (
    TALLY_MS,
    Figures,
    PlanNote,
    Tally,
    tally_start,
)
from contact_center.campaigns.domain.contacts import ContactState
from contact_center.campaigns.services.campaign_ports import (
    CampaignHead,
    CampaignMovedOnError,
    CampaignPage,
    ContactPage,
    DuePage,
    DueQueue,
    MovedInPartError,
)
from contact_center.campaigns.services.contact_moves import (
    bytes_of,
    figure_changes,
    in_transactions,
)
from contact_center.kernel.ports import BadCursorError, StoreRefusedError, StoreUnavailableError
from contact_center.lists.services.import_ports import (
    BYTES_PER_COMMIT,
    CONTACTS_PER_COMMIT,
    ImportMovedOnError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from contact_center.campaigns.domain.campaigns import Campaign
    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.campaign_ports import ContactChange
    from contact_center.campaigns.services.contact_moves import FigureChange
    from contact_center.lists.services.import_ports import CampaignJob, ImportJob

LARGEST_ITEM_BYTES = 400 * 1024


@dataclass
class FakeCampaigns:
    """CampaignStore."""

    campaigns: dict[str, Campaign] = field(default_factory=dict)
    notes: dict[str, PlanNote] = field(default_factory=dict)
    snapshots: dict[str, Mapping[str, object]] = field(default_factory=dict)
    figures: dict[str, Figures] = field(default_factory=dict)
    tallies: dict[str, dict[int, Tally]] = field(default_factory=dict)
    reads: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)

    def create(self, campaign: Campaign) -> bool:
        if campaign.campaign_id in self.campaigns:
            return False
        self.campaigns[campaign.campaign_id] = replace(campaign, version=1)
        self.notes[campaign.campaign_id] = PlanNote(version=1)
        return True

    def read(self, campaign_id: str) -> Campaign | None:
        return self.campaigns.get(campaign_id)

    def head(self, campaign_id: str, tallies_since_ms: int) -> CampaignHead | None:
        self.reads["heads"] += 1
        campaign = self.campaigns.get(campaign_id)
        if campaign is None:
            return None
        oldest_ms = tally_start(tallies_since_ms)
        past_ms = oldest_ms + MOST_TALLIES * TALLY_MS
        tallies = self.tallies.get(campaign_id, {})
        return CampaignHead(
            campaign=campaign,
            note=self.notes[campaign_id],
            figures=self.figures.get(campaign_id, Figures()),
            tallies=[tally for at, tally in sorted(tallies.items()) if oldest_ms <= at < past_ms],
        )

    def save(
        self,
        before: Campaign,
        after: Campaign,
        look_at_ms: int | None,
        snapshot: Mapping[str, object] | None = None,
    ) -> Campaign:
        name = before.campaign_id
        stored = self.campaigns.get(name)
        if stored is None or stored.version != before.version:
            raise CampaignMovedOnError
        self.campaigns[name] = replace(after, version=before.version + 1)
        self.failures.pop(name, None)
        note = self.notes[name]
        woken = note.woken if look_at_ms is None else True
        self.notes[name] = replace(
            note, look_at_ms=look_at_ms, woken=woken, version=note.version + 1
        )
        if snapshot is not None:
            self.snapshots[name] = json.loads(json.dumps(snapshot))
        return self.campaigns[name]

    def snapshot(self, campaign_id: str) -> Mapping[str, object] | None:
        return self.snapshots.get(campaign_id)

    def note(
        self, campaign_id: str, before: PlanNote, after: PlanNote, *, unless_woken: bool = False
    ) -> bool:
        stored = self.notes[campaign_id]
        if stored.version != before.version or (unless_woken and stored.woken):
            return False
        self.notes[campaign_id] = replace(after, version=before.version + 1)
        self.failures.pop(campaign_id, None)
        return True

    def stumble(self, campaign_id: str, again_at_ms: int) -> int:
        note = self.notes.get(campaign_id, PlanNote())
        if note.look_at_ms is None:
            return 0
        self.notes[campaign_id] = replace(note, look_at_ms=again_at_ms, version=note.version + 1)
        self.failures[campaign_id] += 1
        return self.failures[campaign_id]

    def look_soon(self, campaign_id: str, at_ms: int) -> None:
        note = self.notes.get(campaign_id, PlanNote())
        if note.look_at_ms is None:
            return
        if note.look_at_ms > at_ms:
            note = replace(note, look_at_ms=at_ms, version=note.version + 1)
        self.notes[campaign_id] = replace(note, woken=True)

    def to_look_at(self, now_ms: int, limit: int) -> Sequence[str]:
        due = sorted(
            (note.look_at_ms, name)
            for name, note in self.notes.items()
            if note.look_at_ms is not None and note.look_at_ms <= now_ms
        )
        self.reads["campaigns"] += min(len(due), limit)
        return [name for _, name in due[:limit]]

    def page(self, limit: int, cursor: str | None) -> CampaignPage:
        newest = sorted(
            self.campaigns.values(), key=lambda one: (one.created_at_ms, one.campaign_id)
        )[::-1]
        begins = _place(cursor, [one.campaign_id for one in newest])
        shown = newest[begins : begins + limit]
        more = begins + limit < len(newest)
        return CampaignPage(shown, shown[-1].campaign_id if more else None)

    # -- what contacts change here -----------------------------------------------------------

    def book(self, change: FigureChange) -> None:
        name = change.campaign_id
        known = self.figures.get(name, Figures())
        contacts = Counter(known.contacts)
        for label, by in change.labels.items():
            contacts[label] += by
        self.figures[name] = Figures(
            contacts={label: n for label, n in contacts.items() if n},
            spent_micros=known.spent_micros + change.spent_micros,
            priced=known.priced + change.priced,
            unpriced=known.unpriced + change.unpriced,
            open_legs=known.open_legs + change.open_legs,
        )
        tallies = self.tallies.setdefault(name, {})
        for at, more in change.tallies.items():
            old = tallies.get(at, Tally(at, 0, 0))
            tallies[at] = Tally(at, old.ended + more["ended"], old.failed + more["failed"])

    def added(self, campaign_id: str, count: int) -> None:
        known = self.figures.get(campaign_id, Figures())
        waiting = known.contacts.get("waiting", 0) + count
        if count:
            contacts = {**known.contacts, "waiting": waiting}
            self.figures[campaign_id] = replace(known, contacts=contacts)


@dataclass
class FakeContacts:
    """ContactStore."""

    campaigns: FakeCampaigns
    contacts: dict[tuple[str, str], CampaignContact] = field(default_factory=dict)
    reads: Counter[str] = field(default_factory=Counter)
    unreadable: set[str] = field(default_factory=set)
    before_transaction: Callable[[Sequence[ContactChange]], None] = lambda _steps: None
    after_transaction: Callable[[Sequence[ContactChange]], None] = lambda _steps: None

    def read(self, campaign_id: str, contact_id: str) -> CampaignContact | None:
        return self.contacts.get((campaign_id, contact_id))

    def read_many(
        self, campaign_id: str, contact_ids: Sequence[str]
    ) -> Mapping[str, CampaignContact]:
        found = {name: self.contacts.get((campaign_id, name)) for name in contact_ids}
        return {name: contact for name, contact in found.items() if contact is not None}

    def of(self, campaign_id: str) -> list[CampaignContact]:
        """All contacts of a campaign, by id."""
        return [one for (name, _), one in sorted(self.contacts.items()) if name == campaign_id]

    def due(
        self,
        campaign_id: str,
        queue: DueQueue,
        now_ms: int,
        limit: int,
        cursor: object | None = None,
    ) -> DuePage:
        self.reads["queries"] += 1
        due = sorted(
            (one.due_at_ms, one.contact_id, one)
            for one in self.of(campaign_id)
            if one.due_at_ms is not None and one.due_at_ms <= now_ms and due_queue(one) is queue
        )
        begins = int(str(cursor or 0))
        found = [one for _, _, one in due[begins : begins + limit]]
        self.reads["contacts"] += len(found)
        more = begins + limit < len(due)
        return DuePage(found, begins + limit if more else None)

    def earliest_due(self, campaign_id: str) -> int | None:
        self.reads["queries"] += 1
        due = [one.due_at_ms for one in self.of(campaign_id) if one.due_at_ms is not None]
        return min(due, default=None)

    def move(self, changes: Sequence[ContactChange]) -> frozenset[str]:
        """As many transactions as the table needs; each may fail, or be written and not said."""
        moved: set[str] = set()
        in_doubt = False
        for steps in in_transactions(changes):
            fit = [one for one in steps if not _too_large(one.after)]
            if len(fit) < len(changes) == 1:
                raise StoreRefusedError
            try:
                self.before_transaction(fit)
                made = [one for one in fit if self._unchanged(one)]
                self._apply(made)
                self.after_transaction(made)
            except StoreUnavailableError:
                in_doubt = True
            else:
                moved |= {one.before.contact_id for one in made}
                in_doubt = in_doubt or len(fit) < len(steps)
        if in_doubt:
            raise MovedInPartError(frozenset(moved))
        return frozenset(moved)

    def _unchanged(self, change: ContactChange) -> bool:
        stored = self.contacts.get((change.before.campaign_id, change.before.contact_id))
        return stored is not None and stored.version == change.before.version

    def _apply(self, made: Sequence[ContactChange]) -> None:
        for one in made:
            key = (one.before.campaign_id, one.before.contact_id)
            self.contacts[key] = replace(one.after, version=one.before.version + 1)
        for figures in figure_changes(made):
            self.campaigns.book(figures)

    def page(self, campaign_id: str, limit: int, cursor: str | None) -> ContactPage:
        contacts = self.of(campaign_id)
        begins = _place(cursor, [one.contact_id for one in contacts])
        shown = contacts[begins : begins + limit]
        more = begins + limit < len(contacts)
        return ContactPage(
            [one for one in shown if one.contact_id not in self.unreadable],
            shown[-1].contact_id if more else None,
            [one.contact_id for one in shown if one.contact_id in self.unreadable],
        )


@dataclass
class FakeImports:
    """ImportStore."""

    contacts: FakeContacts
    jobs: dict[str, ImportJob] = field(default_factory=dict)
    commits: int = 0

    def create(self, job: ImportJob) -> bool:
        if job.import_id in self.jobs:
            return False
        self.jobs[job.import_id] = replace(job, version=1)
        return True

    def read(self, import_id: str) -> ImportJob | None:
        return self.jobs.get(import_id)

    def of_campaign(self, campaign_id: str) -> Sequence[ImportJob]:
        return [job for _, job in sorted(self.jobs.items()) if job.campaign_id == campaign_id]

    def commit(self, job: ImportJob, contacts: Sequence[CampaignContact]) -> ImportJob:
        stored = self.jobs.get(job.import_id)
        if stored is None or stored.version != job.version:
            raise ImportMovedOnError
        assert len(contacts) <= CONTACTS_PER_COMMIT, "more than a transaction takes"
        assert sum(map(bytes_of, contacts)) <= BYTES_PER_COMMIT, "more than a transaction takes"
        book = self.contacts.contacts
        new = [one for one in contacts if (one.campaign_id, one.contact_id) not in book]
        for one in new:
            book[one.campaign_id, one.contact_id] = replace(one, version=1)
        self.contacts.campaigns.added(job.campaign_id, len(new))
        self.commits += 1
        self.jobs[job.import_id] = replace(
            job,
            added=job.added + len(new),
            known=job.known + len(contacts) - len(new),
            version=job.version + 1,
        )
        return self.jobs[job.import_id]


@dataclass
class FakeJobs:
    """JobStore."""

    jobs: dict[tuple[str, str], CampaignJob] = field(default_factory=dict)

    def create(self, job: CampaignJob) -> bool:
        if (job.campaign_id, job.job_id) in self.jobs:
            return False
        self.jobs[job.campaign_id, job.job_id] = replace(job, version=1)
        return True

    def read(self, campaign_id: str, job_id: str) -> CampaignJob | None:
        return self.jobs.get((campaign_id, job_id))

    def save(self, job: CampaignJob) -> CampaignJob | None:
        key = (job.campaign_id, job.job_id)
        stored = self.jobs.get(key)
        if stored is None or stored.version != job.version:
            return None
        self.jobs[key] = replace(job, version=job.version + 1)
        return self.jobs[key]


def _too_large(contact: CampaignContact) -> bool:
    """DynamoDB takes no item over 400 KB."""
    if bytes_of(contact) <= LARGEST_ITEM_BYTES:
        return False
    return len(contact_item(contact, 0)["said"]["S"]) > LARGEST_ITEM_BYTES


def due_queue(contact: CampaignContact) -> DueQueue:
    """What a contact is due for."""
    if contact.state is ContactState.IN_FLIGHT:
        return DueQueue.CHECK
    return DueQueue.URGENT if contact.urgent else DueQueue.WAIT


def _place(cursor: str | None, ids: list[str]) -> int:
    if cursor is None:
        return 0
    if cursor not in ids:
        raise BadCursorError
    return ids.index(cursor) + 1
