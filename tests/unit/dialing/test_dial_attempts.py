"""Every event in every state: what an attempt becomes, and what never happens to it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.dialing.domain.attempt_steps import TABLE, next_step
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import (
    AttemptState,
    Claimed,
    Deferred,
    DialAttempt,
    Event,
    GivenUp,
    HeardEnded,
    HeardLive,
    HeardRefusal,
    LookUpFailed,
    NothingFound,
    Rejected,
    Reported,
    Resolved,
    Stumbled,
    TakenUp,
    Withdrawn,
)
from contact_center.dialing.domain.dial_circumstances import Customer
from contact_center.dialing.domain.dial_requests import attempt_id, post_name, read_post_name
from contact_center.dialing.domain.due_attempts import Work, due_work
from tests.unit.dialing.dialing_scene import ATTEMPT, NOW_MS, TIMINGS, in_state

if TYPE_CHECKING:
    from collections.abc import Callable

QUEUED, DIALING, PLACED, SETTLED, DOUBTFUL = AttemptState
LATER_MS = NOW_MS + 3_600_000
SAME = "same"

CLAIMED = Claimed(token="token-2", slot_at_ms=NOW_MS + 400, now_ms=NOW_MS)
WITHDRAWN = Withdrawn(posts=1, reason="capacity", now_ms=NOW_MS, not_before_ms=NOW_MS + 15_000)
REJECTED = Rejected(posts=1, disposition=Disposition.REFUSED, reason="bad", now_ms=NOW_MS)
LIVE = HeardLive(posts=1, call_id="call-1", now_ms=NOW_MS, rang_at_ms=NOW_MS + 9_000)
ENDED = HeardEnded(
    posts=1,
    call_id="call-1",
    now_ms=LATER_MS,
    disposition=Disposition.BUSY,
    reason="busy",
    ended_at_ms=LATER_MS,
)
REFUSED = HeardRefusal(posts=1, at_ms=LATER_MS)
NOT_FOUND = NothingFound(now_ms=NOW_MS + TIMINGS.lease_ms)
FAILED = LookUpFailed(now_ms=NOW_MS + TIMINGS.lease_ms)
DEFERRED = Deferred(now_ms=NOW_MS, due_at_ms=LATER_MS, not_before_ms=LATER_MS)
GIVEN_UP = GivenUp(disposition=Disposition.NOT_CALLED, now_ms=NOW_MS, reason="suppressed")
RESOLVED = Resolved(rang=True, now_ms=NOW_MS)
REPORTED = Reported()
STUMBLED = Stumbled(now_ms=NOW_MS, cause="KeyError at here.py:1")
TAKEN_UP = TakenUp(now_ms=NOW_MS)

# The state after each event; SAME: nothing changes at all.
EXPECTED: dict[AttemptState, list[tuple[Event, AttemptState | str]]] = {
    QUEUED: [
        (CLAIMED, DIALING),
        (WITHDRAWN, SAME),
        (REJECTED, SAME),
        (LIVE, SAME),
        (ENDED, SAME),
        (REFUSED, SAME),
        (NOT_FOUND, SAME),
        (FAILED, SAME),
        (DEFERRED, QUEUED),
        (GIVEN_UP, SETTLED),
        (RESOLVED, SAME),
        (STUMBLED, QUEUED),
        (TAKEN_UP, SAME),
        (REPORTED, SAME),
    ],
    DIALING: [
        (CLAIMED, SAME),
        (WITHDRAWN, QUEUED),
        (REJECTED, SETTLED),
        (LIVE, PLACED),
        (ENDED, SETTLED),
        (REFUSED, DIALING),
        (NOT_FOUND, DIALING),
        (FAILED, DIALING),
        (DEFERRED, SAME),
        (GIVEN_UP, SAME),
        (RESOLVED, SAME),
        (STUMBLED, DIALING),
        (TAKEN_UP, SAME),
        (REPORTED, SAME),
    ],
    PLACED: [
        (CLAIMED, SAME),
        (WITHDRAWN, SAME),
        (REJECTED, SAME),
        (LIVE, PLACED),
        (ENDED, SETTLED),
        (REFUSED, PLACED),
        (NOT_FOUND, SETTLED),
        (FAILED, PLACED),
        (DEFERRED, SAME),
        (GIVEN_UP, SAME),
        (RESOLVED, SAME),
        (STUMBLED, PLACED),
        (TAKEN_UP, SAME),
        (REPORTED, SAME),
    ],
    SETTLED: [
        (CLAIMED, SAME),
        (WITHDRAWN, SAME),
        (REJECTED, SAME),
        (LIVE, SETTLED),
        (ENDED, SETTLED),
        (REFUSED, SETTLED),
        (NOT_FOUND, SAME),
        (FAILED, SAME),
        (DEFERRED, SAME),
        (GIVEN_UP, SAME),
        (RESOLVED, SAME),
        (STUMBLED, SETTLED),
        (TAKEN_UP, SAME),
        (REPORTED, SETTLED),
    ],
    DOUBTFUL: [
        (CLAIMED, SAME),
        (WITHDRAWN, SAME),
        (REJECTED, SAME),
        (LIVE, PLACED),
        (ENDED, SETTLED),
        (REFUSED, DOUBTFUL),
        (NOT_FOUND, SAME),
        (FAILED, SAME),
        (DEFERRED, SAME),
        (GIVEN_UP, SAME),
        (RESOLVED, SETTLED),
        (STUMBLED, SAME),
        (TAKEN_UP, SAME),
        (REPORTED, SAME),
    ],
}
PAIRS = [(state, event, after) for state, rows in EXPECTED.items() for event, after in rows]


@pytest.mark.parametrize(("state", "event", "after"), PAIRS)
def test_what_an_event_makes_of_a_state(
    state: AttemptState, event: Event, after: AttemptState | str
) -> None:
    attempt = in_state(state, disposition=Disposition.UNKNOWN if state is SETTLED else None)

    stepped = next_step(attempt, event, TIMINGS)

    if after == SAME:
        assert stepped is attempt
    else:
        assert stepped.state == after
        assert stepped != attempt


def test_no_pair_is_missing() -> None:
    kinds = set(get_args(Event))
    assert {
        state: {type(event) for event, _ in rows} for state, rows in EXPECTED.items()
    } == dict.fromkeys(AttemptState, kinds)
    assert {state: set(rules) for state, rules in TABLE.items()} == dict.fromkeys(
        AttemptState, kinds
    )


@pytest.mark.parametrize("state", list(AttemptState))
@pytest.mark.parametrize("event", [WITHDRAWN, REJECTED, LIVE, ENDED, REFUSED])
@pytest.mark.parametrize("posts", [2, 7])
def test_what_is_told_of_another_post_changes_nothing(
    state: AttemptState,
    event: Withdrawn | Rejected | HeardLive | HeardEnded | HeardRefusal,
    posts: int,
) -> None:
    attempt = in_state(state, posts=1)

    assert next_step(attempt, replace(event, posts=posts), TIMINGS) is attempt


def settled_unknown() -> DialAttempt:
    return in_state(SETTLED, disposition=Disposition.UNKNOWN)


@pytest.mark.parametrize("state", [DIALING, PLACED, DOUBTFUL])
@pytest.mark.parametrize("event", list(get_args(Event)), ids=lambda kind: kind.__name__)
def test_nothing_leads_from_a_possible_ring_back_to_the_queue_but_certainty(
    state: AttemptState, event: type[Event]
) -> None:
    samples = {type(sample): sample for sample, _ in EXPECTED[state]}
    stepped = next_step(in_state(state), samples[event], TIMINGS)

    certain = state is DIALING and event is Withdrawn
    assert (stepped.state is QUEUED) == certain


@pytest.mark.parametrize("state", [QUEUED, DIALING, PLACED, SETTLED])
def test_what_fails_ten_times_for_a_reason_of_its_own_is_set_aside(state: AttemptState) -> None:
    attempt, now_ms = in_state(state, line=state in {DIALING, PLACED}), NOW_MS
    pauses = []
    for _ in range(TIMINGS.stumbles):
        assert not attempt.set_aside
        attempt = next_step(attempt, replace(STUMBLED, now_ms=now_ms), TIMINGS)
        pauses.append((attempt.due_at_ms or now_ms) - now_ms)
        now_ms = attempt.due_at_ms or now_ms

    assert (attempt.set_aside, attempt.trouble) == (True, STUMBLED.cause)
    assert attempt.state is (SETTLED if state is SETTLED else DOUBTFUL)
    assert not attempt.line
    assert pauses == [120_000, 240_000, 480_000, 960_000, *[1_800_000] * 5, 0]
    assert now_ms - NOW_MS > 2 * 3_600_000  # time enough to take a bad release back


@pytest.mark.parametrize("reported", [False, True])
def test_what_was_set_aside_after_its_end_is_taken_up_by_a_person_s_word(*, reported: bool) -> None:
    aside = replace(
        in_state(SETTLED),
        due_at_ms=None,
        line=False,
        reported=reported,
        failures=TIMINGS.stumbles,
        trouble=STUMBLED.cause,
    )

    again = next_step(aside, TAKEN_UP, TIMINGS)

    assert (again.failures, again.trouble, again.set_aside) == (0, None, False)
    assert again.due_at_ms == (None if reported else NOW_MS)  # whoever plans knows already
    assert next_step(again, TAKEN_UP, TIMINGS) is again


def test_what_may_still_be_on_the_line_is_not_set_aside() -> None:
    attempt = in_state(PLACED, failures=TIMINGS.stumbles - 1, counts_at_ms=NOW_MS)

    soon = next_step(attempt, STUMBLED, TIMINGS)
    over_ms = NOW_MS + TIMINGS.lease_ms + TIMINGS.max_call_ms
    late = next_step(attempt, replace(STUMBLED, now_ms=over_ms), TIMINGS)

    assert (soon.set_aside, soon.line) == (False, True)
    assert (late.set_aside, late.line, late.state) == (True, False, DOUBTFUL)


def test_an_end_and_a_report_forgive_what_failed_before() -> None:
    ended = next_step(in_state(PLACED, failures=9, trouble="x"), ENDED, TIMINGS)
    reported = next_step(in_state(SETTLED, failures=9, trouble="x"), REPORTED, TIMINGS)

    assert (ended.failures, ended.trouble) == (reported.failures, reported.trouble) == (0, None)
    assert not reported.set_aside


def test_a_claim_holds_a_line_and_counts_its_slot_and_raises_k() -> None:
    claimed = next_step(in_state(QUEUED), CLAIMED, TIMINGS)

    assert (claimed.posts, claimed.line, claimed.counts_at_ms) == (1, True, CLAIMED.slot_at_ms)
    assert claimed.lease_until_ms == NOW_MS + 35_000
    assert claimed.due_at_ms == claimed.lease_until_ms
    assert claimed.name == f"{ATTEMPT}.1"


def test_a_withdrawn_post_keeps_its_number_and_its_slot_used() -> None:
    again = next_step(in_state(DIALING), WITHDRAWN, TIMINGS)

    assert (again.posts, again.slot_at_ms) == (1, NOW_MS + 300)
    assert (again.line, again.counts_at_ms) == (False, None)
    assert again.not_before_ms == again.due_at_ms == NOW_MS + 15_000


def test_the_later_of_slot_and_ring_counts() -> None:
    early = replace(LIVE, rang_at_ms=NOW_MS - 5_000)

    assert next_step(in_state(DIALING), LIVE, TIMINGS).counts_at_ms == NOW_MS + 9_000
    assert next_step(in_state(DIALING), early, TIMINGS).counts_at_ms == NOW_MS + 300


def look_ups(*events: NothingFound | LookUpFailed) -> DialAttempt:
    attempt = in_state(DIALING)
    for event in events:
        attempt = next_step(attempt, event, TIMINGS)
    return attempt


def at(seconds: int) -> int:
    return NOW_MS + seconds * 1000


def test_three_complete_look_ups_over_lease_and_settle_window_settle_as_unknown() -> None:
    unknown = look_ups(*(NothingFound(now_ms=at(seconds)) for seconds in (35, 95, 155)))

    assert (unknown.state, unknown.disposition) == (SETTLED, Disposition.UNKNOWN)
    assert unknown.counts_at_ms == NOW_MS + 300  # it may have rung: it counts
    assert not unknown.line


@pytest.mark.parametrize("seconds", [(35, 95), (35, 95, 154), (155, 156)])
def test_fewer_or_earlier_look_ups_do_not(seconds: tuple[int, ...]) -> None:
    assert look_ups(*(NothingFound(now_ms=at(one)) for one in seconds)).state is DIALING


def test_a_failed_look_up_is_no_empty_one() -> None:
    mixed = look_ups(
        NothingFound(now_ms=at(35)), LookUpFailed(now_ms=at(95)), NothingFound(now_ms=at(155))
    )

    assert (mixed.state, mixed.empty_look_ups, mixed.failed_look_ups) == (DIALING, 2, 1)


def test_ten_failed_look_ups_ask_a_person_and_hold_nothing() -> None:
    failures = [LookUpFailed(now_ms=at(35 + 70 * n)) for n in range(10)]

    assert look_ups(*failures[:9]).state is DIALING
    doubtful = look_ups(*failures)
    assert (doubtful.state, doubtful.line, doubtful.due_at_ms) == (DOUBTFUL, False, None)


def test_a_line_is_not_freed_by_failed_look_ups_while_a_call_could_still_last() -> None:
    quick = [LookUpFailed(now_ms=at(35 + n)) for n in range(12)]

    assert look_ups(*quick).state is DIALING


def test_a_call_found_after_all_takes_its_line_until_it_ends() -> None:
    found = next_step(settled_unknown(), LIVE, TIMINGS)
    assert (found.state, found.line, found.call_id) == (SETTLED, True, "call-1")
    assert found.due_at_ms is not None

    ended = next_step(found, ENDED, TIMINGS)
    assert (ended.line, ended.disposition, ended.reported) == (False, Disposition.BUSY, False)


def test_a_ringing_told_after_the_end_opens_nothing() -> None:
    over = next_step(in_state(PLACED), ENDED, TIMINGS)

    assert next_step(over, LIVE, TIMINGS) is over


def test_a_reason_told_after_the_end_is_the_truth() -> None:
    over = next_step(
        in_state(PLACED), replace(ENDED, disposition=Disposition.FAILED, reason=None), TIMINGS
    )
    told = next_step(replace(over, reported=True), ENDED, TIMINGS)

    assert (told.disposition, told.reason, told.reported) == (Disposition.BUSY, "busy", False)


@pytest.mark.parametrize(
    ("changed", "told_again"),
    [
        ({}, True),
        ({"priced": False}, False),
        ({"call_id": "another"}, False),
        ({"posts": 2}, False),
    ],
)
def test_a_price_that_is_told_late_is_reported_once_more(
    changed: dict[str, Any],
    told_again: bool,  # noqa: FBT001
) -> None:
    settled = next_step(in_state(PLACED), ENDED, TIMINGS)
    noted = next_step(settled, REPORTED, TIMINGS)
    news = replace(ENDED, **({"priced": True} | changed))

    after = next_step(noted, news, TIMINGS)

    assert (after is not noted) == told_again
    assert after.reported is not told_again
    assert next_step(next_step(after, REPORTED, TIMINGS), news, TIMINGS).reported
    alone = replace(noted, request=replace(noted.request, campaign_id=None))
    assert next_step(alone, news, TIMINGS) is alone  # nobody adds its price up


@pytest.mark.parametrize(
    ("ended", "due_at_ms"),
    [
        pytest.param({"due_at_ms": NOW_MS + 1}, NOW_MS + 1, id="its end is still to be told: then"),
        pytest.param({"due_at_ms": NOW_MS + 300_000}, NOW_MS + 5_000, id="later: now"),
        pytest.param({"due_at_ms": None, "reported": True}, NOW_MS + 5_000, id="it was told: now"),
        pytest.param({"due_at_ms": None}, NOW_MS + 5_000, id="it was set aside: now"),
    ],
)
def test_a_price_moves_no_attempt_on_the_list_that_is_due_already(
    ended: dict[str, Any], due_at_ms: int
) -> None:
    over = replace(next_step(in_state(PLACED), ENDED, TIMINGS), **ended)
    news = replace(ENDED, priced=True, now_ms=NOW_MS + 5_000)
    priced = next_step(over, news, TIMINGS)
    assert (priced.priced, priced.reported, priced.due_at_ms) == (True, False, due_at_ms)


def test_an_end_told_twice_changes_nothing() -> None:
    over = next_step(in_state(PLACED), ENDED, TIMINGS)

    assert next_step(over, replace(ENDED, disposition=Disposition.FAILED), TIMINGS) is over


@given(
    told=st.permutations([LIVE, LIVE, replace(LIVE, rang_at_ms=None), ENDED, ENDED]),
    first=st.sampled_from([DIALING, PLACED, DOUBTFUL]),
)
def test_the_order_and_repetition_of_what_is_told_cannot_matter(
    told: list[Event], first: AttemptState
) -> None:
    attempt = in_state(first)
    for event in told:
        attempt = next_step(attempt, event, TIMINGS)

    ended_only = next_step(in_state(first), ENDED, TIMINGS)
    assert (attempt.state, attempt.disposition, attempt.line, attempt.ended_at_ms) == (
        ended_only.state,
        ended_only.disposition,
        ended_only.line,
        ended_only.ended_at_ms,
    )


@pytest.mark.parametrize("state", [DIALING, PLACED, DOUBTFUL])
def test_a_call_that_ended_for_want_of_capacity_did_not_ring(state: AttemptState) -> None:
    full = replace(ENDED, disposition=Disposition.CAPACITY, reason="full")

    again = next_step(in_state(state), full, TIMINGS)

    assert (again.state, again.counts_at_ms, again.line) == (QUEUED, None, False)


def test_a_call_of_a_withdrawn_post_that_lives_after_all_is_placed() -> None:
    withdrawn = next_step(in_state(DIALING), WITHDRAWN, TIMINGS)

    assert next_step(withdrawn, LIVE, TIMINGS).state is PLACED


@pytest.mark.parametrize("told", [(5, 9), (9, 5), (9, 9)])
def test_a_ring_counts_from_the_latest_instant_that_was_told_in_any_order(
    told: tuple[int, int],
) -> None:
    customer = Customer(number="+12122345678")
    for at_ms in told:
        customer = customer.rang("post", at_ms)
    assert customer.rung == (("post", 9),)


def test_a_ring_is_remembered_for_as_long_as_the_longest_cap_may_count() -> None:
    hour_ms = 3_600_000
    at_ms = [10**12 + place * 744 * hour_ms // 99 for place in range(100)]
    customer = Customer(number="+12122345678")
    for place, one in enumerate(at_ms):
        customer = customer.rang(f"{place}", one - (place == 99))
    assert len(customer.rung) == 100

    later = customer.rang("later", at_ms[0] + 744 * hour_ms)
    assert next(name for name, _ in later.rung) == "1"


def test_what_never_rang_does_not_count() -> None:
    assert next_step(in_state(DIALING), REJECTED, TIMINGS).counts_at_ms is None
    quiet = next_step(in_state(DOUBTFUL), replace(RESOLVED, rang=False), TIMINGS)
    assert (quiet.disposition, quiet.counts_at_ms) == (Disposition.FAILED, None)


@pytest.mark.parametrize("after", [in_state(SETTLED), in_state(PLACED), in_state(DIALING)])
def test_settling_is_told_to_those_who_plan(after: DialAttempt) -> None:
    settled = next_step(replace(after, reported=True), ENDED, TIMINGS)
    assert not settled.reported
    assert settled.due_at_ms is not None

    told = next_step(settled, REPORTED, TIMINGS)
    assert (told.reported, told.due_at_ms) == (True, None)


WORK: list[tuple[str, Callable[[], DialAttempt], int, Work]] = [
    ("not due yet", lambda: in_state(QUEUED, due_at_ms=LATER_MS), NOW_MS, Work.NOTHING),
    ("not in the index", lambda: in_state(QUEUED, due_at_ms=None), NOW_MS, Work.NOTHING),
    ("waiting", lambda: in_state(QUEUED), NOW_MS, Work.SEND_JOB),
    ("waiting too long", lambda: in_state(QUEUED), LATER_MS, Work.GIVE_UP),
    ("at work", lambda: in_state(DIALING, due_at_ms=NOW_MS), NOW_MS, Work.NOTHING),
    ("lease over", lambda: in_state(DIALING), NOW_MS + 35_000, Work.LOOK_UP),
    ("talking", lambda: in_state(PLACED), NOW_MS, Work.NOTHING),
    ("talking too long", lambda: in_state(PLACED), NOW_MS + 660_000, Work.ASK_CALL),
    ("to be told", lambda: in_state(SETTLED), NOW_MS, Work.REPORT),
    (
        "found late",
        lambda: in_state(SETTLED, reported=True, line=True),
        NOW_MS,
        Work.ASK_CALL,
    ),
    ("a person's", lambda: in_state(DOUBTFUL, due_at_ms=NOW_MS), NOW_MS, Work.NOTHING),
]


@pytest.mark.parametrize(
    ("attempt", "now_ms", "work"), [row[1:] for row in WORK], ids=[w[0] for w in WORK]
)
def test_what_is_due(attempt: Callable[[], DialAttempt], now_ms: int, work: Work) -> None:
    assert due_work(attempt(), now_ms) is work


@given(
    cause=st.lists(st.one_of(st.text(), st.integers()), min_size=1), posts=st.integers(1, 9_999_999)
)
def test_a_look_up_name_fits_and_is_read_back(cause: list[str | int], posts: int) -> None:
    attempt = attempt_id(*cause)
    name = post_name(attempt, posts)

    assert len(name) <= 40
    assert read_post_name(name) == (attempt, posts)


def test_the_same_cause_is_the_same_attempt_and_another_is_another() -> None:
    assert attempt_id("spring", "17", 1) == attempt_id("spring", "17", 1)
    assert attempt_id("spring", "17", 1) != attempt_id("spring", "1", 71)


@pytest.mark.parametrize(
    "name",
    [
        None,
        "",
        "Sales call",
        f"{ATTEMPT}",
        f"{ATTEMPT}.",
        f"{ATTEMPT}.0",
        f"{ATTEMPT}.x",
        f"{ATTEMPT.upper()}.1",
        f"{ATTEMPT}.²",
        f"{ATTEMPT}.123456789",
        f"x{ATTEMPT}.1",
    ],
)
def test_a_name_that_is_not_ours_is_no_name(name: str | None) -> None:
    assert read_post_name(name) is None


@pytest.mark.parametrize("posts", [0, -1, 10_000_000])
def test_a_count_that_does_not_fit_is_refused(posts: int) -> None:
    with pytest.raises(ValueError, match="POSTs"):
        post_name(ATTEMPT, posts)
