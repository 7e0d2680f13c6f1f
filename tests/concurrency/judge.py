"""Whether a run kept its promises, whether it counts, and its figures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.domain.dial_requests import post_name
from tests.concurrency.plan import KILLED_IN
from tests.concurrency.rings import worst_window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.dialing.domain.dial_attempts import DialAttempt
    from tests.concurrency.board import Stage
    from tests.concurrency.campaigns import Recount
    from tests.concurrency.plan import Plan
    from tests.concurrency.rings import Ring

LEAST_SHARE = 0.95
BUSY_SHARE = 0.9  # of the processors' time: above it they are what dialing waits for
NS = 1_000_000_000
KILLED_AS = dict(
    zip(
        KILLED_IN,
        ("queued, not claimed", "dialing, not posted", "POST in flight", "placed, not recorded"),
        strict=True,
    )
)


@dataclass(frozen=True)
class Evidence:
    """What a run left behind.

    Attributes:
        dry_ns: When nothing was left in the queue: until then the supply did not limit.
        ended: Whether every attempt came to its end in time.
        busy_share: The part of the processors' time that was work while there was supply; None
            where the machine does not tell.
        unknown: POSTs whose outcome their dialer did not learn.
        recounts: The figures of the campaigns whose calls these were, beside a recount.
    """

    plan: Plan
    asked: Sequence[DialAttempt]
    stored: Mapping[str, DialAttempt]
    rings: Sequence[Ring]
    dry_ns: int | None
    ended: bool
    killed_handlers: int
    killed_dialers: int
    suspects: set[str]
    caught: Counter[Stage]
    unknown: int
    leases: int
    lines: int
    held: int
    dead: int
    seconds: float
    slots_missed: int
    recounts: Sequence[Recount] = ()
    busy_share: float | None = None

    # -- what must hold ----------------------------------------------------------------------

    def broken(self) -> list[str]:
        """Promises that were not kept, the pace at the receiver among them."""
        return [*self.broken_pace(), *self.broken_anywhere()]

    def broken_pace(self) -> list[str]:
        """What was rung too fast: where a receiver is held up itself, it looks like that too."""
        worst_prefix = max(self.worst_areas.values(), default=0)
        checks = {
            f"{self.worst_account} rings in one second": self.worst_account
            > self.plan.account_calls,
            f"{worst_prefix} rings in one second at one prefix": worst_prefix
            > self.plan.prefix_calls,
        }
        return [said for said, is_broken in checks.items() if is_broken]

    def broken_anywhere(self) -> list[str]:
        """Promises that no slow machine can break: a ring may be late for its slot, never early."""
        checks = {
            f"{self.slots_too_near} slots are too near to each other": self.slots_too_near,
            f"{self.early} rings came before their slots": self.early,
            f"{self.double_attempts} attempts rang more than once": self.double_attempts,
            f"{self.double_names} names rang more than once": self.double_names,
            f"{self.double_numbers} numbers rang more than once": self.double_numbers,
            f"{self.open_attempts} attempts are not settled": self.open_attempts,
            f"{self.unrung} attempts did not ring though nobody was killed over them": self.unrung,
            f"{self.misjudged} attempts rang and are not settled as completed": self.misjudged,
            f"{self.imagined} attempts are settled as completed and never rang": self.imagined,
            f"{self.leases} leases and {self.lines} lines are left": self.leases or self.lines,
            f"{self.held} customers are still held": self.held,
            f"{self.dead} jobs are dead": self.dead,
            f"{self.figures_wrong} campaigns' figures are not what a recount finds": (
                self.figures_wrong
            ),
            "the run did not come to its end": not self.ended,
        }
        return [said for said, is_broken in checks.items() if is_broken]

    def uncounted(self) -> list[str]:
        """Why the run proves too little."""
        missing = [
            f"nobody was killed: {KILLED_AS[stage]}"
            for stage in self.plan.kills
            if not self.caught[stage]
        ]
        if self.plan.lost and not self.unknown:
            missing.append("no outcome was unknown")
        return missing

    def too_slow(self) -> bool:
        """Whether it was slower than the limits, the supply and the machine explain."""
        return self.share < LEAST_SHARE and not self.overbooked

    @property
    def overbooked(self) -> bool:
        """Whether the processors had no time to spare, so that the rate is theirs."""
        return self.busy_share is not None and self.busy_share > BUSY_SHARE

    # -- rings -------------------------------------------------------------------------------

    @property
    def double_attempts(self) -> int:
        return _doubles(ring.attempt_id for ring in self.rings)

    @property
    def double_names(self) -> int:
        return _doubles(ring.name for ring in self.rings)

    @property
    def double_numbers(self) -> int:
        return _doubles(ring.number for ring in self.rings)

    @cached_property
    def worst_account(self) -> int:
        return self._worst(self.rings)

    @cached_property
    def worst_areas(self) -> dict[str, int]:
        areas = sorted({ring.area for ring in self.rings})
        return {
            area: self._worst([ring for ring in self.rings if ring.area == area]) for area in areas
        }

    def _worst(self, rings: Sequence[Ring]) -> int:
        return worst_window([ring.at_ns for ring in rings], self.plan.window_ms * 1_000_000)

    # -- pace --------------------------------------------------------------------------------

    @cached_property
    def supplied(self) -> list[int]:
        """The rings while the queue held jobs, in ns."""
        until_ns = self.dry_ns or 0
        return sorted(ring.at_ns for ring in self.rings if ring.at_ns <= until_ns)

    @property
    def supplied_seconds(self) -> float:
        return (self.supplied[-1] - self.supplied[0]) / NS if self.supplied else 0.0

    @property
    def allowed_seconds(self) -> float:
        """The least time the limits leave for these rings: the account's, or a prefix's."""
        until_ns = self.dry_ns or 0
        areas = Counter(ring.area for ring in self.rings if ring.at_ns <= until_ns)
        by_prefix = (max(areas.values(), default=1) - 1) / self.plan.prefix_calls
        return max((len(self.supplied) - 1) / self.plan.account_calls, by_prefix)

    @property
    def share(self) -> float:
        """The rate in parts of the allowed one: the least time by the time it took."""
        return self.allowed_seconds / self.supplied_seconds if self.supplied_seconds else 0.0

    @cached_property
    def slots(self) -> dict[str, int]:
        """The slot of each attempt's last POST, ms since 1970, by the name of the POST."""
        return {
            post_name(attempt.attempt_id, attempt.posts): attempt.slot_at_ms
            for attempt in self.stored.values()
            if attempt.posts
        }

    @property
    def early(self) -> int:
        return sum(late_ms < 0 for late_ms in self.late_ms())

    @property
    def slots_too_near(self) -> int:
        """Slots beyond what a second may have, of the account or of one prefix."""
        second_ms, areas = 1_000, {ring.name: ring.area for ring in self.rings}
        by_area = [
            worst_window(
                [at for name, at in self.slots.items() if areas.get(name) == area], second_ms
            )
            for area in set(areas.values())
        ]
        over = worst_window(list(self.slots.values()), second_ms) - self.plan.account_calls
        return max(0, over, *(worst - self.plan.prefix_calls for worst in by_area))

    def late_ms(self) -> list[float]:
        """From an attempt's slot to its receipt, the shortest first."""
        return sorted(
            ring.at_ns / 1e6 - self.slots[ring.name]
            for ring in self.rings
            if ring.name in self.slots
        )

    # -- attempts ----------------------------------------------------------------------------

    @property
    def ends(self) -> Counter[str]:
        return Counter(
            f"{attempt.state}"
            if attempt.disposition is None
            else f"{attempt.state}: {attempt.disposition}"
            for attempt in self.stored.values()
        )

    @property
    def open_attempts(self) -> int:
        settled = sum(a.state is AttemptState.SETTLED for a in self.stored.values())
        return len(self.asked) - settled

    @cached_property
    def _rang(self) -> set[str]:
        return {ring.attempt_id for ring in self.rings}

    @property
    def silent(self) -> list[DialAttempt]:
        return [a for a in self.stored.values() if a.attempt_id not in self._rang]

    @property
    def unrung(self) -> int:
        """Silent ones whose handler was not killed between claim and answer."""
        return len({a.attempt_id for a in self.silent} - self.suspects)

    @property
    def misjudged(self) -> int:
        return sum(
            a.attempt_id in self._rang and a.disposition != "completed"
            for a in self.stored.values()
        )

    @property
    def figures_wrong(self) -> int:
        """Campaigns whose figures are not their contacts, as the receiver knows them."""
        return sum(dict(one.told) != dict(one.counted) for one in self.recounts)

    @property
    def imagined(self) -> int:
        return sum(a.disposition == "completed" for a in self.silent)


def table(evidence: Evidence) -> list[tuple[str, str]]:
    """The figures of a run, one line each."""
    late = evidence.late_ms() or [0.0]
    plan = evidence.plan
    return [
        ("jobs, messages", f"{plan.jobs}, {len(plan.order())}"),
        ("rings", str(len(evidence.rings))),
        (
            "double rings: attempt, name, number",
            f"{evidence.double_attempts}, {evidence.double_names}, {evidence.double_numbers}",
        ),
        (f"worst second: account (limit {plan.account_calls})", str(evidence.worst_account)),
        (
            f"worst second: each prefix (limit {plan.prefix_calls})",
            " ".join(f"{area[2:]}:{worst}" for area, worst in evidence.worst_areas.items()),
        ),
        (
            "rate while there was supply",
            _rate(evidence),
        ),
        ("processors at work meanwhile", _busy(evidence.busy_share)),
        ("slots missed and taken again", str(evidence.slots_missed)),
        (
            "killed: handlers, whole dialers",
            f"{evidence.killed_handlers}, {evidence.killed_dialers}",
        ),
        *[
            (f"  found killed: {said}", str(evidence.caught[stage]))
            for stage, said in KILLED_AS.items()
        ],
        ("unknown outcomes", str(evidence.unknown)),
        *[(f"attempts {end}", str(count)) for end, count in sorted(evidence.ends.items())],
        *[
            (
                f"figures of {one.name}, told and recounted",
                f"{_said(one.told)}, {_said(one.counted)}",
            )
            for one in evidence.recounts
        ],
        ("lines left, leases left", f"{evidence.lines}, {evidence.leases}"),
        ("jobs in the dead queue", str(evidence.dead)),
        ("ms from slot to receipt, p50, p99, max", _late(late)),
        ("seconds in all", f"{evidence.seconds:.0f}"),
    ]


def _said(figures: Mapping[str, int]) -> str:
    return " ".join(f"{label}={count}" for label, count in sorted(figures.items())) or "none"


def _rate(evidence: Evidence) -> str:
    rings, seconds = len(evidence.supplied) - 1, evidence.supplied_seconds
    least = evidence.allowed_seconds
    return f"{rings} in {seconds:.1f} s, {least:.1f} s at the limits: {evidence.share:.1%}"


def _busy(share: float | None) -> str:
    return "not told by this machine" if share is None else f"{share:.0%}"


def _late(late: Sequence[float]) -> str:
    p99 = late[min(len(late) - 1, len(late) * 99 // 100)]
    return f"{late[len(late) // 2]:.1f}, {p99:.1f}, {late[-1]:.1f}"


def _doubles(names: object) -> int:
    return sum(count > 1 for count in Counter(names).values())  # type: ignore[call-overload]
