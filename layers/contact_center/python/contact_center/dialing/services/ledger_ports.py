"""The ledger of attempts, as a Protocol: what is read, and what is written together.

Two rules bind every implementation:

1. **Reads are consistent.** A claim is judged on what was read; an older copy would be refused
   by the conditions, but only after the slot was spent.
2. **A write raises StoreUnavailableError when it is not known to have happened**, and it may
   have happened. Callers read again; they never take it for a refusal.

Times are machine ms since 1970 unless a name says civil (DESIGN §10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.dialing.domain.attempt_waits import WaitsFor
    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.domain.dial_circumstances import Circumstances, Customer
    from contact_center.dialing.domain.dial_timings import DialTimings
    from contact_center.dialing.domain.due_attempts import DueFor


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

    def read_with_customer(
        self, attempt_id: str, number: str
    ) -> tuple[DialAttempt | None, Customer]:
        """An attempt and whom it rings in one request, each consistently: in any order.

        So the customer may be older than the attempt. Whoever changes both writes both, on the
        version that was read. Raises StoreUnavailableError.
        """
        ...

    def read_to_claim(
        self, attempt_id: str, number: str, campaign_id: str | None
    ) -> tuple[DialAttempt | None, Circumstances]:
        """An attempt and its circumstances in one request, as `read_with_customer` has it."""
        ...

    def customer(self, number: str) -> Customer:
        """The customer alone, consistently. Raises StoreUnavailableError."""
        ...

    def enqueue(self, attempt: DialAttempt) -> bool:
        """Put an attempt if there is none of that id; False: there is one already.

        Raises StoreUnavailableError.
        """
        ...

    def enqueue_all(self, attempts: Sequence[DialAttempt]) -> None:
        """Put each attempt of whose id there is none; one that is there stays as it is.

        Raises ContentionError, StoreRefusedError and StoreUnavailableError: some may have been
        written.
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
        what: DueFor = ...,
        cursor: object | None = None,
    ) -> DueAttempts:
        """Ids of about so many open attempts with due_at_ms <= now_ms, the longest due first.

        Those that need care, unless `what` says others (its default is each store's, so that who
        only changes lines loads nothing of attempts: a caller waits for that at Twilio's door).
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
        ContentionError, StoreRefusedError and StoreUnavailableError: some may have been written.
        """
        ...

    def stumble(self, attempt_id: str, cause: str, now_ms: int, timings: DialTimings) -> bool:
        """Count a failure with an attempt that cannot be read; whether it is set aside by it.

        As Stumbled does with one that can (attempt_steps.py), but for its state, which nobody
        knows. One that is not on a list stays as it is. Raises StoreUnavailableError.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAttempts:
    """Attempts that are queued, being dialled or on the line.

    Attributes:
        counted: How many were counted.
        overdue: Those of them that somebody should have looked at by now.
        oldest_due_at_ms: The longest due of them, machine ms since 1970; None when none is.
        complete: False: there are more than were counted.
        waiting: How many of them are queued for what; those under way wait for nothing.
    """

    counted: int
    overdue: int
    oldest_due_at_ms: int | None
    complete: bool
    waiting: Mapping[WaitsFor, int]


class OpenAttemptCount(Protocol):
    """The index of open attempts."""

    def count(self, now_ms: int) -> OpenAttempts:
        """Count them, up to a bound of the adapter's own; from an index, so it may lag.

        Raises StoreUnavailableError.
        """
        ...
