"""What `make demo` prints of the full house: visits, waits, transfers by cause, the promises."""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import dataclass
from math import inf
from statistics import median
from typing import TYPE_CHECKING

from local.demo.house.promises import HouseJudge

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from local.demo.campaign_figures import Measure
    from local.demo.house.seen import House, Visit, Wait

WIDTH = 100
KEPT, BROKEN, NOT_JUDGED = "kept", "BROKEN", "not judged"


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseOutcome:
    """What the full house came to.

    Attributes:
        seen: What the simulators saw.
        lines: How many calls at once we were to keep to.
        counted: How often our API was asked who waits.
        differ: Where our records say something else, a sentence each.
        problems: Whatever else is not as the scripts expect, a sentence each.
        patient: Whether what is a matter of time is shown and not judged.
    """

    seen: House
    lines: int
    counted: int
    differ: Sequence[str]
    problems: Sequence[str]
    patient: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class HouseVerdict:
    """What is printed, what goes into the line of JSON, and whether every promise was kept."""

    text: str
    figures: Mapping[str, object]
    passed: bool


def house_told(callers: int, people: int, lines: int) -> str:
    """What is about to be played."""
    return (
        f"A full house at our own number: {callers} callers (local/house), {lines} lines, "
        f"{people} people (local/people)."
    )


def judge_house(outcome: HouseOutcome) -> HouseVerdict:
    """Measure a run and put it into words."""
    measures = HouseJudge(outcome.seen, outcome.lines).measures()
    problems = [*_unexpected(outcome.seen), *outcome.problems]
    verdicts = {_verdict(measure, outcome) for measure in measures}
    passed = BROKEN not in verdicts and not problems and not outcome.differ
    waits = [wait for one in outcome.seen.visits for wait in one.waits]
    figures: dict[str, object] = {
        "passed": passed,
        "visits": len(outcome.seen.visits),
        "came_to": dict(_came_to(outcome.seen)),
        "waited": len(waits),
        "waits_told": sum(told.minutes is not None for wait in waits for told in wait.told),
        "waits_had_seconds": _shortest_median_longest(waits),
        "transfers": dict(Counter(ring.cause for ring in outcome.seen.rings)),
        **{measure.key: measure.value for measure in measures},
        "records_agree": not outcome.differ,
        "problems": [*problems, *outcome.differ],
        "seconds": round(outcome.seconds, 1),
    }
    return HouseVerdict("\n".join(_lines(outcome, measures, problems)), figures, passed)


def _lines(
    outcome: HouseOutcome, measures: Sequence[Measure], problems: Sequence[str]
) -> Iterator[str]:
    house = outcome.seen
    yield f"{'a full house: who called':<40}{'told':<22}{'waited':>8}  came to"
    yield "-" * WIDTH
    for visit in house.visits:
        yield f"{visit.caller[:39]:<40}{_told(visit):<22}{_waited(visit):>8}  {_end(visit)}"
    yield ""
    yield from _waits(house)
    yield ""
    yield f"{'people who were rung about a caller':<60}{'rings':>10}"
    yield "-" * 70
    for cause, count in Counter(ring.cause for ring in house.rings).most_common():
        who = ", ".join(sorted({one.person for one in house.rings if one.cause == cause}))
        yield f"{f'{cause} ({who})':<60}{count:>10}"
    yield ""
    yield f"{'promise, by the logs of both simulators':<60}{'found':>10}  limit"
    yield "-" * WIDTH
    for measure in measures:
        verdict = _verdict(measure, outcome)
        yield f"{measure.name:<60}{measure.found:>10}  {measure.limit:<12}{verdict}"
    for problem in problems:
        yield textwrap.fill(f"  !! {problem}", WIDTH, subsequent_indent="     ")
    yield ""
    agree = (
        f"Our records agree: {len(house.visits)} visits, {len(house.rings)} rings, and who waits, "
        f"asked {outcome.counted} times."
    )
    yield "\n".join(textwrap.fill(one, WIDTH) for one in outcome.differ) or agree


def _waits(house: House) -> Iterator[str]:
    waits = [wait for one in house.visits for wait in one.waits]
    served = [wait for wait in waits if wait.served]
    told = [wait for wait in waits if any(one.minutes for one in wait.told)]
    yield f"{'waits told and waits had':<60}{'waits':>10}  shortest, median, longest"
    yield "-" * WIDTH
    for name, some in (
        ("waited, and was served", served),
        ("waited, and gave up", [w for w in waits if not w.served and not w.kept]),
        ("waited, kept the place and hung up", [wait for wait in waits if wait.kept]),
    ):
        seconds = ", ".join(f"{value:.0f} s" for value in _shortest_median_longest(some))
        yield f"{name:<60}{len(some):>10}  {seconds}"
    yield f"{'was told between how many minutes (from 20 servings on)':<60}{len(told):>10}"
    within = sum(_within(wait) for wait in told if wait.served)
    if told:
        yield f"{'of those who were served: waited within the first such range':<60}{within:>10}"


def _within(wait: Wait) -> bool:
    first = next(one for one in wait.told if one.minutes)
    low, high = first.minutes or (0, 0)
    return low * 60_000 <= wait.span.end_ms - first.at_ms <= high * 60_000


def _shortest_median_longest(waits: Sequence[Wait]) -> list[float]:
    seconds = [wait.span.seconds for wait in waits if wait.span.end_ms < inf]
    if not seconds:
        return []
    return [round(value, 1) for value in (min(seconds), median(seconds), max(seconds))]


def _told(visit: Visit) -> str:
    """The places told, in order."""
    places = [str(one.place) for wait in visit.waits for one in wait.told]
    kept = [
        place for number, place in enumerate(places) if place not in places[number - 1 : number]
    ]
    return "place " + ", ".join(kept) if kept else "-"


def _waited(visit: Visit) -> str:
    seconds = sum(wait.span.seconds for wait in visit.waits)
    return f"{seconds:.1f} s" if visit.waits else "-"


def _end(visit: Visit) -> str:
    came_to = visit.came_to or "no end"
    as_expected = visit.expected in {None, visit.came_to}
    return came_to if as_expected else f"{came_to}, NOT {visit.expected}"


def _unexpected(house: House) -> Iterator[str]:
    for visit in house.visits:
        if visit.expected not in {None, visit.came_to}:
            came_to = visit.came_to or "no end"
            yield f"{visit.caller}: came to {came_to}, its script expects {visit.expected}"
    yield from house.mistakes[:5]


def _came_to(house: House) -> Counter[str]:
    return Counter(visit.came_to or "no end" for visit in house.visits)


def _verdict(measure: Measure, outcome: HouseOutcome) -> str:
    if measure.kept:
        return KEPT
    return NOT_JUDGED if measure.timed and outcome.patient else BROKEN
