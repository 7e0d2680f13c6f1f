"""A campaign: what an operator asks for, the states it goes through, and when it brakes itself.

    draft ──start──► running ◄──resume── paused        from draft, running, paused, stopped:
                      │  │  └──pause, break──►┘          cancel ──► cancelled
                      │  └──stop──► stopped ──resume──► running
                      └──finish──► finished ──resume──► running

Paused and stopped carry a reason: an operator's word, `circuit_breaker`, `spend_cap`, or the
configuration error that would have failed every further call.
"""

from __future__ import annotations

from dataclasses import field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.campaigns.domain.campaign_wishes import CampaignWish

TALLY_MS = 300_000

# When a campaign stops running, for now or for good, contacts may be under way: they are looked
# after from then on.
WIND_UP_MS = 300_000

BROKEN_REASON = "circuit_breaker"
SPENT_REASON = "spend_cap"


class CampaignState(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"  # takes contacts, calls nobody
    RUNNING = "running"  # calls
    PAUSED = "paused"  # calls nobody until it is resumed: somebody paused it, or it broke
    STOPPED = "stopped"  # calls nobody, what was queued is called off; may be resumed
    CANCELLED = "cancelled"  # ended for good by somebody
    FINISHED = "finished"  # every contact has come to an end


class CampaignEvent(StrEnum):
    """What can be done to a campaign; `break` and `finish` only the planner does."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    STOP = "stop"
    BREAK = "break"
    FINISH = "finish"


_S, _E = CampaignState, CampaignEvent

# A pair that is not here is refused; an event that leads to where the campaign stands already
# changes nothing.
TRANSITIONS: dict[CampaignState, dict[CampaignEvent, CampaignState]] = {
    _S.DRAFT: {_E.START: _S.RUNNING, _E.CANCEL: _S.CANCELLED},
    _S.RUNNING: {
        _E.START: _S.RUNNING,
        _E.RESUME: _S.RUNNING,
        _E.PAUSE: _S.PAUSED,
        _E.BREAK: _S.PAUSED,
        _E.STOP: _S.STOPPED,
        _E.CANCEL: _S.CANCELLED,
        _E.FINISH: _S.FINISHED,
    },
    _S.PAUSED: {
        _E.RESUME: _S.RUNNING,
        _E.PAUSE: _S.PAUSED,
        _E.BREAK: _S.PAUSED,
        _E.STOP: _S.STOPPED,
        _E.CANCEL: _S.CANCELLED,
    },
    _S.STOPPED: {_E.RESUME: _S.RUNNING, _E.STOP: _S.STOPPED, _E.CANCEL: _S.CANCELLED},
    _S.CANCELLED: {_E.CANCEL: _S.CANCELLED},
    _S.FINISHED: {_E.RESUME: _S.RUNNING, _E.FINISH: _S.FINISHED},
}

# Contacts may join as long as somebody may still be called.
OPEN_TO_CONTACTS = frozenset({_S.DRAFT, _S.RUNNING, _S.PAUSED, _S.STOPPED, _S.FINISHED})


class WrongStateError(Exception):
    """A campaign cannot do this from where it stands.

    Attributes:
        state: Where it stands.
        event: What was asked for.
    """

    def __init__(self, state: CampaignState, event: str) -> None:
        super().__init__(f"a campaign that is {state} cannot {event}")
        self.state = state
        self.event = event


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign as stored. Times are civil ms since 1970.

    Attributes:
        wish: What the operator asked for.
        reason: Why it is paused or stopped; empty otherwise.
        running_since_ms: When it last began to run: what failed before does not count.
        version: Rises with every change of state, which claims are conditioned on; the
            planner's notes and the figures are items of their own. 0: not stored yet.
    """

    campaign_id: str
    wish: CampaignWish
    created_at_ms: int
    state: CampaignState = CampaignState.DRAFT
    reason: str = ""
    running_since_ms: int | None = None
    changed_at_ms: int = 0
    version: int = 0

    @property
    def running(self) -> bool:
        """Whether its contacts may be called."""
        return self.state is CampaignState.RUNNING

    @property
    def stopped_by_itself(self) -> bool:
        """Whether nobody has stopped it; one that spent what it may has done as it was told."""
        broke = self.state is CampaignState.PAUSED and self.reason == BROKEN_REASON
        return broke or self.state is CampaignState.STOPPED

    def over(self, now_ms: int) -> bool:
        """Whether its end has come."""
        return self.wish.end_at_ms is not None and now_ms >= self.wish.end_at_ms


def changed(campaign: Campaign, event: CampaignEvent, at_ms: int, reason: str = "") -> Campaign:
    """The campaign after an event; the same object when the event changes nothing.

    Raises:
        WrongStateError: The table has no such step.
    """
    target = TRANSITIONS[campaign.state].get(event)
    if target is None:
        raise WrongStateError(campaign.state, event)
    if target is campaign.state:
        return campaign
    begins = target is CampaignState.RUNNING
    return replace(
        campaign,
        state=target,
        reason=reason,
        changed_at_ms=at_ms,
        running_since_ms=at_ms if begins else campaign.running_since_ms,
    )


# -- the circuit breaker ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tally:
    """The outcomes of five minutes, counted.

    Attributes:
        began_at_ms: When the five minutes began.
        ended: Attempts that came to an end.
        failed: Those of them that failed for reasons that are not the customer's.
    """

    began_at_ms: int
    ended: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerPolicy:
    """When failing calls pause a campaign.

    Attributes:
        least: So many outcomes say something; fewer say nothing.
        failed_share: At this share of failures it pauses.
        look_back_ms: Older outcomes do not count.
    """

    least: int = 20
    failed_share: float = 0.5
    look_back_ms: int = 3_600_000


def tally_start(at_ms: int) -> int:
    """The beginning of the five minutes an instant is in."""
    return at_ms - at_ms % TALLY_MS


def breaks(tallies: Sequence[Tally], since_ms: int, now_ms: int, policy: BreakerPolicy) -> bool:
    """Whether the latest outcomes are bad enough to pause the campaign.

    The latest five minutes are looked at first, then as many before them as it takes to see
    enough outcomes: so an hour of good calls does not hide that all have failed since.

    Args:
        tallies: In any order.
        since_ms: When the campaign last began to run; what ended before is forgiven.
        now_ms: The moment.
        policy: The thresholds.
    """
    oldest_ms = max(tally_start(since_ms), now_ms - policy.look_back_ms)
    ended = failed = 0
    for tally in sorted(tallies, key=lambda one: one.began_at_ms, reverse=True):
        if tally.began_at_ms < oldest_ms:
            break
        ended += tally.ended
        failed += tally.failed
        if ended >= policy.least:
            return failed >= ended * policy.failed_share
    return False


# -- caps ------------------------------------------------------------------------------------

HOUR_MS = 3_600_000
_HOURS_KEPT = 25  # the hour under way and the 24 before it hold every rolling 24 hours


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanNote:
    """The planner's own memory of a campaign.

    Attributes:
        look_at_ms: When to look at the campaign again; None while it does not run, unless
            contacts of it are still under way.
        by_hour: Attempts planned, by the hour they were planned in (hours since 1970).
        woken: Whether somebody may have become due since this was noted; an index that lags
            may not show whom.
        version: 0 when nothing is stored.
    """

    look_at_ms: int | None = None
    by_hour: tuple[tuple[int, int], ...] = ()
    woken: bool = False
    version: int = 0

    def looking_at(self, at_ms: int | None) -> PlanNote:
        """The note with the time to look at the campaign again; None: never."""
        return replace(self, look_at_ms=at_ms, woken=False)

    def planned(self, count: int, now_ms: int) -> PlanNote:
        """The note with so many attempts more."""
        hour = now_ms // HOUR_MS
        kept = {at: n for at, n in self.by_hour if at > hour - _HOURS_KEPT}
        kept[hour] = kept.get(hour, 0) + count
        return replace(self, by_hour=tuple(sorted((at, n) for at, n in kept.items() if n)))

    def planned_in_a_day(self, now_ms: int) -> int:
        """Attempts of the last 24 hours, whole hours counted: never too few."""
        hour = now_ms // HOUR_MS
        return sum(n for at, n in self.by_hour if at > hour - _HOURS_KEPT)

    def room_again_ms(self, daily_cap: int, now_ms: int) -> int:
        """When the daily cap leaves room for an attempt, if none is planned meanwhile."""
        at_ms = now_ms
        for _ in range(_HOURS_KEPT):
            if self.planned_in_a_day(at_ms) < daily_cap:
                break
            at_ms = (at_ms // HOUR_MS + 1) * HOUR_MS
        return at_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A campaign's contacts by state, and its money.

    Attributes:
        contacts: By label (`waiting`, `in_flight`, `done:busy`, `never:suppressed`, …).
        spent_micros: Millionths of a USD spent on calls whose price is known.
        priced: How many calls those were.
        unpriced: How many calls rang whose price is not known yet.
        open_legs: How many legs of those that are priced are to cost something more.
    """

    contacts: dict[str, int] = field(default_factory=dict)
    spent_micros: int = 0
    priced: int = 0
    unpriced: int = 0
    open_legs: int = 0

    @property
    def total(self) -> int:
        """All contacts."""
        return sum(self.contacts.values())

    @property
    def open(self) -> int:
        """Contacts who may still be called."""
        return self.contacts.get("waiting", 0) + self.contacts.get("in_flight", 0)


def room_in_caps(  # noqa: PLR0913, PLR0917 - all that a reckoning rests on
    campaign: Campaign,
    note: PlanNote,
    figures: Figures,
    now_ms: int,
    expected_micros: int,
    leg_micros: int = 0,
) -> tuple[int | None, int | None]:
    """How many attempts the daily and the spend cap leave; None: no such cap.

    A call's price is known after it, so a call under way is reckoned at the mean price so far,
    or at `expected_micros` before any is known. What its legs cost comes later still: each is
    reckoned at `leg_micros` until then, of the calls that the mean is of as well.
    """
    wish = campaign.wish
    daily = spend = None
    if wish.daily_cap is not None:
        daily = max(0, wish.daily_cap - note.planned_in_a_day(now_ms))
    if wish.spend_cap_micros is not None:
        reckoned = figures.spent_micros + figures.open_legs * leg_micros
        mean = reckoned // figures.priced if figures.priced else expected_micros
        each = max(1, mean)
        under_way = figures.unpriced + figures.contacts.get("in_flight", 0)
        left = wish.spend_cap_micros - reckoned - under_way * each
        spend = max(0, left // each)
    return daily, spend
