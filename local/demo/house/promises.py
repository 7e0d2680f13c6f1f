"""Whether a full house kept its promises, by what the simulators saw (seen.py) and nothing else."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from local.demo.campaign_figures import Measure
from local.demo.house.seen import Span, Wait

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from local.demo.house.seen import House, Ring, Told, Visit

LONGEST_SILENCE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class HouseJudge:
    """Counts what was promised.

    Attributes:
        house: What was seen.
        lines: How many calls at once we were to keep to.
    """

    house: House
    lines: int

    def measures(self) -> list[Measure]:
        """Each promise, as found."""
        found = self.house
        silence = max((longest_silence(one) for one in found.visits), default=0.0)
        return [
            _at_most("most_calls", "most calls at once with assistants", self._calls(), self.lines),
            _never("callers_lost", "callers without an end, or with none that has a name", (
                one for one in found.visits if not one.came_to
            )),
            _never("before_their_turn", "callers served before one who had waited longer",
                self._out_of_turn()
            ),
            _never("kept_lost", "places kept whose callers were not called back", (
                one for one in found.visits if one.came_to == "callback_failed"
            )),
            _never("places_wrong", "places told that were another one's", self._wrong_places()),
            Measure(
                key="longest_silence_seconds",
                name="longest that a caller heard nothing",
                value=round(silence, 1),
                limit=f"≤ {LONGEST_SILENCE_SECONDS:g} s",
                kept=silence <= LONGEST_SILENCE_SECONDS,
                unit=" s",
                timed=True,
            ),
            _never("two_parties", "callers with two parties at once", (
                one for one in found.visits if _meet(_parties(one))
            )),
            _never("two_callers", "people with two callers at once", self._shared_people()),
            _never("without_key", "callers joined with somebody who had not pressed 1", (
                ring for ring in found.rings if "1" not in ring.keys and self._joined(ring)
            )),
            _never("swallowed", "callers swallowed by a machine", (
                ring for ring in found.rings if ring.does == "voicemail" and self._joined(ring)
            )),
            _never("rules_broken", "rules of Twilio's and Vapi's broken", found.mistakes),
        ]  # fmt: skip

    def _out_of_turn(self) -> Iterator[Wait]:
        waits = list(_waits_of(self.house))
        for late in [*waits, *_at_once(self.house)]:
            if any(_overtook(early, late, self.house.slack_ms) for early in waits):
                yield late

    def _calls(self) -> int:
        begins = [talk.span.begin_ms for one in self.house.visits for talk in one.talks]
        talks = [talk.span for one in self.house.visits for talk in one.talks]
        return max((sum(_holds(at, span) for span in talks) for at in begins), default=0)

    def _wrong_places(self) -> Iterator[Told]:
        waits = list(_waits_of(self.house))
        for wait in waits:
            others = [one for one in waits if one.queue == wait.queue and one is not wait]
            ahead = [one for one in others if _is_ahead(one, wait, self.house.slack_ms)]
            yield from (
                told
                for told in wait.told
                if told.place not in _places(told.at_ms, ahead, self.house.slack_ms)
            )

    def _shared_people(self) -> Iterator[Ring]:
        spans: dict[str, list[Ring]] = defaultdict(list)
        for ring in self.house.rings:
            if any(ring.rooms):
                spans[ring.number].append(ring)
        for rings in spans.values():
            yield from (
                one
                for one, other in itertools.combinations(rings, 2)
                if _meet([*one.rooms.values(), *other.rooms.values()])
            )

    def _joined(self, ring: Ring) -> bool:
        return any(
            room in one.rooms and span.meets(one.rooms[room])
            for one in self.house.visits
            for room, span in ring.rooms.items()
        )


def longest_silence(visit: Visit) -> float:
    """For how long the caller heard nothing at a stretch, in seconds, once he was answered."""
    if visit.answered_ms is None:
        return 0.0
    silent = 0.0
    until_ms = visit.answered_ms
    for sound in sorted(visit.sounds, key=lambda span: span.begin_ms):
        silent = max(silent, sound.begin_ms - until_ms)
        until_ms = max(until_ms, sound.end_ms)
    if visit.span.end_ms < inf:
        silent = max(silent, visit.span.end_ms - until_ms)
    return silent / 1_000


def waiting_about(house: House, begin_ms: float, end_ms: float) -> range:
    """How many callers may have been waiting at some moment between two.

    Who has been sent for waits no more by one way to count, and by the other until he is there.
    """
    waits = list(_waits_of(house))
    moments = {begin_ms, end_ms}
    moments |= {at for wait in waits for at in _turns(wait) if begin_ms <= at <= end_ms}
    counts = [
        sum(_holds(moment, Span(wait.span.begin_ms, until_ms)) for wait, until_ms in ways)
        for moment in moments
        for ways in (
            [(wait, wait.span.end_ms) for wait in waits],
            [(wait, wait.left_ms) for wait in waits],
        )
    ]
    return range(min(counts), max(counts) + 1)


def _turns(wait: Wait) -> tuple[float, float, float]:
    return wait.span.begin_ms, wait.left_ms, wait.span.end_ms


def _waits_of(house: House) -> Iterator[Wait]:
    return (wait for one in house.visits for wait in one.waits)


def _at_once(house: House) -> Iterator[Wait]:
    """Those who were served without a wait, as if they had waited where others began to."""
    queues = {one.waits[0].queue for one in house.visits if one.waits}
    for one in house.visits:
        if one.talks and not one.waits and not one.called_by_us:
            begin_ms = one.talks[0].span.begin_ms
            span = Span(one.span.begin_ms, begin_ms)
            for queue in queues:
                yield Wait(queue=queue, span=span, left_ms=begin_ms, served=True, told=())


def _is_ahead(one: Wait, other: Wait, slack_ms: float) -> bool:
    """Whether the first of two in a queue is before the second.

    Of two who came at about the same time it is who was told the lower place.
    """
    apart_ms = other.span.begin_ms - one.span.begin_ms
    if abs(apart_ms) > slack_ms or not (one.told and other.told):
        return apart_ms > 0
    return (one.told[0].place, one.span.begin_ms) < (other.told[0].place, other.span.begin_ms)


def _overtook(early: Wait, late: Wait, slack_ms: float) -> bool:
    """Whether the later one of two in a queue was sent for while the earlier one still waited."""
    return (
        early.queue == late.queue
        and late.served
        and early.span.begin_ms + slack_ms < late.span.begin_ms
        and late.left_ms + slack_ms < min(early.left_ms, early.span.end_ms)
    )


def _places(at_ms: float, ahead: Sequence[Wait], slack_ms: float) -> set[int]:
    """Which places were right about then, for somebody behind those."""
    moments = {at_ms - slack_ms, at_ms, at_ms + slack_ms}
    moments |= {
        at for wait in ahead for at in _turns(wait) if abs(at - at_ms) <= slack_ms
    }  # fmt: skip
    return {
        1 + sum(_holds(moment, Span(one.span.begin_ms, one.left_ms)) for one in ahead)
        for moment in moments
    }


def _holds(at_ms: float, span: Span) -> bool:
    return span.begin_ms <= at_ms < span.end_ms


def _parties(visit: Visit) -> list[Span]:
    return [*(talk.span for talk in visit.talks), *visit.rooms.values()]


def _meet(spans: Iterable[Span]) -> bool:
    return any(one.meets(other) for one, other in itertools.combinations(spans, 2))


def _never(key: str, name: str, found: Iterable[object]) -> Measure:
    return _at_most(key, name, sum(1 for _ in found), 0)


def _at_most(key: str, name: str, value: int, most: int) -> Measure:
    limit = f"≤ {most}" if most else "0"
    return Measure(key=key, name=name, value=value, limit=limit, kept=value <= most)
