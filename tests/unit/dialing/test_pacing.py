"""The timetable keeps every limit at every instant, and all who read the log agree on it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from contact_center.dialing.domain.dial_timings import DialTimings
from contact_center.dialing.domain.pacing import (
    PacedCall,
    PaceLimits,
    SlotRequest,
    Timetable,
    copy_of,
    timetable,
)

EPOCH_MS = 1_700_000_000_000

# Two hosts' clocks, three milliseconds off each; and by so much longer one request may travel.
CLOCKS_MS = 6
NETWORK_MS = 4


def worst_window(times_ms: list[int], window_ms: int) -> int:
    """The most instants in any half-open window of this length."""
    ordered = sorted(times_ms)
    return max(
        (sum(start <= at < start + window_ms for at in ordered) for start in ordered), default=0
    )


limits_drawn = st.builds(
    PaceLimits,
    account_calls=st.sampled_from([1, 2, 3, 7, 30]),
    prefix_calls=st.sampled_from([1, 2, 3]),
    slack_ms=st.sampled_from([0, 20, 50]),
    longest_stagger_ms=st.just(3_000),
    kept_every=st.sampled_from([0, 5, 10]),
)
calls_drawn = st.builds(
    PacedCall,
    prefix=st.sampled_from("abc"),
    campaign=st.sampled_from(["", "x", "y"]),
    stagger_ms=st.just(2_000),
)
requests_drawn = st.builds(
    SlotRequest,
    not_before_ms=st.integers(EPOCH_MS, EPOCH_MS + 20_000),
    within_ms=st.sampled_from([500, 5_000, 60_000]),
    calls=st.lists(calls_drawn, min_size=1, max_size=8).map(tuple),
)
logs_drawn = st.lists(requests_drawn, max_size=12)


@given(limits=limits_drawn, log=logs_drawn)
def test_no_limit_is_exceeded_in_any_window(limits: PaceLimits, log: list[SlotRequest]) -> None:
    table, _ = timetable(Timetable(limits), log)
    slots = table.slots

    assert worst_window([s.at_ms for s in slots], limits.span_ms) <= limits.account_calls
    for prefix in "abc":
        near = [s.at_ms for s in slots if s.prefix == prefix]
        assert worst_window(near, limits.span_ms) <= limits.prefix_calls
    for campaign in "xy":
        its = [s.at_ms for s in slots if s.campaign == campaign]
        assert worst_window(its, 2_000 + limits.slack_ms) <= 1


@given(limits=limits_drawn, log=logs_drawn.filter(bool))
def test_a_slot_is_in_its_request_s_time(limits: PaceLimits, log: list[SlotRequest]) -> None:
    request = log[-1]
    _, mine = timetable(Timetable(limits), log)

    assert len(mine) == len(request.calls)
    for at_ms in mine:
        if at_ms is not None:
            assert 0 <= at_ms - request.not_before_ms <= request.within_ms


@given(limits=limits_drawn, log=logs_drawn.filter(bool), data=st.data())
def test_folding_old_entries_breaks_no_limit_and_gives_nothing_twice(
    limits: PaceLimits, log: list[SlotRequest], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(log)))
    before, _ = timetable(Timetable(limits), log[:cut])
    folded = before.folded(max(request.not_before_ms for request in log[:cut]))
    after, _ = timetable(folded, log[cut:])

    given_before = {slot.at_ms for slot in before.slots}
    given_after = {slot.at_ms for slot in after.slots} - {slot.at_ms for slot in folded.slots}
    everything = sorted(given_before | given_after)
    assert not given_before & given_after
    assert worst_window(everything, limits.span_ms) <= limits.account_calls


@given(limits=limits_drawn, log=logs_drawn.filter(bool), data=st.data())
def test_folding_gives_later_requests_the_slots_they_would_have_had(
    limits: PaceLimits, log: list[SlotRequest], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(log)))
    before, _ = timetable(Timetable(limits), log[:cut])
    folded = before.folded(max(request.not_before_ms for request in log[:cut]))
    unpruned = copy_of(before)
    unpruned.floor_ms = folded.floor_ms

    assert len(folded.slots) <= len(before.slots)
    for request in log[cut:]:
        assert folded.take(request) == unpruned.take(request)


def test_reading_a_log_changes_nothing_for_the_next_reader() -> None:
    base = Timetable(PaceLimits())
    log = [SlotRequest(EPOCH_MS, 10_000, (PacedCall("a"), PacedCall("b")))]

    first = timetable(base, log)[1]

    assert timetable(base, log)[1] == first
    assert copy_of(base).slots == []


def test_one_call_does_not_queue_behind_a_batch() -> None:
    limits = PaceLimits(account_calls=1, kept_every=10)
    batch = SlotRequest(EPOCH_MS, 150_000, tuple(PacedCall(f"p{n}") for n in range(120)))
    trigger = SlotRequest(EPOCH_MS, 150_000, (PacedCall("q"),))

    _, (slot,) = timetable(Timetable(limits), [batch, trigger])

    assert slot is not None
    assert slot - EPOCH_MS <= 10 * limits.grid_ms


def test_a_call_that_finds_no_slot_in_time_gets_none() -> None:
    limits = PaceLimits(account_calls=1, kept_every=0)
    log = [
        SlotRequest(EPOCH_MS, 60_000, tuple(PacedCall("a") for _ in range(5))),
        SlotRequest(EPOCH_MS, 1_000, (PacedCall("b"),)),
    ]

    assert timetable(Timetable(limits), log)[1] == [None]


def test_limit_by_limit_would_have_sent_four_in_a_second() -> None:
    """DESIGN §5: prefix slots 0, .33, .67, 1.0 with account slots 5.00 ... 5.15 bunch up."""
    limits = PaceLimits(account_calls=20, prefix_calls=3)
    busy = SlotRequest(EPOCH_MS, 5_000, tuple(PacedCall(f"other{n}") for n in range(90)))
    near = SlotRequest(EPOCH_MS, 60_000, tuple(PacedCall("near") for _ in range(4)))

    table, _ = timetable(Timetable(limits), [busy, near])

    times = [slot.at_ms for slot in table.slots if slot.prefix == "near"]
    assert worst_window(times, 1_000) <= 3


def test_the_slack_covers_how_late_a_post_may_leave_two_clocks_and_the_network() -> None:
    assert PaceLimits().slack_ms >= DialTimings().lateness_ms + CLOCKS_MS + NETWORK_MS


def test_folding_keeps_what_a_sender_whose_clock_is_behind_would_run_into() -> None:
    limits = PaceLimits(account_calls=20, prefix_calls=1)
    table = Timetable(limits)
    [slot_ms] = table.take(SlotRequest(EPOCH_MS, 5_000, (PacedCall("+1212"),)))
    assert slot_ms is not None
    newest_ms = slot_ms + 2_400

    folded = table.folded(newest_ms)  # its floor is 400 ms after the slot
    [next_ms] = folded.take(SlotRequest(slot_ms + 400, 5_000, (PacedCall("+1212"),)))

    assert next_ms is not None
    assert next_ms - slot_ms >= limits.span_ms
