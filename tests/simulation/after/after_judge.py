"""What has to hold of every history after a call, read off what the world noted."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.console.domain.wanted_calls import Wanted
from contact_center.console.services.search_calls import MOST_DAYS, SearchDesk, search_calls
from contact_center.figures.services.call_traits import traits_of
from contact_center.figures.services.recount import RecountParts, recount
from contact_center.forgetting.domain.forgetting import LAST_ROUND
from contact_center.permission.domain.forgotten import forgotten_mark
from contact_center.records.domain.costs import AWS_CALL_MICROS
from tests.fakes.day_book import FakePastCalls, placed
from tests.simulation.after.after_messages import end_of
from tests.simulation.after.after_system import KEY
from tests.simulation.after.effects_judge import given_up, judged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.console.services.search_ports import Place
    from tests.simulation.after.after_system import AfterSystem
    from tests.simulation.after.after_truth import LivedCall


def judged_after(system: AfterSystem) -> list[str]:
    """What was broken, a line each."""
    return [
        *judged(system),
        *_last_words(system),
        *_costs(system),
        *_figures(system),
        *_slots(system),
        *_forgotten(system),
        *_searched(system),
        *_left_over(system),
    ]


def _remembered(system: AfterSystem) -> list[LivedCall]:
    lived = system.lived
    return [call for call in lived.calls.values() if not lived.forgotten(call)]


def _last_words(system: AfterSystem) -> Iterator[str]:
    """What the receiver holds of a call in the end knows what was answered about it."""
    last = {one.record_id: one for one in system.truth.notes}
    gone = system.truth.refused | given_up(system)
    refused = {one.record_id for one in system.caused if one.effect_id in gone}
    for call in _remembered(system):
        name = end_of(call.plan.call_id)
        if call.plan.answers == "nowhere" or name in refused or name not in last:
            continue
        if last[name].told.get("body") != f"{call.plan.name} was helped":
            yield f"lost: what was answered about {call.plan.call_id} was not told"


def _costs(system: AfterSystem) -> Iterator[str]:
    """Each call costs what its providers charged, each part once, and our own share."""
    for call in _remembered(system):
        record = system.store.read(call.plan.call_id).record
        if record is None:
            yield f"lost: nothing is known of {call.plan.call_id}"
            continue
        owed = call.charged + AWS_CALL_MICROS
        if record.costs.micros != owed:
            yield f"cost: {call.plan.call_id} is said to cost {record.costs.micros}, not {owed}"
        elif not record.costs.final:
            yield f"cost: what {call.plan.call_id} cost is never final"


def _figures(system: AfterSystem) -> Iterator[str]:
    """A day is the sum of its calls by the judge's own reading, by recounting, and by its hours."""
    owed: dict[str, Counter[str]] = defaultdict(Counter)
    least: dict[str, Counter[str]] = defaultdict(Counter)
    booked = {call_id for call_id, _ in system.lived.booked}
    held = {call_id for calls in system.calendar.held.values() for call_id in calls}
    for call in system.lived.calls.values():
        day = datetime.fromtimestamp(call.began_ms / 1_000, UTC).date().isoformat()
        costs = call.charged + AWS_CALL_MICROS
        known = not system.lived.forgotten(call)
        owed[day] += Counter(calls=1, cost=costs, meetings=call.plan.call_id in held | booked)
        if known:
            least[day] += Counter(calls=1, cost=costs, meetings=call.plan.call_id in booked)
        else:  # forgotten before its price was told: what is counted stays
            least[day] += Counter(calls=1, cost=AWS_CALL_MICROS)
    days = system.figures.days("2026-01-01", "2027-12-31")
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for one in days:
        counted[one.of].update(one.counts)
    for day in sorted({*owed, *counted}):
        yield from _one_day(day, counted[day], least[day], owed[day], system)


_NAMES = {"calls": "calls", "cost": "cost.micros", "meetings": "achieved.meeting_booked"}


def _one_day(
    day: str,
    counted: Counter[str],
    least: Counter[str],
    most: Counter[str],
    system: AfterSystem,
) -> Iterator[str]:
    for name, counter in _NAMES.items():
        if not least[name] <= counted[counter] <= most[name]:
            wanted = f"{least[name]} to {most[name]}" if least[name] != most[name] else most[name]
            yield f"figures: {counted[counter]} {counter} on {day}, not {wanted}"
    hours: Counter[str] = Counter()
    for one in system.figures.hours(day):
        hours.update(one.counts)
    if +hours != +counted:
        yield f"figures: the hours of {day} are not the day"


def recounted(system: AfterSystem) -> Iterator[str]:
    """The product's own recount finds nothing to mend, and nothing waits to be counted."""
    parts = RecountParts(
        audit=system.figures,
        roll_ups=system.figures,
        dials=system.figures,
        offers_of=lambda _: (),
        clock=system.clock,
    )
    days = [one.began_ms for one in system.lived.calls.values()]
    if not days:
        return
    first, last = (datetime.fromtimestamp(at / 1_000, UTC).date() for at in (min(days), max(days)))
    found = recount(date(first.year, first.month, first.day), last, parts, mend=False)
    if not found.agrees:
        yield f"figures: recounted otherwise {found.wrong[:3]}, {found.behind} behind"
    if found.waiting:
        yield f"figures: {found.waiting} wait to be counted"


def _searched(system: AfterSystem) -> Iterator[str]:
    """Each call is found once by all that it is, and by nothing that it is not."""
    kept = placed(system.store)
    if not kept:
        return
    stand = {place.pk: (traits_of(row), place.began_ms) for row, place in kept}
    if any(_is_lacking(system, place) for row, place in kept if row.record.ended):
        yield "search: the book lacks a call that is over"
    past = FakePastCalls(system.store, system.day_book)
    desk = SearchDesk(calls=past, clock=system.clock)
    last = datetime.fromtimestamp(max(at for _, at in stand.values()) / 1_000, UTC).date()
    first = last - timedelta(days=MOST_DAYS - 1)
    for name in ("direction", "department", "ended", "achieved", "campaign"):
        for value in sorted({getattr(traits, name) for traits, _ in stand.values()} - {None}):
            wanted = Wanted(first=first, last=last, **{name: value})
            owed = Counter(pk for pk, (traits, _) in stand.items() if wanted.takes(traits))
            found = Counter(keys.call(str(row["id"])) for row in _rows(desk, wanted))
            if found != owed:
                yield f"search: by {name} {value} {sorted(found.elements())}, not {sorted(owed)}"


def _is_lacking(system: AfterSystem, place: Place) -> bool:
    leaf = system.day_book.at(place.began_ms)
    its_span = leaf is not None and leaf.holds(place.began_ms)
    return leaf is not None and its_span and place.pk not in {one.call for one in leaf.within}


def _rows(desk: SearchDesk, wanted: Wanted) -> Iterator[dict[str, Any]]:
    cursor: Any = None
    while True:
        told: dict[str, Any] = search_calls(desk, wanted, 3, cursor)
        yield from told["calls"]
        cursor = told["nextCursor"]
        if cursor is None:
            return


def _slots(system: AfterSystem) -> Iterator[str]:
    """Nobody was told of a slot that another has; whoever was told has it."""
    told: dict[str, set[str]] = defaultdict(set)
    for call_id, words in system.lived.booked:
        told[words].add(call_id)
    for words, calls in told.items():
        if len(calls) > 1:
            yield f"booked twice: {sorted(calls)} were told {words}"
    per_call = Counter(call_id for calls in told.values() for call_id in calls)
    for call_id, times in per_call.items():
        if times > 1:
            yield f"booked twice: {call_id} has {times} slots"
    for call in _remembered(system):
        if call.plan.call_id in per_call and call.plan.call_id not in system.calendar.meetings:
            yield f"lost: the appointment of {call.plan.call_id}"


def _forgotten(system: AfterSystem) -> Iterator[str]:
    for number in system.lived.asked:
        stands = system.forgettings.items.get(forgotten_mark(KEY, number))
        if stands is None or stands.open or stands.round != LAST_ROUND:
            yield f"forgetting: {number} is not forgotten to the end"
            continue
        for store, one in stands.stores.items():
            if one.why is not None:
                yield f"forgetting: {store} says {one.why}"
        if stands.forget_id not in system.forgettings.suppressed:
            yield f"forgetting: {number} may be called again"
    for line in dict.fromkeys(line for looked in system.looked for line in looked.where):
        yield f"forgotten: {line}"


def _left_over(system: AfterSystem) -> Iterator[str]:
    if system.endless:
        yield "stuck: it never comes to an end"
    yield from recounted(system)
    for call_id, history in system.store.histories.items():
        if history.look_at_ms is not None:
            yield f"stuck: something is asked about {call_id} for ever"
    if system.calls.messages or system.calls.dead:
        yield "stuck: messages of calls are left"
