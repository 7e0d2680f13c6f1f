"""A caller who talks with an assistant gets a person, a place in line, or a word about it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.services.ports import ControlOutcome, PersonWish
from contact_center.dialing.services.voice_ports import NotSent, Refused, Unknown
from contact_center.kernel.ports import PassingError, StoreRefusedError
from contact_center.people.domain.offer_outcomes import MEETING_SECONDS
from contact_center.people.domain.offers import OfferOutcome
from contact_center.people.domain.people import (
    PersonState,
)
from contact_center.people.services.answer_person import take_key
from contact_center.people.services.tell_offer import tell_due_offers
from contact_center.queue.domain.waiting import EntryState, LeftBecause, WaitsFor
from contact_center.reception.services.find_person import BEGUN_SECONDS, find_person
from contact_center.visits.domain.instructions import EnterRoom, Speak, Wait
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.domain.visits import Stage, Visit
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.tell_visit import tell
from tests.unit.people.offer_stage import Died, dies
from tests.unit.queue.queue_scene import SORRY
from tests.unit.reception.people_floor import (
    ADA,
    ALWAYS,
    BENNO,
    LEG,
    NO_QUEUE,
    POST,
    VISIT,
    WORDS,
    Floor,
    busy,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.people.services.tell_offer import OfferParts
    from contact_center.visits.services.visit_ports import Kept


@pytest.fixture
def floor() -> Floor:
    return Floor()


def test_whoever_is_ready_the_longest_is_rung_and_the_caller_stays(floor: Floor) -> None:
    floor.log_in(BENNO, ADA)
    floor.wants()
    assert floor.rung == ["benno"]
    assert floor.telephone.sent == []
    assert floor.said == []


def test_whoever_is_wanted_in_person_is_rung_first_and_the_others_after(floor: Floor) -> None:
    floor.log_in(BENNO, ADA)
    floor.wants(person="ada")
    assert floor.rung == ["ada"]
    floor.presses("2")
    assert floor.rung == ["ada", "benno"]


def test_whoever_is_wanted_in_person_may_be_of_another_department(floor: Floor) -> None:
    floor.log_in(ADA)
    floor.wants("sales", person="ada")
    assert (floor.rung, floor.said) == (["ada"], [])


def test_whoever_is_wanted_in_person_and_not_ready_is_not_waited_for(floor: Floor) -> None:
    floor.log_in(BENNO)
    floor.wants(person="ada")
    assert floor.rung == ["benno"]
    other = Floor()
    other.log_in(BENNO)
    other.wants(person="nobody")
    assert other.rung == ["benno"]


def test_people_of_another_department_are_not_asked(floor: Floor) -> None:
    floor.log_in(ADA)
    floor.wants("sales")
    assert floor.rung == []
    assert floor.said == [SORRY.nobody_ready]


def test_whoever_takes_him_has_him_and_nothing_more_is_said(floor: Floor) -> None:
    floor.log_in()
    floor.wants()
    floor.presses("1")
    [(leg, [room])] = floor.telephone.sent
    assert isinstance(room, EnterRoom)
    assert leg == LEG
    floor.jobs.send(ReceptionJob(JobKind.ASK, VISIT))
    floor.work()
    assert (floor.rung, floor.said) == (["ada"], [])


@pytest.mark.parametrize(
    "fails",
    [
        lambda floor, leg: floor.presses("2", leg),
        lambda floor, leg: floor.presses("", leg),
        lambda floor, leg: floor.leg_ends(LegStatus.BUSY, leg),
        lambda floor, leg: floor.leg_ends(LegStatus.NO_ANSWER, leg),
        lambda floor, leg: floor.leg_ends(LegStatus.FAILED, leg),
    ],
)
def test_the_next_one_is_asked_each_once_and_then_he_is_told_once(
    fails: Callable[[Floor, str], None],
) -> None:
    floor = Floor(ladder=NO_QUEUE)
    floor.log_in()
    floor.wants()
    fails(floor, "CA-person-1")
    assert (floor.rung, floor.said) == (["ada", "benno"], [])
    fails(floor, "CA-person-2")
    assert floor.rung == ["ada", "benno"]
    assert floor.said == [SORRY.not_reached]
    for _ in range(3):
        floor.jobs.send(ReceptionJob(JobKind.ASK, VISIT))
        floor.work()
    assert (floor.rung, floor.said) == (["ada", "benno"], [SORRY.not_reached])
    assert floor.metrics.of("wish_answered") == [{"why": "not_reached", "outcome": "sent"}]


def test_a_telephone_that_cannot_be_rung_is_followed_by_the_next() -> None:
    floor = Floor(ladder=NO_QUEUE)
    floor.log_in()
    floor.telephone.answers["ring"] = Refused("number")
    floor.wants()
    assert floor.outcomes() == [OfferOutcome.FAILED, OfferOutcome.FAILED]
    assert floor.said == [SORRY.not_reached]


def test_nobody_is_asked_and_nothing_else_promised_while_it_is_closed() -> None:
    floor = Floor(week=((), *ALWAYS[1:]))  # Mondays
    floor.log_in()
    floor.wants()
    assert (floor.rung, floor.said) == ([], [SORRY.closed])


def test_one_wish_said_again_while_somebody_rings_rings_nobody_else(floor: Floor) -> None:
    floor.log_in()
    floor.wants()
    floor.wants(number=2)
    assert floor.rung == ["ada"]
    floor.presses("2")
    assert floor.rung == ["ada", "benno"]
    floor.presses("2", "CA-person-2")
    assert len(floor.said) == 1  # for both


def test_after_he_was_told_a_new_wish_asks_everybody_anew() -> None:
    floor = Floor(ladder=NO_QUEUE)
    floor.log_in(ADA)
    floor.wants()
    floor.presses("2")
    floor.clock.advance(60_000)
    floor.wants(number=2)
    assert floor.rung == ["ada", "ada"]
    floor.presses("2", "CA-person-2")
    assert floor.said == [SORRY.not_reached] * 2


def test_never_mind_withdraws_whoever_is_asked(floor: Floor) -> None:
    floor.log_in()
    floor.wants()
    floor.wants(None, number=2)
    assert floor.outcomes() == [OfferOutcome.CANCELLED]
    assert (floor.ringing, floor.said, floor.rung) == ([], [], ["ada"])
    floor.telephones_are_free()
    assert floor.state(ADA) is PersonState.READY


def test_a_wish_for_another_department_withdraws_the_first(floor: Floor) -> None:
    floor.log_in()
    floor.wants()
    floor.wants("sales", number=2)
    assert floor.rung == ["ada", "benno"]
    assert floor.outcomes() == [OfferOutcome.CANCELLED, None]
    assert floor.ringing == ["CA-person-2"]


def test_a_key_that_was_pressed_before_counts(floor: Floor) -> None:
    floor.log_in()
    floor.wants()
    floor.presses("1")
    floor.wants(None, number=2)
    assert floor.outcomes() == [None]
    assert len(floor.telephone.sent) == 1


def test_a_wish_that_is_told_late_does_not_bring_back_an_older_one(floor: Floor) -> None:
    floor.log_in()
    floor.wants(None, number=2)
    floor.wants(number=1)
    assert (floor.rung, floor.said) == ([], [])


def test_when_the_caller_hangs_up_nobodys_telephone_rings_on(floor: Floor) -> None:
    floor.log_in()
    floor.wants()
    floor.hangs_up()
    assert floor.outcomes() == [OfferOutcome.CALLER_GONE]
    assert (floor.ringing, floor.said, floor.rung) == ([], [], ["ada"])


def test_a_caller_who_has_gone_is_wished_nothing(floor: Floor) -> None:
    floor.log_in()
    floor.hangs_up()
    floor.wants()
    assert (floor.rung, floor.said) == ([], [])


def test_a_visit_that_does_not_exist_gets_nobody(floor: Floor) -> None:
    wish = PersonWish(post="v-CA-other.1", number=1, whose="billing", at_ms=1)
    with pytest.raises(StoreRefusedError):
        floor.wishes.tell(wish)
    assert floor.jobs.sent == []
    find_person("v-CA-other", floor.parts)


# -- the queue ---------------------------------------------------------------------------------


def test_he_is_told_that_he_may_wait_and_waits_once_he_asks_again(floor: Floor) -> None:
    busy(floor)
    floor.wants()
    assert floor.said == [SORRY.may_wait]
    assert floor.queue.entries == {}
    floor.clock.advance(8_000)
    floor.wants(number=2)
    [(leg, steps)] = floor.telephone.sent
    assert leg == LEG
    assert [type(step) for step in steps] == [Speak, Wait]
    assert steps[1].queue == "billing-person"  # type: ignore[union-attr]
    assert floor.queue.entries[VISIT].state is EntryState.WAITING
    visit = floor.visits.kept[VISIT].visit
    assert (visit.state, visit.department) == (Stage.WAITING, "billing")
    assert visit.place_ms == floor.queue.entries[VISIT].place_ms
    assert floor.said == [SORRY.may_wait]


def test_who_may_wait_and_asks_again_gets_whoever_is_ready_by_then(floor: Floor) -> None:
    busy(floor)
    floor.wants()
    floor.log_in(BENNO)
    floor.wants(number=2)
    assert floor.rung == ["benno"]
    assert floor.queue.entries == {}


def test_a_place_offered_by_one_department_is_none_of_another(floor: Floor) -> None:
    busy(floor)
    floor.wants()
    floor.wants("sales", number=2)
    assert floor.said == [SORRY.may_wait, SORRY.nobody_ready]


@pytest.mark.parametrize("most", [0, 1])
def test_where_there_is_no_room_no_place_is_offered(most: int) -> None:
    floor = Floor(most=most)
    busy(floor)
    board = floor.queue.board("billing", WaitsFor.PERSON)
    floor.queue.kept_boards["billing", WaitsFor.PERSON] = replace(board, places=(1,) * most)
    floor.wants()
    assert floor.said == [SORRY.nobody_ready]


@pytest.mark.parametrize(
    ("answer", "waits", "said"),
    [
        (Unknown("timeout"), True, [SORRY.may_wait]),
        (Refused("twiml"), False, [SORRY.may_wait, SORRY.nobody_ready]),
        (NotSent("rate"), False, [SORRY.may_wait, SORRY.nobody_ready]),
    ],
)
def test_who_cannot_be_led_to_the_music_is_told_so(
    floor: Floor,
    answer: object,
    waits: bool,  # noqa: FBT001
    said: list[str],
) -> None:
    busy(floor)
    floor.wants()
    floor.telephone.answers["redirect"] = answer
    floor.wants(number=2)
    assert floor.queue.entries[VISIT].in_queue is waits
    assert floor.said == said


def test_who_has_gone_as_he_was_to_wait_holds_no_place(floor: Floor) -> None:
    busy(floor)
    floor.wants()
    floor.telephone.legs[LEG] = LegStatus.COMPLETED
    floor.wants(number=2)
    assert not floor.queue.entries[VISIT].in_queue
    assert floor.said == [SORRY.may_wait]


OTHER_WISHES: dict[str, str | None] = {"nobody": None, "another department": "sales"}


def never_led(floor: Floor) -> None:
    """He is to wait, and whoever was to lead him to the music dies once he has his place."""
    busy(floor)
    floor.wants()
    redirect = floor.telephone.redirect
    floor.telephone.redirect = dies  # type: ignore[assignment, method-assign]
    with pytest.raises(Died):
        floor.wants(number=2)
    floor.telephone.redirect = redirect  # type: ignore[method-assign]
    assert floor.queue.entries[VISIT].state is EntryState.WAITING


@pytest.mark.parametrize("asked_again", [True, False])
def test_who_gave_him_a_place_after_his_end_was_told_has_nobody_rung_about_him(
    floor: Floor, *, asked_again: bool
) -> None:
    """A ring without an answer takes ten seconds: it is followed by a place for who has gone."""
    never_led(floor)  # and whoever stood still dies in the next step
    floor.jobs.sent.clear()
    floor.telephone.legs[LEG] = LegStatus.COMPLETED
    tell(floor.visits, Visit(visit_id=VISIT, ended_ms=floor.clock.now_ms()))
    if asked_again:
        find_person(VISIT, floor.parts)
        assert not floor.queue.entries[VISIT].in_queue
    floor.log_in(BENNO)
    floor.next_callers.offer_to_all()
    floor.work()
    assert (floor.rung, floor.state(BENNO)) == ([], PersonState.READY)
    assert not floor.queue.entries[VISIT].in_queue


@pytest.mark.parametrize("whose", OTHER_WISHES.values(), ids=OTHER_WISHES)
def test_who_wants_something_else_is_in_line_no_more_though_nobody_led_him_there(
    floor: Floor, whose: str | None
) -> None:
    never_led(floor)
    floor.wants(whose, number=3)
    entry = floor.queue.entries[VISIT]
    assert (entry.in_queue, entry.because) == (False, LeftBecause.WANTED_ELSE)
    floor.log_in(BENNO)
    assert floor.next_callers.offer_to_all() == 0
    assert floor.rung == []


def test_who_looked_before_somebody_took_him_tears_him_from_nobody(floor: Floor) -> None:
    """A ring without an answer takes ten seconds; what was looked at before it is old then."""
    busy(floor)
    floor.wants()
    boards = floor.queue.boards

    def meanwhile(*asked: Any) -> Any:
        floor.queue.boards = boards  # type: ignore[method-assign]
        floor.log_in(BENNO)
        jobs, floor.jobs.sent[:] = list(floor.jobs.sent), []
        floor.wants("sales", number=3)
        floor.presses("1")
        floor.jobs.sent[:] = jobs
        return boards(*asked)

    floor.queue.boards = meanwhile  # type: ignore[assignment, method-assign]
    floor.wants(number=2)
    [(leg, [room])] = floor.telephone.sent
    assert (leg, type(room)) == (LEG, EnterRoom)
    assert not floor.queue.entries[VISIT].in_queue


def test_who_has_him_by_the_wish_before_has_him_though_only_a_look_into_the_room_tells_it(
    floor: Floor,
) -> None:
    floor.log_in()
    floor.wants()
    floor.presses("1")
    floor.telephone.in_rooms.add("CA-person-1")  # and nobody is told of either
    floor.clock.advance(MEETING_SECONDS * 1_000)
    floor.wants("sales", number=2)  # said before, and heard of late
    assert floor.outcomes() == [OfferOutcome.ANSWERED]
    assert floor.rung == ["ada"]


def test_who_came_to_the_room_in_vain_is_asked_about_for_the_next_wish_once_he_is_back(
    floor: Floor,
) -> None:
    floor.log_in()
    floor.wants()
    floor.presses("1")
    floor.clock.advance(MEETING_SECONDS * 1_000)
    floor.jobs.send(ReceptionJob(JobKind.ASK, VISIT))
    floor.telephone.away = True  # he stays in the room for now
    floor.wants("sales", number=2)
    assert floor.rung == ["ada"]
    floor.telephone.away = False
    floor.telephone.in_rooms.clear()  # his own leg has gone on, and nobody has told
    floor.jobs.send(ReceptionJob(JobKind.ASK, VISIT))
    floor.work()
    assert floor.rung == ["ada", "benno"]


@pytest.mark.parametrize("whose", OTHER_WISHES.values(), ids=OTHER_WISHES)
def test_who_is_asked_about_him_in_that_line_is_let_go(floor: Floor, whose: str | None) -> None:
    never_led(floor)
    floor.log_in(BENNO)
    assert floor.next_callers.offer_to_all() == 1
    floor.wants(whose, number=3)
    assert not floor.queue.entries[VISIT].in_queue
    assert floor.outcomes()[0] is OfferOutcome.CANCELLED
    floor.telephones_are_free()
    assert floor.rung == (["benno"] if whose is None else ["benno", "benno"])  # who is of both


def test_who_has_taken_him_in_that_line_has_him(floor: Floor) -> None:
    never_led(floor)
    floor.log_in(BENNO)
    floor.next_callers.offer_to_all()
    floor.answers("CA-person-1")
    take_key(VISIT, "CA-person-1", "1", WORDS, floor.parts.offers)
    floor.wants(None, number=3)
    assert floor.outcomes() == [None]
    assert floor.queue.entries[VISIT].state is EntryState.OFFERED


def test_who_still_wants_it_keeps_the_place_and_is_led_there(floor: Floor) -> None:
    never_led(floor)
    place_ms = floor.queue.entries[VISIT].place_ms
    floor.wants(number=3)
    assert floor.queue.entries[VISIT].place_ms == place_ms
    assert [type(step) for step in floor.telephone.sent[-1][1]] == [Speak, Wait]


def test_who_is_asked_about_him_in_a_line_that_he_still_wants_is_asked_on(floor: Floor) -> None:
    never_led(floor)
    floor.log_in(BENNO)
    assert floor.next_callers.offer_to_all() == 1
    floor.wants(number=3)
    assert floor.outcomes() == [None]
    assert floor.queue.entries[VISIT].state is EntryState.OFFERED
    assert len(floor.ringing) == 1


# -- what is said ------------------------------------------------------------------------------


def test_of_two_receptionists_one_tells_him(floor: Floor) -> None:
    write = floor.visits.write

    def other_first(visit: Visit, seen: int) -> Kept | None:
        floor.visits.write = write  # type: ignore[method-assign]
        find_person(VISIT, floor.parts)
        return write(visit, seen)

    at_ms = floor.clock.now_ms()
    floor.wishes.tell(PersonWish(post=POST, number=1, whose="billing", at_ms=at_ms))
    floor.visits.write = other_first  # type: ignore[method-assign]
    floor.work()
    assert floor.said == [SORRY.nobody_ready]


def test_who_looked_as_another_began_to_ask_somebody_tells_him_nothing(floor: Floor) -> None:
    floor.log_in(ADA)
    write, rung_first = floor.offers.write, []

    def looks(*asked: Any) -> Any:
        floor.offers.write = write  # type: ignore[method-assign]
        find_person(VISIT, floor.parts)  # she is held, and her offer is not there to be seen
        rung_first.append(list(floor.rung))
        return write(*asked)

    floor.offers.write = looks  # type: ignore[method-assign, assignment]
    floor.wants()
    assert (rung_first, floor.rung, floor.said) == ([[]], ["ada"], [])


def test_who_died_as_he_began_to_ask_somebody_keeps_nobody_from_an_answer(floor: Floor) -> None:
    floor.log_in(ADA)
    floor.offers.write = dies  # type: ignore[method-assign, assignment]
    with suppress(Died):
        floor.wants()
    floor.parts = replace(floor.parts, offers=hinted(floor))
    floor.work()
    assert floor.said == []  # it may be that she is about to be rung
    assert floor.hints.sent == [ReceptionJob(JobKind.ASK, VISIT, BEGUN_SECONDS)]
    floor.clock.advance(BEGUN_SECONDS * 1_000)
    find_person(VISIT, floor.parts)
    assert (floor.said, floor.rung) == ([SORRY.may_wait], [])


def hinted(floor: Floor) -> OfferParts:
    """As in the receptionist, who is hinted at."""
    offers = floor.parts.offers
    return replace(offers, people=replace(offers.people, hints=floor.hints))


def test_what_certainly_was_not_sent_is_sent_again_and_nothing_else(floor: Floor) -> None:
    floor.control.outcomes = [ControlOutcome.NOT_SENT]
    floor.wants()
    assert floor.said == [SORRY.nobody_ready] * 2
    floor.control.outcomes = [ControlOutcome.UNKNOWN]
    floor.wants(number=2)
    assert floor.said == [SORRY.nobody_ready] * 3
    assert [one["outcome"] for one in floor.metrics.of("wish_answered")] == ["sent", "unknown"]


def test_a_call_that_cannot_be_steered_is_counted(floor: Floor) -> None:
    floor.url = None
    floor.wants()
    assert floor.said == []
    assert floor.metrics.of("wish_answered") == [
        {"why": "nobody_ready", "outcome": "no_control_url"}
    ]


# -- whoever dies, wherever --------------------------------------------------------------------


def dying(floor: Floor, at: int) -> Callable[[], int]:
    """Let the process die directly before or after one of its requests, the `at`th."""
    done = 0

    def counted(ask: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*args: Any, **named: Any) -> Any:
            nonlocal done
            for step in ("before", "after"):
                done += 1
                if done == at:
                    raise Died
                if step == "before":
                    answer = ask(*args, **named)
            return answer

        return asked

    for thing, names in (
        (floor.visits, ("read", "write")),
        (floor.offers, ("read", "of_visit", "write")),
        (floor.people, ("read", "read_many", "write")),
        (
            floor.telephone,
            ("ring", "redirect", "cancel", "hang_up", "find_leg", "find_legs", "in_room"),
        ),
        (floor.queue, ("read", "boards", "commit")),
        (floor.control, ("send",)),
        (floor.jobs, ("send",)),
    ):
        for name in names:
            setattr(thing, name, counted(getattr(thing, name)))
    return lambda: done


def if_rung(number: int, happens: Callable[[Floor, str], None]) -> Callable[[Floor], None]:
    leg = f"CA-person-{number}"
    return lambda floor: happens(floor, leg) if leg in floor.telephone.rung else None


def declines(floor: Floor, leg: str) -> None:
    floor.presses("2", leg)


STORIES: dict[str, list[Callable[[Floor], None]]] = {
    "nobody takes him": [
        lambda floor: floor.wants(),
        if_rung(1, declines),
        if_rung(2, declines),
    ],
    "the second takes him": [
        lambda floor: floor.wants(),
        if_rung(1, declines),
        if_rung(2, lambda floor, leg: floor.presses("1", leg)),
    ],
    "never mind": [lambda floor: floor.wants(), lambda floor: floor.wants(None, 2)],
    "he hangs up": [lambda floor: floor.wants(), lambda floor: floor.hangs_up()],
}


def play(floor: Floor, story: str) -> None:
    """Whoever tells us tells again when we do not answer; time passes, and hints come again."""
    for happens in STORIES[story]:
        for _ in range(3):
            try:
                happens(floor)
                break
            except (Died, PassingError):
                continue
    for _ in range(8):
        floor.clock.advance(30_000)
        try:
            tell_due_offers(floor.parts.offers)
            floor.jobs.send(ReceptionJob(JobKind.ASK, VISIT))  # a tick: look_after_wishes.py
            floor.work()
        except (Died, PassingError):
            continue


@pytest.mark.parametrize("whose", OTHER_WISHES.values(), ids=OTHER_WISHES)
def test_wherever_a_process_dies_as_he_is_to_wait_no_old_place_outlives_another_wish(
    whose: str | None,
) -> None:
    """One dies as he is to wait, his wish changes before the next; one dies with that as well."""
    ends: set[bool] = set()
    at = 0
    while True:
        at += 1
        floor = Floor()
        busy(floor)
        floor.wants()
        counted = dying(floor, at)
        with suppress(Died):
            floor.wants(number=2)
        floor.jobs.sent.clear()  # delivered to the end, or after what he says next
        with suppress(Died):
            floor.wants(whose, number=3)
        for _ in range(2):
            floor.jobs.sent[:] = [ReceptionJob(JobKind.ASK, VISIT)]
            with suppress(Died):
                floor.work()
        if counted() < at:
            break
        entry, visit = floor.queue.entries.get(VISIT), floor.visits.kept[VISIT].visit
        in_line = entry is not None and entry.in_queue
        assert in_line is (visit.state is Stage.WAITING), at
        ends.add(in_line)
        floor.log_in(BENNO)
        offered = floor.next_callers.offer_to_all()
        assert offered == in_line, at
    assert at > 30
    assert ends == {True, False}


@pytest.mark.parametrize("story", STORIES)
def test_wherever_a_process_dies_he_is_taken_or_told_at_most_once(story: str) -> None:
    whole = Floor(ladder=NO_QUEUE)
    whole.log_in()
    count = dying(whole, -1)
    play(whole, story)
    assert count() > 20

    for at in range(1, count() + 1):
        floor = Floor(ladder=NO_QUEUE)
        floor.log_in()
        dying(floor, at)
        play(floor, story)
        visit = floor.visits.kept[VISIT].visit

        assert len(floor.said) <= 1, at
        outcomes = floor.outcomes()
        assert outcomes.count(OfferOutcome.ANSWERED) <= 1, at
        assert None not in outcomes, at
        assert floor.ringing == [] or floor.telephone.sent, at
        asked = [offer.person_id for offer in floor.offers.of_visit(VISIT) if offer.leg]
        assert len(asked) == len(set(asked)), at  # nobody's telephone rings twice for one wish
        if story == "nobody takes him":
            assert set(visit.told) == {f"{POST}.1"}, at  # and so it was said, or its sayer died
        if story in {"never mind", "he hangs up"}:
            assert floor.said == [], at
