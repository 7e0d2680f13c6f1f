"""An attempt: one intent to ring a contact once, from the wish to a certain end.

             ┌──────── Deferred                 Accepted, HeardLive     ┌── HeardLive
             ▼    │                                                     ▼     │
    ──► [ queued ] ───── Claimed ─────► [ dialing ] ──────────────► [ placed ]
         │      ▲                        │  │  │  ▲│ LookUpFailed      │    │
         │      └──── Withdrawn ─────────┘  │  │  └┘                   │    │ LookUpFailed x 10
         │       (certainly not sent)       │  └── x 10 ──► [doubtful] ◄────┘
         │   (Stumbled x 10: doubtful too)  │               │   ▲ shown to a person
         │ GivenUp     Rejected, HeardEnded,│     Resolved, │
         ▼             NothingFound x 3     ▼    HeardEnded ▼
        [ settled(disposition) ] ◄──────────┴───────────────┘

A POST that may have reached the provider is never sent again: from `dialing` only what is
certain leads back to `queued`. A phone rings at most once for an attempt, and when ringing once
and ringing at all are at odds, it does not ring (reliability §4).

While `line` is set the attempt holds a line of the account and its customer. A call that is
found after its attempt was settled as unknown takes its line again until it ends. What is told
of an earlier POST of the attempt (`attempt.k` with a smaller k) changes nothing.
"""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.dialing.domain.attempt_waits import waits_for
from contact_center.dialing.domain.dial_requests import post_name
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from contact_center.dialing.domain.attempt_waits import WaitsFor
    from contact_center.dialing.domain.call_outcomes import Disposition
    from contact_center.dialing.domain.dial_requests import DialRequest


class AttemptState(StrEnum):
    """Where an attempt stands (DESIGN §10)."""

    QUEUED = "queued"  # waits for its turn
    DIALING = "dialing"  # claimed: its POST may be on its way
    PLACED = "placed"  # the provider took the call
    SETTLED = "settled"  # over: how it ended is known
    DOUBTFUL = "doubtful"  # nobody can tell whether it rang: a person must


@dataclass(frozen=True, slots=True, kw_only=True)
class DialAttempt:
    """One attempt as stored. Times are machine ms since 1970 unless said otherwise.

    Attributes:
        posts: How many POSTs were claimed so far: k of the name `attempt.k`.
        token: Of the claim under way: whose it is when the reply to it was lost.
        claimed_at_ms: When the last claim was taken; look-ups search from there.
        lease_until_ms: Until then the claim's process may still be at work.
        slot_at_ms: The slot of the last claim. It is never used again.
        call_id: The provider's id of the call, once known.
        counts_at_ms: The later of slot and true ring of the last POST; None when it
            certainly did not ring. The caps count it.
        ended_at_ms: When the last POST's call is known to have ended.
        disposition: The end of a settled attempt.
        reason: Why: the provider's ended reason, a refusal, a denial.
        waiting_since_ms: Since when it is queued for what `reason` says; None: since it was made.
        next_allowed_at: When contactability would allow a call that it denied, civil.
        not_before_ms: A queued attempt is not dialled before that.
        job_at_ms: When the newest copy of its job was sent; older ones are dropped (decision 69).
        due_at_ms: When somebody should look at it; None: never (not in the open index).
        line: Whether it holds a line and its customer.
        reported: Whether its end was told to those who plan.
        cancelled: Whether it was called off while it was under way: it is not queued again.
        priced: Whether the report with its call's price had come when they were told;
            `price_micros` what it was then, and `open_legs` of how many legs more was to come.
        failures: How often in a row looking after it broke off for a reason of its own.
        trouble: Kind and place of the last such failure. One that fails too often is set aside:
            doubtful while it may ring, else settled and never told of; nobody looks at it then.
        final: Whether its reason is the end-of-call report's: no other takes its place.
        corrected: Whether that reason has taken the place of one of another class.
        refused_at_ms: When it was told that he whom it called for marketing wants none of it.
        evidence: Of the contactability that let it ring, or did not.
        version: Of the stored item: 1 when put, raised by every write.
    """

    request: DialRequest
    state: AttemptState = AttemptState.QUEUED
    posts: int = 0
    token: str | None = None
    claimed_at_ms: int | None = None
    lease_until_ms: int | None = None
    slot_at_ms: int = 0
    call_id: str | None = None
    counts_at_ms: int | None = None
    ended_at_ms: int | None = None
    disposition: Disposition | None = None
    reason: str | None = None
    waiting_since_ms: int | None = None
    next_allowed_at: datetime | None = None
    empty_look_ups: int = 0
    failed_look_ups: int = 0
    not_before_ms: int = 0
    job_at_ms: int = 0
    due_at_ms: int | None = None
    line: bool = False
    reported: bool = False
    cancelled: bool = False
    priced: bool = False
    price_micros: int = 0
    open_legs: int = 0
    failures: int = 0
    trouble: str | None = None
    final: bool = False
    corrected: bool = False
    refused_at_ms: int | None = None
    evidence: Mapping[str, object] = field(default_factory=dict)
    version: int = 1

    @property
    def attempt_id(self) -> str:
        """Its name."""
        return self.request.attempt_id

    @property
    def name(self) -> str:
        """The name of its last POST, `attempt.k`. There must have been one."""
        return post_name(self.request.attempt_id, self.posts)

    def next_job_ms(self, now_ms: int) -> int:
        """When a copy of its job that is sent now counts as sent: later than every other."""
        return max(now_ms, self.job_at_ms + 1)

    @property
    def set_aside(self) -> bool:
        """Whether nobody looks after it any more because it failed too often."""
        return self.trouble is not None and self.due_at_ms is None

    @property
    def open(self) -> bool:
        """Whether it may still ring, or rings."""
        return self.state in OPEN_STATES

    @property
    def waits_for(self) -> WaitsFor | None:
        """What has to come before it can be dialled; None: it is not queued."""
        return waits_for(self.reason) if self.state is AttemptState.QUEUED else None

    @property
    def waits_since_ms(self) -> int | None:
        """Since when it waits for that; None: it is not queued."""
        if self.state is not AttemptState.QUEUED:
            return None
        return self.waiting_since_ms or self.request.created_at_ms


OPEN_STATES = frozenset({AttemptState.QUEUED, AttemptState.DIALING, AttemptState.PLACED})


# -- what can happen to it -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A dialer took it, for a slot."""

    token: str
    slot_at_ms: int
    now_ms: int
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """POST k was certainly not sent, or was refused for capacity: it did not ring.

    `due_at_ms` is when somebody should see to it that there is a job; None: as soon as it may
    be dialled again. `job_at_ms`: a copy of its job was sent then.
    """

    posts: int
    reason: str
    now_ms: int
    not_before_ms: int
    due_at_ms: int | None = None
    job_at_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """The provider refused POST k for good."""

    posts: int
    disposition: Disposition
    reason: str
    now_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardLive:
    """The call of POST k exists: a 2xx, a webhook or a look-up said so.

    `rang_at_ms` is the provider's time of it, None when it gave none.
    """

    posts: int
    call_id: str
    now_ms: int
    rang_at_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardEnded:
    """The call of POST k is over.

    `priced`: its report has come, which says what it cost; `final`: and why it ended. What its
    legs cost is told later: `price_micros` knows what was told, `open_legs` of how many it was not.
    """

    posts: int
    call_id: str
    now_ms: int
    disposition: Disposition
    reason: str | None = None
    rang_at_ms: int | None = None
    ended_at_ms: int | None = None
    priced: bool = False
    final: bool = False
    price_micros: int = 0
    open_legs: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardRefusal:
    """Whoever was talked to in the call of POST k is not interested, as was told at `at_ms`."""

    posts: int
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingFound:
    """A complete, successful look-up that began at `now_ms` found no call."""

    now_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpFailed:
    """A look-up failed or was incomplete."""

    now_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """It waits: not to be dialled before the one time, to be looked at at the other.

    `due_at_ms` and `reason` None: as they are. `job_at_ms`: a copy of its job was sent then.
    """

    now_ms: int
    due_at_ms: int | None = None
    not_before_ms: int = 0
    job_at_ms: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenUp:
    """Before any POST that could ring: denied, expired or cancelled.

    One under way is not cut off, but when it is cancelled it is not queued again either.
    """

    disposition: Disposition
    now_ms: int
    reason: str | None = None
    next_allowed_at: datetime | None = None
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A person decided what nobody could find out."""

    rang: bool
    now_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stumbled:
    """Looking after it broke off, for a reason that is its own. `cause`: kind and place."""

    now_ms: int
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUp:
    """A person wants one that was set aside looked after again."""

    now_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """Those who plan took note of its end."""


Event = (
    Claimed
    | Withdrawn
    | Rejected
    | HeardLive
    | HeardEnded
    | HeardRefusal
    | NothingFound
    | LookUpFailed
    | Deferred
    | GivenUp
    | Resolved
    | Stumbled
    | TakenUp
    | Reported
)
