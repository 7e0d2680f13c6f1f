"""Add the figures up again from the records, and say where the roll-ups say something else.

Two things hold when nothing is wrong, and each can be put right by itself:

    what is counted of a call or a visit is what its record says, unless it is marked to be counted
        else it is marked, and counted at the next tick
    a roll-up is the sum of what is counted
        else it is put right, if it is still as it was when the adding up began

Both together: the roll-ups are what the records say. A worst second that nobody has noted is noted.
Whoever counts meanwhile is in nobody's way: a roll-up that moves while it is looked at is left to
the next time.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from contact_center.figures.domain.counts import LENGTHS, added, hour_text
from contact_center.figures.domain.worst_seconds import Worst, worse, worst_seconds
from contact_center.figures.services.count_due import NotYetError, counted_as
from contact_center.figures.services.measure_seconds import dial_of
from contact_center.figures.services.roll_up_ports import RollUp
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from contact_center.figures.domain.counts import Bucket, Counted
    from contact_center.figures.domain.worst_seconds import Dial
    from contact_center.figures.services.measure_seconds import DialBook
    from contact_center.figures.services.roll_up_ports import CountAudit, RollUps, Subject
    from contact_center.kernel.ports import Clock
    from contact_center.people.domain.offers import Offer

type Key = tuple[str, str, str]  # of, department, campaign


@dataclass(frozen=True, slots=True, kw_only=True)
class RecountParts:
    """What recounting works with."""

    audit: CountAudit
    roll_ups: RollUps
    dials: DialBook
    offers_of: Callable[[str], Sequence[Offer]]
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Recounted:
    """What recounting found.

    Attributes:
        calls, visits: That were looked at.
        waiting: Of them, that are marked to be counted.
        behind: That were counted otherwise than their record says, and not marked; they are now.
        unreadable: That this release cannot read.
        roll_ups: That were compared.
        moving: Of them, that were changed meanwhile.
        wrong: Of them, that were not the sum of what is counted: by time, department, campaign.
        corrected: Of those, that are now.
    """

    calls: int
    visits: int
    waiting: int
    behind: int
    unreadable: int
    roll_ups: int
    moving: int
    wrong: tuple[str, ...]
    corrected: int

    @property
    def agrees(self) -> bool:
        """Whether the roll-ups are what the records say, but for what waits to be counted."""
        return not self.behind and not self.wrong and not self.unreadable


def recount(first: date, last: date, parts: RecountParts, *, mend: bool) -> Recounted:
    """Recount days.

    Args:
        first: The first day, of which every record must still be kept.
        last: The last one.
        parts: What it works with.
        mend: Whether what is wrong is put right, or told alone.

    Raises:
        StoreUnavailableError: The table did not answer; what was mended by then is right.
    """
    days = [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    before = {_key(one): one for one in _stored(days, parts.roll_ups)}
    reading = _Reading(frozenset(days), parts, mend=mend)
    reading.read()
    after = {_key(one): one for one in _stored(days, parts.roll_ups)}
    names = {*before, *after, *reading.sums}
    moving = {name for name in names if _revision(before, name) != _revision(after, name)}
    wrong: list[str] = []
    corrected = 0
    for name in sorted(names - moving):
        said = dict(added(reading.sums.get(name, ())))
        said = {counter: n for counter, n in said.items() if n}
        stored = after.get(name) or RollUp(of=name[0], bucket=reading.buckets[name], counts={})
        if said != dict(stored.counts):
            wrong.append(" ".join(filter(None, name)))
            corrected += mend and parts.audit.correct(stored, said)
    noted = parts.dials.worst(days[0], days[-1])
    faster = {
        hour: worst
        for hour, worst in worst_seconds(reading.dials).items()
        if hour_text(hour)[:10] in days
        and worse(worst, noted.get(hour, Worst())) != noted.get(hour, Worst())
    }
    wrong += [f"{hour_text(hour)} worst second" for hour in sorted(faster)]
    if mend:
        parts.dials.raise_worst(faster)
        corrected += len(faster)
    return Recounted(
        calls=reading.calls,
        visits=reading.visits,
        waiting=reading.waiting,
        behind=reading.behind,
        unreadable=reading.unreadable,
        roll_ups=len(names),
        moving=len(moving),
        wrong=tuple(wrong),
        corrected=corrected,
    )


class _Reading:
    """Everything that is kept, as far as it counts for some days."""

    def __init__(self, days: frozenset[str], parts: RecountParts, *, mend: bool) -> None:
        self._days = days
        self._parts = parts
        self._mend = mend
        self.calls = self.visits = self.waiting = self.behind = self.unreadable = 0
        self.dials: list[Dial] = []
        self.sums: dict[Key, list[Mapping[str, int]]] = {}
        self.buckets: dict[Key, Bucket] = {}

    def read(self) -> None:
        for part in self._parts.audit.everything():
            self.unreadable += len(part.unreadable)
            for subject in part.subjects:
                self._take(subject)

    def _take(self, subject: Subject) -> None:
        if subject.call is not None and subject.before is not None and not subject.due:
            dial = dial_of(subject.call.record)
            self.dials += [] if dial is None else [dial]
        after, settled = self._after(subject)
        if not self._is_of_these(subject.before) and not self._is_of_these(after):
            return
        self.calls += subject.call is not None
        self.visits += subject.visit is not None
        if subject.before is not None and self._is_of_these(subject.before):
            for key, bucket, counts in _roll_ups_of(subject.before):
                self.sums.setdefault(key, []).append(counts)
                self.buckets.setdefault(key, bucket)
        if subject.due or not settled:
            self.waiting += 1
        elif after != subject.before:
            self.behind += 1
            if self._mend:
                self._parts.audit.mark(subject, self._parts.clock.now_ms())

    def _after(self, subject: Subject) -> tuple[Counted | None, bool]:
        try:
            return counted_as(subject, self._parts.offers_of), True
        except NotYetError:
            return subject.before, False

    def _is_of_these(self, counted: Counted | None) -> bool:
        return counted is not None and hour_text(counted.bucket.hour)[:10] in self._days


def _roll_ups_of(counted: Counted) -> Iterator[tuple[Key, Bucket, Mapping[str, int]]]:
    bucket, hour = counted.bucket, hour_text(counted.bucket.hour)
    plain = {name: n for name, n in counted.counts.items() if not name.startswith(LENGTHS)}
    yield (hour, bucket.department, bucket.campaign), bucket, plain
    yield (hour[:10], bucket.department, bucket.campaign), bucket, plain
    lengths = {name: n for name, n in counted.counts.items() if name.startswith(LENGTHS)}
    yield (f"{hour[:10]}#{LENGTHS}", "", ""), bucket, lengths


def _stored(days: Sequence[str], roll_ups: RollUps) -> Iterator[RollUp]:
    yield from roll_ups.days(days[0], days[-1])
    for day in days:
        yield from roll_ups.hours(day)
        yield roll_ups.lengths(day)


def _key(one: RollUp) -> Key:
    of_all = one.of.endswith(LENGTHS)
    return one.of, "" if of_all else one.bucket.department, "" if of_all else one.bucket.campaign


def _revision(found: Mapping[Key, RollUp], name: Key) -> int:
    return found[name].revision if name in found else 0
