"""A caller who talks with an assistant gets a person, a place in line, or a word about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.conversations.domain.call_commands import Say
from contact_center.conversations.services.ports import ControlOutcome, PersonWish
from contact_center.dialing.services.voice_ports import NotSent, Refused, Unknown
from contact_center.kernel.civil_time import CivilClock
from contact_center.kernel.ports import PassingError, StoreRefusedError
from contact_center.people.domain.offers import LEFT_SECONDS, OfferOutcome
from contact_center.people.domain.people import (
    Happening,
    PersonEvent,
    PersonState,
    PersonStateError,
)
from contact_center.people.domain.person_steps import as_of
from contact_center.people.domain.roster import Roster
from contact_center.people.services.answer_person import (
    brief_person,
    take_key,
    tell_leg,
    tell_room,
)
from contact_center.people.services.ask_person import OfferTimings, ask_person, leave_ring
from contact_center.people.services.carry_out_offer import OfferDeeds
from contact_center.people.services.change_person import PersonParts, change_person
from contact_center.people.services.leave_next import NextLeft
from contact_center.people.services.next_callers import ASKED_AGAIN_MS, NextCallers
from contact_center.people.services.tell_offer import OfferParts, tell_due_offers
from contact_center.people.services.who_can_take import TakerParts
from contact_center.queue.domain.ladders import LadderStep, ladder_mistake
from contact_center.queue.domain.waiting import EntryState, LeftBecause, WaitsFor
from contact_center.queue.services.change_entry import QueueParts
from contact_center.queue.services.enter_queue import WaitAsked, enter_queue
from contact_center.reception.services.find_person import FindParts, find_person, look_for_people
from contact_center.reception.services.hear_of_wish import WishesHeard
from contact_center.visits.domain.instructions import EnterRoom, Speak, Wait
from contact_center.visits.domain.legs import LegChanged, LegStatus, RoomChanged, RoomStep
from contact_center.visits.domain.opening_hours import (
    Closing,
    Hours,
    OpeningHours,
    Span,
    WhenClosed,
)
from contact_center.visits.domain.visits import Post, PostState, Stage, Visit, merged, post_told
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.tell_visit import tell
from contact_center.visits.services.visit_ports import Kept
from tests.fakes.call_control import FakeCallControl
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.dialing_ledger import FakeLedger
from tests.fakes.offer_book import FakeOfferBook
from tests.fakes.people_book import FakePersonBook
from tests.fakes.reception_jobs import FakeReceptionJobs
from tests.fakes.telephone import FakeTelephone
from tests.fakes.visits import FakeVisits
from tests.fakes.waiting_queue import FakeQueue
from tests.unit.people.test_offered_callers import Died, dies
from tests.unit.people.test_people import OFFER_WORDS, colleague
from tests.unit.people.test_people import WORDS as LOG_IN_WORDS
from tests.unit.queue.queue_scene import SORRY, rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.people.domain.offers import Offer

LEG = "CA-caller"
VISIT = f"v-{LEG}"
POST = f"{VISIT}.1"
URL = "https://x.vapi.ai/control"
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ADA, BENNO = colleague("ada", "billing"), colleague("benno", "billing", "sales")
WORDS = OFFER_WORDS
NO_QUEUE = (LadderStep.NEXT_PERSON, LadderStep.SORRY)
ALWAYS = tuple((Span(0, 1440),) for _ in range(7))
CLOSING = Closing(action=WhenClosed.MESSAGE, say="Closed.")


@dataclass
class Floor:
    """One caller with an assistant, two people, and the receptionist's hints."""

    ladder: tuple[LadderStep, ...] = tuple(LadderStep)
    most: int = 50
    week: Any = ALWAYS
    clock: FakeClock = field(default_factory=lambda: FakeClock(int(MONDAY.timestamp() * 1000)))
    metrics: CountedMetrics = field(default_factory=CountedMetrics)
    offers: FakeOfferBook = field(default_factory=FakeOfferBook)
    people: FakePersonBook = field(default_factory=FakePersonBook)
    visits: FakeVisits = field(default_factory=FakeVisits)
    jobs: FakeReceptionJobs = field(default_factory=FakeReceptionJobs)
    control: FakeCallControl = field(default_factory=FakeCallControl)
    url: str | None = URL

    def __post_init__(self) -> None:
        self.telephone = FakeTelephone(self.clock, legs={LEG: LegStatus.IN_PROGRESS})
        self.queue = FakeQueue(FakeLedger(self.clock))
        people = PersonParts(book=self.people, clock=self.clock, metrics=self.metrics)
        deeds = OfferDeeds(
            telephone=self.telephone,
            callers=self,
            clock=self.clock,
            metrics=self.metrics,
            address_of={one.person_id: one.address for one in (ADA, BENNO)},
            caller_id="+14155550100",
        )
        own = rules(ladder=self.ladder, most=self.most)
        self.parts = FindParts(
            visits=self.visits,
            offers=OfferParts(book=self.offers, people=people, deeds=deeds),
            takers=TakerParts(
                roster=Roster(
                    people={one.person_id: one for one in (ADA, BENNO)},
                    wrap_seconds=30,
                    words=LOG_IN_WORDS,
                    offer_words=WORDS,
                ),
                hours=OpeningHours(Hours(zone="UTC", week=self.week, closing=CLOSING), {}),
                book=self.people,
                clock=self.clock,
                civil=CivilClock(),
            ),
            waiting=QueueParts(queue=self.queue, rules=own, clock=self.clock, metrics=self.metrics),
            timings=OfferTimings(brief_seconds=18, wrap_seconds=30),
            urls=self,
            control=self.control,
        )
        self.wishes = WishesHeard(self.visits, self.jobs)
        placed = Post(state=PostState.PLACED, at_ms=self.clock.now_ms(), call_id="call-1")
        began = Visit(visit_id=VISIT, stage=Stage.TALKING, stage_ms=self.clock.now_ms())
        self.visits.kept[VISIT] = Kept(merged(began, post_told(POST, placed)), 1)

    # -- Callers, ControlUrls and Briefs ---------------------------------------------------------

    def leg(self, visit_id: str) -> str | None:
        assert visit_id == VISIT
        return LEG if LEG in self.telephone.live() else None

    def offer_ended(self, offer: Offer) -> None:
        self.jobs.send(ReceptionJob(JobKind.ASK, offer.visit_id))

    def of_call(self, call_id: str) -> str | None:
        assert call_id == "call-1"
        return self.url

    def of(self, visit_id: str) -> str:
        assert visit_id == VISIT
        return "A caller for billing."

    # -- what happens ---------------------------------------------------------------------------

    def log_in(self, *whom: Any) -> None:
        for one in whom or (ADA, BENNO):
            self.clock.advance(1)
            happening = Happening(event=PersonEvent.LOG_IN)
            change_person(one.person_id, happening, self.parts.offers.people)

    @property
    def next_callers(self) -> NextCallers:
        parts = self.parts
        return NextCallers(parts.offers, parts.takers, parts.waiting, parts.timings)

    def wants(self, whose: str | None = "billing", number: int = 1) -> None:
        self.clock.advance(1)
        at_ms = self.clock.now_ms()
        self.wishes.tell(PersonWish(post=POST, number=number, whose=whose, at_ms=at_ms))
        self.work()

    def work(self) -> None:
        """The receptionist does what it is hinted at; whoever dies is followed by another."""
        for _ in range(100):
            if not self.jobs.sent:
                return
            find_person(self.jobs.sent[0].visit_id or "", self.parts)
            del self.jobs.sent[0]
        raise AssertionError("hints without an end")

    def answers(self, leg: str) -> None:
        self.telephone.legs[leg] = LegStatus.IN_PROGRESS
        brief_person(VISIT, leg, self, WORDS, self.parts.offers)

    def presses(self, keys: str, leg: str = "CA-person-1") -> None:
        self.answers(leg)
        take_key(VISIT, leg, keys, WORDS, self.parts.offers)
        self.work()

    def leg_ends(self, status: LegStatus, leg: str = "CA-person-1") -> None:
        self.telephone.legs[leg] = status
        tell_leg(VISIT, LegChanged(leg=leg, status=status, sequence=3), self.parts.offers)
        self.work()

    def hangs_up(self) -> None:
        self.telephone.legs[LEG] = LegStatus.COMPLETED
        tell(self.visits, Visit(visit_id=VISIT, ended_ms=self.clock.now_ms()))
        self.jobs.send(ReceptionJob(JobKind.ASK, VISIT))
        self.work()

    # -- what is seen ---------------------------------------------------------------------------

    @property
    def said(self) -> list[str]:
        return [one.content for one in self.control.commands if isinstance(one, Say)]

    @property
    def rung(self) -> list[str]:
        names = {one.address: one.person_id for one in (ADA, BENNO)}
        return [names[request.to] for request in self.telephone.rung.values()]

    @property
    def ringing(self) -> list[str]:
        return [leg for leg in self.telephone.live() if leg != LEG]

    def outcomes(self) -> list[OfferOutcome | None]:
        return [offer.ended for offer in self.offers.of_visit(VISIT)]

    def state(self, whom: Any) -> PersonState:
        return as_of(self.people.read(whom.person_id), self.clock.now_ms()).state


@pytest.fixture
def floor() -> Floor:
    return Floor()


def test_whoever_is_ready_the_longest_is_rung_and_the_caller_stays(floor: Floor) -> None:
    floor.log_in(BENNO, ADA)
    floor.wants()
    assert floor.rung == ["benno"]
    assert floor.telephone.sent == []
    assert floor.said == []


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


@pytest.mark.parametrize("answer", [Refused("number"), NotSent("rate")])
def test_a_telephone_that_cannot_be_rung_is_followed_by_the_next(answer: object) -> None:
    floor = Floor(ladder=NO_QUEUE)
    floor.log_in()
    floor.telephone.answers["ring"] = answer
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


def busy(floor: Floor) -> None:
    """Somebody is logged in, and talks to another caller."""
    floor.log_in(ADA)
    person = floor.people.people["ada"]
    floor.people.people["ada"] = replace(person, state=PersonState.BUSY)


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


# -- ladders -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "rule"),
    [
        ([], "is empty"),
        (["next_person", "next_person", "sorry"], "loops: next_person comes twice"),
        (["queue", "next_person", "sorry"], "goes back"),
        (["next_person", "queue"], "leads nowhere"),
        (["callback", "sorry"], "'callback' is no step"),
    ],
)
def test_a_ladder_that_cannot_be_climbed_is_refused(steps: list[str], rule: str) -> None:
    mistake = ladder_mistake(steps)
    assert mistake is not None
    assert rule in mistake


@pytest.mark.parametrize(
    "steps", [["sorry"], ["next_person", "sorry"], ["next_person", "queue", "sorry"]]
)
def test_a_ladder_that_can_be_climbed_is_taken(steps: list[str]) -> None:
    assert ladder_mistake(steps) is None


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
            floor.work()
        except (Died, PassingError):
            continue


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


# -- who waits in line for a person ------------------------------------------------------------


@pytest.fixture
def line() -> Floor:
    """The caller waits in billing's line, and nobody is ready."""
    floor = Floor()
    busy(floor)
    floor.wants()
    floor.clock.advance(10_000)
    floor.wants(number=2)
    assert floor.queue.entries[VISIT].state is EntryState.WAITING
    floor.telephone.sent.clear()
    floor.control.sent.clear()
    return floor


def somebody_is_ready(floor: Floor) -> None:
    floor.log_in(BENNO)
    look_for_people(ReceptionJob(JobKind.PERSON), floor.parts)


def test_who_waits_is_offered_to_whoever_gets_ready_and_is_served_by_a_key(line: Floor) -> None:
    somebody_is_ready(line)
    assert line.rung == ["benno"]
    assert line.queue.entries[VISIT].state is EntryState.OFFERED
    line.presses("1")
    [(leg, [room])] = line.telephone.sent
    assert isinstance(room, EnterRoom)
    assert leg == LEG
    for one in (LEG, "CA-person-1"):
        joined = RoomChanged(
            room="r", room_id="CF1", step=RoomStep.JOINED, leg=one, sequence=1, at_ms=None
        )
        tell_room(VISIT, joined, line.parts.offers)
    line.work()
    assert line.queue.entries[VISIT].because is LeftBecause.SERVED
    look_for_people(ReceptionJob(JobKind.PERSON), line.parts)
    assert line.rung == ["benno"]


def test_who_is_declined_keeps_his_place_and_the_same_person_is_left_alone(line: Floor) -> None:
    place_ms = line.queue.entries[VISIT].place_ms
    somebody_is_ready(line)
    line.presses("2")
    entry = line.queue.entries[VISIT]
    assert (entry.state, entry.place_ms) == (EntryState.WAITING, place_ms)
    assert line.rung == ["benno"]
    assert line.said == []  # he hears music, and no assistant is there
    line.clock.advance(ASKED_AGAIN_MS)
    look_for_people(ReceptionJob(JobKind.PERSON), line.parts)
    assert line.rung == ["benno", "benno"]


def test_who_was_taken_for_his_wish_as_he_came_to_wait_is_in_line_no_longer(line: Floor) -> None:
    line.log_in(BENNO)
    wish = f"{POST}.2"
    ask_person(VISIT, BENNO, line.parts.timings, line.parts.offers, wish)
    line.presses("1")
    for one in (LEG, "CA-person-1"):
        joined = RoomChanged(
            room="r", room_id="CF1", step=RoomStep.JOINED, leg=one, sequence=1, at_ms=None
        )
        tell_room(VISIT, joined, line.parts.offers)
    line.people.people["ada"] = replace(line.people.people["ada"], state=PersonState.READY)
    line.next_callers.offer_to_all()
    assert line.rung == ["benno"]
    assert line.queue.entries[VISIT].because is LeftBecause.SERVED


def test_who_was_asked_in_line_is_not_asked_for_the_wish_whose_place_was_never_told(
    line: Floor,
) -> None:
    visit = line.visits.kept[VISIT].visit
    known = {wish: told for wish, told in visit.told.items() if told.what == "may_wait"}
    untold = replace(visit, told=known, stage=Stage.TALKING)
    line.visits.kept[VISIT] = Kept(untold, line.visits.kept[VISIT].revision)
    somebody_is_ready(line)
    line.presses("2")
    assert line.rung == ["benno"]
    assert line.visits.kept[VISIT].visit.state is Stage.WAITING  # it is told now


def test_however_often_it_is_hinted_one_telephone_rings(line: Floor) -> None:
    somebody_is_ready(line)
    for _ in range(3):
        look_for_people(ReceptionJob(JobKind.PERSON), line.parts)
    assert line.rung == ["benno"]


def test_the_earliest_place_of_all_departments_is_offered_first(line: Floor) -> None:
    asked = WaitAsked(
        visit_id="v-CA-earlier",
        department="sales",
        waits_for=WaitsFor.PERSON,
        leg="CA-earlier",
        place_ms=line.queue.entries[VISIT].place_ms - 1,
    )
    enter_queue(asked, line.parts.waiting)
    line.log_in(BENNO)
    assert line.next_callers.offer_next("benno") == "v-CA-earlier"


def test_nobody_is_offered_while_it_is_closed(line: Floor) -> None:
    closed = OpeningHours(Hours(zone="UTC", week=((),) * 7, closing=CLOSING), {})
    line.parts = replace(line.parts, takers=replace(line.parts.takers, hours=closed))
    somebody_is_ready(line)
    assert line.rung == []


def test_who_cannot_be_asked_leaves_the_caller_at_his_place(line: Floor) -> None:
    with pytest.raises(PersonStateError):
        line.next_callers.offer_next("ada")  # who talks
    assert line.queue.entries[VISIT].state is EntryState.WAITING


def test_whose_asker_died_is_at_his_place_once_it_was_too_long(line: Floor) -> None:
    line.telephone.ring = dies  # type: ignore[assignment, method-assign]
    with pytest.raises(Died):
        somebody_is_ready(line)
    assert line.queue.entries[VISIT].state is EntryState.OFFERED
    line.clock.advance(25_000)
    tell_due_offers(line.parts.offers)
    line.work()
    assert line.queue.entries[VISIT].state is EntryState.WAITING


def test_whom_nobody_rang_about_him_is_asked_about_him_again_at_once(line: Floor) -> None:
    line.log_in(BENNO)
    parts = line.parts
    left = NextCallers(parts.offers, parts.takers, parts.waiting, parts.timings, ask=leave_ring)
    assert left.offer_next("benno") == VISIT
    assert (line.rung, line.queue.entries[VISIT].state) == ([], EntryState.OFFERED)
    silent = replace(parts.offers, deeds=replace(parts.offers.deeds, elsewhere=True))
    line.clock.advance(LEFT_SECONDS * 1_000)
    tell_due_offers(silent)
    line.work()  # the receptionist is there again: he is back at his place, and offered
    assert line.outcomes()[0] is OfferOutcome.FAILED
    assert line.rung == ["benno"]
    assert line.queue.entries[VISIT].state is EntryState.OFFERED


def test_a_caller_who_is_to_be_called_back_is_passed_over_by_nobody(line: Floor) -> None:
    line.queue.entries[VISIT] = replace(line.queue.entries[VISIT], state=EntryState.KEPT)
    line.clock.advance(1)
    later = WaitAsked(
        visit_id="v-CA-later",
        department="billing",
        waits_for=WaitsFor.PERSON,
        leg="CA-later",
        number="+12125550177",
    )
    enter_queue(later, line.parts.waiting)
    line.log_in(BENNO)
    parts = line.parts
    callers = NextCallers(
        parts.offers, parts.takers, parts.waiting, parts.timings, ask=leave_ring, rings=False
    )
    assert NextLeft(callers, line.jobs, line.metrics).offer_next("benno") == VISIT
    assert line.jobs.sent == [ReceptionJob(JobKind.PERSON)]
    assert line.queue.entries["v-CA-later"].state is EntryState.WAITING
    assert line.state(BENNO) is PersonState.READY


def test_of_an_entry_that_cannot_be_offered_the_next_is_none_the_worse(line: Floor) -> None:
    asked = WaitAsked(
        visit_id="v-CA-broken",
        department="sales",
        waits_for=WaitsFor.PERSON,
        leg="CA-broken",
        place_ms=1,
    )
    enter_queue(asked, line.parts.waiting)
    line.queue.unreadable.add("v-CA-broken")
    somebody_is_ready(line)
    assert line.rung == ["benno"]
    assert line.metrics.of("caller_not_offered") == [{}]


def test_who_begins_to_wait_for_a_person_hears_the_message_of_the_department_once() -> None:
    floor = Floor()
    floor.parts = replace(floor.parts, messages=Says("billing", "Very many are calling."))
    busy(floor)
    floor.wants()
    floor.wants(number=2)
    [(_, steps)] = floor.telephone.sent
    assert [type(step) for step in steps] == [Speak, Speak, Wait]
    assert steps[0] == Speak("Very many are calling.")
    assert floor.visits.kept[VISIT].visit.heard == {"billing"}


class Says:
    """Messages."""

    def __init__(self, department: str, text: str) -> None:
        self._said = {department: text}

    def of(self, department: str) -> str | None:
        return self._said.get(department)
