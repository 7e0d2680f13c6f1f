"""When a dial may leave: one timetable for all limits, computed alike by every dialer.

A calling account keeps a log of requests for slots. Appending to it needs no condition, and
whoever appends gets the log back up to and including the own entry, so everybody computes the
same timetable from it: the slots of a request are a pure function of what was asked before.
A slot satisfies the account's, the prefix's and the campaign's limit at the same instant;
slots taken limit by limit and waited out to the latest one break the earlier limits (DESIGN §5).

    log    r1 ── r2 ── r3 ── r4 (mine)
            │     │     │     │
    slots  ─┴──┴──┴─────┴──┴──┴──►  first fit on the account's grid, never before `not_before_ms`

Why n calls in any second hold: of n + 1 slots in a row the first and the last lie at least
`window_ms + slack_ms` apart, and a dial leaves within `slack_ms` of its slot (clock difference
and lateness together) or gives the slot up.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import field

from contact_center.kernel.data_classes import dataclass

# Old slots are kept this much longer than they can matter, for requests whose sender's clock
# is behind. A request from further back is served later than it asked, never wrongly.
CLOCK_ALLOWANCE_MS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PaceLimits:
    """The limits of one calling account. Changing them needs an empty log.

    Attributes:
        account_calls: Calls in any window, over all campaigns.
        prefix_calls: Calls in any window to one area prefix.
        window_ms: The window, one second unless a carrier says otherwise.
        slack_ms: Clock difference and lateness that may add up between two senders.
        horizon_ms: No slot is further ahead of its request than this.
        longest_stagger_ms: The largest gap a campaign may ask for between its calls.
        kept_every: Every so many-th slot of the account is kept for requests of one call
            (triggers, callbacks), which must not queue behind a batch; 0 keeps none.
    """

    account_calls: int = 1
    prefix_calls: int = 3
    window_ms: int = 1_000
    slack_ms: int = 20
    horizon_ms: int = 150_000
    longest_stagger_ms: int = 60_000
    kept_every: int = 10

    def __post_init__(self) -> None:
        """Refuse limits that mean nothing."""
        for name in ("account_calls", "prefix_calls", "window_ms", "horizon_ms"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1")
        for name in ("slack_ms", "longest_stagger_ms", "kept_every"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} must not be negative")

    @property
    def span_ms(self) -> int:
        """The least time from the first to the last of limit + 1 slots in a row."""
        return self.window_ms + self.slack_ms

    @property
    def grid_ms(self) -> int:
        """Distance of the account's slots; rounded up, so that the account's limit holds."""
        return -(-self.span_ms // self.account_calls)

    @property
    def memory_ms(self) -> int:
        """How far back a slot can still forbid another."""
        return max(self.span_ms, self.longest_stagger_ms + self.slack_ms)


@dataclass(frozen=True, slots=True)
class PacedCall:
    """What pacing needs to know of one call: whom it is near to, and who asks."""

    prefix: str
    campaign: str = ""
    stagger_ms: int = 0


@dataclass(frozen=True, slots=True)
class SlotRequest:
    """One entry of the log: slots for some calls, not before an instant, not long after it."""

    not_before_ms: int
    within_ms: int
    calls: tuple[PacedCall, ...]


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """An instant at which one call may leave."""

    at_ms: int
    prefix: str
    campaign: str


@dataclass(slots=True)
class Timetable:
    """The slots taken so far. Requests must be taken in the order of the log."""

    limits: PaceLimits
    floor_ms: int = 0
    slots: list[Slot] = field(default_factory=list)
    _taken: set[int] = field(default_factory=set)
    _by_prefix: dict[str, list[int]] = field(default_factory=dict)
    _by_campaign: dict[str, list[int]] = field(default_factory=dict)

    def take(self, request: SlotRequest) -> list[int | None]:
        """Give each call of the request its slot.

        Args:
            request: The next entry of the log.

        Returns:
            For each call the instant in ms since 1970, or None when none is free in time.
        """
        is_batch = len(request.calls) > 1
        return [self._take_one(request, call, is_batch=is_batch) for call in request.calls]

    def add(self, slot: Slot) -> None:
        """Enter a slot that was taken before."""
        insort(self.slots, slot)
        self._taken.add(slot.at_ms)
        insort(self._by_prefix.setdefault(slot.prefix, []), slot.at_ms)
        if slot.campaign:
            insort(self._by_campaign.setdefault(slot.campaign, []), slot.at_ms)

    def folded(self, newest_ms: int) -> Timetable:
        """The same timetable without what can no longer matter.

        Args:
            newest_ms: The latest `not_before_ms` of the requests taken so far.

        Returns:
            A timetable that will never give a slot before its floor.
        """
        floor_ms = max(self.floor_ms, newest_ms - CLOCK_ALLOWANCE_MS)
        kept = Timetable(self.limits, floor_ms)
        recent_ms = floor_ms - self.limits.span_ms
        # Older than a span, only the last slot of each campaign can still forbid another.
        last = {slot.campaign: slot for slot in self.slots if slot.at_ms <= recent_ms}
        for slot in self.slots:
            staggers = slot.campaign and last.get(slot.campaign) is slot
            oldest_ms = floor_ms - self.limits.memory_ms if staggers else recent_ms
            if slot.at_ms > oldest_ms:
                kept.add(slot)
        return kept

    def _take_one(self, request: SlotRequest, call: PacedCall, *, is_batch: bool) -> int | None:
        limits = self.limits
        grid_ms = limits.grid_ms
        index = -(-max(request.not_before_ms, self.floor_ms) // grid_ms)
        last = (request.not_before_ms + min(request.within_ms, limits.horizon_ms)) // grid_ms
        while index <= last:
            at_ms = index * grid_ms
            kept = is_batch and limits.kept_every and index % limits.kept_every == 0
            if not kept and self._is_free(at_ms, call):
                self.add(Slot(at_ms, call.prefix, call.campaign))
                return at_ms
            index += 1
        return None

    def _is_free(self, at_ms: int, call: PacedCall) -> bool:
        limits = self.limits
        if at_ms in self._taken:
            return False
        prefix_ms = self._by_prefix.get(call.prefix, [])
        if not _fits(prefix_ms, at_ms, limits.prefix_calls, limits.span_ms):
            return False
        gap_ms = min(call.stagger_ms, limits.longest_stagger_ms)
        if not call.campaign or not gap_ms:
            return True
        campaign_ms = self._by_campaign.get(call.campaign, [])
        return _fits(campaign_ms, at_ms, 1, gap_ms + limits.slack_ms)


def timetable(base: Timetable, log: list[SlotRequest]) -> tuple[Timetable, list[int | None]]:
    """Compute the timetable after a log.

    Args:
        base: What older entries were folded into; it is not changed.
        log: The entries since, the own one last.

    Returns:
        The timetable, and the slots of the last entry.
    """
    current = copy_of(base)
    mine: list[int | None] = []
    for request in log:
        mine = current.take(request)
    return current, mine


def copy_of(base: Timetable) -> Timetable:
    """A copy that can be added to without changing the original."""
    copy = Timetable(base.limits, base.floor_ms)
    for slot in base.slots:
        copy.add(slot)
    return copy


def _fits(taken_ms: list[int], at_ms: int, limit: int, span_ms: int) -> bool:
    """Whether any limit + 1 instants in a row still span enough once `at_ms` joins them."""
    place = bisect_left(taken_ms, at_ms)
    for after in range(limit + 1):
        before = limit - after
        if place < before or place + after > len(taken_ms):
            continue
        first = taken_ms[place - before] if before else at_ms
        last = taken_ms[place + after - 1] if after else at_ms
        if last - first < span_ms:
            return False
    return True
