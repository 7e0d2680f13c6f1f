"""Counting in memory, on the fakes of calls, visits and offers; held to the real table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.conversations.adapters.call_items import plausible
from contact_center.conversations.services.ports.calls import CallRow
from contact_center.figures.adapters.roll_up_items import lengths_of
from contact_center.figures.domain.counts import (
    HOUR_MS,
    LENGTHS,
    bucket_of,
    difference,
    hour_of,
    hour_text,
)
from contact_center.figures.domain.worst_seconds import Worst, worse
from contact_center.figures.services.measure_seconds import dial_of
from contact_center.figures.services.roll_up_ports import (
    DueSubject,
    Everything,
    RollUp,
    Subject,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from contact_center.figures.domain.counts import Bucket, Counted
    from contact_center.figures.domain.worst_seconds import Dial
    from contact_center.figures.services.roll_up_ports import Change
    from tests.fakes.call_store import FakeCallStore
    from tests.fakes.visits import FakeVisits

type Key = tuple[str, Bucket]


@dataclass
class FakeFigures:
    """CountBook, RollUps, DialBook, CountAudit. `before_count` runs once before a count."""

    calls: FakeCallStore
    visits: FakeVisits
    counted: dict[str, Counted] = field(default_factory=dict)
    times: Counter[str] = field(default_factory=Counter)
    roll_ups: dict[Key, Counter[str]] = field(default_factory=dict)
    revisions: Counter[Key] = field(default_factory=Counter)
    visits_counted: dict[str, int] = field(default_factory=dict)  # at which revision
    put_off_until: dict[str, int] = field(default_factory=dict)
    worst_seconds: dict[int, Worst] = field(default_factory=dict)
    unreadable: dict[str, Exception] = field(default_factory=dict)
    before_count: Callable[[], None] | None = None
    transactions: int = 0

    def due(self, now_ms: int, limit: int) -> Sequence[DueSubject]:
        waiting = {f"CALL#{name}": due for name, (due, _) in self.calls.to_count.items()}
        for name, kept in self.visits.kept.items():
            ended_ms = kept.visit.ended_ms
            if ended_ms is not None and self.visits_counted.get(name) != kept.revision:
                waiting[f"VISIT#{name}"] = ended_ms + 60_000
        waiting |= {name: at for name, at in self.put_off_until.items() if name in waiting}
        due = sorted((at, name) for name, at in waiting.items() if at <= now_ms)
        return [DueSubject(name, at) for at, name in due][:limit]

    def read(self, names: Sequence[str]) -> Everything:
        odd = {name: self.unreadable[name] for name in names if name in self.unreadable}
        return Everything(
            subjects=[self._subject(name) for name in names if name not in odd], unreadable=odd
        )

    def count(self, changes: Sequence[Change]) -> bool:
        first, self.before_count = self.before_count, None
        if first is not None:
            first()
        if any(self._has_changed(change.subject) for change in changes):
            return False
        self.transactions += 1
        for change in changes:
            self._write(change)
        return True

    def put_off(self, subject: Subject, due_ms: int) -> None:
        if not self._has_changed(subject):
            self.put_off_until[subject.name] = due_ms

    def hours(self, day: str) -> Sequence[RollUp]:
        return self._found(lambda of: of.startswith(f"{day}T"))

    def days(self, first: str, last: str) -> Sequence[RollUp]:
        return self._found(lambda of: len(of) == len(first) and first <= of <= last)

    def waiting(self, limit: int) -> Everything:
        waiting = [one.name for one in self.due(10**15, 10**6) if one.name.startswith("CALL#")]
        return self.read(waiting[:limit])

    def dials(self, first_ms: int, last_ms: int) -> Sequence[Dial]:
        records = [one.record for one in self.calls.histories.values() if one.record is not None]
        dials = [dial for record in records if (dial := dial_of(record)) is not None]
        return [dial for dial in dials if first_ms <= dial.at_ms <= last_ms]

    def raise_worst(self, hours: Mapping[int, Worst]) -> None:
        for hour, worst in hours.items():
            self.worst_seconds[hour] = worse(self.worst_seconds.get(hour, Worst()), worst)

    def worst(self, first: str, last: str) -> Mapping[int, Worst]:
        return {
            hour: worst
            for hour, worst in self.worst_seconds.items()
            if first <= hour_text(hour)[:10] <= last
        }

    def lengths(self, day: str) -> RollUp:
        of = lengths_of(day)
        nothing = RollUp(of=of, bucket=bucket_of(hour_of(day) * HOUR_MS, None, None), counts={})
        return next(iter(self._found(lambda said: said == of)), nothing)

    def everything(self) -> Iterator[Everything]:
        names = [f"CALL#{name}" for name in self.calls.histories]
        names += [f"VISIT#{name}" for name in self.visits.kept]
        yield self.read(names)

    def mark(self, subject: Subject, due_ms: int) -> None:
        name = subject.name.partition("#")[2]
        if subject.visit is None:
            self.calls.to_count[name] = (due_ms, subject.revision)
        else:
            self.visits_counted.pop(name, None)

    def correct(self, roll_up: RollUp, counts: Mapping[str, int]) -> bool:
        key = (roll_up.of, _plain(roll_up.bucket))
        if self.revisions[key] != roll_up.revision:
            return False
        self.roll_ups[key] = Counter(counts)
        self.revisions[key] += 1
        return True

    def _subject(self, name: str) -> Subject:
        kind, _, its = name.partition("#")
        before, times = self.counted.get(name), self.times[name]
        if kind == "VISIT":
            kept = self.visits.kept[its]
            due = self.visits_counted.get(its) != kept.revision and kept.visit.ended_ms is not None
            return Subject(
                name=name,
                visit=kept.visit,
                before=before,
                counts=times,
                revision=kept.revision,
                due=due,
            )
        history = self.calls.read(its)
        record = history.record
        row = CallRow(record, history.glance, 0) if record else None
        began_ms = plausible(record.started_at_ms or record.first_seen_ms) if record else 0
        mark = self.calls.to_count.get(its)
        return Subject(
            name=name,
            call=row,
            before=before,
            counts=times,
            revision=history.version,
            wanted=mark[1] if mark else None,
            due=mark is not None,
            began_ms=began_ms,
        )

    def _has_changed(self, subject: Subject) -> bool:
        now = self._subject(subject.name)
        seen = (subject.counts, subject.wanted)
        of_visit = subject.visit is not None and now.revision != subject.revision
        return of_visit or seen != (now.counts, now.wanted)

    def _write(self, change: Change) -> None:
        name, after = change.subject.name, change.after
        for bucket, counts in difference(change.subject.before, after).items():
            for of, part in _parts(bucket, counts):
                key = (of, _plain(bucket) if not of.endswith(LENGTHS) else _nothing())
                into = self.roll_ups.setdefault(key, Counter())
                for counter, count in part.items():
                    into[counter] += count
                self.revisions[key] += 1
        self.times[name] += 1
        self.counted.pop(name, None)
        if after is not None:
            self.counted[name] = after
        self.put_off_until.pop(name, None)
        its = name.partition("#")[2]
        if change.subject.visit is None:
            self.calls.to_count.pop(its, None)
        else:
            self.visits_counted[its] = change.subject.revision

    def _found(self, wanted: Callable[[str], bool]) -> list[RollUp]:
        found = []
        for key, counts in self.roll_ups.items():
            of, bucket = key
            if wanted(of):
                at = hour_of(of.partition("#")[0]) * HOUR_MS
                its = bucket_of(at, bucket.department, bucket.campaign)
                left = {name: count for name, count in counts.items() if count}
                found.append(RollUp(of=of, bucket=its, counts=left, revision=self.revisions[key]))
        return found


def _parts(bucket: Bucket, counts: Mapping[str, int]) -> Iterator[tuple[str, Mapping[str, int]]]:
    hour = hour_text(bucket.hour)
    plain = {name: n for name, n in counts.items() if not name.startswith(LENGTHS)}
    lengths = {name: n for name, n in counts.items() if name.startswith(LENGTHS)}
    yield hour, plain
    yield hour[:10], plain
    if lengths:
        yield lengths_of(hour[:10]), lengths


def _plain(bucket: Bucket) -> Bucket:
    return bucket_of(0, bucket.department, bucket.campaign)


def _nothing() -> Bucket:
    return bucket_of(0, None, None)
