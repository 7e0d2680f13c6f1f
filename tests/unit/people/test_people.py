"""What a person does: every event in every state, and what holds whatever happens."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.people.domain.people import (
    MISSED_OFFERS,
    Happening,
    Held,
    Person,
    PersonEvent,
    PersonState,
    PersonStateError,
    Step,
    is_logged_in,
)
from contact_center.people.domain.person_steps import (
    BUSY_LEASE_MS,
    LOOK_AFTER_MS,
    TELLING_MS,
    as_of,
    can_take,
    next_step,
)
from contact_center.people.domain.roster import (
    Colleague,
    LogInWords,
    OfferWords,
    Roster,
    SupervisorWords,
)

NOW_MS = 1_795_000_000_000
LATER_MS = NOW_MS + 1_000
TWO_MINUTES_MS = 120_000
OFF, READY, RINGING, BUSY, WRAPPING, AWAY = PersonState
HELD = Held(offer_id="o-1", visit_id="v-1", wrap_seconds=30)
OTHER = Held(offer_id="o-2", visit_id="v-2", wrap_seconds=30)
SAME, REFUSED = "same", "refused"


def happening(event: PersonEvent, held: Held = HELD) -> Happening:
    offered = event is PersonEvent.OFFERED
    return Happening(
        event=event,
        held=held if offered else None,
        ring_seconds=20 if offered else 0,
        offer_id=held.offer_id,
        leg="CA1" if event in {PersonEvent.RUNG, PersonEvent.ACCEPTED} else None,
        reason="lunch" if event is PersonEvent.GO_AWAY else None,
    )


def step(person: Person, event: PersonEvent, at_ms: int = LATER_MS, held: Held = HELD) -> Step:
    return next_step(person, happening(event, held), at_ms)


def through(*events: PersonEvent, at_ms: int = NOW_MS) -> Person:
    person = Person(person_id="ada", version=7)
    for event in events:
        person = step(person, event, at_ms).person
    return person


LOG_IN, OFFERED, ACCEPTED = PersonEvent.LOG_IN, PersonEvent.OFFERED, PersonEvent.ACCEPTED
IN_STATE = {
    OFF: through(),
    READY: through(LOG_IN),
    RINGING: through(LOG_IN, OFFERED),
    BUSY: through(LOG_IN, OFFERED, ACCEPTED),
    WRAPPING: through(LOG_IN, OFFERED, ACCEPTED, PersonEvent.BRIDGED_END),
    AWAY: through(LOG_IN, PersonEvent.GO_AWAY),
}

# What follows, read off the issue and not off the code: a state, "same" for not a letter changed,
# "refused" for a wish that cannot be.
EXPECTED: dict[str, tuple[str, ...]] = {
    #                 off       ready      ringing    busy        wrapping   away
    "log_in": ("ready", SAME, SAME, SAME, "ready", "ready"),
    "log_out": (SAME, "off", "off", "busy", "off", "off"),
    "go_away": (REFUSED, "away", "away", "busy", "away", SAME),
    "back": (REFUSED, SAME, SAME, SAME, "ready", "ready"),
    "next_wanted": (REFUSED, SAME, REFUSED, REFUSED, "ready", REFUSED),
    "offered": (REFUSED, "ringing", SAME, SAME, REFUSED, REFUSED),
    "rung": (SAME, SAME, "ringing", SAME, SAME, SAME),
    "accepted": (SAME, SAME, "busy", SAME, SAME, SAME),
    "missed": (SAME, SAME, "ready", SAME, SAME, SAME),
    "declined": (SAME, SAME, "ready", SAME, SAME, SAME),
    "withdrawn": (SAME, SAME, "ready", "ready", SAME, SAME),
    "still_bridged": (SAME, SAME, SAME, "busy", SAME, SAME),
    "bridged_end": (SAME, SAME, "ready", "wrapping", SAME, SAME),
    "wrapped": (SAME, SAME, SAME, SAME, "ready", SAME),
    "lease_over": (SAME, SAME, SAME, SAME, SAME, SAME),  # before it is over
}
TABLE = [
    pytest.param(state, PersonEvent(event), said, id=f"{event} while {state}")
    for event, row in EXPECTED.items()
    for state, said in zip(PersonState, row, strict=True)
]


def test_the_table_has_every_event() -> None:
    assert set(EXPECTED) == set(PersonEvent)
    assert [person.state for person in IN_STATE.values()] == list(PersonState)


@pytest.mark.parametrize(("state", "event", "said"), TABLE)
def test_every_event_in_every_state(state: PersonState, event: PersonEvent, said: str) -> None:
    before = IN_STATE[state]
    if said == REFUSED:
        with pytest.raises(PersonStateError) as caught:
            step(before, event)
        assert (caught.value.state, caught.value.event) == (state, event)
        return
    after = step(before, event).person
    if said == SAME:
        assert after == before
        return
    assert after.state == said
    assert after.version == before.version
    assert (after.held is not None) == (after.state in {RINGING, BUSY})
    assert (after.lease_ms is not None) == (after.state in {RINGING, BUSY, WRAPPING})
    assert (after.look_ms is not None) == (after.lease_ms is not None)


@pytest.mark.parametrize("state", [RINGING, BUSY])
@pytest.mark.parametrize("event", list(PersonEvent)[6:13])
def test_news_of_another_offer_changes_nothing(state: PersonState, event: PersonEvent) -> None:
    before = IN_STATE[state]
    assert step(before, event, held=OTHER) == Step(before)


@pytest.mark.parametrize("state", [RINGING, BUSY])
def test_who_holds_a_caller_is_offered_no_other(state: PersonState) -> None:
    with pytest.raises(PersonStateError):
        step(IN_STATE[state], OFFERED, held=OTHER)


def test_two_missed_offers_in_a_row_make_a_person_away_with_a_notice() -> None:
    once = step(through(LOG_IN, OFFERED), PersonEvent.MISSED)
    assert (once.person.state, once.set_away) == (READY, False)
    again = step(step(once.person, OFFERED).person, PersonEvent.MISSED)
    assert (again.person.state, again.person.reason) == (AWAY, MISSED_OFFERS)
    assert again.set_away
    back = step(again.person, PersonEvent.BACK).person
    assert (back.state, back.missed) == (READY, 0)


@pytest.mark.parametrize(
    ("between", "counted"),
    [
        ((OFFERED, PersonEvent.DECLINED), 0),
        ((OFFERED, ACCEPTED, PersonEvent.BRIDGED_END, PersonEvent.WRAPPED), 0),
        ((PersonEvent.LOG_OUT, LOG_IN), 0),
        ((LOG_IN,), 0),  # who says that he is there, is
        ((PersonEvent.BACK,), 0),
        ((PersonEvent.NEXT_WANTED,), 0),
        ((OFFERED, LOG_IN, PersonEvent.MISSED), 1),
        ((OFFERED, PersonEvent.WITHDRAWN), 1),  # neither answered nor missed
    ],
)
def test_whoever_answers_in_between_begins_anew(
    between: tuple[PersonEvent, ...], counted: int
) -> None:
    assert through(LOG_IN, OFFERED, PersonEvent.MISSED, *between).missed == counted


def test_a_lost_message_is_nobody_s_miss() -> None:
    ringing = through(LOG_IN, OFFERED, PersonEvent.MISSED, OFFERED)
    assert ringing.lease_ms is not None
    freed = as_of(ringing, ringing.lease_ms)
    assert (freed.state, freed.missed) == (READY, 1)


def test_who_leaves_while_it_rings_lets_the_offer_go() -> None:
    for event in (PersonEvent.LOG_OUT, PersonEvent.GO_AWAY):
        assert step(IN_STATE[RINGING], event).let_go == HELD
        assert step(IN_STATE[BUSY], event).let_go is None  # nobody is cut off
        assert step(IN_STATE[READY], event).let_go is None


@pytest.mark.parametrize(
    ("wish", "state", "reason"),
    [(PersonEvent.LOG_OUT, OFF, None), (PersonEvent.GO_AWAY, AWAY, "lunch")],
)
@pytest.mark.parametrize("end", [PersonEvent.BRIDGED_END, PersonEvent.WITHDRAWN, None])
def test_who_wishes_to_leave_while_talking_leaves_after_the_talk(
    wish: PersonEvent, state: PersonState, reason: str | None, end: PersonEvent | None
) -> None:
    busy = step(IN_STATE[BUSY], wish).person
    assert (busy.state, busy.held is not None) == (BUSY, True)
    after = step(busy, end).person if end else as_of(busy, NOW_MS + BUSY_LEASE_MS)
    assert (after.state, after.reason, after.then) == (state, reason, None)


@pytest.mark.parametrize("change", [LOG_IN, PersonEvent.BACK])
def test_and_may_think_again(change: PersonEvent) -> None:
    leaving = step(IN_STATE[BUSY], PersonEvent.LOG_OUT).person
    assert not is_logged_in(leaving)
    stays = step(leaving, change).person
    assert is_logged_in(stays)
    assert step(stays, PersonEvent.BRIDGED_END).person.state is WRAPPING


def test_another_reason_for_being_away_is_noted() -> None:
    away = next_step(
        IN_STATE[AWAY], Happening(event=PersonEvent.GO_AWAY, reason="doctor"), LATER_MS
    ).person
    assert (away.state, away.reason, away.since_ms) == (AWAY, "doctor", LATER_MS)


def test_the_leg_is_noted_and_goes_along() -> None:
    ringing = step(IN_STATE[RINGING], PersonEvent.RUNG).person
    assert ringing == replace(IN_STATE[RINGING], held=replace(HELD, leg="CA1"))
    busy = next_step(ringing, Happening(event=ACCEPTED, offer_id="o-1"), LATER_MS).person
    assert busy.held == replace(HELD, leg="CA1")


def test_it_rings_as_long_as_configured_and_a_little_more_to_be_told() -> None:
    assert IN_STATE[RINGING].lease_ms == NOW_MS + 20_000 + TELLING_MS


def test_a_key_that_is_pressed_too_late_takes_nobody() -> None:
    ringing = IN_STATE[RINGING]
    assert ringing.lease_ms is not None
    assert step(ringing, ACCEPTED, ringing.lease_ms - 1).person.state is BUSY
    assert step(ringing, ACCEPTED, ringing.lease_ms).person.state is READY


def test_a_talk_is_looked_up_in_time_and_goes_on_as_long_as_it_is_seen() -> None:
    busy = IN_STATE[BUSY]
    assert (busy.look_ms, busy.lease_ms) == (NOW_MS + LOOK_AFTER_MS, NOW_MS + BUSY_LEASE_MS)
    at_ms = NOW_MS
    for _ in range(60):
        at_ms += LOOK_AFTER_MS + 60_000  # the tick that finds it due
        busy = step(busy, PersonEvent.STILL_BRIDGED, at_ms).person
        assert as_of(busy, at_ms + LOOK_AFTER_MS).state is BUSY
    assert step(busy, PersonEvent.BRIDGED_END, at_ms).person.state is WRAPPING


def test_a_talk_that_is_seen_late_is_a_talk_unless_somebody_has_moved_the_person_on() -> None:
    late_ms = NOW_MS + 10 * BUSY_LEASE_MS
    assert step(IN_STATE[BUSY], PersonEvent.STILL_BRIDGED, late_ms).person.state is BUSY
    moved = step(IN_STATE[BUSY], PersonEvent.LEASE_OVER, late_ms).person
    assert moved.state is READY
    assert step(moved, PersonEvent.STILL_BRIDGED, late_ms).person is moved


@pytest.mark.parametrize("state", list(PersonState))
def test_whose_lease_was_over_before_the_proof_talks_unless_he_holds_another(
    state: PersonState,
) -> None:
    """He would be offered a second caller while he talks with the first."""
    held = Held(offer_id="another", visit_id="v-9", leg="CA9")
    proof = Happening(event=PersonEvent.STILL_BRIDGED, offer_id="another", held=held)
    before = IN_STATE[state]
    after = next_step(before, proof, NOW_MS + 1).person
    if before.held is not None:
        assert after is before
        return
    assert (after.state, after.held) == (BUSY, held)
    assert as_of(after, NOW_MS + 1 + BUSY_LEASE_MS - 1).state is BUSY
    ended = Happening(event=PersonEvent.BRIDGED_END, offer_id="another")
    gone = state in {PersonState.OFF, PersonState.AWAY}
    over = next_step(after, ended, NOW_MS + 2).person
    assert (over.state, over.reason) == (state if gone else READY, before.reason)


@pytest.mark.parametrize("state", [PersonState.OFF, PersonState.AWAY])
def test_who_says_he_is_back_while_he_is_proved_to_talk_is_so_after_it(state: PersonState) -> None:
    held = Held(offer_id="another", visit_id="v-9", leg="CA9")
    proof = Happening(event=PersonEvent.STILL_BRIDGED, offer_id="another", held=held)
    talks = next_step(IN_STATE[state], proof, NOW_MS + 1).person
    back = step(talks, PersonEvent.LOG_IN, NOW_MS + 2).person
    assert back.state is BUSY
    ended = Happening(event=PersonEvent.BRIDGED_END, offer_id="another")
    assert next_step(back, ended, NOW_MS + 3).person.state is READY


def test_each_lease_is_over_at_its_own_instant_whoever_looks_and_when() -> None:
    busy = IN_STATE[BUSY]
    over_ms = NOW_MS + TWO_MINUTES_MS
    assert as_of(busy, over_ms - 1) is busy
    wrapping = as_of(busy, over_ms)
    assert (wrapping.state, wrapping.since_ms) == (WRAPPING, over_ms)
    for at_ms in (over_ms + 30_000, over_ms + 9_000_000):
        ready = as_of(busy, at_ms)
        assert (ready.state, ready.since_ms) == (READY, over_ms + 30_000)
    assert step(busy, PersonEvent.LEASE_OVER, over_ms).person == wrapping


def test_without_a_wrap_the_next_caller_may_come_at_once() -> None:
    busy = replace(IN_STATE[BUSY], held=replace(HELD, wrap_seconds=0))
    assert step(busy, PersonEvent.BRIDGED_END).person.state is READY


# -- who can be offered a caller ---------------------------------------------------------------


def colleague(name: str, *departments: str) -> Colleague:
    number = f"+1415555012{len(name)}"
    return Colleague(
        person_id=name, name=name, departments=departments, address=number, ring_seconds=20
    )


WORDS = LogInWords(
    ask_pin="PIN?",
    refused="No.",
    logged_in="In.",
    logged_out="Out.",
    logged_out_later="Out later.",
    next_caller="Next.",
    next_not_possible="Not now.",
    unavailable="Later.",
)


OFFER_WORDS = OfferWords(
    opening="A caller for {department}, number ending in {digits}.",
    opening_withheld="A caller for {department}, number withheld.",
    came_from="Until now with {before}.",
    last_words="Said: {words}",
    ask="Press 1 or 2.",
    left="The caller has left.",
    declined="Thank you.",
)


SUPERVISOR_WORDS = SupervisorWords(ask="Listen?", menu="How?", over="Over.")


def roster(*colleagues: Colleague) -> Roster:
    people = {one.person_id: one for one in colleagues}
    return Roster(
        people=people,
        wrap_seconds=30,
        words=WORDS,
        offer_words=OFFER_WORDS,
        supervisor_words=SUPERVISOR_WORDS,
    )


def test_whoever_is_ready_the_longest_is_asked_first() -> None:
    everybody = roster(
        colleague("ada", "sales"),
        colleague("bo", "sales", "billing"),
        colleague("cy", "billing"),
        colleague("di", "sales"),
        colleague("ed", "sales"),
    )
    people = {
        "ada": replace(IN_STATE[READY], person_id="ada", since_ms=NOW_MS + 5),
        "bo": replace(IN_STATE[READY], person_id="bo"),
        "cy": replace(IN_STATE[READY], person_id="cy"),
        "di": replace(IN_STATE[BUSY], person_id="di"),
    }
    sales = [one.person_id for one in can_take(everybody, people, "sales", NOW_MS + 10)]
    assert sales == ["bo", "ada"]
    freed_ms = NOW_MS + BUSY_LEASE_MS + 30_000
    sales = [one.person_id for one in can_take(everybody, people, "sales", freed_ms)]
    assert sales == ["bo", "ada", "di"]
    assert can_take(everybody, people, "retention", NOW_MS) == []


# -- whatever happens --------------------------------------------------------------------------

SOMETHING = st.tuples(
    st.sampled_from(PersonEvent),
    st.sampled_from([HELD, HELD, OTHER]),
    st.sampled_from([0, 0, 1_000, 45_000, 119_999, 120_000, 500_000]),
)
TALKS = [(event, HELD, 0) for event in (LOG_IN, OFFERED, ACCEPTED)]
LIVES = st.lists(SOMETHING, max_size=20).map(lambda life: TALKS + life) | st.lists(
    SOMETHING, max_size=20
)


def live(events: list[tuple[PersonEvent, Held, int]]) -> list[tuple[Person, int]]:
    person, at_ms = Person(person_id="ada"), NOW_MS
    lived = [(person, at_ms)]
    for event, held, later_ms in events:
        at_ms += later_ms
        try:
            person = step(person, event, at_ms, held).person
        except PersonStateError:
            continue
        lived.append((person, at_ms))
    return lived


@given(LIVES)
def test_nobody_is_out_of_reach_for_longer_than_two_minutes_and_a_wrap_without_news(
    events: list[tuple[PersonEvent, Held, int]],
) -> None:
    for person, at_ms in live(events):
        if person.lease_ms is not None:
            assert person.lease_ms <= at_ms + TWO_MINUTES_MS
            assert person.look_ms is not None
            assert person.look_ms <= person.lease_ms
        free = as_of(person, at_ms + 2 * TWO_MINUTES_MS)
        assert free.state in {OFF, READY, AWAY}
        assert free.held is None


@given(LIVES)
def test_nobody_ever_holds_two_callers_or_one_he_was_not_offered(
    events: list[tuple[PersonEvent, Held, int]],
) -> None:
    lived = [person for person, _ in live(events)]
    for before, after in pairwise(lived):
        if after.held is None:
            continue
        assert after.state in {RINGING, BUSY}
        if before.held is not None and before.held.offer_id != after.held.offer_id:
            assert after.state is RINGING  # the one before was over, and another was offered


@given(LIVES, SOMETHING)
def test_what_is_told_twice_changes_nothing_the_second_time(
    events: list[tuple[PersonEvent, Held, int]], last: tuple[PersonEvent, Held, int]
) -> None:
    person, at_ms = live(events)[-1]
    event, held, later_ms = last
    try:
        once = step(person, event, at_ms + later_ms, held).person
    except PersonStateError:
        return
    assert step(once, event, at_ms + later_ms, held).person == once
