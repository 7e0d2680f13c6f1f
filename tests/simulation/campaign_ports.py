"""The stores of campaigns behind boundaries, and the tables themselves for whoever watches."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from itertools import batched
from typing import TYPE_CHECKING

from contact_center.campaigns.services.campaign_ports import DuePage, DueQueue
from contact_center.kernel.ports import ContentionError, StoreUnavailableError
from contact_center.permission.services.suppress import with_consent, with_suppression
from tests.fakes.campaign_people import FakePermissions
from tests.fakes.campaign_stores import FakeCampaigns, FakeContacts, due_queue
from tests.simulation.simulated_ports import AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from contact_center.campaigns.domain.campaigns import Campaign, PlanNote
    from contact_center.campaigns.domain.contacts import CampaignContact
    from contact_center.campaigns.services.campaign_ports import (
        CallNotes,
        CampaignHead,
        CampaignPage,
        ContactChange,
        ContactPage,
    )
    from contact_center.dialing.domain.dial_circumstances import Customer, DialingSwitch
    from contact_center.lists.services.import_ports import ImportJob
    from contact_center.lists.services.list_ports import ListJob, OpenList
    from contact_center.permission.domain.consent import Consent
    from contact_center.permission.domain.permission import Permission
    from tests.fakes.campaign_people import (
        FakeCallBook,
        FakeCallerRests,
        FakeFiles,
        FakePeople,
        FakePlannerNotes,
    )
    from tests.fakes.campaign_stores import FakeImports
    from tests.fakes.dialing_ledger import FakeSwitchBoard
    from tests.fakes.open_lists import FakeOpenLists
    from tests.simulation.queues import SimulatedQueue
    from tests.simulation.simulated_ports import TableClient


# As often as the adapter begins anew when somebody was faster.
TRIES = 6
# No index of DynamoDB is further behind than this.
LAG_MS = 60_000

# -- the tables ------------------------------------------------------------------------------


@dataclass
class WatchedCampaigns(FakeCampaigns):
    """Whoever watches sees every change of a campaign's state the moment it is applied."""

    watch: Callable[[Campaign], None] = lambda _campaign: None

    def create(self, campaign: Campaign) -> bool:
        made = super().create(campaign)
        self.watch(self.campaigns[campaign.campaign_id])
        return made

    def save(
        self,
        before: Campaign,
        after: Campaign,
        look_at_ms: int | None,
        snapshot: Mapping[str, object] | None = None,
    ) -> Campaign:
        stored = super().save(before, after, look_at_ms, snapshot)
        self.watch(stored)
        return stored


@dataclass
class RememberedContacts(FakeContacts):
    """Keeps each contact as it was before its last step: what a lagging index still shows."""

    earlier: dict[tuple[str, str], CampaignContact] = field(default_factory=dict)
    moved_ms: dict[tuple[str, str], float] = field(default_factory=dict)
    now_ms: Callable[[], float] = lambda: 0.0

    def shown(self, campaign_id: str) -> list[CampaignContact]:
        """The contacts of a campaign as an index shows them that lags as far as one does."""
        since_ms = self.now_ms() - LAG_MS
        return [
            self.earlier[key] if self.moved_ms.get(key, 0) > since_ms else one
            for one in self.of(campaign_id)
            if (key := (campaign_id, one.contact_id)) in self.moved_ms
            or one.added_at_ms <= since_ms
        ]

    def written_ms(self, one: CampaignContact) -> float:
        """Since when a contact stands as it does, whenever it is due."""
        return max(one.added_at_ms, self.moved_ms.get((one.campaign_id, one.contact_id), 0))

    def move(self, changes: Sequence[ContactChange]) -> frozenset[str]:
        before = {
            (one.before.campaign_id, one.before.contact_id): self.contacts[
                one.before.campaign_id, one.before.contact_id
            ]
            for one in changes
        }
        moved = super().move(changes)
        self.earlier |= {key: contact for key, contact in before.items() if key[1] in moved}
        self.moved_ms |= {key: self.now_ms() for key in before if key[1] in moved}
        return moved


@dataclass
class WatchedPermissions(FakePermissions):
    """Whoever watches sees whose permission has changed."""

    watch: Callable[[str], None] = lambda _number: None

    def replace(self, number: str, before: Permission, after: Permission) -> bool:
        written = super().replace(number, before, after)
        if written:
            self.watch(number)
        return written

    def suppress(self, number: str, source: str, at: datetime) -> bool:
        known = self.read(number)
        if known.suppressed_at is not None:
            return False
        listed = replace(known, suppressed_at=at, suppression_source=source)
        return self.replace(number, known, listed)

    def replace_all(
        self, before: Mapping[str, Permission], after: Mapping[str, Permission]
    ) -> bool:
        """All of them, or none when one has changed meanwhile."""
        if any(self.read(number).version != before[number].version for number in after):
            return False
        return all(self.replace(number, before[number], one) for number, one in after.items())


# -- over the network ------------------------------------------------------------------------


def _write[T](client: TableClient, label: str, effect: Callable[[], T]) -> T:
    """A transaction whose adapter has tried long enough when it meets others."""
    try:
        return client.write(label, effect, transaction=True)
    except ContentionError:
        raise StoreUnavailableError from None


def _put[T](client: TableClient, label: str, effect: Callable[[], T]) -> T:
    """A single write on a condition."""
    return client.write(label, effect, transaction=False)


@dataclass
class SimulatedCampaigns:
    """CampaignStore."""

    client: TableClient
    tables: WatchedCampaigns

    def create(self, campaign: Campaign) -> bool:
        return _write(self.client, "create campaign", lambda: self.tables.create(campaign))

    def read(self, campaign_id: str) -> Campaign | None:
        return self.client.read("campaign", lambda: self.tables.read(campaign_id))

    def head(self, campaign_id: str, tallies_since_ms: int) -> CampaignHead | None:
        """The items are each as they are when they are read, not all of one instant."""

        def both() -> CampaignHead | None:
            first = self.tables.head(campaign_id, tallies_since_ms)
            self.client.world.boundary("head, half of it")
            second = self.tables.head(campaign_id, tallies_since_ms)
            if first is None or second is None:
                return None
            return replace(second, campaign=first.campaign, note=first.note)

        return self.client.read("head", both)

    def save(
        self,
        before: Campaign,
        after: Campaign,
        look_at_ms: int | None,
        snapshot: Mapping[str, object] | None = None,
    ) -> Campaign:
        return _write(
            self.client,
            f"campaign {after.state}",
            lambda: self.tables.save(before, after, look_at_ms, snapshot),
        )

    def snapshot(self, campaign_id: str) -> Mapping[str, object] | None:
        return self.client.read("snapshot", lambda: self.tables.snapshot(campaign_id))

    def note(
        self, campaign_id: str, before: PlanNote, after: PlanNote, *, unless_woken: bool = False
    ) -> bool:
        return _put(
            self.client,
            f"note {sum(n for _, n in after.by_hour)}",
            lambda: self.tables.note(campaign_id, before, after, unless_woken=unless_woken),
        )

    def stumble(self, campaign_id: str, again_at_ms: int) -> int:
        return _write(self.client, "stumble", lambda: self.tables.stumble(campaign_id, again_at_ms))

    def look_soon(self, campaign_id: str, at_ms: int) -> None:
        _put(self.client, "look soon", lambda: self.tables.look_soon(campaign_id, at_ms))

    def to_look_at(self, now_ms: int, limit: int) -> Sequence[str]:
        found = self.client.read("to look at", lambda: self.tables.to_look_at(now_ms, limit))
        world = self.client.world
        if not world.fault("index_lag"):
            return found
        return [one for one in self.tables.campaigns if world.chance.random() < 0.5]

    def page(self, limit: int, cursor: str | None) -> CampaignPage:
        return self.client.read("campaigns", lambda: self.tables.page(limit, cursor))


@dataclass
class SimulatedContacts:
    """ContactStore."""

    client: TableClient
    tables: RememberedContacts

    def read(self, campaign_id: str, contact_id: str) -> CampaignContact | None:
        return self.client.read("contact", lambda: self.tables.read(campaign_id, contact_id))

    def read_many(
        self, campaign_id: str, contact_ids: Sequence[str]
    ) -> Mapping[str, CampaignContact]:
        return self.client.read("contacts", lambda: self.tables.read_many(campaign_id, contact_ids))

    def due(
        self,
        campaign_id: str,
        queue: DueQueue,
        now_ms: int,
        limit: int,
        cursor: object | None = None,
    ) -> DuePage:
        page = self.client.read(
            f"contacts due for {queue}",
            lambda: self.tables.due(campaign_id, queue, now_ms, limit, cursor),
        )
        world = self.client.world
        if not world.fault("index_lag"):
            return page
        stale = [
            one
            for (name, _), one in self.tables.earlier.items()
            if name == campaign_id and due_queue(one) is queue and (one.due_at_ms or 0) <= now_ms
        ]
        seen = {one.contact_id: one for one in (*page.contacts, *stale)}
        return DuePage([one for one in seen.values() if world.chance.random() < 0.6], page.cursor)

    def earliest_due(self, campaign_id: str) -> int | None:
        found = self.client.read("earliest", lambda: self.tables.earliest_due(campaign_id))
        if not self.client.world.fault("index_lag"):
            return found
        due = [one.due_at_ms for one in self.tables.shown(campaign_id)]
        return min((at_ms for at_ms in due if at_ms is not None), default=None)

    def move(self, changes: Sequence[ContactChange]) -> frozenset[str]:
        """Several transactions: when one is not answered, those before it are written."""
        moved: frozenset[str] = frozenset()
        for part in batched(changes, AT_ONCE, strict=False):
            states = ", ".join(f"{one.after.label} {one.after.n}" for one in part)
            moved |= _write(self.client, f"contacts to {states}", partial(self.tables.move, part))
        return moved

    def page(self, campaign_id: str, limit: int, cursor: str | None) -> ContactPage:
        return self.client.read(
            "contact page", lambda: self.tables.page(campaign_id, limit, cursor)
        )


@dataclass
class SimulatedImports:
    """ImportStore."""

    client: TableClient
    tables: FakeImports

    def create(self, job: ImportJob) -> bool:
        return _write(self.client, "create import", lambda: self.tables.create(job))

    def read(self, import_id: str) -> ImportJob | None:
        return self.client.read("import", lambda: self.tables.read(import_id))

    def of_campaign(self, campaign_id: str) -> Sequence[ImportJob]:
        return self.client.read("imports", lambda: self.tables.of_campaign(campaign_id))

    def commit(self, job: ImportJob, contacts: Sequence[CampaignContact]) -> ImportJob:
        label = f"import {job.state}, {len(contacts)} contacts"
        return _write(self.client, label, lambda: self.tables.commit(job, contacts))


@dataclass
class SimulatedPermissions:
    """PermissionStore."""

    client: TableClient
    tables: WatchedPermissions

    def read(self, number: str) -> Permission:
        return self.client.read("permission", lambda: self.tables.read(number))

    def replace(self, number: str, before: Permission, after: Permission) -> bool:
        return _put(self.client, "permission", lambda: self.tables.replace(number, before, after))

    def record_consent(self, number: str, consent: Consent) -> None:
        self.record_consents({number: consent})

    def record_consents(self, consents: Mapping[str, Consent]) -> None:
        for part in batched(consents, AT_ONCE, strict=False):
            self.change_many(part, lambda number, known: with_consent(known, consents[number]))

    def suppress_many(self, sources: Mapping[str, str], at: datetime) -> None:
        for part in batched(sources, AT_ONCE, strict=False):
            self.change_many(
                part, lambda number, known: with_suppression(known, sources[number], at)
            )

    def change_many(
        self, numbers: Sequence[str], change: Callable[[str, Permission], Permission]
    ) -> int:
        """A read and a write, and in between somebody may be faster: then both again."""
        for _ in range(TRIES):
            known = self.client.read("permissions", lambda: _each(self.tables.read, numbers))
            changed = {number: change(number, before) for number, before in known.items()}
            news = {name: after for name, after in changed.items() if after != known[name]}
            write = partial(self.tables.replace_all, known, news)
            if not news or _write(self.client, f"{len(news)} permissions", write):
                return len(news)
        raise StoreUnavailableError


def _each[T](read: Callable[[str], T], names: Sequence[str]) -> dict[str, T]:
    return {name: read(name) for name in names}


@dataclass
class SimulatedPeople:
    """PeopleBook."""

    client: TableClient
    tables: FakePeople

    def read_many(self, numbers: Sequence[str]) -> Mapping[str, tuple[Customer, Permission]]:
        if not numbers:
            return {}
        return self.client.read("people", lambda: self.tables.read_many(numbers))


@dataclass
class SimulatedFiles:
    """FileStore."""

    client: TableClient
    tables: FakeFiles

    def size(self, key: str) -> int | None:
        return self.client.read("file size", lambda: self.tables.size(key))

    def version(self, key: str) -> str:
        return self.client.read("file version", lambda: self.tables.version(key))

    def read(self, key: str, offset: int, length: int, version: str = "") -> bytes:
        return self.client.read("file", lambda: self.tables.read(key, offset, length, version))

    def write(self, key: str, parts: Iterable[bytes]) -> None:
        whole = b"".join(parts)
        _write(self.client, "file", lambda: self.tables.write(key, [whole]))

    def keys(self, prefix: str) -> Sequence[str]:
        return self.client.read("file keys", lambda: self.tables.keys(prefix))


@dataclass
class SimulatedNotes:
    """PlannerNotes and CallerRests."""

    client: TableClient
    notes: FakePlannerNotes
    rests: FakeCallerRests

    def reserved_until(self) -> int:
        return self.client.read("reserved until", self.notes.reserved_until)

    def reserve_until(self, machine_ms: int) -> None:
        _write(self.client, "reserve until", lambda: self.notes.reserve_until(machine_ms))

    def resting(self, phone_number_id: str, now_ms: int) -> int | None:
        return self.client.read("rest", lambda: self.rests.resting(phone_number_id, now_ms))

    def rest(self, phone_number_id: str, until_ms: int) -> None:
        _write(self.client, "rest", lambda: self.rests.rest(phone_number_id, until_ms))


@dataclass
class SimulatedCallBook:
    """CallBook."""

    client: TableClient
    calls: FakeCallBook

    def notes(self, call_id: str) -> CallNotes:
        return self.client.read("call", lambda: self.calls.notes(call_id))

    def notes_of_many(self, call_ids: Sequence[str]) -> Mapping[str, CallNotes]:
        return self.client.read("calls", lambda: self.calls.notes_of_many(call_ids))


@dataclass
class SimulatedSwitch:
    """SwitchBoard."""

    client: TableClient
    board: FakeSwitchBoard

    def read(self) -> DialingSwitch:
        return self.client.read("switch", self.board.read)

    def set(self, *, stopped: bool, at_ms: int) -> DialingSwitch:
        return _put(self.client, "set switch", lambda: self.board.set(stopped=stopped, at_ms=at_ms))


@dataclass
class SimulatedListJobs:
    """ListJobs."""

    queue: SimulatedQueue

    def send(self, job: ListJob, delay_seconds: int = 0) -> None:
        self.queue.send(job, delay_seconds * 1_000)


@dataclass
class SimulatedOpenLists:
    """OpenLists."""

    client: TableClient
    lists: FakeOpenLists

    def overdue(self, now_ms: int, limit: int) -> Sequence[OpenList]:
        return self.client.read("open lists", lambda: self.lists.overdue(now_ms, limit))

    def postpone(self, found: OpenList, until_ms: int) -> bool:
        return _put(self.client, "put off", lambda: self.lists.postpone(found, until_ms))
