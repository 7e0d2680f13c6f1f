"""What dialing needs of the world, as Protocols. Adapters and fakes implement them.

Three rules bind every implementation:

1. **Reads are consistent.** A claim is judged on what was read; an older copy would be refused
   by the conditions, but only after the slot was spent.
2. **A write raises StoreUnavailableError when it is not known to have happened**, and it may
   have happened. Callers read again; they never take it for a refusal.
3. **Nothing retries a POST** (voice_ports.py).

Times are machine ms since 1970 unless a name says civil (DESIGN §10).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from contact_center.domain.attempt_steps import DueFor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from contact_center.domain.contact_permission import CallHistory, Contact, Gates
    from contact_center.domain.contactability import Allow, Deny
    from contact_center.domain.dial_attempts import DialAttempt
    from contact_center.domain.dial_circumstances import (
        Circumstances,
        Customer,
        DialingSwitch,
    )
    from contact_center.domain.dialing_rules import DialingRules
    from contact_center.domain.pacing import SlotRequest
    from contact_center.domain.phone_numbers import PhoneNumber


# -- the ledger ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerChange:
    """A customer's item, conditioned on the version that was read.

    Condition: stored version == before.version (0: no item). Write `after` with
    version before.version + 1. That also guards the lock and the caps: both were judged on
    `before`.
    """

    before: Customer
    after: Customer


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeLine:
    """Put LEASE#holder if absent and count + 1.

    Attributes:
        holder: `attempt.k` for a POST.
        below: Condition: count < below. None for a call that rings already: it is counted
            whatever the limit.
    """

    holder: str
    below: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeLine:
    """Delete LEASE#holder, which must exist, and count - 1."""

    holder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StillAsJudged:
    """Condition checks of a claim; the items are not written.

    - permission: stored version == judged.permission.version (0: no item);
    - campaign: stored and running and version as judged (skipped without a campaign);
    - switch: not stopped (no item: not stopped).
    """

    judged: Circumstances


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One transaction: all of it or nothing.

    Attributes:
        before: Condition: the stored attempt has before.version.
        after: What to write, with version before.version + 1. The index `open-by-due-time`
            holds it exactly while `after.due_at_ms` is not None.
        customer: The customer's item, or None to leave it alone.
        line: The line to take or to free, or None.
        checks: What must still be as it was judged, or None.
    """

    before: DialAttempt
    after: DialAttempt
    customer: CustomerChange | None = None
    line: TakeLine | FreeLine | None = None
    checks: StillAsJudged | None = None


class ConditionLostError(Exception):
    """Certainly not written: a condition did not hold.

    Attributes:
        lost: Which: attempt, customer, line, permission, campaign, switch. Not empty.
    """

    def __init__(self, lost: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(lost)))
        self.lost = lost


class ContentionError(Exception):
    """Certainly not written: another transaction was under way (TransactionConflict).

    It says nothing about any condition: read again and try again.
    """


@dataclass(frozen=True, slots=True)
class DueAttempts:
    """A page of open attempts that are due; `cursor` is None when there are no more."""

    attempt_ids: Sequence[str]
    cursor: object | None = None


class AttemptLedger(Protocol):
    """The dialing table, with the permission and campaign items of the contacts table."""

    def read(self, attempt_id: str) -> DialAttempt | None:
        """The attempt as stored, consistently. Raises StoreUnavailableError."""
        ...

    def circumstances(self, number: str, campaign_id: str | None) -> Circumstances:
        """Customer, permission, campaign and switch, consistently.

        Items that do not exist come as their empty values with version 0; a campaign that
        does not exist as None. Raises StoreUnavailableError.
        """
        ...

    def customer(self, number: str) -> Customer:
        """The customer alone, consistently. Raises StoreUnavailableError."""
        ...

    def enqueue(self, attempt: DialAttempt) -> bool:
        """Put an attempt if there is none of that id; False: there is one already.

        Raises StoreUnavailableError.
        """
        ...

    def commit(self, change: Change) -> None:
        """Write one change, all or nothing.

        Raises:
            ConditionLostError: a condition did not hold; nothing is written.
            ContentionError: another transaction was faster; nothing is written.
            StoreUnavailableError: nobody knows.
        """
        ...

    def due(
        self,
        now_ms: int,
        limit: int,
        what: DueFor = DueFor.CARE,
        cursor: object | None = None,
    ) -> DueAttempts:
        """Ids of about so many open attempts with due_at_ms <= now_ms, the longest due first.

        From an index, so it may lag behind the table and name an attempt that has moved on.
        Raises StoreUnavailableError.
        """
        ...

    def read_many(self, attempt_ids: Sequence[str]) -> Mapping[str, DialAttempt]:
        """Attempts by id, consistently; one that is not there or cannot be read is left out.

        Raises StoreUnavailableError.
        """
        ...

    def commit_all(self, changes: Sequence[Change]) -> frozenset[str]:
        """Write each change whose attempt is unchanged; the ids of those that are written.

        Only for changes of attempts alone: without customer, line and checks. Raises
        ContentionError and StoreUnavailableError: some may have been written.
        """
        ...


@dataclass(frozen=True, slots=True)
class LineLease:
    """A line in use: who holds it, since when."""

    holder: str
    taken_at_ms: int


class LineBook(Protocol):
    """Lines held by calls that we did not place: the holder is `call:<Vapi's call id>`."""

    def admit(self, holder: str, at_ms: int) -> bool:
        """Count a call in, unless it is counted or is known to have ended.

        One transaction: LEASE#holder put if absent, ENDED#holder must be absent, count + 1.
        False when it was counted or ended before. Raises ContentionError and
        StoreUnavailableError.
        """
        ...

    def leave(self, holder: str, at_ms: int) -> bool:
        """The call ended: count it out if it was in, and remember that it ended.

        One transaction: ENDED#holder put (TTL one day), LEASE#holder deleted if present and
        then count - 1. False when it held no line. Raises ContentionError and
        StoreUnavailableError.
        """
        ...

    def held(self) -> Sequence[LineLease]:
        """Every lease, consistently; at most as many as there are lines and some.

        Raises StoreUnavailableError.
        """
        ...


class SwitchBoard(Protocol):
    """The one switch. Claims are conditioned on it, so no claim succeeds once `set` returned."""

    def read(self) -> DialingSwitch:
        """The switch, consistently. Raises StoreUnavailableError."""
        ...

    def set(self, *, stopped: bool, at_ms: int) -> DialingSwitch:
        """Stop or resume. Setting what is set changes nothing. Raises StoreUnavailableError."""
        ...


# -- slots, jobs, time -----------------------------------------------------------------------


class SlotBook(Protocol):
    """The slot log of the calling account (domain/pacing.py)."""

    def reserve(self, request: SlotRequest) -> Sequence[int | None]:
        """Append a request to the log; a slot in ms for each call, None when none is in time.

        Unconditional append. When the reply is lost the slots are lost, which costs rate.
        Raises StoreUnavailableError.
        """
        ...


@dataclass(frozen=True, slots=True)
class DialJob:
    """A hint to dial: `{"version": 1, "attemptId": ..., "slotAtMs": ...}`.

    `slot_at_ms` is a slot that is reserved for this attempt, or None.
    """

    attempt_id: str
    slot_at_ms: int | None = None


class DialJobs(Protocol):
    """The dial-jobs queue."""

    def send(self, job: DialJob, delay_seconds: int = 0) -> None:
        """Append one job, shown after a delay of 0 to 900 s. Raises QueueUnavailableError."""
        ...


class Sleeper(Protocol):
    """Waiting for an instant of the machine clock."""

    def until(self, at_ms: int) -> None:
        """Return at that instant or as little later as the machine can; at once if past."""
        ...


class CivilTime(Protocol):
    """The civil clock (DESIGN §10): what calling windows, caps and due times go by.

    Deployed it is the machine clock; locally it starts at LOCAL_NOW and runs x LOCAL_SPEED.
    """

    def at(self, machine_ms: int) -> datetime:
        """The civil instant, aware, UTC, at a machine instant."""
        ...

    def machine_ms(self, at: datetime) -> int:
        """The machine instant at a civil one."""
        ...


class Ids(Protocol):
    """Names nobody else has."""

    def new(self) -> str:
        """A fresh token, at most 64 characters."""
        ...


class MayCall(Protocol):
    """contactability.may_call, so that tests can put a simpler rule in its place."""

    def __call__(  # noqa: PLR0913, PLR0917  the same as may_call
        self,
        number: PhoneNumber,
        contact: Contact,
        history: CallHistory,
        now: datetime,
        rules: DialingRules,
        gates: Gates,
    ) -> Allow | Deny:
        """Decide whether a customer may be called at an instant."""
        ...


# -- what others want to know ----------------------------------------------------------------


class Outcomes(Protocol):
    """Who wants to know what became of attempts: campaigns, retries, figures."""

    def report(self, attempt: DialAttempt) -> None:
        """Take note of a settled attempt.

        Told at least once for each attempt and again when the truth comes later (an unknown
        call was found), so it must be idempotent by (attempt id, version). Any exception means:
        tell me again later.
        """
        ...

    def report_all(self, attempts: Sequence[DialAttempt]) -> frozenset[str]:
        """Take note of many at once; the ids of those that were taken note of.

        Whoever is not among them is to be told again later. What is wrong with one of them
        keeps none of the others out.
        """
        ...


class CampaignBrake(Protocol):
    """Stops a campaign that cannot go on."""

    def stop(self, campaign_id: str, reason: str) -> None:
        """Stop it, with a reason for the operator. Idempotent. Raises StoreUnavailableError."""
        ...
