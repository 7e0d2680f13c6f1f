"""A visit is a merge: told late, twice or out of order, the same is known at the end."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.visits.domain.legs import LegChanged, LegStatus
from contact_center.visits.domain.supervision import Mode, ModeSince, Supervision
from contact_center.visits.domain.visit_merge import (
    ending_told,
    leg_told,
    merged,
    post_told,
    wish_told,
)
from contact_center.visits.domain.visit_parts import (
    LONGEST_VISIT_MS,
    AsksAbout,
    Ending,
    Outcome,
    Post,
    PostState,
    Stage,
    Told,
    WaitSaid,
    Wanted,
    Wish,
    visit_named,
    visit_of,
    wish_name,
)
from contact_center.visits.domain.visits import Visit

LEG = "CA" + "1" * 32
OTHER = "CA" + "2" * 32
ID = visit_of(LEG)
AT_MS = 1_787_266_800_000


def told(*facts: Visit) -> Visit:
    return reduce(merged, facts, Visit(visit_id=ID))


def stage(which: Stage, after_ms: int = 0) -> Visit:
    place_ms = AT_MS + after_ms if which is Stage.WAITING else None
    return Visit(visit_id=ID, stage=which, stage_ms=AT_MS + after_ms, place_ms=place_ms)


def leg(status: LegStatus, sequence: int | None = None, which: str = LEG) -> Visit:
    at_ms = AT_MS + 1_000 * (sequence or 0)
    return leg_told(ID, LegChanged(leg=which, status=status, sequence=sequence), at_ms)


def post(state: PostState, n: int = 1, **more: Any) -> Visit:
    return post_told(f"{ID}.{n}", Post(state=state, at_ms=AT_MS, **more))


HUNG_UP = leg(LegStatus.COMPLETED, 3)

STATES = [
    ((), Stage.CAME),
    ((stage(Stage.CAME),), Stage.CAME),
    ((stage(Stage.CAME), stage(Stage.TALKING)), Stage.TALKING),
    ((stage(Stage.TALKING, 5), stage(Stage.CAME)), Stage.TALKING),
    ((stage(Stage.WAITING), stage(Stage.TALKING, 5)), Stage.TALKING),
    ((stage(Stage.TALKING), stage(Stage.WAITING, 5)), Stage.WAITING),
    ((stage(Stage.WAITING), stage(Stage.ELSEWHERE, 5)), Stage.ELSEWHERE),
    ((HUNG_UP, stage(Stage.TALKING, 50_000)), Stage.ENDED),
    ((leg(LegStatus.IN_PROGRESS, 1), stage(Stage.TALKING)), Stage.TALKING),
    ((leg(LegStatus.COMPLETED, 3, OTHER), stage(Stage.TALKING)), Stage.TALKING),
]


@pytest.mark.parametrize(("facts", "state"), STATES)
def test_what_a_caller_is_doing(facts: tuple[Visit, ...], state: Stage) -> None:
    assert told(*facts).state is state


ENDINGS = [
    ((), None),
    ((stage(Stage.TALKING), ending_told(ID, Outcome.SERVED, "assistant-ended-call")), None),
    ((HUNG_UP,), Ending(Outcome.ABANDONED_WAITING, "before_an_answer")),
    ((HUNG_UP, stage(Stage.WAITING)), Ending(Outcome.ABANDONED_WAITING, "hung_up")),
    ((HUNG_UP, stage(Stage.TALKING)), Ending(Outcome.ABANDONED_TALKING, "hung_up")),
    (
        (HUNG_UP, stage(Stage.TALKING), ending_told(ID, Outcome.SERVED, "customer-ended-call")),
        Ending(Outcome.SERVED, "customer-ended-call"),
    ),
    (
        (HUNG_UP, ending_told(ID, Outcome.CLOSED, "hours")),
        Ending(Outcome.CLOSED, "hours"),
    ),
    (
        (
            HUNG_UP,
            ending_told(ID, Outcome.CLOSED, "hours"),
            ending_told(ID, Outcome.VOICEMAIL, "closed"),
        ),
        Ending(Outcome.VOICEMAIL, "closed"),
    ),
    (
        (
            HUNG_UP,
            ending_told(ID, Outcome.FAILED, "no_line"),
            ending_told(ID, Outcome.TRANSFERRED, "other_number"),
        ),
        Ending(Outcome.TRANSFERRED, "other_number"),
    ),
    ((HUNG_UP, stage(Stage.ELSEWHERE)), Ending(Outcome.FAILED, "hung_up")),
    (
        (HUNG_UP, stage(Stage.TALKING), Visit(visit_id=ID, let_go_ms=AT_MS)),
        Ending(Outcome.SERVED, "assistant_let_go"),
    ),
    (
        (
            HUNG_UP,
            stage(Stage.TALKING),
            Visit(visit_id=ID, let_go_ms=AT_MS),
            ending_told(ID, Outcome.ABANDONED_TALKING, "pipeline-error"),
        ),
        Ending(Outcome.ABANDONED_TALKING, "pipeline-error"),
    ),
    (  # let go of, put through once more, and cut off in that talk
        (
            HUNG_UP,
            stage(Stage.TALKING),
            post(PostState.OVER, 1, came_to="assistant-ended-call"),
            ending_told(ID, Outcome.SERVED, "assistant-ended-call"),
            post(PostState.OVER, 2, reason="completed"),  # as telephony has it
            post(PostState.OVER, 2, came_to="pipeline-error"),
            ending_told(ID, Outcome.ABANDONED_TALKING, "pipeline-error"),
        ),
        Ending(Outcome.ABANDONED_TALKING, "pipeline-error"),
    ),
    (  # and the other way round
        (
            HUNG_UP,
            stage(Stage.TALKING),
            post(PostState.OVER, 1, came_to="pipeline-error"),
            ending_told(ID, Outcome.ABANDONED_TALKING, "pipeline-error"),
            post(PostState.OVER, 2, came_to="assistant-ended-call"),
            ending_told(ID, Outcome.SERVED, "assistant-ended-call"),
        ),
        Ending(Outcome.SERVED, "assistant-ended-call"),
    ),
    (  # handed to the queue: the talk's end is not the visit's
        (
            HUNG_UP,
            stage(Stage.TALKING),
            ending_told(ID, Outcome.SERVED, "customer-ended-call"),
            stage(Stage.WAITING, 5),
        ),
        Ending(Outcome.ABANDONED_WAITING, "hung_up"),
    ),
]


@pytest.mark.parametrize(("facts", "ending"), ENDINGS)
def test_what_a_visit_comes_to(facts: tuple[Visit, ...], ending: Ending | None) -> None:
    assert told(*facts).ending == ending


def test_the_latest_sequence_wins_and_an_end_is_final() -> None:
    visit = told(leg(LegStatus.IN_PROGRESS, 2), leg(LegStatus.RINGING, 1))
    assert visit.legs[LEG].status is LegStatus.IN_PROGRESS
    visit = told(leg(LegStatus.BUSY, 1), leg(LegStatus.IN_PROGRESS, 2))
    assert visit.legs[LEG].status is LegStatus.BUSY
    assert visit.state is Stage.ENDED


def test_a_place_never_gets_worse() -> None:
    first, again = stage(Stage.WAITING, 10), stage(Stage.WAITING, 90_000)
    assert told(again, first).place_ms == AT_MS + 10
    assert told(first, again).place_ms == AT_MS + 10


@pytest.mark.parametrize(
    ("states", "holds"),
    [
        ((PostState.CLAIMED,), True),
        ((PostState.SENT, PostState.CLAIMED), True),
        ((PostState.UNKNOWN, PostState.SENT), True),
        ((PostState.PLACED, PostState.UNKNOWN), True),
        ((PostState.REFUSED, PostState.SENT), False),
        ((PostState.NOT_SENT, PostState.SENT), False),
        ((PostState.OVER, PostState.PLACED), False),
    ],
)
def test_a_line_is_held_until_it_is_known_that_none_is_needed(
    states: tuple[PostState, ...],
    holds: bool,  # noqa: FBT001
) -> None:
    visit = told(*(post(state) for state in states))
    assert visit.line == (f"{ID}.1" if holds else None)


def test_a_call_in_doubt_holds_the_line_of_a_caller_who_has_gone() -> None:
    assert told(post(PostState.UNKNOWN), HUNG_UP).line == f"{ID}.1"
    assert told(post(PostState.UNKNOWN), HUNG_UP).in_doubt == (f"{ID}.1",)
    assert told(post(PostState.PLACED), HUNG_UP).line is None


def test_each_call_has_a_name_of_its_own_that_the_provider_takes() -> None:
    visit = told(post(PostState.REFUSED, 9), post(PostState.REFUSED, 10))
    assert visit.next_post() == f"{ID}.11"
    assert visit_named(visit.next_post()) == ID
    assert len(visit.next_post()) <= 40


def test_the_call_is_the_latest_that_was_placed() -> None:
    placed = [post(PostState.OVER, n, call_id=f"call-{n}") for n in (2, 10)]
    assert told(*placed, post(PostState.SENT, 11)).call_id == "call-10"


def wish(number: int, whose: str | None, n: int = 1, after_ms: int = 0) -> Visit:
    at_ms = AT_MS + 1_000 * number + after_ms
    return wish_told(f"{ID}.{n}", number, Wish(whose=whose, at_ms=at_ms))


def answered(number: int, at_ms: int) -> Visit:
    told_him = Told(at_ms=AT_MS + at_ms, what="nobody_ready")
    return Visit(visit_id=ID, told={wish_name(f"{ID}.1", number): told_him})


FIRST = Wanted(f"{ID}.1.1", "billing")


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ((), None),
        ((wish(1, "billing"),), FIRST),
        ((wish(2, "billing"), wish(1, "billing")), FIRST),  # said again: the same
        ((wish(1, "billing"), wish(2, None)), None),
        ((wish(2, None), wish(1, "billing")), None),
        ((wish(1, "billing"), wish(2, "sales")), Wanted(f"{ID}.1.2", "sales")),
        ((wish(1, "billing"), wish(2, None), wish(3, "billing")), Wanted(f"{ID}.1.3", "billing")),
        ((wish(10, "sales"), wish(9, "billing")), Wanted(f"{ID}.1.10", "sales")),
        ((wish(1, None, n=2), wish(9, "billing", n=1)), None),  # of the later call
        ((wish(1, "billing"), answered(1, 5_000)), None),
        ((wish(1, "billing"), wish(3, "billing"), answered(1, 5_000)), None),  # for both
        (
            (wish(1, "billing"), wish(6, "billing"), answered(1, 5_000)),
            Wanted(f"{ID}.1.6", "billing"),
        ),
    ],
)
def test_whom_he_wants_now(facts: tuple[Visit, ...], wanted: Wanted | None) -> None:
    assert told(*facts).wanted == wanted


def test_what_he_was_told_was_told_of_a_department() -> None:
    visit = told(wish(1, "billing"), answered(1, 5_000))
    assert visit.was_told("nobody_ready", "billing")
    assert not visit.was_told("nobody_ready", "sales")
    assert not visit.was_told("may_wait", "billing")


def test_two_visits_are_not_one() -> None:
    with pytest.raises(ValueError, match="two visits"):
        merged(Visit(visit_id=ID), Visit(visit_id=visit_of(OTHER)))


def test_nothing_private_is_in_what_a_log_would_show() -> None:
    shown = repr(Visit(visit_id=ID, caller="+12125550199", answer_ms=1, answer="wss://vapi.ai/x"))
    shown += repr(Post(state=PostState.SENT, at_ms=1, proof="secret", answer="wss://vapi.ai/x"))
    assert "+1212" not in shown
    assert "secret" not in shown
    assert "wss" not in shown


moments = st.integers(AT_MS, AT_MS + 5)
words = st.sampled_from(["a", "b"])
changes = st.builds(
    LegChanged,
    leg=st.sampled_from([LEG, OTHER]),
    status=st.sampled_from(list(LegStatus)),
    sequence=st.none() | st.integers(0, 3),
    at_ms=st.none() | moments,
)
posts = st.builds(
    Post,
    state=st.sampled_from(list(PostState)),
    at_ms=moments,
    call_id=st.none() | words,
    reason=st.none() | words,
    came_to=words,
    reported=st.booleans(),
    empty_looks=st.integers(0, 2),
    answer=st.none() | words,
    proof=st.none() | words,
)
modes = st.frozensets(st.builds(ModeSince, moments, st.sampled_from(list(Mode))), max_size=2)
supervisions = st.builds(
    Supervision,
    person_id=words,
    by=words,
    offer_id=words,
    asked_ms=moments,
    begun_ms=st.none() | moments,
    leg=st.none() | words,
    wanted=modes,
    entered=modes,
    ended_ms=st.none() | moments,
    because=st.none() | words,
)
facts = st.one_of(
    st.builds(
        Visit,
        visit_id=st.just(ID),
        supervised=st.dictionaries(st.sampled_from(["1", "2"]), supervisions, max_size=2),
    ),
    st.builds(
        Visit,
        visit_id=st.just(ID),
        caller=st.none() | words,
        called=st.none() | words,
        department=st.none() | words,
        began_ms=st.none() | moments,
        place_ms=st.none() | moments,
        stage=st.none() | st.sampled_from(list(Stage)),
        stage_ms=moments,
        recordings=st.frozensets(words),
        let_go_ms=st.none() | moments,
        talked_ms=st.none() | moments,
        wait_said=st.none() | st.builds(WaitSaid, moments, st.integers(1, 3), st.integers(4, 6)),
    ),
    st.builds(
        wish_told,
        st.sampled_from([f"{ID}.1", f"{ID}.2"]),
        st.integers(1, 3),
        st.builds(Wish, whose=st.none() | words, at_ms=moments),
    ),
    st.builds(
        Visit,
        visit_id=st.just(ID),
        told=st.dictionaries(
            st.sampled_from([f"{ID}.1.1", f"{ID}.1.2"]),
            st.builds(Told, at_ms=moments, what=words),
            max_size=2,
        ),
    ),
    st.builds(Visit, visit_id=st.just(ID), answer_ms=moments, answer=words),
    st.builds(leg_told, st.just(ID), changes, moments),
    st.builds(post_told, st.sampled_from([f"{ID}.1", f"{ID}.2"]), posts),
    st.builds(ending_told, st.just(ID), st.sampled_from(list(Outcome)), words),
)


def test_what_only_one_told_of_a_call_is_known_of_it_however_far_it_is() -> None:
    asks = AsksAbout(1, "call-0", "billing")
    told_at_first = Post(state=PostState.SENT, at_ms=1, answer="document", proof="p", asks=asks)
    sent = post_told(f"{ID}.1", told_at_first)
    placed = post_told(f"{ID}.1", Post(state=PostState.PLACED, at_ms=2, call_id="call-1"))
    over = post_told(f"{ID}.1", Post(state=PostState.OVER, at_ms=3))
    [post] = told(over, sent, placed).posts.values()
    assert (post.state, post.at_ms) == (PostState.OVER, 3)
    assert (post.answer, post.proof, post.call_id) == ("document", "p", "call-1")
    assert post.asks == asks


def test_a_call_on_the_caller_s_own_leg_is_never_in_doubt_once_he_has_gone() -> None:
    sent = Post(state=PostState.SENT, at_ms=1)
    for proof, doubt in ((None, (f"{ID}.1",)), ("p", ())):
        visit = told(post_told(f"{ID}.1", replace(sent, proof=proof)))
        assert (visit.in_doubt, visit.line) == (doubt, f"{ID}.1")
        gone = told(visit, Visit(visit_id=ID, ended_ms=2))
        assert gone.line == (f"{ID}.1" if doubt else None)


def test_the_call_before_one_is_another_one() -> None:
    placed = [
        post_told(f"{ID}.{n}", Post(state=PostState.PLACED, at_ms=n, call_id=f"call-{n}"))
        for n in (1, 2)
    ]
    visit = told(*placed)
    assert visit.call_id == "call-2"
    assert [visit.call_before(f"{ID}.{n}") for n in (2, 1)] == ["call-1", "call-2"]
    assert told(placed[0]).call_before(f"{ID}.1") is None


@given(
    st.lists(facts, max_size=6).flatmap(
        lambda one: st.tuples(st.just(one), st.permutations(one + one))
    )
)
def test_any_order_and_repetition_of_the_same_gives_the_same_visit(
    orders: tuple[list[Visit], list[Visit]],
) -> None:
    once, shuffled = orders
    assert told(*once) == told(*shuffled)


@given(facts, facts, facts)
def test_halves_may_be_put_together_anyhow(one: Visit, two: Visit, three: Visit) -> None:
    assert merged(merged(one, two), three) == merged(one, merged(two, three))
    assert merged(one, two) == merged(two, one)
    assert merged(one, one) == one


def test_a_visit_whose_end_nobody_told_has_failed_when_no_call_lasts_so_long() -> None:
    began = Visit(visit_id="v-CA1", began_ms=1_000, stage=Stage.TALKING, stage_ms=2_000)
    assert began.ending_by(1_000 + LONGEST_VISIT_MS) is None
    assert began.ending_by(1_001 + LONGEST_VISIT_MS) == Ending(Outcome.FAILED, "end_untold")
    over = merged(began, Visit(visit_id="v-CA1", ended_ms=9_000))
    assert over.ending_by(1_001 + LONGEST_VISIT_MS) == over.ending


def test_who_was_called_back_came_to_that_though_the_end_of_his_own_call_was_never_told() -> None:
    kept = Visit(visit_id="v-CA1", began_ms=1_000, stage=Stage.WAITING, kept_ms=2_000)
    late_ms = 1_001 + LONGEST_VISIT_MS
    assert kept.ending_by(late_ms) is None  # he may be called still
    done = merged(kept, ending_told("v-CA1", Outcome.CALLBACK_DONE, "called_back"))
    assert done.ending_by(late_ms) == Ending(Outcome.CALLBACK_DONE, "called_back")


def test_a_talk_before_a_kept_place_is_not_what_the_visit_came_to_though_no_wait_was_told() -> None:
    kept = Visit(visit_id="v-CA1", stage=Stage.TALKING, stage_ms=1, kept_ms=2_000, ended_ms=3_000)
    talked = merged(kept, ending_told("v-CA1", Outcome.SERVED, "customer-ended-call"))
    failed = merged(talked, ending_told("v-CA1", Outcome.CALLBACK_FAILED, "no_answer"))
    assert failed.ending == Ending(Outcome.CALLBACK_FAILED, "no_answer")
