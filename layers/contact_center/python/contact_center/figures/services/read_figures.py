"""What operators look at to see how it goes: the figures of a day, and what waits at the moment.

Nothing here scans, and nothing costs more because more is stored. What each answer reads, in units
of DynamoDB where it may be many:

    the calls of a day     roll-ups: of a day by department and campaign, ten take 4; how long its
                           durations were, 4; calls that are over and not counted yet, at most
                           MOST_WAITING, 18; calls under way, at most MOST_UNDER_WAY, 10
    lines                  their leases: as many as the account has lines, at most
    open attempts          an index of them alone, up to the adapter's bound: 11
    queues                 a few attributes of each
    transfers of a day     one query of at most eight counts
    callers who wait       one query a department, at most MOST_WAITERS callers of each
    people                 as many items as take callers, a hundred a request
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from contact_center.conversations.services.read_calls import FORGOTTEN_MS
from contact_center.dialing.services.hold_lines import CALL_HOLDER
from contact_center.dialing.services.hold_visit_lines import VISIT_HOLDER
from contact_center.figures.domain.counts import difference, hour_text
from contact_center.figures.services.count_calls import call_figures, count_call
from contact_center.figures.services.count_transfers import transfer_success
from contact_center.kernel.data_classes import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contact_center.conversations.services.ports.calls import CallList
    from contact_center.dialing.services.dialing_ports import LineBook, SwitchBoard
    from contact_center.dialing.services.ledger_ports import OpenAttemptCount
    from contact_center.figures.domain.counts import Bucket
    from contact_center.figures.services.count_calls import Json
    from contact_center.figures.services.figure_ports import QueueDepths
    from contact_center.figures.services.roll_up_ports import RollUps
    from contact_center.kernel.ports import Clock
    from contact_center.people.services.offer_ports import OfferBook
    from contact_center.people.services.people_desk import PeopleDesk
    from contact_center.queue.domain.waits_told import WaitTold
    from contact_center.queue.services.queue_ports import QueueBook, QueueView, Waiter

# Two or three kilobytes a call.
MOST_WAITING = 16
MOST_UNDER_WAY = 30
MOST_WAITERS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureDesk:
    """Figures as operators ask for them. Each method may raise StoreUnavailableError.

    Attributes:
        roll_ups: What is counted, and what is not yet.
        lines_of: Concurrent calls the account may have; lines_for_inbound of them no dial takes.
        departments: Whose callers wait.
        recent_ms: How old a serving may be that a wait is told from.
    """

    calls: CallList
    roll_ups: RollUps
    lines: LineBook
    switch: SwitchBoard
    attempts: OpenAttemptCount
    queues: QueueDepths
    clock: Clock
    lines_of: int
    lines_for_inbound: int
    callers: QueueBook
    offers: OfferBook
    people: PeopleDesk
    departments: tuple[str, ...]
    recent_ms: int

    def metrics(self, day: str | None) -> Json:
        """The figures of a day, the queues and dialing as they stand now.

        Calls that are over are counted; beside them what is under way, and what is over and not
        counted yet: all of it, as long as not very much happens at once. A call counts for the day
        on which it began, an offer for the day on which the person was asked: what is told of
        either later changes no other day.

        Args:
            day: YYYY-MM-DD, UTC; None is today.

        Raises:
            QueueUnavailableError: A queue did not answer.
        """
        now_ms = self.clock.now_ms()
        day = day or _iso(now_ms)[:10]
        parts: list[tuple[Bucket, Mapping[str, int]]] = [
            (one.bucket, one.counts) for one in self.roll_ups.days(day, day)
        ]
        lengths = self.roll_ups.lengths(day)
        waiting = self.roll_ups.waiting(MOST_WAITING)
        under_way = self.calls.active(now_ms - FORGOTTEN_MS, MOST_UNDER_WAY)
        live = len(under_way.calls)
        complete = len(waiting.subjects) < MOST_WAITING
        if under_way.cursor is not None:
            live, complete = self.calls.active_count(now_ms - FORGOTTEN_MS), False
        for subject in waiting.subjects:
            if subject.call is not None and subject.call.record.ended:
                after = count_call(subject.call.record, subject.call.glance)
                parts += _of_day(day, difference(subject.before, after))
        for row in under_way.calls:
            parts += _of_day(day, difference(None, count_call(row.record, row.glance)))
        parts.append((lengths.bucket, lengths.counts))
        calls = call_figures(parts)
        return {
            "day": day,
            "at": _iso(now_ms),
            "calls": calls.shown | {"complete": complete, "live": live},
            "transferSuccess": transfer_success(self.offers.outcomes(day), calls.transfers),
            "queues": self._depths(),
            "dialing": self._dialing(now_ms),
        }

    def queue(self) -> Json:
        """What waits at the moment: callers, messages, attempts, and for whom and what.

        Depths are approximate, as SQS tells them; it tells ages to CloudWatch alone. How long
        dialing waits is seen from the attempts.

        Raises:
            QueueUnavailableError: A queue did not answer.
        """
        now_ms = self.clock.now_ms()
        queues = self._depths()
        return {
            "at": _iso(now_ms),
            "waiting": self._waiting(now_ms),
            "people": self.people.everybody(whole=False),
            "queues": queues,
            "dialing": self._dialing(now_ms),
        }

    def _depths(self) -> list[Json]:
        return [
            {
                "name": one.name,
                "waiting": one.waiting,
                "delayed": one.delayed,
                "inFlight": one.in_flight,
                "dead": one.dead,
            }
            for one in self.queues.depths()
        ]

    def _waiting(self, now_ms: int) -> Json:
        views = {name: self.callers.view(name, MOST_WAITERS) for name in self.departments}
        return {
            "callers": [
                _waiter(one, name, view, now_ms, self.recent_ms)
                for name, view in views.items()
                for one in view.waiters
            ],
            "complete": all(view.complete for view in views.values()),
        }

    def _dialing(self, now_ms: int) -> Json:
        held = self.lines.held()
        others = sum(lease.holder.startswith((CALL_HOLDER, VISIT_HOLDER)) for lease in held)
        waiting = self.attempts.count(now_ms)
        oldest_ms = waiting.oldest_due_at_ms
        return {
            "stopped": self.switch.read().stopped,
            "lines": {
                "inUse": len(held),
                "byDials": len(held) - others,
                "byOtherCalls": others,
                "of": self.lines_of,
                "keptForInbound": self.lines_for_inbound,
            },
            "openAttempts": {
                "counted": waiting.counted,
                "complete": waiting.complete,
                "overdue": waiting.overdue,
                "oldestDueAt": None if oldest_ms is None else _iso(oldest_ms),
                "waitsFor": {what.value: count for what, count in waiting.waiting.items()},
            },
        }


def _of_day(
    day: str, parts: Mapping[Bucket, Mapping[str, int]]
) -> Iterator[tuple[Bucket, Mapping[str, int]]]:
    for bucket, counts in parts.items():
        if hour_text(bucket.hour)[:10] == day:
            yield bucket, counts


def _waiter(waiter: Waiter, department: str, view: QueueView, now_ms: int, recent_ms: int) -> Json:
    told = view.boards[waiter.waits_for].told(waiter.place_key, now_ms, recent_ms)
    return {
        "visitId": waiter.visit_id,
        "department": department,
        "waitsFor": waiter.waits_for.value,
        "place": told.place,
        "since": _iso(waiter.place_ms),
        "told": _minutes(told),
        "offered": waiter.offered,
        "offeredTo": waiter.offered_to,
        "number": waiter.number,
    }


def _minutes(told: WaitTold) -> Json | None:
    if told.wait is None:
        return None
    return {"lowMinutes": told.wait.low_minutes, "highMinutes": told.wait.high_minutes}


def _iso(at_ms: int) -> str:
    at = datetime.fromtimestamp(at_ms / 1000, tz=UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
