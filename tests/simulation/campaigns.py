"""The campaign half of the system under test: planner, importer, outcomes and operators' acts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from contact_center.campaigns.domain.campaigns import SPENT_REASON, BreakerPolicy, CampaignState
from contact_center.campaigns.services.change_campaign import StopCampaigns
from contact_center.campaigns.services.finish_attempt import FinishParts
from contact_center.campaigns.services.finish_attempts import FinishAttempts
from contact_center.campaigns.services.plan_campaigns import plan_campaigns
from contact_center.campaigns.services.plan_parts import PlanParts, PlanSettings
from contact_center.conversations.domain.looked_up import legs_without_price, price_of
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.domain.dial_circumstances import CampaignGate
from contact_center.lists.services.add_contacts import CampaignListParts
from contact_center.lists.services.import_contacts import ImportParts
from contact_center.lists.services.list_ports import ListJob, ListKind
from contact_center.lists.services.work_on_lists import (
    ListParts,
    send_open_lists,
    work_on_list,
)
from contact_center.lists.services.work_on_lists import imports as imports_of
from contact_center.permission.domain import contactability
from tests.fakes.call_scripts import FakePresentScripts
from tests.fakes.campaign_people import (
    FakeCallBook,
    FakeCallerRests,
    FakeFiles,
    FakePeople,
    FakePlannerNotes,
)
from tests.fakes.campaign_stores import FakeImports, FakeJobs
from tests.fakes.dialing_ledger import FakeSwitchBoard
from tests.fakes.open_lists import FakeOpenLists
from tests.simulation.acts import AGAIN
from tests.simulation.campaign_ports import (
    RememberedContacts,
    SimulatedCallBook,
    SimulatedCampaigns,
    SimulatedContacts,
    SimulatedFiles,
    SimulatedImports,
    SimulatedListJobs,
    SimulatedNotes,
    SimulatedOpenLists,
    SimulatedPeople,
    SimulatedPermissions,
    SimulatedSwitch,
    WatchedCampaigns,
    WatchedPermissions,
)
from tests.simulation.queues import SimulatedQueue
from tests.simulation.template_figures import mapping_of, timeout_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from contact_center.campaigns.domain.campaigns import Campaign
    from contact_center.campaigns.services.campaign_ports import CallNotes
    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.domain.pacing import PaceLimits
    from contact_center.dialing.services.change_attempt import LedgerParts
    from contact_center.dialing.services.dialing_ports import DialJobs, SlotBook
    from contact_center.permission.domain.dialing_rules import DialingRules
    from tests.simulation.acts import Acts
    from tests.simulation.load import Load
    from tests.simulation.simulated_ports import TableClient, WatchedLedger
    from tests.simulation.words import Words
    from tests.simulation.world import World

PRICE_MICROS = 100_000
# Whoever died before waking a campaign is made up for by then: a message comes again.
LATE_MS = 20 * 60_000
# The customer had no part in these.
FAILURES = frozenset({"failed", "refused", "dropped", "unknown"})


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What the campaign half stands on: the dialing half's own."""

    world: World
    load: Load
    client: TableClient
    tables: WatchedLedger
    attempts: LedgerParts
    limits: PaceLimits
    slots: SlotBook
    jobs: DialJobs
    rules: DialingRules
    permissions: WatchedPermissions
    permission_store: SimulatedPermissions
    acts: Acts
    words: Words


class TellingOutcomes(FinishAttempts):
    """Remembers who was reported and taken note of, and when they had failed."""

    def __init__(self, parts: FinishParts, tell: Callable[[DialAttempt], None]) -> None:
        super().__init__(parts)
        self.tell = tell

    def report(self, attempt: DialAttempt) -> None:
        super().report(attempt)
        self.tell(attempt)

    def report_all(self, attempts: Sequence[DialAttempt]) -> frozenset[str]:
        noted = super().report_all(attempts)
        for attempt in attempts:
            if attempt.attempt_id in noted:
                self.tell(attempt)
        return noted


@dataclass
class CallsAsRecorded(FakeCallBook):
    """CallBook: what the records of the router say, from the moment they are written."""

    record_of: Callable[[str], CallRecord | None] = lambda _: None

    def notes(self, call_id: str) -> CallNotes:
        record, told = self.record_of(call_id), super().notes(call_id)
        if record is None:
            return told
        price, legs = price_of(record), legs_without_price(record)
        return replace(told, price_micros=price, open_legs=legs)

    def notes_of_many(self, call_ids: Sequence[str]) -> Mapping[str, CallNotes]:
        return {name: self.notes(name) for name in call_ids if self._knows(name)}

    def _knows(self, call_id: str) -> bool:
        return call_id in self.callbacks or self.record_of(call_id) is not None


@dataclass(eq=False)
class CampaignHalf:
    """Campaigns on simulated ports.

    Attributes:
        started: When the start of a campaign was answered.
        withdrawn: When the withdrawal of a contact was answered.
        called_back: When contacts asked to be called back, and were told that they will be.
        answered_back: When they were told.
        asked_back: Who asked at all, by number.
        agreed: Likewise in a call, whose record says so: attempt, call, and the instant.
        noted: By campaign, when an attempt's end was noted, and whether it had failed.
        told: What each attempt was settled as, one after the other.
        overslept: Contacts that were due while their campaign was put off.
    """

    ground: Ground
    started: dict[str, float] = field(default_factory=dict)
    withdrawn: dict[tuple[str, str], float] = field(default_factory=dict)
    answered_back: dict[tuple[str, str], float] = field(default_factory=dict)
    called_back: dict[tuple[str, str], float] = field(default_factory=dict)
    asked_back: set[str] = field(default_factory=set)
    agreed: dict[tuple[str, str], tuple[str, str, float]] = field(default_factory=dict)
    told: dict[str, list[str]] = field(default_factory=dict)
    overslept: set[tuple[str, str]] = field(default_factory=set)
    reported: set[str] = field(default_factory=set)
    noted: dict[str, list[tuple[float, bool]]] = field(default_factory=dict)
    watch_states: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        ground = self.ground
        client, attempts = ground.client, ground.attempts
        self.campaigns = WatchedCampaigns(watch=self._changed)
        self.contacts = RememberedContacts(self.campaigns, now_ms=lambda: ground.world.now)
        self.imports = FakeImports(self.contacts)
        self.permissions, self.words = ground.permissions, ground.words
        self.calls = CallsAsRecorded()
        self.store = SimulatedCampaigns(client, self.campaigns)
        self.book = SimulatedContacts(client, self.contacts)
        self.permission_store, self.do = ground.permission_store, ground.acts.do
        self.brake = StopCampaigns(self.store, attempts)
        self.notes = SimulatedNotes(client, FakePlannerNotes(), FakeCallerRests())
        self.finish = FinishParts(
            campaigns=self.store,
            contacts=self.book,
            brake=self.brake,
            calls=SimulatedCallBook(client, self.calls),
            rules=ground.rules,
            clock=attempts.clock,
            civil=attempts.civil,
        )
        self.outcomes = TellingOutcomes(self.finish, self._noted)
        imports, files = SimulatedImports(client, self.imports), SimulatedFiles(client, FakeFiles())
        self.change = CampaignListParts(
            campaigns=self.store,
            contacts=self.book,
            imports=imports,
            files=files,
            ledger=attempts,
            assistants=("sales",),
            snapshot=FakePresentScripts().snapshot,
        )
        self.importing = ImportParts(
            campaigns=self.store,
            imports=imports,
            files=files,
            permissions=self.permission_store,
            rules=ground.rules,
            clock=attempts.clock,
            civil=attempts.civil,
        )
        self.plan = self._plan_parts(imports)
        self.lists = SimulatedQueue(
            ground.world, "importer", mapping_of("ListJobs", "Importer", 2), self._work_on_lists
        )
        self.list_parts = ListParts(
            works={ListKind.IMPORT: imports_of(self.importing)},
            jobs=SimulatedListJobs(self.lists),
            open_lists=SimulatedOpenLists(client, FakeOpenLists(self.imports, FakeJobs())),
            clock=attempts.clock,
            civil=attempts.civil,
            metrics=attempts.metrics,
        )

    def _plan_parts(self, imports: SimulatedImports) -> PlanParts:
        ground, attempts = self.ground, self.ground.attempts
        people = SimulatedPeople(ground.client, FakePeople(ground.tables, self.permissions))
        return PlanParts(
            campaigns=self.store,
            contacts=self.book,
            imports=imports,
            people=people,
            ledger=attempts.ledger,
            switch=SimulatedSwitch(ground.client, FakeSwitchBoard(ground.tables)),
            slots=ground.slots,
            jobs=ground.jobs,
            notes=self.notes,
            rests=self.notes,
            outcomes=self.outcomes,
            rules=ground.rules,
            may_call=contactability.may_call,
            clock=attempts.clock,
            civil=attempts.civil,
            metrics=attempts.metrics,
            settings=PlanSettings(
                limits=ground.limits,
                expires_ms=ground.load.expires_ms,
                breaker=BreakerPolicy(least=ground.load.breaker_least),
                page=ground.load.plan_page,
            ),
        )

    # -- the functions -----------------------------------------------------------------------

    def tick(self) -> None:
        """EventBridge Scheduler, once more; who would find nothing is spared."""
        world = self.ground.world
        self._watch_sleepers()
        if any(job.open for job in self.imports.jobs.values()) and not world.fault("tick_lost"):
            world.spawn("importer", timeout_ms("Importer"), self._send_open_lists)
        soon_ms = world.now + 5_000
        notes = self.campaigns.notes.values()
        if not any(one.look_at_ms is not None and one.look_at_ms <= soon_ms for one in notes):
            return
        if world.fault("tick_lost"):
            return
        for _ in range(1 + world.fault("tick_twice")):
            wait_ms = world.chance.uniform(0, 5_000)
            world.later(
                wait_ms, lambda: world.spawn("planner", timeout_ms("CampaignPlanner"), self._plan)
            )

    def _plan(self) -> None:
        running = self.ground.world.running
        assert running is not None
        try:
            plan_campaigns(int(running.deadline_ms), self.plan)
        except AGAIN:
            return

    def _work_on_lists(self, records: Sequence[tuple[int, ListJob]]) -> Sequence[int]:
        running = self.ground.world.running
        assert running is not None
        failed = []
        for number, job in records:
            try:
                work_on_list(job, int(running.deadline_ms), self.list_parts)
            except AGAIN:
                failed.append(number)
        return failed

    def _send_open_lists(self) -> None:
        try:
            send_open_lists(self.list_parts)
        except AGAIN:
            return

    def _watch_sleepers(self) -> None:
        """Nobody is due while the planner is not to look at his campaign."""
        now_ms = self.ground.world.now
        for campaign in self.campaigns.campaigns.values():
            name = campaign.campaign_id
            look_at_ms = self.campaigns.notes[name].look_at_ms
            wish = campaign.wish
            waits = (wish.start_at_ms or 0) > now_ms or wish.daily_cap is not None
            if not campaign.running or look_at_ms is None or waits:
                continue
            if look_at_ms - now_ms <= self.plan.settings.idle_ms:
                continue
            since_ms = now_ms - LATE_MS
            self.overslept |= {
                (name, one.contact_id)
                for one in self.contacts.of(name)
                if one.due_at_ms is not None
                and max(one.due_at_ms, self.contacts.written_ms(one)) < since_ms
            }

    # -- who watches -------------------------------------------------------------------------

    def _changed(self, campaign: Campaign) -> None:
        """The claim reads the same item."""
        self.ground.tables.campaigns[campaign.campaign_id] = CampaignGate(
            campaign_id=campaign.campaign_id,
            running=campaign.running,
            version=campaign.version,
            end_at_ms=campaign.wish.end_at_ms,
        )
        self.watch_states()

    def _noted(self, attempt: DialAttempt) -> None:
        campaign = attempt.request.campaign_id
        if attempt.attempt_id not in self.reported and campaign is not None:
            failed = str(attempt.disposition) in FAILURES
            times = self.noted.setdefault(campaign, [])
            times.append((self.ground.world.now, failed))
        self.reported.add(attempt.attempt_id)

    def settled(self, attempt: DialAttempt) -> None:
        """An attempt has come to an end, for the first time or anew."""
        self.told.setdefault(attempt.attempt_id, []).append(str(attempt.disposition))

    def doubtful(self) -> list[str]:
        """Attempts that a person has to resolve."""
        return [
            attempt.attempt_id
            for attempt in self.ground.tables.attempts.values()
            if attempt.state is AttemptState.DOUBTFUL
        ]

    def spent(self, campaign: Campaign) -> bool:
        """Whether a campaign has spent what it may: nobody lets it run on."""
        return campaign.state is CampaignState.PAUSED and campaign.reason == SPENT_REASON

    def over(self, campaign: Campaign) -> bool:
        """Whether it has ended before everybody was called, as it was wished."""
        if campaign.state is CampaignState.CANCELLED:
            return True
        late = campaign.state in {CampaignState.PAUSED, CampaignState.STOPPED, CampaignState.DRAFT}
        ended = campaign.over(round(self.ground.world.now))
        return self.spent(campaign) or (
            ended and (late or campaign.state is CampaignState.FINISHED)
        )

    def unfinished(self) -> bool:
        """Whether anything is still to be brought to an end."""
        over = {CampaignState.FINISHED, CampaignState.CANCELLED}
        campaigns = self.campaigns.campaigns.values()
        return bool(
            self.ground.acts.undone
            or self.lists.messages
            or self.doubtful()
            or any(job.open for job in self.imports.jobs.values())
            or any(one.state not in over and not self.over(one) for one in campaigns)
            or any(one.look_at_ms is not None for one in self.campaigns.notes.values())
        )

    def labels(self, campaign_id: str) -> Counter[str]:
        """How many contacts of a campaign carry each label, counted one by one."""
        return Counter(one.label for one in self.contacts.of(campaign_id))


def retry_soon(load: Load) -> dict[str, object]:
    """A campaign's own retry rules, fit for a history of a few hours."""
    rules = {
        "busy": (1, 3, 2),
        "no_answer": (2, 5, 1),
        "voicemail": (5, 10, 1),
        "failed": (1, 2, 2),
        "dropped": (1, 2, 1),
        "capacity": (1, 2, 20),
        "expired": (1, 2, 20),
        "unknown": (60, 70, 1),  # no sooner than this is allowed
    }
    return {"most_attempts": load.most_attempts} | {
        name: {"shortest_minutes": shortest, "longest_minutes": longest, "most": most}
        for name, (shortest, longest, most) in rules.items()
    }
