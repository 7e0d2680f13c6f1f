"""Histories of callers who come in: what is drawn, and what must be true of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from contact_center.dialing.services.hold_visit_lines import VISIT_HOLDER
from contact_center.people.domain.people import PersonEvent
from contact_center.visits.domain.visit_parts import visit_of
from tests.simulation.visits.break_system import has_breaks
from tests.simulation.visits.callback_histories import (
    CALLERS,
    begin_callbacks,
    draw_keeps,
    draw_who_waits,
)
from tests.simulation.visits.people_names import has_names, names_somebody
from tests.simulation.visits.provider_truth import Hears, Leg, Onward, Plan
from tests.simulation.visits.reception_services import (
    DEPARTMENT,
    DEPARTMENTS,
    LONGEST_MS,
    OTHER_DEPARTMENT,
    House,
)
from tests.simulation.visits.reception_system import ReceptionSystem
from tests.simulation.world import CALM, Faults, World

if TYPE_CHECKING:
    from tests.simulation.visits.callback_truth import Keeps

FAILING_VISITS = Path(__file__).parents[1] / "failing_visits.txt"
BEGINS_MS = 1_795_017_600_000
FAULTY_MS = 600_000
RINGS_UNTIL_MS = 900_000
HORIZON_MS = 3_600_000
DAY_MS = 24 * HORIZON_MS
WATCH_MS = 10_000
# Two ticks, of which none is lost once it is calm, and the time that a doubt takes to be settled:
# three complete look-ups after two minutes.
SERVED_WITHIN_MS = 420_000
# Where nothing goes wrong a hint serves him, and a tick whom several assistants were not there for:
# whoever stands behind him waits as long, for places are served in order.
HINTED_WITHIN_MS, TICKED_WITHIN_MS = 30_000, 75_000
SENT_FOR = 1  # so often out of the music, and in vain
PEOPLE = ("ada", "benno", "cleo", "dan")
PEOPLE_UNTIL_MS = 900_000
LAST_COMES_MS = PEOPLE_UNTIL_MS + 130_000
QUIET_MS = 120_000  # nothing that is late is later
OPENS_MINUTE = 16 * 60  # when histories begin
FULL_UNTIL_MS = 200_000
KEPT_HOLDER = "kept:"
# Histories in which most hints are lost, to the end: of lines, and of people.
LOSES_HINTS, HINTS_LOST = frozenset({3, 6, 11}), 0.9
OFTEN, SOMETIMES, SELDOM = 0.05, 0.02, 0.004


@dataclass(frozen=True)
class VisitHistory:
    """A finished history."""

    seed: int
    broken: list[str]
    boundaries: int
    waited: int
    connected: int
    system: ReceptionSystem


def run_visits(  # noqa: PLR0913 - what is not drawn, but asked for
    seed: int,
    *,
    crash_at: int | None = None,
    traced: bool = False,
    calm: bool | None = None,
    people: bool | None = None,
    callbacks: bool | None = None,
    by_sip: bool | None = None,
    hints: bool | None = None,
    names: bool | None = None,
    breaks: bool | None = None,
) -> VisitHistory:
    """Run one history: callers ring in a faulty phase and a calm one, then the verdict.

    Args:
        seed: All its chance.
        crash_at: Kill the process at this boundary, whatever the faults.
        traced: Keep a line for each boundary.
        calm: Whether nothing goes wrong; None: in every fifth.
        people: Whether callers want people; None: in every second.
        callbacks: Whether callers may hang up and be called back; None: in some of either.
        by_sip: Whether they are put through by SIP; None: in every third.
        hints: Whether hints arrive, as a rule; None: in thirteen of sixteen.
        names: Whether callers ask for people by name; None: in every eighth.
        breaks: Whether who is cut off is rung back; None: in every sixteenth. Without callbacks.
    """
    chance = Random(seed)  # noqa: S311  a history is to be repeated, not kept secret
    calm = seed % 5 == 0 if calm is None else calm
    world = World(chance, CALM if calm else _faults(chance), BEGINS_MS, crash_at=crash_at)
    world.trace = [] if traced else None
    with_people = seed % 2 == 0 if people is None else people
    with_callbacks = has_callbacks(seed) if callbacks is None else callbacks
    house = _draw_house(chance, few=with_callbacks) if with_people else House()
    by_name = with_people and (has_names(seed) if names is None else names)
    rings_back = has_breaks(seed) if breaks is None else breaks
    keeps = with_callbacks or rings_back
    house = replace(house, keeps_places=keeps, by_name=by_name, rings_back=rings_back)
    full = with_callbacks and not with_people  # of those who wait for lines
    lines = chance.choice((1, 1, 2, 2) if full else (3, 4) if with_callbacks else (2, 2, 3, 4))
    system = ReceptionSystem(
        world,
        lines=lines,
        house=house,
        by_sip=is_by_sip(seed) if by_sip is None else by_sip,
        seed=seed,
    )
    if not (seed % 16 not in LOSES_HINTS if hints is None else hints):
        system.functions.loses_hints = HINTS_LOST
    strict = calm and crash_at is None and not system.functions.loses_hints
    system.judges_strictly(strict=strict)
    for number in range(chance.randint(*_callers(people=with_people, callbacks=with_callbacks))):
        plan = Plan()
        if with_people:
            plan = draw_who_waits(chance) if with_callbacks else _draw_plan(chance)
        if by_name:
            plan = names_somebody(plan, house, seed, number)
        _draw_caller(system, number, plan, chance, draw_keeps(chance) if with_callbacks else None)
    if with_callbacks:
        begin_callbacks(system, RINGS_UNTIL_MS, chance)
    for person_id in house.departments:
        _draw_person(system, person_id, chance)
    _draw_others(system, chance, RINGS_UNTIL_MS)
    if full:
        _draw_others(system, chance, FULL_UNTIL_MS, least=3)
    world.at(BEGINS_MS + FAULTY_MS, lambda: _calm_down(world))
    watch = _Watch(system, strict=strict)
    world.later(WATCH_MS, watch.look)
    world.run(BEGINS_MS + HORIZON_MS)
    world.run(system.callbacks.judge.known_at_ms)  # who waited for long may be called for as long
    broken = [*system.broken, *watch.broken, *_verdict(system, in_order=strict)]
    waited = sum(kept.visit.place_ms is not None for kept in system.visits.kept.values())
    return VisitHistory(seed, broken, world.boundaries, waited, len(system.connected), system)


def is_by_sip(seed: int) -> bool:
    """Whether callers are put through by SIP in the history of a seed, if nobody says otherwise."""
    return seed % 3 == 0


def has_callbacks(seed: int) -> bool:
    """Whether callers may be called back in the history of a seed, if nobody says otherwise."""
    return seed % 4 == 1 or seed % 8 == 4


def _callers(*, people: bool, callbacks: bool) -> tuple[int, int]:
    if not people:
        return 4, 12
    return (6, 11) if callbacks else (3, 8)


def _draw_others(system: ReceptionSystem, chance: Random, until_ms: float, least: int = 0) -> None:
    """Calls of campaigns take lines for a while."""
    for number in range(chance.randint(least, 6)):
        holder, ms = f"call:{least}{number}", chance.uniform(20_000, 200_000)
        at_ms = BEGINS_MS + chance.uniform(0, until_ms)
        system.world.at(at_ms, partial(system.others_take, holder, ms))


def _draw_house(chance: Random, *, few: bool) -> House:
    """Who works here: few, of whom each takes nearly anybody, so that callers wait for them."""
    theirs = ((DEPARTMENT,), (OTHER_DEPARTMENT,), DEPARTMENTS)
    there, wide = ((1, 1, 2), (DEPARTMENTS,) * 6) if few else ((1, 2, 3, 4), ())
    people = {name: chance.choice(theirs + wide) for name in PEOPLE[: chance.choice(there)]}
    closes = OPENS_MINUTE + chance.randint(3, 25) if chance.random() < 0.3 else None
    return House(departments=people, closes_minute=closes)


def _draw_plan(chance: Random) -> Plan:
    if chance.random() < 0.2:
        return Plan()
    onward = chance.choice((Onward.STAYS,) * 4 + tuple(Onward))
    return Plan(
        whose=chance.choice(DEPARTMENTS),
        says_ms=chance.uniform(2_000, 20_000),
        onward=onward,
        onward_ms=chance.uniform(500, 30_000),
        waits=chance.random() < 0.8,
    )


def _draw_person(system: ReceptionSystem, person_id: str, chance: Random) -> None:
    """Logs in early, mostly, and comes and goes."""

    def wishes(at_ms: float, event: PersonEvent) -> None:
        system.world.at(BEGINS_MS + at_ms, lambda: system.people.wishes(person_id, event))

    if chance.random() < 0.85:
        wishes(chance.uniform(0, 30_000), PersonEvent.LOG_IN)
    for _ in range(chance.randint(0, 3)):
        at_ms = chance.uniform(30_000, PEOPLE_UNTIL_MS)
        wishes(at_ms, chance.choice((PersonEvent.LOG_OUT, PersonEvent.GO_AWAY)))
        wishes(at_ms + chance.uniform(2_000, 120_000), PersonEvent.LOG_IN)


def _draw_caller(
    system: ReceptionSystem, number: int, plan: Plan, chance: Random, keeps: Keeps | None
) -> None:
    sid = f"CA{number:032d}"
    patience_ms = chance.choice((3_000, 60_000, 400_000, LONGEST_MS * 2))
    at_ms = BEGINS_MS + chance.uniform(0, RINGS_UNTIL_MS)
    if chance.random() < (0.5 if keeps is None else 0.9):  # many at once
        at_ms = BEGINS_MS + chance.uniform(0, 20_000)
    phone = CALLERS.format(number)
    system.world.at(at_ms, lambda: system.rings(sid, phone, patience_ms, plan, keeps))


def _faults(chance: Random) -> Faults:
    def odds(most: float) -> float:
        return chance.choice((0.0, most / 4, most))

    return Faults(
        crash=odds(SELDOM * 3),
        slow=odds(SOMETIMES),
        lost_reply=odds(SOMETIMES),
        throttled=odds(SOMETIMES),
        contention=odds(OFTEN),
        late_write=odds(SELDOM),
        sent_twice=odds(SOMETIMES),
        queue_down=odds(OFTEN * 6),
        job_twice=odds(OFTEN * 4),
        job_late=odds(OFTEN * 4),
        tick_lost=odds(OFTEN * 2),
        not_connected=odds(OFTEN),
        rejected=odds(OFTEN),
        rate_limited=odds(OFTEN),
        reply_lost=odds(OFTEN * 2),
        look_up_fails=odds(OFTEN * 2),
        server_error=odds(OFTEN),
        index_lag=odds(OFTEN),
        webhook_lost=odds(OFTEN * 2),
        webhook_twice=odds(OFTEN * 2),
        webhook_late=odds(OFTEN * 2),
    )


def _calm_down(world: World) -> None:
    world.faults = CALM


class _Watch:
    """Looks at every caller again and again: who waits beside a free line once it is calm."""

    def __init__(self, system: ReceptionSystem, *, strict: bool) -> None:
        self.system, self.broken, self.strict = system, list[str](), strict
        self._since: dict[str, float] = {}
        self._in_vain: dict[str, int] = {}
        self._busy_ms = system.world.now

    def look(self) -> None:
        system, world = self.system, self.system.world
        if world.now < BEGINS_MS + LAST_COMES_MS or not system.is_quiet():
            self._busy_ms = world.now
        elif world.now - self._busy_ms > QUIET_MS:
            world.stop()  # what would follow are ticks that find nothing
            return
        world.later(WATCH_MS, self.look)
        free = system.under_way < system.lines and world.faults is CALM
        for leg in system.providers.legs.values():
            if not free or leg.hears is not Hears.MUSIC or not leg.queue.endswith("-line"):
                self._since.pop(leg.sid, None)
            elif world.now - self._waits_since(leg) > self._within_ms(leg):
                self._wrong(f"{leg.sid} waits beside a free line")
        if world.faults is CALM:
            system.people.judge.look()
            system.callbacks.judge.look()
            if system.breaks is not None:
                system.breaks.judge.look()

    def _waits_since(self, leg: Leg) -> float:
        """Since when he has waited beside it: who was sent for meanwhile began anew.

        So has whoever stood after somebody who was sent for in vain and has gone.
        """
        now, in_vain = self.system.world.now, self._sent_for_in_vain(leg)
        if in_vain < self._in_vain.get(leg.sid, 0):
            self._since[leg.sid] = now
        self._in_vain[leg.sid] = in_vain
        return max(self._since.setdefault(leg.sid, now), leg.since_ms)

    def _wrong(self, text: str) -> None:
        self.system.world.note(f"WRONG {text}")
        self.broken.append(text)

    def _within_ms(self, leg: Leg) -> float:
        if not self.strict:
            return SERVED_WITHIN_MS
        return TICKED_WITHIN_MS * self._sent_for_in_vain(leg) or HINTED_WITHIN_MS

    def _sent_for_in_vain(self, leg: Leg) -> int:
        """How many of those before him, and he himself, were sent for and are still there."""
        line = [one for one in self.system.providers.legs.values() if _stands_before(one, leg)]
        return sum(self.system.served.count(one) > SENT_FOR for one in line)


def _stands_before(one: Leg, leg: Leg) -> bool:
    """Whether somebody has a place in a caller's line that is not after his: he himself, too."""
    return (
        one.hears in {Hears.MUSIC, Hears.RINGING}
        and one.queue == leg.queue
        and one.place_from_ms <= leg.place_from_ms
    )


def _verdict(system: ReceptionSystem, *, in_order: bool) -> list[str]:
    return [
        *(f"unexpected {error!r}" for error in system.world.strange),
        *_lines_left(system),
        *_ordered_twice(system),
        *(said for leg in system.providers.legs.values() for said in _of_leg(leg, system)),
        *(_overtaken(system) if in_order else ()),
        *system.people.judge.verdict(),
        *system.callbacks.judge.verdict(),
        *(() if system.breaks is None else system.breaks.judge.verdict()),
    ]


def _lines_left(system: ReceptionSystem) -> list[str]:
    ours = (VISIT_HOLDER, KEPT_HOLDER)
    held = [holder for holder in system.ledger.leases if holder.startswith(ours)]
    count = system.ledger.lines_in_use
    said = [f"{holder} holds a line for ever" for holder in held]
    return said if count == len(system.ledger.leases) else [*said, f"{count} lines are counted"]


def _ordered_twice(system: ReceptionSystem) -> list[str]:
    names = Counter(call.name for call in system.providers.calls)
    return [f"{name} was ordered {times} times" for name, times in names.items() if times > 1]


def _of_leg(leg: Leg, system: ReceptionSystem) -> list[str]:
    kept = system.visits.kept.get(visit_of(leg.sid))
    entry = system.queue.entries.get(visit_of(leg.sid))
    said = []
    if not leg.gone:
        said.append(f"{leg.sid} is on the line still, and hears {leg.hears}")
    if entry is not None and entry.in_queue:
        said.append(f"{leg.sid} stands in the queue for ever")
    if kept is None:
        return said
    ending = kept.visit.ending_by(int(system.world.now) + 2 * DAY_MS)
    late = system.callbacks.judge.waits_for_morning(kept.visit.visit_id)
    if leg.gone and ending is None and not late:
        said.append(f"{leg.sid} has come to nothing named")
    if len(kept.visit.endings) > 0 and kept.visit.ended_ms is None and leg.sid not in system.untold:
        said.append(f"{leg.sid} has an ending and no end")
    return said


def _overtaken(system: ReceptionSystem) -> list[str]:
    """Whoever was sent for, in the order of their places."""
    served = [leg for leg in system.served if not leg.wanted and leg.place_from_ms == leg.rang_ms]
    first = list(dict.fromkeys(leg.sid for leg in served if leg.called is None))
    return [] if first == sorted(first, key=lambda sid: _place(sid, system)) else ["overtaken"]


def _place(sid: str, system: ReceptionSystem) -> int:
    return system.visits.kept[visit_of(sid)].visit.place_ms or 0
