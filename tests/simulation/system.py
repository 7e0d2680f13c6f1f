"""The system under test: the real dialing services in their functions, on simulated ports."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from contact_center.conversations.services.receive_webhook import ACKNOWLEDGED
from contact_center.conversations.services.route_message import Reminder
from contact_center.dialing.domain.dial_requests import DialRequest, attempt_id
from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.dialing.domain.pacing import PaceLimits
from contact_center.dialing.services.change_attempt import LedgerParts
from contact_center.dialing.services.judge_call import JudgeParts
from contact_center.dialing.services.place_call import PlaceParts, place_call
from contact_center.dialing.services.reconcile_attempts import ReconcileParts, reconcile_attempts
from contact_center.dialing.services.settle_attempt import SettleParts
from contact_center.kernel.phone_numbers import parse_phone_number
from contact_center.permission.domain import contactability
from contact_center.permission.domain.consent import Consent
from contact_center.permission.domain.dialing_rule_rows import OWNER, Rule
from contact_center.permission.domain.permission import Permission
from tests.fakes.call_scripts import fake_scripts
from tests.fakes.dialing_slots import FakeSlotBook
from tests.simulation.acts import Acts
from tests.simulation.campaign_operators import begin_campaigns, look_after_campaigns, talk
from tests.simulation.campaign_ports import (
    RememberedContacts,
    SimulatedCampaigns,
    SimulatedContacts,
    SimulatedPermissions,
    WatchedCampaigns,
    WatchedPermissions,
)
from tests.simulation.campaigns import CampaignHalf, Ground
from tests.simulation.conversations import Conversations
from tests.simulation.door import door_to
from tests.simulation.nationals import Nationals
from tests.simulation.observer import Observer
from tests.simulation.predials import Predials
from tests.simulation.provider import Call, Provider, Webhook
from tests.simulation.queues import SimulatedQueue
from tests.simulation.simulated_ports import (
    CountedIds,
    SimulatedCivilTime,
    SimulatedClockCheck,
    SimulatedJobs,
    SimulatedLedger,
    SimulatedMetrics,
    SimulatedSleeper,
    SimulatedSlotBook,
    TableClient,
    WatchedLedger,
)
from tests.simulation.stand_in import EXPECTED, StandIn
from tests.simulation.template_figures import mapping_of, timeout_ms
from tests.simulation.wishes import Wishes, wish, wishes_of
from tests.simulation.words import Words
from tests.simulation.world import CALM, WorldClock
from tests.unit.permission.dialing_examples import shipped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.dialing.services.find_script import CallScripts
    from contact_center.permission.domain.dialing_rules import DialingRules
    from tests.simulation.load import Load
    from tests.simulation.world import World

# A Monday, 11:00 in New York; a history near the close of the window begins at 20:52.
MORNING = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
EVENING = datetime(2026, 11, 24, 1, 52, tzinfo=UTC)
# A Saturday, 12:00 in New York, where clocks are put back at two in the night.
BEFORE_CLOCK_CHANGE = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
TICK_MS = 60_000
ON_DUTY_TICKS = 5
PROCESSES = 3


@cache
def rules(caps_per_hour: int, quiet_days: int, *, national: bool) -> DialingRules:
    """The shipped rules with what a history of an hour or two can run into.

    Args:
        caps_per_hour: Calls to one telephone; 0: the shipped caps.
        quiet_days: After a conversation.
        national: Whether the national list binds whatever was agreed to, and must be known.
    """
    shipped_rules = shipped()
    lists = dict(shipped_rules.national_lists)
    if national:
        binding = dict.fromkeys(lists["US"].lifted_by, ())
        lists["US"] = replace(lists["US"], required=True, lifted_by=binding)
    quiet = replace(
        shipped_rules,
        national_lists=lists,
        quiet_days_after_conversation=quiet_days,
        quiet_days_after_refusal=0,
    )
    return quiet if not caps_per_hour else _with_cap(quiet, caps_per_hour)


def _with_cap(shipped_rules: DialingRules, caps_per_hour: int) -> DialingRules:
    cap = Rule(
        id="simulated-cap",
        jurisdiction=OWNER,
        source="the simulation",
        confidence="policy",
        effective_from=MORNING.date().replace(year=2020),
        cap_calls=caps_per_hour,
        cap_hours=1,
    )
    own = tuple(rule for rule in shipped_rules.by_jurisdiction[OWNER] if rule.cap_calls is None)
    by_jurisdiction = {**shipped_rules.by_jurisdiction, OWNER: (*own, cap)}
    return replace(shipped_rules, by_jurisdiction=by_jurisdiction)


@dataclass(eq=False)
class System:
    """One account: its tables, queues and functions, its provider and its people."""

    world: World
    load: Load
    timings: DialTimings = field(default_factory=DialTimings)
    acknowledged: set[str] = field(default_factory=set)
    recorded: set[str] = field(default_factory=set)
    reasons_told: set[str] = field(default_factory=set)
    ends_told: dict[str, float] = field(default_factory=dict)
    reported: set[str] = field(default_factory=set)
    noted: dict[str, list[tuple[float, bool]]] = field(default_factory=dict)
    half: CampaignHalf | None = None
    ticks: int = 0

    def __post_init__(self) -> None:
        world, load = self.world, self.load
        self.calm_ms = world.now + load.faulty_ms
        clock, client = WorldClock(world), TableClient(world)
        self.tables = WatchedLedger(clock)
        self.acts, self.words = Acts(world), Words(lambda: world.now)
        self.permissions = WatchedPermissions(permissions=self.tables.permissions)
        self.permission_store = SimulatedPermissions(client, self.permissions)
        self.provider = Provider(world, load)
        ledger = SimulatedLedger(client, self.tables)
        self.limits = PaceLimits(
            account_calls=load.account_calls,
            prefix_calls=load.prefix_calls,
            longest_stagger_ms=12_000,
        )
        slots = SimulatedSlotBook(client, FakeSlotBook(self.limits))
        self.events = SimulatedQueue(
            world, "router", mapping_of("CallEvents", "CallRouter", 3), self.router
        )
        dialing = mapping_of("DialJobs", "Dialer", load.dialers)
        self.jobs_queue = SimulatedQueue(
            world, "dialer", replace(dialing, timeout_ms=self.timings.function_ms), self.dialer
        )
        self.ledger, self.slots = ledger, slots
        self.metrics = SimulatedMetrics(world)
        self.jobs = SimulatedJobs(self.jobs_queue)
        civil = SimulatedCivilTime()
        parts = LedgerParts(
            ledger=ledger, clock=clock, civil=civil, metrics=self.metrics, timings=self.timings
        )
        self.stand_in = StandIn(
            world=world,
            load=load,
            ledger=parts,
            tables=self.tables,
            slots=slots,
            jobs=self.jobs,
            reported=self.reported,
        )
        caps = 0 if load.shipped_caps else load.caps_per_hour
        own_rules = rules(caps, load.quiet_days, national=load.national)
        judge = JudgeParts(may_call=contactability.may_call, rules=own_rules, civil=civil)
        if load.campaigns:
            self.half = CampaignHalf(
                Ground(
                    world=world,
                    load=load,
                    client=client,
                    tables=self.tables,
                    attempts=parts,
                    limits=self.limits,
                    slots=slots,
                    jobs=self.jobs,
                    rules=own_rules,
                    permissions=self.permissions,
                    permission_store=self.permission_store,
                    acts=self.acts,
                    words=self.words,
                ),
                reported=self.reported,
                noted=self.noted,
            )
        self.place = PlaceParts(
            ledger=parts,
            judge=judge,
            slots=slots,
            jobs=self.jobs,
            voice=self.provider,
            sleeper=SimulatedSleeper(world),
            ids=CountedIds(),
            brake=self.half.brake if self.half else ledger,
            scripts=self._scripts(),
            clock_check=SimulatedClockCheck(),
            lines_below=load.lines - load.lines_kept,
        )
        # What a process remembers from one invocation to the next is its own.
        self.places = [replace(self.place, scripts=self._scripts()) for _ in range(PROCESSES)]
        self.wishes = self._wishes(client)
        self.predials = Predials(self)
        self.nationals = Nationals(self, own_rules) if load.national else None
        self.door = door_to(self.events, place=self.place)
        self.conversations = Conversations(
            client=client,
            provider=self.provider,
            settle=SettleParts(ledger=parts, lines=ledger),
            events=self.events,
            permissions=self.permissions,
        )
        if self.half:
            recorded = self.conversations.store
            self.half.calls.record_of = lambda call_id: recorded.read(call_id).record
        self.reconcile = ReconcileParts(
            ledger=parts,
            lines=ledger,
            jobs=self.jobs,
            voice=self.provider,
            outcomes=self.half.outcomes if self.half else self.stand_in,
        )
        self.observer = Observer(world, self.tables, self.provider, judge)
        self.tables.watch_change = self.observer.changed
        self.tables.watch_line = self.observer.line_told
        self.tables.watch_switch = self.observer.switched
        self.permissions.watch = self.observer.permitted
        self.provider.deliver = self.webhook
        if self.half:
            self._watch(self.half)

    def _wishes(self, client: TableClient) -> Wishes:
        if self.half:
            return wishes_of(self, self.half.store, self.half.book)
        campaigns = WatchedCampaigns()
        contacts = RememberedContacts(campaigns)
        return wishes_of(
            self, SimulatedCampaigns(client, campaigns), SimulatedContacts(client, contacts)
        )

    def _scripts(self) -> CallScripts:
        return fake_scripts(snapshots=self.half.store if self.half else None)

    def _watch(self, half: CampaignHalf) -> None:
        observer = self.observer
        half.watch_states = observer.campaign_states
        observer.settled = half.settled
        self.provider.talk = lambda call: talk(self, half, call)

    # -- the functions -----------------------------------------------------------------------

    def dialer(self, records: Sequence[tuple[int, Any]]) -> Sequence[int]:
        running = self.world.running
        assert running is not None
        failed, place = [], self.world.chance.choice(self.places)
        for number, job in records:
            try:
                place_call(job, int(running.deadline_ms + running.skew_ms), place)
            except EXPECTED:
                failed.append(number)
        return failed

    def router(self, records: Sequence[tuple[int, Any]]) -> Sequence[int]:
        failed = []
        for number, webhook in records:
            try:
                self.route(webhook)
            except EXPECTED:
                failed.append(number)
        return failed

    def route(self, webhook: Webhook | Reminder) -> None:
        self.conversations.route(webhook, self.world.now)
        if isinstance(webhook, Reminder):
            return
        call = webhook.call
        self.recorded.add(webhook.key)
        if webhook.stage == "price":
            return
        if webhook.stage == "assistant":
            self.observer.talked.setdefault(call.call_id, self.world.now)
            return  # who holds a line is told by the call's status alone
        if webhook.stage == "key":
            self.heard_key(call)
            return
        self.observer.told(call, ended=webhook.ended)
        if webhook.reason is not None:
            self.reasons_told.add(call.call_id)
            self.ends_told.setdefault(call.call_id, self.world.now)

    def heard_key(self, call: Call) -> None:
        """Who pressed the key never to be called again may believe that it holds."""
        for word in self.words.calls[call.number]:
            if not word.yes:
                word.answered_ms = min(word.answered_ms, self.world.now)

    def webhook(self, webhook: Webhook, tries: int = 0) -> None:
        """The door: acknowledged once it is in the queue; else the provider sends it again."""

        def door(how: str, answer: object) -> None:
            if how == "returned" and answer == ACKNOWLEDGED:
                self.acknowledged.add(webhook.key)
            elif tries < 20:
                wait_ms = 1_000 * 2 ** min(tries, 5)
                self.world.later(wait_ms, lambda: self.webhook(webhook, tries + 1))

        self.world.spawn(
            "webhook", timeout_ms("VapiWebhook"), lambda: self.door.post(webhook), door
        )

    def tick(self) -> None:
        """EventBridge Scheduler: every minute, sometimes never, sometimes twice."""
        world = self.world
        over = world.idle and not self.unfinished()
        self.observer.look_at_lines()
        if self._something_due() and not world.fault("tick_lost"):
            for _ in range(1 + world.fault("tick_twice")):
                wait_ms = world.chance.uniform(0, 5_000)
                world.later(
                    wait_ms,
                    lambda: world.spawn("reconciler", timeout_ms("Reconciler"), self._reconcile),
                )
        if self.stand_in.unplanned():
            world.spawn("planner", 60_000, self.stand_in.plan)
        if self.half:
            self.half.tick()
        if self.nationals:
            self.nationals.tick()
        self.ticks += 1
        if self.ticks % ON_DUTY_TICKS == 0 and world.faults is CALM:
            self._on_duty()
        if not over:
            world.later(TICK_MS, self.tick)

    def _on_duty(self) -> None:
        for queue in self.queues():
            queue.redrive()
        if self.half:
            look_after_campaigns(self, self.half)

    def queues(self) -> list[SimulatedQueue]:
        """All of them, each with a dead queue behind it."""
        lists = [self.half.lists] if self.half else []
        national = [self.nationals.queue] if self.nationals else []
        return [self.events, self.jobs_queue, *lists, *national]

    def _something_due(self) -> bool:
        """A tick that would find nothing is spared: it reads two empty lists."""
        soon_ms = int(self.world.now) + 5_000
        return bool(self.tables.leases) or any(
            attempt.due_at_ms is not None and attempt.due_at_ms <= soon_ms
            for attempt in self.tables.attempts.values()
        )

    def _reconcile(self) -> None:
        running = self.world.running
        assert running is not None
        try:
            reconcile_attempts(int(running.deadline_ms), self.reconcile)
        except EXPECTED:
            return

    def unfinished(self) -> bool:
        """Whether anything is still to be brought to an end."""
        return (
            bool(self.tables.leases or self.acts.undone)
            or self.stand_in.waits
            or any(attempt.due_at_ms is not None for attempt in self.tables.attempts.values())
            or any(queue.dead for queue in self.queues())
            or (self.half is not None and self.half.unfinished())
            or (self.nationals is not None and self.nationals.unfinished())
        )

    # -- people ------------------------------------------------------------------------------

    def numbers(self) -> list[str]:
        areas = self.load.areas[: self.load.prefixes]
        return [
            f"+1{areas[index % len(areas)]}234{5600 + index}" for index in range(self.load.numbers)
        ]

    def permit(self, number: str) -> None:
        written = Consent(
            kind="express_written", at=datetime(2026, 1, 5, tzinfo=UTC), source="the simulation"
        )
        self.tables.set_permission(number, Permission(consents=(written,)))
        self.words.agree(number, written.at.timestamp() * 1000, known=True)
        self.observer.permitted(number)

    def begin(self) -> None:
        """Put the people, the campaigns and the work of this history into the world."""
        for number in self.numbers():
            if self.half is None or self.world.chance.random() < 0.5:
                self.permit(number)
            else:
                self.observer.permitted(number)
        if self.nationals:
            self.nationals.begin()
        self.predials.begin()
        if self.half:
            begin_campaigns(self, self.half)
        else:
            for campaign_id in ("spring", "autumn"):
                self.tables.set_campaign(campaign_id, running=True)
                self.words.say_at_once(self.words.campaigns[campaign_id], yes=True)
        self.observer.campaign_states()
        self.observer.switched()
        for index in range(self.load.contacts):
            request = self.request(f"contact-{index}", ("spring", "autumn")[index % 2])
            self.stand_in.planned.append(request)
        self._begin_single_calls()
        self.world.later(0, self.tick)

    def _begin_single_calls(self) -> None:
        world, load = self.world, self.load
        for index in range(load.triggers):
            number = world.chance.choice(self.numbers())
            world.later(
                world.chance.uniform(0, load.spread_ms),
                lambda name=f"wish-{index}", number=number: wish(  # type: ignore[misc]
                    self, name, number
                ),
            )
        for index in range(load.inbound):
            number = f"+1305234{5600 + index}"
            if world.chance.random() < load.rings_in:
                number = world.chance.choice(self.numbers())
            world.later(
                world.chance.uniform(0, load.spread_ms),
                lambda number=number: self.provider.ring_in(number),  # type: ignore[misc]
            )

    def request(self, contact_id: str, campaign_id: str | None) -> DialRequest:
        number = self.world.chance.choice(self.numbers())
        now_ms = int(self.world.now)
        return DialRequest(
            attempt_id=attempt_id(campaign_id or "", contact_id, 1),
            number=number,
            prefix=parse_phone_number(number).prefix,
            purpose="marketing",
            assistant="sales",
            created_at_ms=now_ms,
            expires_at_ms=now_ms + self.load.expires_ms,
            campaign_id=campaign_id,
            contact_id=contact_id,
            stagger_ms=self.load.stagger_ms if campaign_id else 0,
        )
