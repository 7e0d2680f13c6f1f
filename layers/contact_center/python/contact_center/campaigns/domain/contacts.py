"""A contact: a customer in a campaign, and where the campaign stands with them.

    waiting(due, n) ──taken──► in_flight(n) ──attempt ended──► waiting(due, n + 1)
        │  ▲ later                 │                           │ or done(disposition)
        ▼  │                       │                           ▼
      never(reason)                └───── withdrawn ◄── from waiting and in_flight
                                           doubtful ◄── from both, when it fails too often

n is the number of the attempt that comes next or is under way, and names it: whoever plans
attempt n of a contact, and however often, plans the same attempt. Importing the same number
into the same campaign again finds the same contact and changes nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.dialing.domain.call_outcomes import Disposition, rang
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.permission.domain.consent import Consent

# Waiting contacts lie in so many parts of the index: each takes 1000 writes a second.
SHARDS = 4

# A list is often sorted by area, and areas are paced: contacts of one import are spread over
# this time, by their id, so that what is due first is a sample of the whole list.
SPREAD_MS = 60_000

OUTCOMES_KEPT = 30
_ID_BYTES = 12


class ContactState(StrEnum):
    """Where a campaign stands with a contact."""

    WAITING = "waiting"  # to be called, now or later
    IN_FLIGHT = "in_flight"  # an attempt is under way
    DONE = "done"  # reached, or tried as often as the campaign says
    NEVER = "never"  # may not be called: `reason` says why
    WITHDRAWN = "withdrawn"  # taken out before it came to an end
    DOUBTFUL = "doubtful"  # set aside: an attempt of theirs is in doubt, or failed ten times


TERMINAL = frozenset(
    {ContactState.DONE, ContactState.NEVER, ContactState.WITHDRAWN, ContactState.DOUBTFUL}
)

_NEVER_AGAIN = frozenset({ContactState.NEVER, ContactState.WITHDRAWN})

# A contact with whom something fails for a reason of its own is left alone for longer each time,
# and at last set aside, so that its campaign can come to its end.
STUMBLES = 10
FIRST_PAUSE_MS = 60_000
LONGEST_PAUSE_MS = 1_800_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptOutcome:
    """What became of one attempt at a contact.

    Attributes:
        at_ms: When it rang, or was given up; civil ms since 1970.
        next_allowed_at_ms: Of one that was not called: when it would be allowed; None: never.
        cost_micros: Millionths of a USD, as far as told; None: nothing of it is.
        open_legs: Legs of its call that are to cost something more, nobody knows what.
    """

    n: int
    at_ms: int
    disposition: Disposition
    reason: str | None = None
    next_allowed_at_ms: int | None = None
    call_id: str | None = None
    cost_micros: int | None = None
    open_legs: int = 0

    @property
    def rang(self) -> bool:
        """Whether it rang, or may have."""
        return rang(self.disposition, self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDetails:
    """What a list says of a contact.

    Attributes:
        number: E.164.
        prefix: The number's bucket for pacing.
        given_id: The operator's own id of the customer.
        variables: The other columns: what the assistant may say.
        import_id: Of the list they stand in first; `row` of the sheet, from 1; 0: of none.
    """

    number: str = field(repr=False)
    prefix: str
    given_id: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    timezone: str | None = None
    postal_code: str | None = field(default=None, repr=False)
    state: str | None = None
    consent: Consent | None = field(default=None, repr=False)
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    import_id: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignContact:
    """A contact as stored. Times are civil ms since 1970.

    Attributes:
        n: The attempt that comes next or is under way, from 1.
        due_at_ms: Waiting: when to plan it. In flight: when to look after it. Else None.
        callback_at_ms: When the customer asked to be called.
        urgent: Waits for a callback, or for a call that takes up one that broke off: planned
            before the others.
        put_off: Waits because it may not be called now, and for no retry's or promise's time.
        reason: Why it is done or never: a disposition, a denial.
        outcomes: What became of the attempts so far, the oldest first.
        failures: How often in a row planning it or looking after it broke off.
        trouble: Kind and place of the last such failure; stays while it is doubtful.
        closed: The operator took it off the list when it was done: nothing brings it back.
        version: 0: not stored yet.
    """

    campaign_id: str
    contact_id: str
    details: ContactDetails
    state: ContactState = ContactState.WAITING
    n: int = 1
    due_at_ms: int | None = None
    callback_at_ms: int | None = None
    urgent: bool = False
    put_off: bool = False
    reason: str = ""
    outcomes: tuple[AttemptOutcome, ...] = ()
    added_at_ms: int = 0
    closed: bool = False
    failures: int = 0
    trouble: str = ""
    version: int = 0

    @property
    def label(self) -> str:
        """Under what it is counted: `waiting`, `done:busy`, `never:suppressed`."""
        return f"{self.state}:{self.reason}" if self.reason else str(self.state)

    @property
    def rings(self) -> int:
        """How many attempts rang, or may have."""
        return sum(outcome.rang for outcome in self.outcomes)

    @property
    def shard(self) -> int:
        """The part of the index it lies in while it waits."""
        return int(self.contact_id[:2], 16) % SHARDS


def contact_id(campaign_id: str, e164: str) -> str:
    """The name of a contact: of campaign and number, so that a number is in a campaign once."""
    joined = f"{campaign_id}\x1f{e164}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=_ID_BYTES).hexdigest()


def new_contact(
    campaign_id: str, details: ContactDetails, list_at_ms: int, added_at_ms: int
) -> CampaignContact:
    """A contact that waits for its first attempt.

    Args:
        campaign_id: The campaign.
        details: What the list says.
        list_at_ms: When the list was handed in: all its contacts are due then, mixed.
        added_at_ms: Now.
    """
    name = contact_id(campaign_id, details.number)
    return CampaignContact(
        campaign_id=campaign_id,
        contact_id=name,
        details=details,
        due_at_ms=list_at_ms - int(name[2:10], 16) % SPREAD_MS,
        added_at_ms=added_at_ms,
    )


# -- the steps; each returns the same object when nothing changes ----------------------------


def taken(contact: CampaignContact, check_at_ms: int) -> CampaignContact:
    """Its next attempt is about to be made."""
    if contact.state is not ContactState.WAITING:
        return contact
    return replace(
        contact,
        state=ContactState.IN_FLIGHT,
        due_at_ms=check_at_ms,
        put_off=False,
        failures=0,
        trouble="",
    )


def stumbled(contact: CampaignContact, cause: str, now_ms: int) -> CampaignContact:
    """Planning it or looking after it broke off, for a reason that is its own.

    Args:
        contact: As read.
        cause: Kind and place of the failure, never its words.
        now_ms: Civil ms since 1970.
    """
    if contact.state in TERMINAL:
        return contact
    failures = contact.failures + 1
    seen = replace(contact, failures=failures, trouble=cause)
    if failures < STUMBLES:
        pause_ms = min(FIRST_PAUSE_MS << failures, LONGEST_PAUSE_MS)
        return replace(seen, due_at_ms=now_ms + pause_ms)
    return replace(seen, state=ContactState.DOUBTFUL, reason="", due_at_ms=None, urgent=False)


def not_taken(contact: CampaignContact, due_at_ms: int) -> CampaignContact:
    """Its attempt was never made, and will not be."""
    if contact.state is not ContactState.IN_FLIGHT:
        return contact
    return replace(contact, state=ContactState.WAITING, due_at_ms=due_at_ms)


def looked_after(contact: CampaignContact, check_at_ms: int) -> CampaignContact:
    """Its attempt is still open: look again later."""
    if contact.state is not ContactState.IN_FLIGHT:
        return contact
    return replace(contact, due_at_ms=check_at_ms)


def put_off(contact: CampaignContact, due_at_ms: int) -> CampaignContact:
    """It may not be called now: plan it later."""
    if contact.state is not ContactState.WAITING:
        return contact
    return replace(contact, due_at_ms=due_at_ms, put_off=True)


def planned_sooner(contact: CampaignContact, now_ms: int) -> CampaignContact:
    """What it may have been put off for has gone: judge it anew. Other waits are kept."""
    waits = contact.state is ContactState.WAITING and contact.put_off
    if not waits or (contact.due_at_ms or 0) <= now_ms:
        return contact
    return replace(contact, due_at_ms=now_ms, put_off=False)


def given_up(contact: CampaignContact, reason: str) -> CampaignContact:
    """It may never be called."""
    if contact.state in TERMINAL:
        return contact
    return replace(
        contact,
        state=ContactState.NEVER,
        reason=reason,
        due_at_ms=None,
        callback_at_ms=None,
        urgent=False,
    )


def withdrawn(contact: CampaignContact) -> CampaignContact:
    """The operator took it off the list. What is done stays done, and for good."""
    if contact.state in TERMINAL:
        return contact if contact.closed else replace(contact, closed=True)
    return replace(
        contact,
        state=ContactState.WITHDRAWN,
        reason="",
        due_at_ms=None,
        callback_at_ms=None,
        urgent=False,
    )


def asked_back(contact: CampaignContact, at_ms: int) -> CampaignContact:
    """The customer asked to be called at a time: that comes before any other plan."""
    if contact.closed or contact.state in _NEVER_AGAIN or contact.state is ContactState.DOUBTFUL:
        return contact
    called = replace(contact, callback_at_ms=at_ms)
    if contact.state is ContactState.IN_FLIGHT:
        return called  # when the call that is under way has ended
    again = contact.state is ContactState.DONE
    number = contact.n + 1 if again else contact.n
    return replace(
        called,
        state=ContactState.WAITING,
        reason="",
        due_at_ms=at_ms,
        n=number,
        urgent=True,
        put_off=False,
    )


def is_history(contact: CampaignContact, agreed_in: int | None) -> bool:
    """Whether a later attempt than the one in which a call was agreed on has been taken.

    Args:
        contact: As it stands.
        agreed_in: The number of that attempt; None: it was agreed elsewhere, and holds.
    """
    if agreed_in is None or contact.n <= agreed_in:
        return False
    return contact.n > agreed_in + 1 or contact.state is not ContactState.WAITING


def with_outcome(contact: CampaignContact, outcome: AttemptOutcome) -> CampaignContact:
    """The contact with an attempt's outcome; one that was noted before is replaced by the truth.

    Where it goes next is not decided here. The price of the call, once known, stays, and grows:
    whoever read a lower one before, and writes it after, takes nothing back.
    """
    before = {one.n: one for one in contact.outcomes}
    known = before.get(outcome.n)
    if known is not None and known.cost_micros is not None:
        more = outcome.cost_micros is not None
        cost = max(known.cost_micros, outcome.cost_micros or 0)
        legs = min(known.open_legs, outcome.open_legs) if more else known.open_legs
        outcome = replace(outcome, cost_micros=cost, open_legs=legs)
    before[outcome.n] = outcome
    kept = _kept([before[n] for n in sorted(before)])
    return contact if kept == contact.outcomes else replace(contact, outcomes=kept)


def _kept(outcomes: list[AttemptOutcome]) -> tuple[AttemptOutcome, ...]:
    """The latest ones; what rang is forgotten last, because it counts against the caps."""
    excess = max(0, len(outcomes) - OUTCOMES_KEPT)
    silent = {one.n for one in [one for one in outcomes[:-1] if not one.rang][:excess]}
    return tuple(one for one in outcomes if one.n not in silent)[-OUTCOMES_KEPT:]


def waits_again(
    contact: CampaignContact, ended_n: int, due_at_ms: int, *, urgent: bool, put_off: bool = False
) -> CampaignContact:
    """The contact after its attempt `ended_n` was noted, when another is to follow.

    `put_off`: it is due when it may be called, and not by the rules of retries.
    """
    if not _follows(contact, ended_n):
        return contact
    return replace(
        contact,
        state=ContactState.WAITING,
        reason="",
        n=ended_n + 1,
        due_at_ms=due_at_ms,
        urgent=urgent,
        put_off=put_off,
        failures=0,
        trouble="",
    )


def is_done(
    contact: CampaignContact, ended_n: int, state: ContactState, reason: str
) -> CampaignContact:
    """The contact after its last attempt, `ended_n`, was noted: done, or never.

    The number goes back to that attempt: should its outcome be told anew, it is the latest.
    """
    if not _follows(contact, ended_n):
        return contact
    return replace(
        contact,
        state=state,
        reason=reason,
        n=ended_n,
        due_at_ms=None,
        callback_at_ms=None,
        urgent=False,
        failures=0,
        trouble="",
    )


def _follows(contact: CampaignContact, ended_n: int) -> bool:
    """Whether what became of this attempt still decides where the contact goes.

    Not when it was withdrawn or may never be called, and not when a later attempt was taken. One
    that is doubtful goes on as soon as what became of its attempt can be told after all.
    """
    if contact.closed or contact.state in _NEVER_AGAIN:
        return False
    if contact.state is ContactState.WAITING:
        return contact.n <= ended_n + 1
    return contact.n == ended_n
