"""What each event makes of a person, as a table of states and events.

Whatever takes a person out of reach has a lease: when it is over the person is free again, whether
anybody has told of it or not. A person holds one offer at most, and news of any other offer
changes nothing.

Times are ms since 1970.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from contact_center.people.domain.people import (
    MISSED_OFFERS,
    Happening,
    Person,
    PersonEvent,
    PersonState,
    PersonStateError,
    Step,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.people.domain.roster import Colleague, Roster

MOST_MISSED = 2

# A lost message frees a person within two minutes: after this the talk is looked up, which takes
# at most a tick more, and after the lease it is over whatever anybody knows.
LOOK_AFTER_MS = 45_000
BUSY_LEASE_MS = 120_000
# Beside the ringing itself: who is calling is told, a key pressed, and a goodbye said.
TELLING_MS = 40_000


def next_step(person: Person, happening: Happening, at_ms: int) -> Step:
    """What an event makes of a person. Told again it changes nothing.

    Args:
        person: As stored.
        happening: The event.
        at_ms: Now.

    Raises:
        PersonStateError: It is a wish, and cannot be now.
    """
    if happening.event is not PersonEvent.STILL_BRIDGED:  # proved to talk, however late
        person = as_of(person, at_ms)
    if happening.event is PersonEvent.LEASE_OVER or _is_old_news(person, happening):
        return Step(person)
    return TABLE[happening.event][person.state](person, happening, at_ms)


def as_of(person: Person, at_ms: int) -> Person:
    """A stored person as it stands now: each lease that is over ended at its own instant."""
    over = Happening(event=PersonEvent.LEASE_OVER)
    while person.lease_ms is not None and person.lease_ms <= at_ms:
        person = TABLE[PersonEvent.LEASE_OVER][person.state](person, over, person.lease_ms).person
    return person


def can_take(
    roster: Roster, people: Mapping[str, Person], department: str, at_ms: int
) -> list[Colleague]:
    """Who can be offered a caller of a department now, whoever is ready the longest first.

    Args:
        roster: All people.
        people: As stored; who is not in it is off.
        department: Its key.
        at_ms: Now.
    """
    standing = {
        one.person_id: as_of(people[one.person_id], at_ms)
        for one in roster.of_department(department)
        if one.person_id in people
    }
    ready = [one for one in standing.values() if one.state is PersonState.READY]
    return [roster.people[one.person_id] for one in sorted(ready, key=_longest_first)]


def _longest_first(person: Person) -> tuple[int, str]:
    return person.since_ms, person.person_id


def _is_old_news(person: Person, happening: Happening) -> bool:
    """Whether it is news of an offer that the person does not hold, or no more."""
    held = None if person.held is None else person.held.offer_id
    if happening.event is PersonEvent.STILL_BRIDGED and held is None:
        return False  # a lease was over before the proof of the talk came
    return happening.event in _OF_AN_OFFER and held != happening.offer_id


def _enter(person: Person, state: PersonState, at_ms: int, missed: int = 0) -> Person:
    """A person in a state that lasts, with nobody on the telephone."""
    return Person(
        person_id=person.person_id,
        state=state,
        since_ms=at_ms,
        missed=missed,
        version=person.version,
    )


# -- what a cell of the table does -------------------------------------------------------------


def _stay(person: Person, _happening: Happening, _at_ms: int) -> Step:
    return Step(person)


def _refuse(person: Person, happening: Happening, _at_ms: int) -> Step:
    raise PersonStateError(person.state, happening.event)


def _ready(person: Person, _happening: Happening, at_ms: int) -> Step:
    return Step(_enter(person, PersonState.READY, at_ms))


def _here(person: Person, _happening: Happening, _at_ms: int) -> Step:
    """Whoever says so is there: what was missed before counts no more."""
    return Step(replace(person, missed=0) if person.missed else person)


def _off(person: Person, _happening: Happening, at_ms: int) -> Step:
    return Step(_enter(person, PersonState.OFF, at_ms), let_go=person.held)


def _away(person: Person, happening: Happening, at_ms: int) -> Step:
    if person.state is PersonState.AWAY and person.reason == happening.reason:
        return Step(person)
    away = replace(_enter(person, PersonState.AWAY, at_ms), reason=happening.reason)
    return Step(away, let_go=person.held)


def _off_then(person: Person, _happening: Happening, _at_ms: int) -> Step:
    return Step(replace(person, then=PersonState.OFF, then_reason=None))


def _away_then(person: Person, happening: Happening, _at_ms: int) -> Step:
    return Step(replace(person, then=PersonState.AWAY, then_reason=happening.reason))


def _ready_then(person: Person, _happening: Happening, _at_ms: int) -> Step:
    return Step(replace(person, then=None, then_reason=None))


def _ring(person: Person, happening: Happening, at_ms: int) -> Step:
    over_ms = at_ms + happening.ring_seconds * 1000 + TELLING_MS
    ringing = _enter(person, PersonState.RINGING, at_ms, person.missed)
    return Step(replace(ringing, held=happening.held, lease_ms=over_ms, look_ms=over_ms))


def _ring_still(person: Person, happening: Happening, at_ms: int) -> Step:
    """Offered the caller that the person holds: the answer of the first time got lost."""
    offered, held = happening.held, person.held
    if offered is not None and held is not None and offered.offer_id == held.offer_id:
        return Step(person)
    return _refuse(person, happening, at_ms)


def _note_leg(person: Person, happening: Happening, _at_ms: int) -> Step:
    if person.held is None or person.held.leg == happening.leg:
        return Step(person)
    return Step(replace(person, held=replace(person.held, leg=happening.leg)))


def _take(person: Person, happening: Happening, at_ms: int) -> Step:
    noted = _note_leg(person, happening, at_ms).person if happening.leg else person
    busy = replace(_enter(person, PersonState.BUSY, at_ms), held=noted.held)
    return Step(_leased(busy, at_ms))


def _still_busy(person: Person, _happening: Happening, at_ms: int) -> Step:
    return Step(_leased(person, at_ms))


def _talks(person: Person, happening: Happening, at_ms: int) -> Step:
    """The lease of a talk was over, and it is proved now to go on: nobody else is offered.

    Whoever is off or away is so when it is over, and says meanwhile that he is back in vain.
    """
    if happening.held is None:
        return Step(person)
    gone = person.state in {PersonState.OFF, PersonState.AWAY}
    busy = replace(
        _enter(person, PersonState.BUSY, at_ms),
        held=happening.held,
        then=person.state if gone else None,
        then_reason=person.reason,
    )
    return Step(_leased(busy, at_ms))


def _leased(person: Person, at_ms: int) -> Person:
    return replace(person, lease_ms=at_ms + BUSY_LEASE_MS, look_ms=at_ms + LOOK_AFTER_MS)


def _miss(person: Person, _happening: Happening, at_ms: int) -> Step:
    missed = person.missed + 1
    if missed < MOST_MISSED:
        return Step(_enter(person, PersonState.READY, at_ms, missed))
    away = replace(_enter(person, PersonState.AWAY, at_ms), reason=MISSED_OFFERS)
    return Step(away, set_away=True)


def _let_go(person: Person, _happening: Happening, at_ms: int) -> Step:
    """Nobody's fault: neither a miss nor an answer."""
    return Step(_enter(person, PersonState.READY, at_ms, person.missed))


def _end_talk(person: Person, happening: Happening, at_ms: int) -> Step:
    wrap_seconds = 0 if person.held is None else person.held.wrap_seconds
    if person.then is not None or not wrap_seconds:
        return _end_at_once(person, happening, at_ms)
    over_ms = at_ms + wrap_seconds * 1000
    wrapping = _enter(person, PersonState.WRAPPING, at_ms)
    return Step(replace(wrapping, lease_ms=over_ms, look_ms=over_ms))


def _end_at_once(person: Person, _happening: Happening, at_ms: int) -> Step:
    """With nothing to write down: the caller was gone when the person took him."""
    after = _enter(person, person.then or PersonState.READY, at_ms)
    return Step(replace(after, reason=person.then_reason))


type Cell = Callable[[Person, Happening, int], Step]

# News of an offer is looked at while the person holds that offer, and not otherwise.
_OF_AN_OFFER = frozenset(
    {
        PersonEvent.RUNG,
        PersonEvent.ACCEPTED,
        PersonEvent.MISSED,
        PersonEvent.DECLINED,
        PersonEvent.WITHDRAWN,
        PersonEvent.STILL_BRIDGED,
        PersonEvent.BRIDGED_END,
    }
)

_COLUMNS = tuple(PersonState)
# fmt: off
_ROWS: dict[PersonEvent, tuple[Cell, ...]] = {
    #                         off       ready    ringing       busy          wrapping  away
    PersonEvent.LOG_IN:        (_ready,  _here,   _here,        _ready_then,  _ready,   _ready),
    PersonEvent.LOG_OUT:       (_stay,   _off,    _off,         _off_then,    _off,     _off),
    PersonEvent.GO_AWAY:       (_refuse, _away,   _away,        _away_then,   _away,    _away),
    PersonEvent.BACK:          (_refuse, _here,   _here,        _ready_then,  _ready,   _ready),
    PersonEvent.NEXT_WANTED:   (_refuse, _here,   _refuse,      _refuse,      _ready,   _refuse),
    PersonEvent.OFFERED:       (_refuse, _ring,   _ring_still,  _ring_still,  _refuse,  _refuse),
    PersonEvent.RUNG:          (_stay,   _stay,   _note_leg,    _note_leg,    _stay,    _stay),
    PersonEvent.ACCEPTED:      (_stay,   _stay,   _take,        _stay,        _stay,    _stay),
    PersonEvent.MISSED:        (_stay,   _stay,   _miss,        _stay,        _stay,    _stay),
    PersonEvent.DECLINED:      (_stay,   _stay,   _ready,       _stay,        _stay,    _stay),
    PersonEvent.WITHDRAWN:     (_stay,   _stay,   _let_go,      _end_at_once, _stay,    _stay),
    PersonEvent.STILL_BRIDGED: (_talks,  _talks,  _stay,        _still_busy,  _talks,    _talks),
    PersonEvent.BRIDGED_END:   (_stay,   _stay,   _let_go,      _end_talk,    _stay,    _stay),
    PersonEvent.WRAPPED:       (_stay,   _stay,   _stay,        _stay,        _ready,   _stay),
    PersonEvent.LEASE_OVER:    (_stay,   _stay,   _let_go,      _end_talk,    _ready,   _stay),
}
# fmt: on
TABLE: Mapping[PersonEvent, Mapping[PersonState, Cell]] = {
    event: dict(zip(_COLUMNS, cells, strict=True)) for event, cells in _ROWS.items()
}
