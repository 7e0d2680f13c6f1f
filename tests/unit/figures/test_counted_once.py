"""A call is in the figures once, as what is known of it, whatever comes late, twice or at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.conversations.adapters.sqs_messages import queued_message
from contact_center.conversations.domain.facts import (
    AnswersTold,
    CallEnded,
    CallSeen,
    person_met,
)
from contact_center.conversations.services.route_message import FromVisit
from contact_center.figures.adapters.sqs_visit_news import SqsVisitNews
from contact_center.figures.domain.definitions import figures_of
from contact_center.figures.services import count_due as counting
from contact_center.figures.services.count_calls import count_call
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.kernel.time_left import always
from contact_center.people.domain.offers import Offer, OfferOutcome
from contact_center.people.services.offer_ports import DueOffer
from contact_center.records.domain.costs import AWS_CALL_MICROS
from contact_center.visits.domain.visit_parts import Outcome, Post, PostState, Stage, WaitSaid
from contact_center.visits.domain.visits import Visit
from tests.fakes.fact_queue import FakeFactQueue
from tests.unit.figures.figure_scene import (
    BEGAN,
    DAY,
    HOUR,
    NEXT_DAY,
    SECOND,
    FigureScene,
    facts_of,
)

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import Fact

FACTS = [*facts_of("one"), *facts_of("two", BEGAN + HOUR, direction="outbound", campaign="spring")]
VISIT = Visit(
    visit_id="v-CA1",
    department="billing",
    began_ms=BEGAN,
    place_ms=BEGAN + 5 * SECOND,
    stage=Stage.WAITING,
    stage_ms=BEGAN + 5 * SECOND,
)
TALKS = Visit(
    visit_id="v-CA1", stage=Stage.TALKING, stage_ms=BEGAN + 45_000, talked_ms=BEGAN + 45_000
)
GONE = Visit(visit_id="v-CA1", ended_ms=BEGAN + 90_000, endings={Outcome.SERVED.value: "goodbye"})
OFFER = Offer(
    offer_id="v-CA1.1",
    visit_id="v-CA1",
    person_id="ada",
    asked_at_ms=BEGAN + 10_000,
    ring_seconds=20,
    brief_seconds=20,
)


def from_the_records(scene: FigureScene) -> dict[str, int]:
    """A second reading: every record that is over, added up."""
    whole: dict[str, int] = {}
    for history in scene.calls.histories.values():
        if history.record is not None and history.record.ended:
            for name, count in count_call(history.record, history.glance).counts.items():
                if not name.startswith("length."):
                    whole[name] = whole.get(name, 0) + count
    return {name: count for name, count in whole.items() if count}


def both_days(scene: FigureScene) -> dict[str, int]:
    days = [scene.counters(of=day) for day in (DAY, NEXT_DAY)]
    names = {name for day in days for name in day}
    return {name: n for name in names if (n := sum(day.get(name, 0) for day in days))}


def test_a_call_is_counted_once_a_minute_after_its_end() -> None:
    scene = FigureScene()
    scene.tell(*FACTS[:4])
    assert scene.tick() == 0  # it is under way
    scene.tell(*FACTS[4:8])
    assert scene.tick(minutes=0.5) == 0
    assert scene.tick(minutes=1) == 1
    assert scene.counters()["calls"] == 1
    assert scene.counters(of=f"{DAY}T23")["calls"] == 1
    scene.tell(*FACTS[:8], *FACTS[:8])
    assert scene.tick() == 0
    scene.tell(*FACTS[8:11])
    assert scene.tick() == 1
    assert scene.metrics.of("call_over") == [{"way": "inbound"}]  # for the dashboard, once as well
    assert scene.metrics.of("contact_over") == [{"came_to": "contained"}]


def test_what_comes_a_day_late_is_the_difference_and_stays_with_its_day() -> None:
    scene = FigureScene()
    scene.tell(*FACTS[:8])
    scene.tick()
    assert scene.counters()["cost.micros"] == 120_000 + AWS_CALL_MICROS
    scene.clock.advance(24 * HOUR)
    scene.tell(*FACTS[8:10])
    assert scene.tick() == 1
    assert scene.counters()["cost.micros"] == 120_000 + AWS_CALL_MICROS + 9_500
    assert scene.counters()["calls"] == 1
    assert scene.counters(of=NEXT_DAY) == {}


def test_that_something_was_asked_about_a_call_counts_nothing_anew() -> None:
    scene = FigureScene()
    scene.tell(*FACTS[:10])
    scene.tick()
    scene.tell(FACTS[10])
    assert scene.tick() == 0


def test_what_an_operator_corrects_days_later_is_counted() -> None:
    scene = FigureScene()
    scene.tell(*FACTS[:11])
    scene.tick()
    scene.clock.advance(72 * HOUR)
    scene.tell(FACTS[11])
    assert scene.tick() == 1
    told = scene.counters()
    assert (told["correction.made"], told.get("correction.right"), told["calls"]) == (1, None, 1)


def test_who_turns_out_to_be_of_a_campaign_moves_there() -> None:
    scene = FigureScene()
    scene.tell(*FACTS[:8])
    scene.tick()
    seen = FACTS[0]
    assert isinstance(seen, CallSeen)
    scene.tell(replace(seen, key="late", at_ms=BEGAN + 70_000, campaign_id="autumn"))
    scene.tick()
    calls = {
        bucket.campaign: counts["calls"]
        for (of, bucket), counts in scene.figures.roll_ups.items()
        if of == DAY
    }
    assert calls == {"none": 0, "autumn": 1}


@given(
    st.lists(
        st.one_of(st.sampled_from(range(len(FACTS))), st.just("tick")), min_size=1, max_size=40
    )
)
def test_the_roll_ups_are_what_the_records_say(steps: list[int | str]) -> None:
    """Any facts, in any order, any number of times, counted at any time between."""
    scene = FigureScene()
    for step in steps:
        scene.tick() if isinstance(step, str) else scene.tell(FACTS[step])
    scene.tick()
    assert both_days(scene) == from_the_records(scene)
    found = scene.recount()
    assert found.agrees, found
    assert found.waiting == 0


@given(st.permutations(FACTS), st.lists(st.integers(0, len(FACTS) - 1), max_size=8))
def test_in_whatever_order_it_is_told_the_figures_are_the_same(
    facts: list[Fact], again: list[int]
) -> None:
    scene, plain = FigureScene(), FigureScene()
    plain.tell(*FACTS)
    plain.tick()
    for at, fact in enumerate([*facts, *(facts[number] for number in again)]):
        scene.tell(fact)
        if at % 3 == 0:
            scene.tick()
    scene.tick()
    assert both_days(scene) == both_days(plain)
    assert scene.figures.lengths(DAY).counts == plain.figures.lengths(DAY).counts


def test_what_changes_while_it_is_counted_is_counted_next_time_and_nothing_twice() -> None:
    scene = FigureScene()
    scene.tell(*FACTS[:7])
    scene.figures.before_count = lambda: scene.tell(FACTS[7])
    scene.tick()
    assert "achieving" not in scene.counters()
    scene.tick()
    assert (scene.counters()["achieving"], scene.counters()["calls"]) == (1, 1)
    assert scene.recount().agrees


def test_two_who_count_at_once_count_once() -> None:
    scene = FigureScene()
    scene.tell(*FACTS[:8])
    scene.clock.advance(120_000)

    def meanwhile() -> None:
        assert counting.count_due(scene.parts, always) == 1

    scene.figures.before_count = meanwhile
    assert counting.count_due(scene.parts, always) == 0
    assert scene.counters()["calls"] == 1
    assert scene.recount().agrees


def test_many_calls_are_one_transaction() -> None:
    scene = FigureScene()
    for number in range(30):
        scene.tell(*facts_of(f"c{number}")[:8])
    assert scene.tick() == 30
    assert scene.figures.transactions == 1
    assert scene.counters()["calls"] == 30


def test_what_is_wrong_with_one_call_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = FigureScene()
    for name in ("good", "bad"):
        scene.tell(*facts_of(name)[:8])

    def broken(record: object, glance: object) -> object:
        if record.call_id == "bad":  # type: ignore[attr-defined]
            raise ZeroDivisionError
        return count_call(record, glance)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(counting, "count_call", broken)
        assert scene.tick() == 1
        assert len(scene.metrics.of("figures_failed")) == 1
        assert scene.tick() == 0  # it is put off, and in nobody's way
    assert scene.tick(minutes=6) == 1
    assert scene.counters()["calls"] == 2


def test_a_table_that_does_not_answer_counts_nothing_by_halves() -> None:
    scene = FigureScene()
    scene.tell(*FACTS[:8])

    def away() -> None:
        raise StoreUnavailableError

    scene.figures.before_count = away
    with pytest.raises(StoreUnavailableError):
        scene.tick()
    assert scene.counters() == {}
    assert scene.tick() == 1


# -- visits ------------------------------------------------------------------------------------


def test_a_visit_is_one_contact_with_the_wait_it_had() -> None:
    scene = FigureScene()
    for known in (VISIT, TALKS, GONE):
        scene.visit(known)
    assert scene.tick(minutes=4) == 1
    told = scene.counters()
    assert (told["contacts"], told["contained"], told["visit.served"]) == (1, 1, 1)
    assert (told["wait.ms"], told["speed.ms"]) == (40_000, 45_000)
    assert "abandoned" not in told


def test_who_hangs_up_in_line_has_abandoned_and_a_call_of_a_visit_is_no_second_contact() -> None:
    scene = FigureScene()
    scene.visit(VISIT)
    scene.visit(Visit(visit_id="v-CA1", ended_ms=BEGAN + 65_000))
    scene.tell(*facts_of("of the visit", post="v-CA1.1")[:8])
    scene.tick(minutes=4)
    told = scene.counters()
    assert (told["contacts"], told["abandoned"], told["wait.ms"]) == (1, 1, 60_000)
    assert told["calls"] == 1


def test_that_a_caller_left_a_message_is_told_once_of_his_visit() -> None:
    scene = FigureScene()
    for known in (VISIT, Visit(visit_id="v-CA1", endings={"voicemail": "message"})):
        scene.visit(known)
    scene.tick(minutes=4)
    assert scene.metrics.of("voicemail_left") == []  # he may go on talking
    scene.visit(Visit(visit_id="v-CA1", ended_ms=BEGAN + 65_000))
    scene.tick(minutes=4)
    scene.visit(Visit(visit_id="v-CA1", department="sales"))
    scene.tick(minutes=4)
    assert scene.metrics.of("voicemail_left") == [{}]


TOLD = Visit(visit_id="v-CA1", wait_said=WaitSaid(BEGAN + 6 * SECOND, 1, 2))
TOLD_LATE = replace(TOLD, wait_said=WaitSaid(BEGAN + 60 * SECOND, 1, 2))
KEPT = Visit(visit_id="v-CA1", kept_ms=BEGAN + 200 * SECOND)
CALLED = Visit(
    visit_id="v-CA1",
    ended_ms=BEGAN + 400 * SECOND,
    endings={Outcome.CALLBACK_DONE.value: "done"},
)
NOTHING_KNOWN = (None, None, None)


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ((TOLD, TALKS, GONE), (120.0, 39.0, 1.0)),
        ((TOLD, KEPT, CALLED), (120.0, 194.0, 0.0)),
        ((TALKS, GONE), NOTHING_KNOWN),  # nothing was said of time
        ((TOLD, replace(GONE, endings={})), NOTHING_KNOWN),  # he gave up
        (
            (replace(TOLD, wait_said=WaitSaid(BEGAN + 60 * SECOND, 1, 2)), TALKS, GONE),
            NOTHING_KNOWN,
        ),
        (
            (TOLD, replace(TOLD, wait_said=WaitSaid(BEGAN + 9 * SECOND, 5, 8)), TALKS, GONE),
            (120.0, 39.0, 1.0),  # what was said first
        ),
    ],
)
def test_what_a_caller_was_told_of_his_wait_is_counted_beside_what_he_had(
    known: tuple[Visit, ...], told: tuple[float | None, ...]
) -> None:
    scene = FigureScene()
    for one in (VISIT, *known):
        scene.visit(one)
    assert scene.tick(minutes=20) == 1
    figures: dict[str, Any] = figures_of(scene.counters(), 1)
    names = ("waitToldSeconds", "waitHadSeconds", "waitHeld")
    assert tuple(figures[name]["value"] for name in names) == told
    assert scene.recount().agrees


WITH_A_PERSON = Visit(
    visit_id="v-CA1",
    stage=Stage.ELSEWHERE,
    stage_ms=BEGAN + 50_000,
    posts={"v-CA1.1": Post(state=PostState.OVER, at_ms=BEGAN, call_id="one")},
    endings={Outcome.TRANSFERRED.value: "person"},
)


def test_that_a_person_had_the_caller_is_told_to_his_call_once_and_before_it_is_counted() -> None:
    scene, queue = FigureScene(), FakeFactQueue(down=True)
    scene.parts = replace(scene.parts, transferred=SqsVisitNews(queue).transferred)
    for known in (VISIT, TALKS, WITH_A_PERSON, GONE):
        scene.visit(known)
    assert scene.tick() == 0  # who cannot be told now is told later, and counted then
    queue.down = False
    assert scene.tick(minutes=6) == 1
    scene.visit(Visit(visit_id="v-CA1", department="sales"))
    scene.tick(minutes=6)
    [(body, attributes)] = queue.messages
    record = {"body": body, "messageAttributes": _as_sqs_has_it(attributes)}
    assert queued_message(record) == FromVisit(fact=person_met("one", BEGAN + 50_000))


def test_a_visit_that_no_person_had_or_that_had_no_call_tells_nobody() -> None:
    queue = FakeFactQueue()
    for number, last in enumerate((GONE, replace(WITH_A_PERSON, posts={}, ended_ms=BEGAN))):
        scene = FigureScene()
        scene.parts = replace(scene.parts, transferred=SqsVisitNews(queue).transferred)
        for known in (VISIT, last):
            scene.visit(known)
        assert scene.tick(minutes=6) == 1, number
    assert queue.messages == []


def _as_sqs_has_it(attributes: dict[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"stringValue": value} for name, value in attributes.items()}


@given(st.permutations([VISIT, TALKS, GONE]), st.lists(st.integers(0, 2), max_size=4))
def test_a_visit_is_counted_as_what_is_known_of_it(told: list[Visit], again: list[int]) -> None:
    scene = FigureScene()
    for at, one in enumerate([*told, *(told[number] for number in again)]):
        scene.visit(one)
        if at % 2:
            scene.tick(minutes=4)
    scene.tick(minutes=4)
    assert scene.counters()["wait.ms"] == 40_000
    assert scene.counters()["contacts"] == 1
    assert scene.recount().agrees


def test_who_was_asked_counts_with_the_visit_once_it_is_known_what_came_of_it() -> None:
    scene = FigureScene()
    key = DueOffer("v-CA1", "v-CA1.1")
    scene.offers.offers[key] = OFFER
    scene.visit(VISIT)
    scene.visit(GONE)
    assert scene.tick(minutes=4) == 0
    assert scene.recount().waiting == 0  # nothing of it counts for these days by now
    scene.offers.offers[key] = replace(
        OFFER, ended=OfferOutcome.ANSWERED, together_at_ms=BEGAN + 30_000
    )
    assert scene.tick(minutes=4) == 0
    assert scene.tick(minutes=2) == 1
    assert scene.counters()["offer.answered"] == 1
    scene.offers.offers.clear()  # they are kept for a week
    scene.visit(Visit(visit_id="v-CA1", called="+14155550100"))
    scene.tick()
    assert scene.counters()["offer.answered"] == 1
    assert scene.recount().agrees


# -- recounting --------------------------------------------------------------------------------


def counted() -> FigureScene:
    scene = FigureScene()
    scene.tell(*facts_of("one")[:8], *facts_of("two", BEGAN + 2 * HOUR)[:8])
    scene.tick()
    return scene


def test_a_roll_up_that_lost_a_call_is_found_and_put_right() -> None:
    scene = counted()
    key = next(key for key in scene.figures.roll_ups if key[0] == DAY)
    scene.figures.roll_ups[key]["calls"] -= 1
    found = scene.recount()
    assert found.wrong == (f"{DAY} billing none",)
    assert (found.agrees, found.corrected) == (False, 0)
    assert scene.recount(mend=True).corrected == 1
    assert scene.recount().agrees
    assert scene.counters()["calls"] == 1


def test_a_call_that_nobody_counted_is_found_marked_and_counted() -> None:
    scene = counted()
    scene.tell(*facts_of("before this release")[:8])
    scene.calls.to_count.clear()
    assert scene.recount().behind == 1
    scene.recount(mend=True)
    assert scene.tick() == 1
    assert scene.recount().agrees
    assert scene.counters()["calls"] == 2


def test_one_that_moves_while_it_is_looked_at_is_left_to_the_next_time() -> None:
    scene = counted()
    late = facts_of("one")
    everything = scene.figures.everything

    def meanwhile() -> object:
        yield from everything()
        scene.tell(*late[8:10])
        scene.tick()

    scene.figures.everything = meanwhile  # type: ignore[method-assign,assignment]
    found = scene.recount(mend=True)
    assert found.moving == 2  # the hour and the day
    assert (found.wrong, found.corrected) == ((), 0)


def test_answers_that_are_told_again_differently_count_as_the_last_ones() -> None:
    scene = counted()
    scene.tell(
        AnswersTold(call_id="one", at_ms=BEGAN + 90_000, key="q2", answers={"achieved": "nothing"})
    )
    scene.tick()
    assert scene.counters()["achieved.nothing"] == 1
    assert "achieving" not in scene.counters()


def test_a_report_that_is_the_first_word_of_a_call_counts() -> None:
    scene = FigureScene()
    report = next(fact for fact in FACTS if isinstance(fact, CallEnded))
    scene.tell(report)
    assert scene.tick() == 1
    assert scene.counters()["calls.unknown"] == 1
