"""The dialing tables in memory, with the conditions and the all-or-nothing of the real ones.

Held to the real adapter by the contract tests of the ledger.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.aws.dynamodb.transactions import MOST_ITEMS
from contact_center.dialing.domain.dial_circumstances import (
    CampaignGate,
    Circumstances,
    Customer,
    DialingSwitch,
)
from contact_center.dialing.domain.due_attempts import DueFor, due_for
from contact_center.dialing.services.dialing_ports import LineClaim, LineLease
from contact_center.dialing.services.ledger_ports import (
    ConditionLostError,
    DueAttempts,
    FreeLine,
    TakeLine,
)
from contact_center.kernel.ports import StoreRefusedError
from contact_center.permission.domain.permission import Permission

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.domain.dial_timings import DialTimings
    from contact_center.dialing.services.ledger_ports import Change, CustomerChange
    from contact_center.kernel.ports import Clock
    from contact_center.permission.domain.consent import Consent


@dataclass
class FakeLedger:
    clock: Clock
    attempts: dict[str, DialAttempt] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    permissions: dict[str, Permission] = field(default_factory=dict)
    complete_lists: dict[str, datetime] = field(default_factory=dict)
    campaigns: dict[str, CampaignGate] = field(default_factory=dict)
    switch: DialingSwitch = field(default_factory=DialingSwitch)
    leases: dict[str, int] = field(default_factory=dict)
    lines_in_use: int = 0
    ended_holders: set[str] = field(default_factory=set)
    callers: dict[str, str] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)  # as the table does an item over 400 KB
    unread_failures: Counter[str] = field(default_factory=Counter)
    stops: list[tuple[str, str]] = field(default_factory=list)
    before_transaction: Callable[[Sequence[Change]], None] = lambda _changes: None

    # -- AttemptLedger -----------------------------------------------------------------------

    def read(self, attempt_id: str) -> DialAttempt | None:
        if attempt_id in self.unreadable:
            raise UnreadableItemError("version", "must be 1")
        return self.attempts.get(attempt_id)

    def circumstances(self, number: str, campaign_id: str | None) -> Circumstances:
        return Circumstances(
            customer=self.customer(number),
            permission=self.permitted(number),
            campaign=self.campaigns.get(campaign_id) if campaign_id is not None else None,
            switch=self.switch,
        )

    def read_with_customer(
        self, attempt_id: str, number: str
    ) -> tuple[DialAttempt | None, Customer]:
        return self.read(attempt_id), self.customer(number)

    def read_to_claim(
        self, attempt_id: str, number: str, campaign_id: str | None
    ) -> tuple[DialAttempt | None, Circumstances]:
        return self.read(attempt_id), self.circumstances(number, campaign_id)

    def permitted(self, number: str) -> Permission:
        """What a person permits, and which complete national lists are known."""
        return self.with_lists(self.permissions.get(number, Permission()))

    def with_lists(self, known: Permission) -> Permission:
        """What is read beside everybody's permission."""
        if not self.complete_lists:
            return known
        return replace(known, complete_lists=dict(self.complete_lists))

    def customer(self, number: str) -> Customer:
        return self.customers.get(number) or Customer(number=number)

    def enqueue(self, attempt: DialAttempt) -> bool:
        if attempt.attempt_id in self.refused:
            raise StoreRefusedError
        if attempt.attempt_id in self.attempts:
            return False
        self.attempts[attempt.attempt_id] = attempt
        return True

    def enqueue_all(self, attempts: Sequence[DialAttempt]) -> None:
        """As many transactions as the table needs: when one fails, those before it stand."""
        for at in range(0, len(attempts), MOST_ITEMS):
            part = attempts[at : at + MOST_ITEMS]
            if any(one.attempt_id in self.refused for one in part):
                raise StoreRefusedError
            for one in part:
                self.enqueue(one)

    def commit(self, change: Change) -> None:
        if change.after.attempt_id in self.refused:
            raise StoreRefusedError
        lost = frozenset(name for name, holds in self.conditions(change) if not holds())
        if lost:
            raise ConditionLostError(lost)
        self.attempts[change.after.attempt_id] = replace(
            change.after, version=change.before.version + 1
        )
        if change.customer is not None:
            before, after = change.customer.before, change.customer.after
            self.customers[after.number] = replace(after, version=before.version + 1)
        match change.line:
            case TakeLine():
                self.take_line(change.line.holder)
            case FreeLine():
                self.free_line(change.line.holder)
            case None:
                pass

    def due(
        self,
        now_ms: int,
        limit: int,
        what: DueFor = DueFor.CARE,
        cursor: object | None = None,
    ) -> DueAttempts:
        waiting = sorted(
            (attempt.due_at_ms, attempt_id)
            for attempt_id, attempt in self.attempts.items()
            if attempt.due_at_ms is not None
            and attempt.due_at_ms <= now_ms
            and due_for(attempt) is what
        )
        if isinstance(cursor, tuple):
            waiting = [one for one in waiting if one > cursor]
        page = waiting[:limit]
        return DueAttempts([name for _, name in page], page[-1] if len(waiting) > limit else None)

    def read_many(self, attempt_ids: Sequence[str]) -> Mapping[str, DialAttempt]:
        readable = self.attempts.keys() - self.unreadable
        return {name: self.attempts[name] for name in attempt_ids if name in readable}

    def commit_all(self, changes: Sequence[Change]) -> frozenset[str]:
        """As many transactions as the table needs: when one fails, those before it stand."""
        written: set[str] = set()
        for at in range(0, len(changes), MOST_ITEMS):
            part = changes[at : at + MOST_ITEMS]
            self.before_transaction(part)
            for change in part:
                with suppress(ConditionLostError):
                    self.commit(change)
                    written.add(change.before.attempt_id)
        return frozenset(written)

    def stumble(self, attempt_id: str, cause: str, now_ms: int, timings: DialTimings) -> bool:
        """The fake has no JSON that could be unreadable: `unreadable` names what is."""
        if attempt_id not in self.unreadable | self.refused:
            return False
        failures = self.unread_failures[attempt_id] = self.unread_failures[attempt_id] + 1
        aside = failures >= timings.stumbles
        due_at_ms = None if aside else now_ms + timings.pause_ms(failures)
        self.attempts[attempt_id] = replace(
            self.attempts[attempt_id], due_at_ms=due_at_ms, failures=failures, trouble=cause
        )
        return aside

    # -- LineBook ----------------------------------------------------------------------------

    def admit(self, holder: str, at_ms: int, caller: CustomerChange | None = None) -> bool:
        if holder in self.leases or holder in self.ended_holders:
            return False
        self.move_caller(caller)
        self.take_line(holder, at_ms)
        if caller is not None:
            self.callers[holder] = caller.after.number
        return True

    def claim(
        self,
        holder: str,
        claim: str,
        at_ms: int,
        below: int,
        caller: CustomerChange | None = None,
    ) -> LineClaim:
        if holder in self.leases:
            return LineClaim.TAKEN if self.claims.get(holder) == claim else LineClaim.HELD
        if holder in self.ended_holders:
            return LineClaim.ENDED
        if len(self.leases) >= below:
            return LineClaim.FULL
        self.admit(holder, at_ms, caller)
        self.claims[holder] = claim
        return LineClaim.TAKEN

    def note(self, holder: str, at_ms: int, caller: CustomerChange) -> bool:
        del at_ms
        if holder in self.ended_holders:
            return False
        self.move_caller(caller)
        return True

    def release(self, holder: str, claim: str) -> bool:
        if holder not in self.leases or self.claims.get(holder) != claim:
            return False
        self.free_line(holder)
        self.callers.pop(holder, None)
        self.claims.pop(holder)
        return True

    def leave(self, holder: str, at_ms: int, caller: CustomerChange | None = None) -> bool:
        del at_ms
        self.move_caller(caller)
        self.callers.pop(holder, None)
        self.ended_holders.add(holder)
        held = holder in self.leases
        if held:
            self.free_line(holder)
        return held

    def held(self) -> Sequence[LineLease]:
        return [
            LineLease(holder, at_ms, self.callers.get(holder), self.claims.get(holder))
            for holder, at_ms in self.leases.items()
        ]

    def move_caller(self, change: CustomerChange | None) -> None:
        if change is None:
            return
        before, after = change.before, change.after
        if self.customer(before.number).version != before.version:
            raise ConditionLostError(frozenset({"customer"}))
        self.customers[after.number] = replace(after, version=before.version + 1)

    # -- SwitchBoard, CampaignBrake, PermissionBook ------------------------------------------

    def set_switch(self, *, stopped: bool) -> DialingSwitch:
        if stopped != self.switch.stopped:
            self.switch = DialingSwitch(stopped=stopped, version=self.switch.version + 1)
        return self.switch

    def stop(self, campaign_id: str, reason: str) -> None:
        self.stops.append((campaign_id, reason))
        self.set_campaign(campaign_id, running=False)

    def set_campaign(
        self, campaign_id: str, *, running: bool, end_at_ms: int | None = None
    ) -> None:
        known = self.campaigns.get(campaign_id)
        version = known.version + 1 if known else 1
        self.campaigns[campaign_id] = CampaignGate(
            campaign_id=campaign_id, running=running, version=version, end_at_ms=end_at_ms
        )

    def set_permission(self, number: str, permission: Permission) -> None:
        version = self.permissions.get(number, Permission()).version + 1
        self.permissions[number] = replace(permission, version=version)

    def record_consent(self, number: str, consent: Consent) -> None:
        known = self.permissions.get(number, Permission())
        if consent not in known.consents:
            self.set_permission(number, replace(known, consents=(*known.consents, consent)))

    # -- what a transaction does -------------------------------------------------------------

    def take_line(self, holder: str, at_ms: int | None = None) -> None:
        self.leases[holder] = self.clock.now_ms() if at_ms is None else at_ms
        self.lines_in_use += 1

    def free_line(self, holder: str) -> None:
        del self.leases[holder]
        self.lines_in_use -= 1

    def conditions(self, change: Change) -> list[tuple[str, Callable[[], bool]]]:
        """Every condition of a change, named as in ConditionLostError."""
        stored = self.attempts.get(change.before.attempt_id)
        version = None if stored is None else stored.version
        checks: list[tuple[str, Callable[[], bool]]] = [
            ("attempt", lambda: version == change.before.version),
            ("customer", lambda: self.customer_as_read(change)),
            ("line", lambda: self.line_can_change(change)),
        ]
        if change.checks is not None:
            judged = change.checks.judged
            number = judged.customer.number
            known = self.permissions.get(number, Permission())
            checks += [
                ("permission", lambda: known.version == judged.permission.version),
                ("campaign", lambda: self.campaign_as_judged(judged)),
                ("switch", lambda: not self.switch.stopped),
            ]
        return checks

    def customer_as_read(self, change: Change) -> bool:
        if change.customer is None:
            return True
        before = change.customer.before
        return self.customer(before.number).version == before.version

    def line_can_change(self, change: Change) -> bool:
        match change.line:
            case TakeLine(holder=holder, below=below):
                free = below is None or self.lines_in_use < below
                return free and holder not in self.leases
            case FreeLine(holder=holder):
                return holder in self.leases
            case None:
                return True

    def campaign_as_judged(self, judged: Circumstances) -> bool:
        if judged.campaign is None:
            return True
        stored = self.campaigns.get(judged.campaign.campaign_id)
        return stored is not None and stored.running and stored.version == judged.campaign.version


@dataclass
class FakeSwitchBoard:
    """The switch of a ledger, as operators reach it."""

    ledger: FakeLedger

    def read(self) -> DialingSwitch:
        return self.ledger.switch

    def set(self, *, stopped: bool, at_ms: int) -> DialingSwitch:
        del at_ms
        return self.ledger.set_switch(stopped=stopped)
