"""Several people are asked about one caller at once: one has him, and nobody else rings on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contact_center.dialing.services.voice_ports import NotSent
from contact_center.kernel.ports import ContentionError, PassingError, StoreUnavailableError
from contact_center.people.domain.offer_facts import CallerLeft
from contact_center.people.domain.offers import OfferOutcome, Said
from contact_center.people.domain.people import (
    Happening,
    PersonEvent,
    PersonState,
    PersonStateError,
)
from contact_center.people.domain.ring_groups import WITH_ANOTHER, has_him
from contact_center.people.services.answer_person import brief_person, take_key, tell_leg
from contact_center.people.services.ask_person import (
    AskedMeanwhileError,
    ask_person,
    leave_ring,
)
from contact_center.people.services.change_person import change_person
from contact_center.people.services.tell_offer import LOOK_AGAIN_MS, tell_offer
from contact_center.visits.domain.instructions import AskKeys, EnterRoom, HangUp, Speak
from contact_center.visits.domain.legs import LegChanged, LegStatus
from contact_center.visits.services.telephone_ports import ELSEWHERE
from tests.unit.people.offer_stage import (
    ADA,
    BEN,
    CALLER_LEG,
    FIRST,
    TIMINGS,
    VISIT,
    WORDS,
    Died,
    Stage,
)
from tests.unit.people.test_offer_crashes import dying
from tests.unit.people.test_people import colleague

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.people.domain.offers import Offer
    from contact_center.visits.domain.instructions import Instruction

CLEO = colleague("cleo", "billing")
SECOND, THIRD = f"{VISIT}.2", f"{VISIT}.3"
ADAS, BENS, CLEOS = (f"CA-person-{number}" for number in (1, 2, 3))
LEFT = [Speak(WORDS.left), HangUp()]


class Group(Stage):
    """Two are rung at once about the caller, a third is there."""

    def __post_init__(self) -> None:
        super().__post_init__()
        addresses = {one.person_id: one.address for one in (ADA, BEN, CLEO)}
        object.__setattr__(self.parts.deeds, "address_of", addresses)
        log_in = Happening(event=PersonEvent.LOG_IN)
        change_person("cleo", log_in, self.parts.people)

    def ask_all(self, *whom: Any, wish: str = "wish", at_once: int = 3) -> list[Offer]:
        made = []
        for one in whom or (ADA, BEN):
            self.clock.advance(1)
            asked = ask_person(VISIT, one, TIMINGS, self.parts, wish, at_once=at_once)
            made.append(asked)
        return made

    def look(self) -> None:
        """The receptionist looks at all offers, as a hint of the door's lets it."""
        for offer in self.book.of_visit(VISIT):
            tell_offer(VISIT, offer.offer_id, (), self.parts)

    def at_the_door(self, *, yes: bool) -> None:
        """Whether telephones are steered by somebody else, later."""
        object.__setattr__(self.parts.deeds, "elsewhere", yes)
        self.telephone.answers["redirect"] = NotSent(ELSEWHERE) if yes else None

    def offers(self) -> list[Offer]:
        return list(self.book.of_visit(VISIT))

    def ringing(self) -> list[str]:
        return [leg for leg in self.telephone.live() if leg != CALLER_LEG]

    def ends_are_told(self) -> None:
        for leg in self.telephone.rung:
            if leg not in self.telephone.live():
                self.telephone_is_free(leg)


@pytest.fixture
def group() -> Group:
    return Group()


def rooms(*said: Sequence[Instruction]) -> int:
    return sum(isinstance(steps[0], EnterRoom) for steps in said)


def test_whoever_presses_first_has_him_and_the_others_stop_ringing(group: Group) -> None:
    group.ask_all()
    assert group.ringing() == [ADAS, BENS]
    group.answers(ADAS)
    assert rooms(group.presses("1", ADAS)) == 1
    group.look()
    assert group.ringing() == [ADAS]
    assert group.telephone.legs[BENS] is LegStatus.CANCELLED
    group.ends_are_told()
    assert (group.state(ADA), group.state(BEN)) == (PersonState.BUSY, PersonState.READY)
    assert group.people.people["benno"].missed == 0
    for leg in (ADAS, CALLER_LEG):
        group.comes_in(leg)
    assert group.outcome(FIRST) is OfferOutcome.ANSWERED
    assert group.outcome(SECOND) is OfferOutcome.CANCELLED
    assert [leg for leg, _ in group.telephone.sent] == [CALLER_LEG]
    [counted] = group.book.counted.values()
    assert dict(counted) == {OfferOutcome.ANSWERED: 1}  # who was let go is no try that failed


def test_who_presses_a_moment_later_hears_so_and_is_ready(group: Group) -> None:
    group.ask_all()
    for leg in (ADAS, BENS):
        group.answers(leg)
    assert rooms(group.presses("1", ADAS)) == 1
    assert group.presses("1", BENS) == LEFT
    assert group.outcome(SECOND) is OfferOutcome.CANCELLED
    group.telephone_is_free(BENS)
    assert group.state(BEN) is PersonState.READY
    assert group.people.people["benno"].missed == 0
    for leg in (ADAS, CALLER_LEG):  # and his key makes nobody think that he is in the room
        group.comes_in(leg)
    assert group.outcome(FIRST) is OfferOutcome.ANSWERED


def interrupted(group: Group, at: int, by: Callable[[], object]) -> Callable[[], int]:
    """Let something happen directly before the `at`th request of whoever is at work."""
    done = 0

    def counted(ask: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*args: Any, **named: Any) -> Any:
            nonlocal done
            done += 1
            if done == at:
                by()
            return ask(*args, **named)

        return asked

    for thing in (group.book, group.people):
        for name in ("read", "write", "of_visit"):
            if hasattr(thing, name):
                setattr(thing, name, counted(getattr(thing, name)))
    return lambda: done


def both(at: int, *, a_third: bool = False) -> tuple[Group, list[Sequence[Instruction]], int]:
    """Ada presses 1, and in the middle of it Ben, or Cleo, who is asked only then, does."""
    group, said = Group(), []
    group.ask_all()
    for leg in (ADAS, BENS):
        group.answers(leg)

    def another() -> None:
        if a_third:
            group.ask_all(CLEO)
            group.answers(CLEOS)
        said.append(group.presses("1", CLEOS if a_third else BENS))

    requests = interrupted(group, at, another)
    said.append(group.presses("1", ADAS))
    return group, said, requests()


@pytest.mark.parametrize("a_third", [False, True], ids=["another of the group", "a new one"])
def test_of_two_who_press_at_once_one_has_him_wherever_they_meet(*, a_third: bool) -> None:
    _, _, requests = both(0, a_third=a_third)
    assert requests > 5
    for at in range(1, requests + 1):
        group, said, _ = both(at, a_third=a_third)
        assert len(said) == 2, at
        assert rooms(*said) == 1, at
        assert sum(has_him(one) for one in group.offers()) == 1, at
        assert LEFT in said or group.ringing() == [], at
        group.look()
        assert len(group.ringing()) - sum(one.ended is not None for one in group.offers()) <= 1
        assert len([leg for leg, _ in group.telephone.sent if leg == CALLER_LEG]) == 1, at
        for leg in (ADAS, BENS, CLEOS)[: 3 if a_third else 2]:
            offers = [one for one in group.offers() if one.leg == leg]
            if offers and not has_him(offers[0]):
                group.telephone_is_free(leg)
        states = [group.state(one) for one in (ADA, BEN, CLEO)]
        assert sorted(states) == ["busy", "ready", "ready"], at


def test_a_telephone_that_was_just_about_to_ring_stops_at_once(group: Group) -> None:
    group.ask_all(ADA)
    group.answers(ADAS)
    ring = group.telephone.ring

    def while_it_is_asked_for(request: Any) -> Any:
        assert rooms(group.presses("1", ADAS)) == 1
        return ring(request)

    group.telephone.ring = while_it_is_asked_for  # type: ignore[method-assign]
    [late] = group.ask_all(BEN)
    assert (late.offer_id, late.ended, late.withdrawn) == (
        SECOND,
        OfferOutcome.CANCELLED,
        WITH_ANOTHER,
    )
    assert group.telephone.legs[BENS] is LegStatus.CANCELLED


def test_the_news_that_it_rings_stops_it(group: Group) -> None:
    group.ask_all()
    group.answers(ADAS)
    group.presses("1", ADAS)
    tell_leg(VISIT, LegChanged(leg=BENS, status=LegStatus.RINGING, sequence=1), group.parts)
    assert group.ringing() == [ADAS]


def test_who_answers_too_late_hears_so_and_nothing_of_the_caller(group: Group) -> None:
    group.ask_all()
    group.answers(ADAS)
    group.presses("1", ADAS)
    assert group.answers(BENS) == LEFT
    assert group.outcome(SECOND) is OfferOutcome.CANCELLED


def test_who_listens_to_who_calls_is_told_and_hung_up(group: Group) -> None:
    object.__setattr__(group.parts.deeds, "left", WORDS.left)
    group.ask_all()
    for leg in (ADAS, BENS):
        group.answers(leg)
    group.presses("1", ADAS)
    group.look()
    assert (BENS, LEFT) in group.telephone.sent


def test_legs_of_several_who_are_asked_are_told_apart_by_whose_telephone_it_is() -> None:
    group = Group()
    group.telephone.answers["ring"] = Died  # whatever came of it is not known yet
    for one in (ADA, BEN):
        offers = len(group.offers())
        group.parts.book.write(None, an_offer(one, offers + 1), None)
    for leg in (ADAS, BENS):
        group.telephone.legs[leg] = LegStatus.IN_PROGRESS
    ringing = LegChanged(leg=BENS, status=LegStatus.RINGING, sequence=1)
    tell_leg(VISIT, ringing, group.parts, "benno")
    assert [one.leg for one in group.offers()] == [None, BENS]
    heard = brief_person(VISIT, "CA-stranger", group, WORDS, group.parts)
    assert heard == LEFT  # of nobody knows whom
    asks = brief_person(VISIT, ADAS, group, WORDS, group.parts, person_id="ada")
    assert isinstance(asks[0], AskKeys)
    assert [one.leg for one in group.offers()] == [ADAS, BENS]
    taken = take_key(VISIT, "CA-new", "1", WORDS, group.parts, person_id="ada")
    assert taken == LEFT


def an_offer(one: Any, number: int) -> Offer:
    made = Group().ask_all(one)[0]
    return type(made)(
        offer_id=f"{VISIT}.{number}",
        visit_id=VISIT,
        person_id=one.person_id,
        asked_at_ms=made.asked_at_ms,
        ring_seconds=20,
        brief_seconds=18,
        beside=True,
    )


def test_no_more_are_asked_at_once_than_may_be(group: Group) -> None:
    group.ask_all(ADA, BEN, CLEO, at_once=2)
    assert group.ringing() == [ADAS, BENS]
    assert group.state(CLEO) is PersonState.READY


def test_nobody_is_asked_beside_one_who_has_him_or_who_is_asked_alone(group: Group) -> None:
    group.ask_all(ADA)
    group.answers(ADAS)
    group.presses("1", ADAS)
    assert group.ask_all(BEN)[0].offer_id == FIRST
    assert group.ask_all(BEN, wish="")[0].offer_id == FIRST
    alone = Group()
    alone.ask(ADA)
    assert alone.ask_all(BEN)[0].offer_id == FIRST
    assert (group.ringing(), alone.ringing()) == ([ADAS], [ADAS])


def test_nobody_is_asked_twice_at_once(group: Group) -> None:
    group.ask_all(ADA)
    assert group.ask_all(ADA)[0].offer_id == FIRST
    assert len(group.telephone.rung) == 1


def test_when_the_one_who_took_him_is_gone_the_others_can_have_him(group: Group) -> None:
    group.ask_all()
    group.answers(BENS)
    group.answers(ADAS)
    group.at_the_door(yes=True)
    assert rooms(group.presses("1", ADAS)) == 1
    group.leg_ends(LegStatus.COMPLETED, ADAS)
    assert group.outcome(FIRST) is OfferOutcome.FAILED
    assert rooms(group.presses("1", BENS)) == 1


def test_news_of_the_room_is_of_who_has_him_and_not_of_who_was_gone_before(group: Group) -> None:
    group.ask_all()
    for leg in (ADAS, BENS):
        group.answers(leg)
    group.at_the_door(yes=True)
    group.presses("1", BENS)  # who was asked later
    group.leg_ends(LegStatus.COMPLETED, BENS)
    group.at_the_door(yes=False)
    assert rooms(group.presses("1", ADAS)) == 1
    for leg in (CALLER_LEG, ADAS):
        group.comes_in(leg)
    assert (group.outcome(FIRST), group.outcome(SECOND)) == (
        OfferOutcome.ANSWERED,
        OfferOutcome.FAILED,
    )


def test_who_was_let_go_for_one_who_failed_is_asked_again_and_nobody_else(group: Group) -> None:
    group.ask_all()
    group.answers(ADAS)
    group.at_the_door(yes=True)
    group.presses("1", ADAS)
    group.leg_ends(LegStatus.CANCELLED, BENS)  # has seen that another has him, before ...
    assert group.offers()[1].withdrawn == WITH_ANOTHER
    group.leg_ends(LegStatus.COMPLETED, ADAS)  # ... that one was gone
    group.at_the_door(yes=False)
    again = group.ask_all()
    assert [(one.offer_id, one.ended) for one in again] == [
        (FIRST, OfferOutcome.FAILED),
        (THIRD, None),
    ]
    group.answers(CLEOS)
    assert rooms(group.presses("1", CLEOS)) == 1


def test_a_room_that_nobody_came_to_keeps_nobody_from_the_next_round(group: Group) -> None:
    group.ask_all(ADA)
    group.answers(ADAS)
    group.presses("1", ADAS)
    assert group.offers()[0].moved
    group.leg_ends(LegStatus.COMPLETED, ADAS)
    assert group.offers()[0].brought_back
    group.ask_all(BEN, wish="")
    group.answers(BENS)
    assert rooms(group.presses("1", BENS)) == 1


def test_when_the_caller_hangs_up_all_telephones_stop(group: Group) -> None:
    group.ask_all(ADA, BEN, CLEO)
    group.answers(BENS)
    group.telephone.legs[CALLER_LEG] = LegStatus.COMPLETED
    for offer in group.offers():
        tell_offer(VISIT, offer.offer_id, [CallerLeft()], group.parts)
    assert group.telephone.live() == []
    group.ends_are_told()
    assert {group.state(one) for one in (ADA, BEN, CLEO)} == {PersonState.READY}
    assert {one.ended for one in group.offers()} == {OfferOutcome.CALLER_GONE}


@pytest.mark.parametrize("ringing", [0, 1, 2])
def test_who_hangs_up_while_they_are_rung_one_after_the_other_leaves_nobody_ringing(
    group: Group, ringing: int
) -> None:
    ring = group.telephone.ring

    def hangs_up(request: Any) -> Any:
        if len(group.telephone.rung) == ringing:
            group.telephone.legs[CALLER_LEG] = LegStatus.COMPLETED
            known = [one for one in group.offers() if one.ended is None]
            for offer in known[:-1] if ringing else known:  # the last is made in this moment
                tell_offer(VISIT, offer.offer_id, [CallerLeft()], group.parts)
        return ring(request)

    group.telephone.ring = hangs_up  # type: ignore[method-assign]
    group.ask_all(ADA, BEN, CLEO)
    assert group.telephone.live() == []
    assert len(group.telephone.rung) == ringing + 1


def test_one_who_declines_ends_nobody_else_s_ringing(group: Group) -> None:
    group.ask_all()
    group.answers(ADAS)
    group.presses("2", ADAS)
    group.look()
    assert group.outcome(FIRST) is OfferOutcome.DECLINED
    assert group.ringing() == [BENS]


def test_what_was_read_a_moment_ago_is_not_read_again(group: Group) -> None:
    group.ask(ADA)
    count = interrupted(group, 0, lambda: None)
    group.answers(ADAS)
    assert count() == 3  # the offers, the answer written, the person
    group.presses("1", ADAS)
    assert count() == 3 + 7


def test_who_was_looked_for_before_another_was_asked_is_asked_about_by_nobody(
    group: Group,
) -> None:
    group.ask(ADA)
    group.leg_ends(LegStatus.BUSY, ADAS)
    for ask in (ask_person, leave_ring):
        with pytest.raises(AskedMeanwhileError):
            ask(VISIT, BEN, TIMINGS, group.parts, as_offer=FIRST)
    assert group.state(BEN) is PersonState.READY
    assert ask_person(VISIT, BEN, TIMINGS, group.parts, as_offer=SECOND).ended is None


def test_who_was_taken_for_an_offer_that_another_made_is_free(group: Group) -> None:
    group.book.before_write = lambda: group.ask(BEN)  # type: ignore[assignment]
    with pytest.raises(ContentionError):
        group.ask(ADA)
    assert (group.state(ADA), group.state(BEN)) == (PersonState.READY, PersonState.RINGING)
    assert [one.person_id for one in group.offers()] == ["benno"]


# -- processes that die -------------------------------------------------------------------------


def takes(leg: str) -> Callable[[Group], object]:
    return lambda group: group.presses("1", leg) if leg in group.telephone.live() else None


def answers(leg: str) -> Callable[[Group], object]:
    return lambda group: group.answers(leg) if leg in group.telephone.live() else None


def comes(leg: str) -> Callable[[Group], object]:
    def joins(group: Group) -> None:
        if leg in group.telephone.live() and group.telephone.sent:
            group.comes_in(leg)

    return joins


STORIES: dict[str, list[Callable[[Group], object]]] = {
    "both press": [
        lambda group: group.ask_all(),
        answers(ADAS),
        answers(BENS),
        takes(ADAS),
        takes(BENS),
        lambda group: group.look(),
        comes(ADAS),
        comes(CALLER_LEG),
    ],
    "one takes while the other rings": [
        lambda group: group.ask_all(ADA),
        answers(ADAS),
        lambda group: group.ask_all(BEN, CLEO),
        takes(ADAS),
        lambda group: group.look(),
    ],
    "the caller leaves": [
        lambda group: group.ask_all(),
        answers(BENS),
        lambda group: group.telephone.legs.update({CALLER_LEG: LegStatus.COMPLETED}),
        lambda group: [
            tell_offer(VISIT, one.offer_id, [CallerLeft()], group.parts) for one in group.offers()
        ],
    ],
    "the one who takes him is gone": [
        lambda group: group.ask_all(),
        answers(ADAS),
        takes(ADAS),
        lambda group: group.leg_ends(LegStatus.COMPLETED, ADAS) if group.telephone.rung else None,
        answers(BENS),
        takes(BENS),
    ],
}


def play(group: Group, story: str) -> None:
    for happens in STORIES[story]:
        for _ in range(3):  # whoever tells us tells again when we do not answer
            try:
                happens(group)
                break
            except (Died, PassingError, ContentionError):
                continue
            except (PersonStateError, StoreUnavailableError):
                break


@pytest.mark.parametrize("story", STORIES)
def test_wherever_a_process_dies_one_has_him_and_nobody_rings_on(story: str) -> None:
    whole = Group()
    count = dying(whole, -1)
    play(whole, story)
    assert count() > 20
    for at in range(1, count() + 1):
        group = Group()
        dying(group, at)
        play(group, story)
        assert sum(has_him(one) for one in group.offers()) <= 1, at
        for _ in range(6):
            group.later(LOOK_AGAIN_MS)
        assert {one.ended for one in group.offers()} >= set(), at
        assert all(one.ended is not None for one in group.offers()), at
        answered = [one.leg for one in group.offers() if one.ended is OfferOutcome.ANSWERED]
        assert len(answered) <= 1, at
        assert len(group.telephone.rung) <= 3, at
        assert group.ringing() == [leg for leg in answered if leg in group.telephone.live()], at
        held = [one for one in (ADA, BEN, CLEO) if group.state(one) in HELD]
        assert len(held) == len(answered), at
        took = [one for one in group.offers() if one.said is Said.TAKES and one.moved]
        assert len(took) <= 1 or story == "the one who takes him is gone", at


HELD = {PersonState.RINGING, PersonState.BUSY}
