"""What a campaign is, the states it goes through, when it brakes, what its caps leave."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.campaigns.domain.campaign_wishes import BadCampaignError, stored_wish, wish_json
from contact_center.campaigns.domain.campaigns import (
    HOUR_MS,
    TALLY_MS,
    BreakerPolicy,
    Campaign,
    CampaignEvent,
    CampaignState,
    Figures,
    PlanNote,
    Tally,
    WrongStateError,
    breaks,
    changed,
    room_in_caps,
)
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.kernel.field_errors import FieldError
from tests.bodies import wish_of

LEAST = {"name": "spring", "purpose": "marketing", "assistant": "sales"}
FULL = LEAST | {
    "phoneNumberId": "d1c2-line",
    "priority": 5,
    "staggerSeconds": 2.5,
    "startAt": "2026-12-01T08:00:00-05:00",
    "endAt": "2026-12-24T12:00:00Z",
    "retry": {"most_attempts": 3, "busy": {"most": 1}},
    "voicemail": "leave_message",
    "dailyCap": 500,
    "spendCap": 99.5,
}
NOW_MS = 1_795_000_000_000


def read(values: object) -> object:
    return wish_of(values)


def campaign(**wish: object) -> Campaign:
    asked = wish_of(LEAST | wish)
    return Campaign(campaign_id="c1", wish=asked, created_at_ms=0)


# -- what is asked for -----------------------------------------------------------------------


def test_a_campaign_reads_with_every_field_and_with_the_least() -> None:
    wish = wish_of(FULL)
    least = wish_of(LEAST)

    assert (wish.priority, wish.stagger_ms, wish.daily_cap) == (5, 2_500, 500)
    assert wish.spend_cap_micros == 99_500_000
    assert wish.end_at_ms is not None
    assert wish.start_at_ms is not None
    assert wish.end_at_ms > wish.start_at_ms
    assert (wish.retry.most_attempts, wish.retry.rules[Disposition.BUSY].most) == (3, 1)
    assert (least.priority, least.stagger_ms, least.voicemail) == (3, 2_000, "hang_up")
    assert least.spend_cap_micros is least.daily_cap is least.start_at_ms is None


@pytest.mark.parametrize("values", [LEAST, FULL])
def test_a_campaign_written_out_reads_as_the_same(values: dict[str, object]) -> None:
    wish = wish_of(values)

    assert read(wish_json(wish)) == stored_wish(wish_json(wish)) == wish


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 101),
        ("name", 7),
        ("purpose", "fun"),
        ("purpose", None),
        ("assistant", None),
        ("phoneNumberId", "with blanks in it"),
        ("priority", 0),
        ("priority", 6),
        ("priority", True),
        ("priority", 2.5),
        ("staggerSeconds", -1),
        ("staggerSeconds", 61),
        ("staggerSeconds", float("nan")),
        ("staggerSeconds", "2"),
        ("startAt", "tomorrow"),
        ("startAt", "2026-12-01T08:00:00"),
        ("endAt", "2020-01-01T00:00:00"),
        ("voicemail", "sing"),
        ("dailyCap", 0),
        ("spendCap", 0),
        ("spendCap", 1e400),
        ("colour", "blue"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(field: str, value: object) -> None:
    with pytest.raises(FieldError) as caught:
        read(LEAST | {field: value})

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("retry", "field"),
    [
        ([], "retry"),
        ({"sulking": {}}, "retry.sulking"),
        ({"busy": []}, "retry.busy"),
        ({"busy": {"most": -1}}, "retry.busy.most"),
        ({"busy": {"most": 21}}, "retry.busy.most"),
        (
            {"busy": {"shortest_minutes": 1, "longest_minutes": 1e9}},
            "retry.busy.longest_minutes",
        ),
        ({"busy": {"shortest_minutes": 0, "longest_minutes": 5}}, "retry.busy.shortest_minutes"),
        ({"busy": {"mots": 1}}, "retry.busy.mots"),
        ({"most_attempts": 0}, "retry.most_attempts"),
        ({"most_attempts": 21}, "retry.most_attempts"),
    ],
)
def test_what_is_wrong_with_retries_is_named_by_its_path(retry: object, field: str) -> None:
    with pytest.raises(FieldError) as caught:
        read(LEAST | {"retry": retry})

    assert caught.value.field == field


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(BadCampaignError, match="endAt must be after startAt"):
        read(FULL | {"endAt": "2026-11-01T00:00:00Z"})


@pytest.mark.parametrize("values", [None, [], "campaign", 7])
def test_a_body_that_is_no_object_is_refused(values: object) -> None:
    with pytest.raises(FieldError, match="body"):
        read(values)


# -- states ----------------------------------------------------------------------------------

D, R, P, S, C, F = (
    CampaignState.DRAFT,
    CampaignState.RUNNING,
    CampaignState.PAUSED,
    CampaignState.STOPPED,
    CampaignState.CANCELLED,
    CampaignState.FINISHED,
)
STEPS = {  # from: start, pause, resume, cancel, stop, break, finish; None: refused
    D: (R, None, None, C, None, None, None),
    R: (R, P, R, C, S, P, F),
    P: (None, P, R, C, S, P, None),
    S: (None, None, R, C, S, None, None),
    C: (None, None, None, C, None, None, None),
    F: (None, None, R, None, None, None, F),
}


@pytest.mark.parametrize(("state", "event"), list(product(CampaignState, CampaignEvent)))
def test_every_event_in_every_state(state: CampaignState, event: CampaignEvent) -> None:
    expected = STEPS[state][list(CampaignEvent).index(event)]
    before = Campaign(
        campaign_id="c1", wish=campaign().wish, created_at_ms=0, state=state, version=4
    )

    if expected is None:
        with pytest.raises(WrongStateError):
            changed(before, event, NOW_MS, "why")
        return
    after = changed(before, event, NOW_MS, "why")
    if expected is state:
        assert after is before
    else:
        assert (after.state, after.reason, after.changed_at_ms) == (expected, "why", NOW_MS)
        begins = expected is R
        assert after.running_since_ms == (NOW_MS if begins else None)


# -- the circuit breaker ---------------------------------------------------------------------


def tallies(*counts: tuple[int, int]) -> list[Tally]:
    """Five minutes each, the latest first: (ended, failed)."""
    now = NOW_MS - NOW_MS % TALLY_MS
    return [Tally(now - at * TALLY_MS, *count) for at, count in enumerate(counts)]


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ([], False),
        ([(19, 19)], False),  # too few to say
        ([(20, 10)], True),
        ([(20, 9)], False),
        ([(10, 10), (10, 10)], True),
        ([(20, 20), (500, 0)], True),  # an hour of good calls hides nothing
        ([(2, 2), (500, 0)], False),
        ([(0, 0)] * 13 + [(50, 50)], False),  # too long ago
    ],
)
def test_the_latest_outcomes_decide(counts: list[tuple[int, int]], verdict: bool) -> None:  # noqa: FBT001
    assert breaks(tallies(*counts), 0, NOW_MS, BreakerPolicy()) is verdict


def test_what_failed_before_the_campaign_ran_on_is_forgiven() -> None:
    failed = tallies((0, 0), (0, 0), (50, 50))

    assert breaks(failed, 0, NOW_MS, BreakerPolicy())
    assert not breaks(failed, NOW_MS, NOW_MS, BreakerPolicy())


# -- caps ------------------------------------------------------------------------------------


@given(
    plans=st.lists(st.tuples(st.integers(0, 60 * HOUR_MS), st.integers(1, 9)), max_size=30),
    later=st.integers(0, 3 * HOUR_MS),
)
def test_the_note_never_counts_fewer_than_the_last_24_hours_held(
    plans: list[tuple[int, int]], later: int
) -> None:
    note = PlanNote()
    for at, count in sorted(plans):
        note = note.planned(count, NOW_MS + at)
    now = NOW_MS + max((at for at, _ in plans), default=0) + later
    truth = sum(count for at, count in plans if NOW_MS + at > now - 24 * HOUR_MS)

    counted = note.planned_in_a_day(now)

    assert counted >= truth
    assert counted <= sum(count for at, count in plans if NOW_MS + at > now - 26 * HOUR_MS)
    assert len(note.by_hour) <= 26


@pytest.mark.parametrize("minute", [0, 29, 31, 59])
def test_what_was_planned_23_and_a_half_hours_ago_counts_still(minute: int) -> None:
    began_ms = NOW_MS - NOW_MS % HOUR_MS + minute * 60_000
    note = PlanNote().planned(5, began_ms)

    assert note.planned_in_a_day(began_ms + 23 * HOUR_MS + HOUR_MS // 2) == 5
    assert note.planned_in_a_day(began_ms + 24 * HOUR_MS - 1) == 5


@pytest.mark.parametrize(
    ("figures", "room"),
    [
        (Figures(), 40),  # nothing known yet: 0.25 a call
        (Figures(contacts={"in_flight": 10}), 30),
        (Figures(spent_micros=5_000_000, priced=10), 10),  # 0.50 a call
        (Figures(spent_micros=5_000_000, priced=10, unpriced=4, contacts={"in_flight": 5}), 1),
        (Figures(spent_micros=11_000_000, priced=10), 0),
    ],
)
def test_the_spend_cap_leaves_what_is_left_at_the_mean_price(figures: Figures, room: int) -> None:
    asked = campaign(spendCap=10)

    assert room_in_caps(asked, PlanNote(), figures, NOW_MS, 250_000) == (None, room)
    assert room_in_caps(campaign(), PlanNote(), figures, NOW_MS, 250_000) == (None, None)
