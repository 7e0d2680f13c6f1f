"""A caller who wants a person, and for whom nobody is free, may be called when it is his turn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contact_center.dialing.services.voice_ports import NotSent, Refused, Unknown
from contact_center.queue.domain.callable_numbers import CallableNumbers
from contact_center.queue.domain.ladders import LadderStep
from contact_center.queue.domain.waiting import WaitsFor
from contact_center.reception.services.callbacks.offer_callback import keep_instead, offer_call
from contact_center.reception.services.leave_music import leave_music
from contact_center.visits.domain.courtesies import OFFER_CALL
from contact_center.visits.domain.instructions import GoTo
from contact_center.visits.domain.visit_merge import merged
from contact_center.visits.domain.visit_parts import Ending, Outcome, Stage, Wish, wish_name
from contact_center.visits.domain.visits import Visit
from contact_center.visits.services.telephone_ports import Gone
from contact_center.visits.services.visit_ports import Kept
from tests.unit.queue.queue_scene import SORRY
from tests.unit.reception.callback_scene import ANN, MINUTE_MS, CallbackScene
from tests.unit.reception.people_floor import LEG, VISIT, Floor, busy

NO_MUSIC = (LadderStep.NEXT_PERSON, LadderStep.CALLBACK, LadderStep.SORRY)
NUMBERS = CallableNumbers(frozenset({"212"}))


def floor_of(
    caller: str | None = ANN,
    *,
    keeps_places: bool = True,
    ladder: tuple[LadderStep, ...] = NO_MUSIC,
) -> Floor:
    """A floor where nobody waits in line, and places are kept."""
    floor = Floor(ladder=ladder)
    rules = floor.parts.waiting.rules
    own = replace(rules.company, ladder=ladder, keeps_places=keeps_places)
    waiting = replace(floor.parts.waiting, rules=replace(rules, company=own, by_department={}))
    floor.parts = replace(floor.parts, waiting=waiting, numbers=NUMBERS)
    known = floor.visits.kept[VISIT]
    floor.visits.kept[VISIT] = Kept(replace(known.visit, caller=caller), known.revision)
    return floor


def test_he_is_told_so_and_is_sent_to_the_offer_once_he_asks_again() -> None:
    floor = floor_of()
    floor.wants()
    assert (floor.said, floor.telephone.sent) == ([SORRY.may_be_called], [])

    floor.clock.advance(8_000)
    floor.wants(number=2)

    assert floor.telephone.sent == [(LEG, [GoTo(OFFER_CALL)])]
    assert floor.said == [SORRY.may_be_called]
    assert floor.queue.entries == {}  # his place is kept by his key alone


def test_who_wants_something_else_meanwhile_is_sent_nowhere() -> None:
    """Whoever looks may take ten seconds; what was looked at before is old then."""
    floor = floor_of()
    floor.wants()
    read_many = floor.people.read_many

    def meanwhile(*asked: object) -> object:
        floor.people.read_many = read_many  # type: ignore[method-assign]
        jobs, floor.jobs.sent[:] = list(floor.jobs.sent), []
        floor.wants(None, number=3)
        floor.jobs.sent[:] = jobs
        return read_many(*asked)  # type: ignore[arg-type]

    floor.people.read_many = meanwhile  # type: ignore[assignment, method-assign]
    floor.clock.advance(8_000)
    floor.wants(number=2)
    assert floor.telephone.sent == []


def test_who_is_ready_by_then_is_asked_instead() -> None:
    floor = floor_of()
    floor.wants()
    floor.log_in()
    floor.clock.advance(8_000)
    floor.wants(number=2)
    assert floor.rung == ["ada"]
    assert floor.telephone.sent == []


def test_the_queue_goes_before_it_where_there_is_room() -> None:
    floor = floor_of(ladder=tuple(LadderStep))
    busy(floor)
    floor.wants()
    assert floor.said == [SORRY.may_wait]


@pytest.mark.parametrize("caller", [None, "+442071838750", "+13105550123"])
def test_whose_number_cannot_be_called_is_not_offered_it(caller: str | None) -> None:
    floor = floor_of(caller)
    floor.wants()
    assert floor.said == [SORRY.nobody_ready]


def test_a_department_that_keeps_no_places_offers_none() -> None:
    floor = floor_of(keeps_places=False)
    floor.wants()
    assert floor.said == [SORRY.nobody_ready]


def test_where_nobody_is_called_back_it_is_no_step() -> None:
    floor = floor_of()
    floor.parts = replace(floor.parts, numbers=None)
    floor.wants()
    assert floor.said == [SORRY.nobody_ready]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Unknown("timeout"), []),
        (Gone(), []),
        (Refused("twiml"), [SORRY.nobody_ready]),
        (NotSent("rate"), [SORRY.nobody_ready]),
    ],
)
def test_who_cannot_be_sent_there_is_told_so(answer: object, said: list[str]) -> None:
    floor = floor_of()
    floor.wants()
    floor.telephone.answers["redirect"] = answer
    floor.clock.advance(8_000)
    floor.wants(number=2)
    assert floor.said == [SORRY.may_be_called, *said]


# -- at the offer -------------------------------------------------------------------------------


@pytest.fixture
def scene() -> CallbackScene:
    """Ann has talked with an assistant, wanted somebody of billing, and is sent to the offer."""
    made = CallbackScene()
    made.frees_line()
    made.rings_in("ann", "CA-ann")
    made.clock.advance(MINUTE_MS)
    wished(made)
    return made


def wished(scene: CallbackScene) -> None:
    """Ann says to the assistant that she wants somebody of billing."""
    kept, at_ms = scene.visits.kept["v-CA-ann"], scene.clock.now_ms()
    wish = {wish_name("v-CA-ann.1", 2): Wish(at_ms=at_ms, whose="billing")}
    talks = Visit(visit_id="v-CA-ann", stage=Stage.TALKING, stage_ms=at_ms, wishes=wish)
    scene.visits.kept["v-CA-ann"] = Kept(merged(kept.visit, talks), kept.revision)
    scene.clock.advance(5_000)


def test_a_key_keeps_a_place_for_a_person_from_his_wish_on(scene: CallbackScene) -> None:
    wished_ms = scene.clock.now_ms() - 5_000
    assert offer_call("CA-ann", scene.reception) == "AskKeys | TakeMessage"
    scene.clock.advance(4_000)
    assert keep_instead("CA-ann", "1", scene.reception) == "kept | HangUp"

    entry = scene.entry("ann")
    assert (entry.department, entry.waits_for) == ("billing", WaitsFor.PERSON)
    assert (entry.place_ms, entry.number) == (wished_ms, ANN)
    scene.hangs_up("CA-ann")
    assert scene.ending("CA-ann") is None  # until he was called


def test_asked_again_the_offer_is_the_same(scene: CallbackScene) -> None:
    first = offer_call("CA-ann", scene.reception)
    scene.clock.advance(1_000)
    assert offer_call("CA-ann", scene.reception) == first
    assert keep_instead("CA-ann", "1", scene.reception) == "kept | HangUp"
    assert scene.entry("ann").waits_for is WaitsFor.PERSON


def test_who_presses_nothing_and_says_nothing_was_not_served(scene: CallbackScene) -> None:
    offer_call("CA-ann", scene.reception)
    visit = scene.visits.kept["v-CA-ann"].visit
    assert (visit.stage, visit.wanted) == (Stage.ELSEWHERE, None)
    scene.hangs_up("CA-ann")
    assert scene.ending("CA-ann") == Ending(Outcome.FAILED, "not_called_back")
    assert scene.queue.entries == {}


def test_another_key_leads_to_the_tone(scene: CallbackScene) -> None:
    offer_call("CA-ann", scene.reception)
    said = keep_instead("CA-ann", "7", scene.reception)
    assert said == "after the tone | TakeMessage"
    assert scene.queue.entries == {}


def test_whose_number_is_none_that_can_be_called_may_leave_a_message(scene: CallbackScene) -> None:
    kept = scene.visits.kept["v-CA-ann"]
    scene.visits.kept["v-CA-ann"] = Kept(replace(kept.visit, caller=None), kept.revision)
    assert offer_call("CA-ann", scene.reception) == "after the tone | TakeMessage"


@pytest.mark.parametrize("leg", ["CA-ann", "CA-nobody"])
def test_who_wanted_nobody_is_not_offered_it(leg: str, scene: CallbackScene) -> None:
    kept = scene.visits.kept["v-CA-ann"]
    scene.visits.kept["v-CA-ann"] = Kept(replace(kept.visit, wishes={}), kept.revision)
    assert "AskKeys" not in offer_call(leg, scene.reception)


def test_who_waited_for_a_line_before_he_talked_is_called_for_the_person_he_wants() -> None:
    scene = CallbackScene()
    scene.waits("ann")
    scene.frees_line()
    assert scene.serves() == 1
    scene.clock.advance(MINUTE_MS)
    leave_music("CA-ann", scene.reception)
    wished(scene)
    offer_call("CA-ann", scene.reception)
    assert keep_instead("CA-ann", "1", scene.reception) == "kept | HangUp"
    entry = scene.entry("ann")
    assert (entry.department, entry.waits_for) == ("billing", WaitsFor.PERSON)


def test_a_place_that_was_his_already_is_kept_as_it_is(scene: CallbackScene) -> None:
    scene.waits("bob", department="billing", what=WaitsFor.PERSON)
    place_ms = scene.entry("bob").place_ms
    offer_call("CA-bob", scene.reception)
    scene.clock.advance(MINUTE_MS)
    assert keep_instead("CA-bob", "1", scene.reception) == "kept | HangUp"
    entry = scene.entry("bob")
    assert (entry.place_ms, entry.waits_for) == (place_ms, WaitsFor.PERSON)
