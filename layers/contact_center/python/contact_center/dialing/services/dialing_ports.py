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

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from contact_center.dialing.domain.dial_circumstances import Customer, DialingSwitch
    from contact_center.dialing.domain.pacing import SlotRequest
    from contact_center.dialing.services.ledger_ports import CustomerChange
    from contact_center.kernel.phone_numbers import PhoneNumber
    from contact_center.permission.domain.contact_permission import CallHistory, Contact, Gates
    from contact_center.permission.domain.contactability import Allow, Deny
    from contact_center.permission.domain.dialing_rules import DialingRules


# -- the ledger ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LineLease:
    """A line in use: who holds it, since when, and whose telephone is in the call, if known.

    Attributes:
        claim: The name of the one of the holder's calls that it was taken for; None: it has but
            one.
    """

    holder: str
    taken_at_ms: int
    number: str | None = None
    claim: str | None = None


class LineBook(Protocol):
    """Lines held by calls that no attempt placed: `call:<Vapi's call id>`, `visit:<visit id>`."""

    def admit(self, holder: str, at_ms: int, caller: CustomerChange | None = None) -> bool:
        """Count a call in, unless it is counted or is known to have ended.

        One transaction: LEASE#holder put if absent, ENDED#holder must be absent, count + 1, and
        the customer in the call as `caller` says. False when it was counted or ended before.
        Raises ConditionLostError (the customer has changed: read again), ContentionError and
        StoreUnavailableError.
        """
        ...

    def leave(self, holder: str, at_ms: int, caller: CustomerChange | None = None) -> bool:
        """The call ended: count it out if it was in, and remember that it ended.

        One transaction: ENDED#holder put (TTL one day), LEASE#holder deleted if present and
        then count - 1, and the customer as `caller` says. False when it held no line. Raises
        as `admit` does.
        """
        ...

    def release(self, holder: str, claim: str) -> bool:
        """One call of a visit is over: as VisitLines.release."""
        ...

    def held(self) -> Sequence[LineLease]:
        """Every lease, consistently; at most as many as there are lines and some.

        Raises StoreUnavailableError.
        """
        ...


class LineClaim(StrEnum):
    """What came of asking for a line."""

    TAKEN = "taken"  # by this call, now or when it was asked for before
    HELD = "held"  # by another call of the same holder
    ENDED = "ended"  # the holder is over
    FULL = "full"


class VisitLines(Protocol):
    """Lines held by visits: the holder is `visit:<visit id>`, the claim the name of one call.

    Each is one transaction with the customer as `caller` says, and raises ConditionLostError (the
    customer has changed: read again), ContentionError and StoreUnavailableError.
    """

    def claim(
        self,
        holder: str,
        claim: str,
        at_ms: int,
        below: int,
        caller: CustomerChange | None = None,
    ) -> LineClaim:
        """Take a line for one call of a visit, while fewer than `below` are in use.

        LEASE#holder put if absent, ENDED#holder must be absent, count < below, count + 1.
        """
        ...

    def note(self, holder: str, at_ms: int, caller: CustomerChange) -> bool:
        """The customer of a visit talks with us, line or no line: ENDED#holder must be absent.

        False when it is there; nothing is written then.
        """
        ...

    def release(self, holder: str, claim: str) -> bool:
        """One call of a visit is over and the visit is not: LEASE#holder deleted, count - 1.

        False when the lease is another call's or none is there; nothing is written then.
        """
        ...

    def leave(self, holder: str, at_ms: int, caller: CustomerChange | None = None) -> bool:
        """The visit is over: as LineBook.leave."""
        ...


class CustomerBook(Protocol):
    """Who rings a telephone now, and when it rang."""

    def customer(self, number: str) -> Customer:
        """The item, consistently; one of version 0 when there is none.

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
    """The slot log of the calling account (dialing/domain/pacing.py)."""

    def reserve(self, request: SlotRequest) -> Sequence[int | None]:
        """Append a request to the log; a slot in ms for each call, None when none is in time.

        Unconditional append. When the reply is lost the slots are lost, which costs rate.
        Raises StoreUnavailableError.
        """
        ...


class ClockCheck(Protocol):
    """Whether our clock is one to keep limits by: pacing's slack allows for so much, no more."""

    def is_off(self) -> bool:
        """Whether it certainly is off by more than DialTimings.clocks_ms, as far as is known.

        Never asks anybody. What nobody knows yet is no reason to stand aside.
        """
        ...


@dataclass(frozen=True, slots=True)
class DialJob:
    """A hint to dial: `{"version": 1, "attemptId": ..., "slotAtMs": ..., "sentAtMs": ...}`.

    `slot_at_ms` is a slot that is reserved for this attempt, or None. `sent_at_ms` is
    DialAttempt.next_job_ms of whoever sent it on; 0: it is the first, and older than all others.
    """

    attempt_id: str
    slot_at_ms: int | None = None
    sent_at_ms: int = 0


class DialJobs(Protocol):
    """The dial-jobs queue."""

    def send(self, job: DialJob, delay_seconds: int = 0) -> None:
        """Append one job, shown after a delay of 0 to 900 s. Raises QueueUnavailableError."""
        ...

    def send_all(self, jobs: Sequence[tuple[DialJob, int]]) -> frozenset[str]:
        """Append jobs, ten in a request, each shown after a delay of its own, as `send` has it.

        Each of another attempt. Returns the ids of the attempts whose job may not be there; what
        is wrong with one of them, or with one request, keeps none of the others out.
        """
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
