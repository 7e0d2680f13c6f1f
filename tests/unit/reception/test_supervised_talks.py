"""A supervisor joins a talk: rung once, muted first, written down; and out when it is over."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.dialing.services.voice_ports import NotSent, Refused, Unknown
from contact_center.kernel.ports import ContentionError, PassingError, StoreUnavailableError
from contact_center.people.domain.people import (
    Happening,
    NoPersonError,
    PersonEvent,
    PersonState,
)
from contact_center.people.services.answer_person import tell_leg
from contact_center.people.services.answer_supervisor import (
    SupervisorDesk,
    ask_supervisor,
    take_supervisor_key,
    tell_supervisor_leg,
)
from contact_center.people.services.change_person import change_person
from contact_center.people.services.steer_supervisors import SteerParts, steer_supervisors
from contact_center.people.services.supervise_talk import (
    NoVisitError,
    SuperviseParts,
    SupervisionError,
    change_mode,
    supervise_talk,
)
from contact_center.reception.services.visit_callers import VisitCallers
from contact_center.visits.domain.instructions import AskKeys, EnterRoom, GoTo, HangUp, Speak
from contact_center.visits.domain.legs import LegChanged, LegStatus
from contact_center.visits.domain.supervision import MOST_SUPERVISIONS, Mode, Supervision
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.reception_jobs import JobKind, ReceptionJob
from contact_center.visits.services.tell_visit import tell
from tests.unit.people.offer_stage import Died
from tests.unit.people.test_people import SUPERVISOR_WORDS, colleague
from tests.unit.reception.people_floor import LEG, VISIT, Floor
from tests.unit.reception.test_show_visit import come_together

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.visits.domain.instructions import Instruction

CARLA = replace(colleague("carla", "sales"), supervises=True)
HERS = "CA-person-2"  # her leg: the first is that of who talks
BY = "Olga"


class Talk:
    """A caller and Ada, who talk with each other, and Carla, who may join them."""

    def __init__(self) -> None:
        self.floor = floor = Floor()
        floor.log_in()
        floor.wants()
        floor.presses("1")
        come_together(floor, ("CA-person-1", LEG))
        roster = floor.parts.takers.roster
        roster = replace(roster, people={**roster.people, "carla": CARLA})
        people = replace(floor.parts.offers.people, hints=floor.hints)
        self.asking = SuperviseParts(
            visits=floor.visits, offers=floor.offers, people=people, roster=roster
        )
        self.steering = SteerParts(
            visits=floor.visits,
            offers=floor.offers,
            telephone=floor.telephone,
            roster=roster,
            clock=floor.clock,
            metrics=floor.metrics,
            caller_id="+14155550100",
        )
        self.desk = SupervisorDesk(
            visits=floor.visits,
            offers=floor.offers,
            words=SUPERVISOR_WORDS,
            clock=floor.clock,
            metrics=floor.metrics,
        )

    def ask(self, person_id: str = "carla") -> None:
        supervise_talk(VISIT, person_id, BY, self.asking)
        self.look()

    def look(self) -> None:
        steer_supervisors(VISIT, self.steering)

    def answers(self, leg: str = HERS) -> Sequence[Instruction]:
        self.floor.telephone.legs[leg] = LegStatus.IN_PROGRESS
        return ask_supervisor(VISIT, "1", leg, self.desk)

    def presses(self, keys: str, leg: str = HERS) -> Sequence[Instruction]:
        self.floor.clock.advance(1_000)
        return take_supervisor_key(VISIT, "1", leg, keys, self.desk)

    def joins(self) -> None:
        self.ask()
        self.answers()
        self.presses("1")

    def changes(self, mode: Mode) -> None:
        self.floor.clock.advance(1_000)
        change_mode(VISIT, "1", mode, self.asking)
        self.look()

    def over(self) -> None:
        """Ada has hung up."""
        self.floor.telephone.legs["CA-person-1"] = LegStatus.COMPLETED
        ended = LegChanged(leg="CA-person-1", status=LegStatus.COMPLETED, sequence=4)
        tell_leg(VISIT, ended, self.floor.parts.offers)

    @property
    def known(self) -> Supervision:
        return self.floor.visits.kept[VISIT].visit.supervised["1"]

    @property
    def modes(self) -> list[Mode]:
        return [mode for _, mode in sorted(self.known.entered)]

    @property
    def rung(self) -> int:
        return len(self.floor.telephone.rung) - 1


@pytest.fixture
def talk() -> Talk:
    return Talk()


def room(steps: Sequence[Instruction]) -> EnterRoom:
    [step] = steps
    assert isinstance(step, EnterRoom)
    return step


def test_her_telephone_rings_once_however_often_it_is_asked(talk: Talk) -> None:
    for _ in range(3):
        talk.ask()
    assert talk.rung == 1
    request = talk.floor.telephone.rung[HERS]
    assert (request.to, request.ring_seconds) == (CARLA.address, CARLA.ring_seconds)
    assert request.answered == f"/twilio/supervision/{VISIT}.1/answer"
    assert talk.floor.hints.sent == [ReceptionJob(JobKind.SUPERVISE, VISIT)] * 3
    assert (talk.known.person_id, talk.known.by) == ("carla", BY)


def test_one_who_cannot_be_rung_now_keeps_no_other_waiting(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    dora = replace(colleague("dora", "sales"), supervises=True)
    people = {**talk.asking.roster.people, "dora": dora}
    roster = replace(talk.asking.roster, people=people)
    talk.asking = replace(talk.asking, roster=roster)
    talk.steering = replace(talk.steering, roster=roster)
    for person_id in ("carla", "dora"):
        supervise_talk(VISIT, person_id, BY, talk.asking)
    write = talk.floor.visits.write

    def not_of_carla(visit: Visit, revision: int) -> object:
        if visit.supervised["1"].begun_ms is not None:
            raise StoreUnavailableError
        return write(visit, revision)

    monkeypatch.setattr(talk.floor.visits, "write", not_of_carla)

    with pytest.raises(StoreUnavailableError):
        talk.look()

    assert [request.to for request in talk.floor.telephone.rung.values()][1:] == [dora.address]
    monkeypatch.undo()
    talk.look()
    assert talk.rung == 2


def test_who_answers_is_asked_for_a_key_and_a_machine_hears_no_talk(talk: Talk) -> None:
    talk.ask()
    asked, last = talk.answers()
    assert isinstance(asked, AskKeys)
    assert asked.sounds == (Speak("Listen?"),)
    assert last == HangUp()
    assert talk.modes == []


@pytest.mark.parametrize("keys", ["2", "3", "", "9", "*"])
def test_nobody_comes_in_by_another_key_than_1(talk: Talk, keys: str) -> None:
    talk.ask()
    talk.answers()
    assert talk.presses(keys) == [HangUp()]
    assert talk.modes == []


def test_she_is_muted_first_and_her_coming_and_going_changes_nothing_for_others(
    talk: Talk,
) -> None:
    talk.ask()
    talk.answers()
    joined = room(talk.presses("1"))
    assert (joined.muted, joined.coaching) == (True, None)
    assert (joined.opens, joined.closes, joined.star_leaves) == (False, False, True)
    assert joined.room == f"room-{VISIT}.1"  # of the offer
    assert talk.modes == [Mode.LISTEN]
    since = min(talk.known.entered).at_ms
    assert since == talk.floor.clock.now_ms()


@pytest.mark.parametrize(
    ("key", "mode", "muted", "coaching"),
    [
        ("1", Mode.LISTEN, True, None),
        ("2", Mode.WHISPER, False, "CA-person-1"),
        ("3", Mode.BARGE, False, None),
    ],
)
def test_by_key_she_is_heard_by_nobody_by_ada_or_by_both(
    talk: Talk,
    key: str,
    mode: Mode,
    muted: bool,  # noqa: FBT001
    coaching: str | None,
) -> None:
    talk.joins()
    asked, again = ask_supervisor(VISIT, "1", HERS, talk.desk)
    assert isinstance(asked, AskKeys)
    assert asked.sounds == (Speak("How?"),)
    assert again == GoTo(f"/twilio/supervision/{VISIT}.1/menu")
    within = room(talk.presses(key))
    assert (within.muted, within.coaching, within.opens, within.closes) == (
        muted,
        coaching,
        False,
        False,
    )
    assert talk.modes == [Mode.LISTEN, mode]
    assert talk.presses("7") == [again]


@pytest.mark.parametrize(
    ("mode", "muted", "coaching"),
    [(Mode.WHISPER, False, "CA-person-1"), (Mode.BARGE, False, None)],
)
def test_by_the_api_too_and_once(
    talk: Talk,
    mode: Mode,
    muted: bool,  # noqa: FBT001
    coaching: str | None,
) -> None:
    talk.joins()
    before = len(talk.floor.telephone.sent)
    talk.changes(mode)
    talk.look()
    [(leg, steps)] = talk.floor.telephone.sent[before:]
    within = room(steps)
    assert (leg, within.muted, within.coaching) == (HERS, muted, coaching)
    assert talk.modes == [Mode.LISTEN, mode]
    talk.changes(Mode.LISTEN)
    assert room(talk.floor.telephone.sent[-1][1]).muted
    assert talk.modes == [Mode.LISTEN, mode, Mode.LISTEN]


def test_before_she_listens_nothing_else_can_be_asked_for(talk: Talk) -> None:
    talk.ask()
    for mode in Mode:
        with pytest.raises(SupervisionError, match="not_there_yet"):
            change_mode(VISIT, "1", mode, talk.asking)
    with pytest.raises(NoVisitError):
        change_mode(VISIT, "2", Mode.LISTEN, talk.asking)


def test_a_change_that_certainly_was_not_sent_is_sent_with_the_next_hint(talk: Talk) -> None:
    talk.joins()
    talk.floor.telephone.answers["redirect"] = NotSent("rate")
    talk.changes(Mode.BARGE)
    assert talk.modes == [Mode.LISTEN]
    del talk.floor.telephone.answers["redirect"]
    talk.look()
    assert talk.modes == [Mode.LISTEN, Mode.BARGE]


def test_a_change_that_may_have_been_sent_is_written_down(talk: Talk) -> None:
    talk.joins()
    talk.floor.telephone.answers["redirect"] = Unknown("timeout")
    talk.changes(Mode.BARGE)
    assert talk.modes == [Mode.LISTEN, Mode.BARGE]


def test_what_cannot_be_written_is_not_done(talk: Talk) -> None:
    talk.ask()
    talk.answers()
    talk.floor.visits.away = True
    with pytest.raises(PassingError):
        talk.presses("1")


# -- who may, and when -------------------------------------------------------------------------


def refused(talk: Talk, person_id: str = "carla") -> str:
    with pytest.raises(SupervisionError) as error:
        supervise_talk(VISIT, person_id, BY, talk.asking)
    talk.look()
    assert talk.rung == 0
    return error.value.reason


def test_only_who_is_named_in_people_toml_may_join(talk: Talk) -> None:
    assert refused(talk, "benno") == "no_supervisor"
    with pytest.raises(NoPersonError):
        supervise_talk(VISIT, "nobody", BY, talk.asking)
    with pytest.raises(NoVisitError):
        supervise_talk("v-CA-other", "carla", BY, talk.asking)


def test_where_nobody_talks_with_a_person_nobody_joins(talk: Talk) -> None:
    talk.over()
    assert refused(talk) == "no_talk"
    gone = Talk()
    tell(gone.floor.visits, Visit(visit_id=VISIT, ended_ms=gone.floor.clock.now_ms()))
    assert refused(gone) == "no_talk"


@pytest.mark.parametrize("state", list(PersonState))
def test_whose_telephone_is_for_callers_joins_nobody(talk: Talk, state: PersonState) -> None:
    people = talk.asking.people
    if state is PersonState.AWAY:
        change_person("carla", Happening(event=PersonEvent.LOG_IN), people)
        change_person("carla", Happening(event=PersonEvent.GO_AWAY, reason="lunch"), people)
    elif state is not PersonState.OFF:
        stored = talk.floor.people.read("carla")
        talk.floor.people.people["carla"] = replace(stored, state=state)
    if state in {PersonState.OFF, PersonState.AWAY}:
        talk.ask()
        assert talk.rung == 1
    else:
        assert refused(talk) == "takes_callers"


def test_a_visit_is_joined_so_often_and_no_more(talk: Talk) -> None:
    over = Supervision(person_id="carla", by=BY, offer_id="o", asked_ms=1, ended_ms=2)
    supervised = {str(number + 1): over for number in range(MOST_SUPERVISIONS)}
    tell(talk.floor.visits, Visit(visit_id=VISIT, supervised=supervised))
    assert refused(talk) == "too_many"


# -- how it ends -------------------------------------------------------------------------------


def test_when_the_talk_is_over_she_hears_so_and_can_be_asked_for_another(talk: Talk) -> None:
    talk.joins()
    talk.over()
    talk.look()
    assert talk.floor.telephone.sent[-1] == (HERS, [Speak("Over."), HangUp()])
    assert (talk.known.because, talk.known.mode) == ("talk_over", Mode.LISTEN)
    assert talk.known.ended_ms == talk.floor.clock.now_ms()
    with pytest.raises(SupervisionError, match="over"):
        change_mode(VISIT, "1", Mode.BARGE, talk.asking)


def test_when_the_talk_is_over_her_telephone_rings_no_longer(talk: Talk) -> None:
    talk.ask()
    talk.over()
    talk.look()
    assert talk.floor.telephone.legs[HERS] is LegStatus.CANCELLED
    assert talk.answers() == [Speak("Over."), HangUp()]


def test_a_key_after_the_end_leads_nowhere(talk: Talk) -> None:
    talk.joins()
    talk.over()
    assert talk.presses("3") == [Speak("Over."), HangUp()]
    assert talk.modes == [Mode.LISTEN]


def test_the_leg_of_somebody_else_leads_nowhere(talk: Talk) -> None:
    talk.joins()
    assert talk.presses("3", "CA-other") == [Speak("Over."), HangUp()]
    assert talk.floor.metrics.of("leg_without_supervision") == [{}]
    assert ask_supervisor(VISIT, "9", HERS, talk.desk) == [Speak("Over."), HangUp()]


def test_whoever_hears_of_the_end_of_the_talk_has_her_looked_after(talk: Talk) -> None:
    talk.joins()
    jobs = talk.floor.hints
    jobs.sent.clear()
    offer = talk.floor.offers.of_visit(VISIT)[-1]
    callers = VisitCallers(talk.floor.visits, None, jobs, talk.floor.metrics)
    callers.offer_ended(offer)
    assert ReceptionJob(JobKind.SUPERVISE, VISIT) in jobs.sent
    talk.over()
    talk.look()
    jobs.sent.clear()
    callers.offer_ended(offer)
    assert ReceptionJob(JobKind.SUPERVISE, VISIT) not in jobs.sent


@pytest.mark.parametrize(
    ("status", "joined", "because"),
    [
        (LegStatus.BUSY, False, "busy"),
        (LegStatus.NO_ANSWER, False, "no_answer"),
        (LegStatus.COMPLETED, True, "left"),
    ],
)
def test_the_end_of_her_leg_is_written_down(
    talk: Talk,
    status: LegStatus,
    joined: bool,  # noqa: FBT001
    because: str,
) -> None:
    if joined:
        talk.joins()
    else:
        talk.ask()
    at_ms = talk.floor.clock.now_ms() + 5_000
    ended = LegChanged(leg=HERS, status=status, sequence=3, at_ms=at_ms)
    tell_supervisor_leg(VISIT, "1", ended, talk.desk)
    assert (talk.known.ended_ms, talk.known.because) == (at_ms, because)
    other = replace(ended, leg="CA-other", at_ms=1)
    tell_supervisor_leg(VISIT, "1", other, talk.desk)
    tell_supervisor_leg(VISIT, "7", ended, talk.desk)
    assert talk.known.ended_ms == at_ms
    talk.ask()  # anew
    assert talk.rung == 2


@pytest.mark.parametrize("answer", [Refused("number"), NotSent("rate")])
def test_a_telephone_that_cannot_be_rung_is_told_so(talk: Talk, answer: object) -> None:
    talk.floor.telephone.answers["ring"] = answer
    talk.ask()
    assert talk.known.because == getattr(answer, "reason", None)
    assert talk.known.ended_ms is not None


def test_a_ring_whose_answer_got_lost_is_not_asked_for_again_and_names_itself(talk: Talk) -> None:
    talk.floor.telephone.answers["ring"] = Unknown("timeout")
    talk.ask()
    talk.look()
    assert talk.rung == 1
    assert talk.known.leg is None
    talk.answers()
    assert talk.known.leg == HERS
    assert room(talk.presses("1")).muted


def test_a_ring_of_which_nobody_ever_hears_is_over_some_time(talk: Talk) -> None:
    talk.floor.telephone.answers["ring"] = Unknown("timeout")
    talk.ask()
    talk.floor.clock.advance(80_000)
    talk.look()
    assert talk.known.ended_ms is None
    talk.floor.clock.advance(10_000)
    talk.look()
    assert talk.known.because == "no_answer"


# -- whoever dies, wherever --------------------------------------------------------------------


def dying(talk: Talk, at: int) -> Callable[[], int]:
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

    floor = talk.floor
    for thing, names in (
        (floor.visits, ("read", "write")),
        (floor.telephone, ("ring", "redirect", "cancel", "hang_up")),
        (floor.hints, ("send",)),
    ):
        for name in names:
            setattr(thing, name, counted(getattr(thing, name)))
    return lambda: done


def again(happens: Callable[[], object]) -> None:
    """Whoever asks us asks again when we do not answer."""
    for _ in range(3):
        with suppress(Died, PassingError, ContentionError):
            happens()
            return


def play(talk: Talk) -> list[EnterRoom]:
    """All that can happen; returns how she was brought into the room, in order."""
    entered: list[EnterRoom] = []

    def keyed(keys: str) -> None:
        entered.extend(step for step in talk.presses(keys) if isinstance(step, EnterRoom))

    again(talk.ask)
    again(talk.look)
    if talk.rung:
        again(talk.answers)
        again(lambda: keyed("1"))
        again(lambda: talk.changes(Mode.WHISPER))
        again(talk.look)
        again(lambda: keyed("3"))
    talk.over()
    for _ in range(3):
        talk.floor.clock.advance(60_000)
        again(talk.look)
    sent = [steps[0] for leg, steps in talk.floor.telephone.sent if leg == HERS]
    return entered + [step for step in sent if isinstance(step, EnterRoom)]


def test_wherever_a_process_dies_she_is_rung_once_and_unmuted_never_unwritten() -> None:
    count = dying(whole := Talk(), -1)
    play(whole)
    assert whole.modes == [Mode.LISTEN, Mode.WHISPER, Mode.BARGE]
    assert count() > 30
    for at in range(1, count() + 1):
        talk = Talk()
        dying(talk, at)
        within = play(talk)
        assert talk.rung <= 1, at
        assert not within or within[0].muted, at
        if within:
            assert talk.modes[0] is Mode.LISTEN, at
        done = {
            Mode.LISTEN if one.muted else Mode.WHISPER if one.coaching else Mode.BARGE
            for one in within
        }
        wanted = {mode for _, mode in talk.known.wanted}
        assert done <= set(talk.modes) | wanted, at
        assert talk.known.ended_ms is not None, at
        if talk.known.entered:
            assert (HERS, [Speak("Over."), HangUp()]) in talk.floor.telephone.sent, at
        elif talk.known.leg is not None:
            assert talk.floor.telephone.legs[HERS] is not LegStatus.RINGING, at
