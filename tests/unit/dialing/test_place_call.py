"""One dial: slot, claim, POST and outcome, with every way it is given up before it rings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.items import UnreadableItemError
from contact_center.dialing.domain.attempt_waits import WaitsFor
from contact_center.dialing.domain.call_outcomes import Disposition
from contact_center.dialing.domain.dial_attempts import AttemptState
from contact_center.dialing.domain.dial_circumstances import MOST_TALKS, Customer
from contact_center.dialing.services.dialing_ports import DialJob
from contact_center.dialing.services.place_call import Placing
from contact_center.dialing.services.stop_dialing import (
    SwitchParts,
    nothing_leaves_after_ms,
    resume_dialing,
    stop_dialing,
)
from contact_center.dialing.services.voice_ports import NotSent, Placed, Refused, Unknown
from contact_center.kernel.phone_numbers import BadNumberError
from contact_center.kernel.ports import ContentionError, StoreUnavailableError
from contact_center.permission.domain.calling_hours import STOP_BEFORE_CLOSE_SECONDS
from contact_center.permission.domain.permission import Permission
from tests.fakes.dialing_ledger import FakeSwitchBoard
from tests.unit.dialing.dialing_scene import ATTEMPT, NOW_MS, NUMBER, TIMINGS, Scene
from tests.unit.permission.dialing_examples import WRITTEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.dialing.services.ledger_ports import Change
    from contact_center.dialing.services.voice_ports import PostOutcome


def waits(scene: Scene) -> tuple[WaitsFor | None, int | None]:
    return scene.attempt.waits_for, scene.attempt.waits_since_ms


def test_a_call_is_placed_at_its_slot_under_the_name_of_its_post() -> None:
    scene = Scene()
    scene.queue()
    left_at_ms: list[int] = []
    scene.voice.on_post = lambda: left_at_ms.append(scene.clock.at_ms)

    assert scene.dial(NOW_MS + 5_000) is Placing.POSTED

    assert [request.name for request in scene.voice.posted] == [f"{ATTEMPT}.1"]
    assert left_at_ms == [NOW_MS + 5_000]
    assert (scene.attempt.state, scene.attempt.call_id) == (AttemptState.PLACED, "call-1")
    customer = scene.tables.customer(NUMBER)
    assert (customer.held_by, customer.rung) == (ATTEMPT, ((f"{ATTEMPT}.1", NOW_MS + 5_000),))
    assert list(scene.tables.leases) == [f"{ATTEMPT}.1"]
    assert scene.voice.connections == 0


def test_the_connection_is_told_how_late_it_may_write() -> None:
    scene = Scene()
    scene.queue()

    assert scene.dial(NOW_MS + 5_000) is Placing.POSTED

    assert scene.voice.latest_ms == NOW_MS + 5_000 + TIMINGS.lateness_ms


def test_the_evidence_of_the_verdict_is_kept() -> None:
    scene = Scene()
    scene.queue()
    scene.dial()

    assert scene.attempt.evidence["purpose"] == "marketing"


def test_without_a_slot_a_fresh_one_is_reserved() -> None:
    scene = Scene()
    scene.queue()

    assert scene.dial() is Placing.POSTED
    assert scene.attempt.slot_at_ms >= NOW_MS + TIMINGS.reserve_lead_ms


@pytest.mark.parametrize("slot_ms", [NOW_MS - 1_000, NOW_MS + 100])
def test_a_slot_that_cannot_be_met_is_replaced(slot_ms: int) -> None:
    scene = Scene()
    scene.queue()
    scene.dial(slot_ms)

    assert scene.attempt.slot_at_ms >= NOW_MS + TIMINGS.reserve_lead_ms


def test_a_slot_that_was_used_is_never_used_again() -> None:
    scene = Scene()
    scene.queue()
    scene.voice.outcome = NotSent("capacity")
    scene.dial(NOW_MS + 9_000)
    scene.tables.attempts[ATTEMPT] = replace(scene.attempt, not_before_ms=0)
    scene.clock.at_ms = NOW_MS + 8_500  # a second job with the same slot, by a clock that is behind
    scene.slots.offers = [NOW_MS + 12_000]

    scene.dial(NOW_MS + 9_000)

    assert scene.attempt.posts == 2
    assert scene.attempt.slot_at_ms == NOW_MS + 12_000


def test_a_far_slot_is_waited_for_in_the_queue() -> None:
    scene = Scene()
    scene.queue()

    assert scene.dial(NOW_MS + 60_000) is Placing.SENT_AGAIN
    assert scene.jobs.sent == [(DialJob(ATTEMPT, NOW_MS + 60_000), 58)]
    assert scene.clock.at_ms == NOW_MS


def test_no_slot_in_time_sends_the_job_again() -> None:
    scene = Scene()
    scene.queue()
    scene.slots.offers = [None]

    assert scene.dial() is Placing.SENT_AGAIN
    assert scene.jobs.sent == [(DialJob(ATTEMPT), 15)]


def test_with_little_time_left_nothing_is_begun() -> None:
    scene = Scene()
    scene.queue()

    assert scene.dial(NOW_MS + 5_000, seconds_left=17.9) is Placing.SENT_AGAIN
    assert scene.attempt.state is AttemptState.QUEUED
    assert scene.jobs.sent == [(DialJob(ATTEMPT, NOW_MS + 5_000), 0)]


@pytest.mark.parametrize("state", [one for one in AttemptState if one is not AttemptState.QUEUED])
def test_what_is_not_queued_is_not_dialled(state: AttemptState) -> None:
    scene = Scene()
    scene.tables.attempts[ATTEMPT] = replace(scene.queue(), state=state)

    assert scene.dial() is Placing.NOTHING_TO_DO
    assert scene.voice.posted == []


def test_a_job_of_no_attempt_is_done() -> None:
    assert Scene().dial() is Placing.NOTHING_TO_DO


def test_an_attempt_that_waited_too_long_is_given_up() -> None:
    scene = Scene()
    scene.queue(expires_at_ms=NOW_MS)

    assert scene.dial() is Placing.NOT_NOW
    assert scene.attempt.disposition is Disposition.EXPIRED


def test_an_attempt_sent_away_for_a_while_is_not_dialled_before() -> None:
    scene = Scene()
    scene.tables.attempts[ATTEMPT] = replace(scene.queue(), not_before_ms=NOW_MS + 60_000)

    assert scene.dial() is Placing.NOT_YET


# -- what may not be called ------------------------------------------------------------------


def test_who_is_suppressed_is_settled_with_the_reason_and_no_slot_is_spent() -> None:
    scene = Scene()
    scene.queue()
    at = datetime(2026, 11, 20, tzinfo=UTC)
    scene.tables.set_permission(NUMBER, Permission(consents=(WRITTEN,), suppressed_at=at))

    assert scene.dial() is Placing.NOT_NOW

    assert (scene.attempt.disposition, scene.attempt.reason) == (
        Disposition.NOT_CALLED,
        "suppressed",
    )
    assert scene.attempt.next_allowed_at is None
    assert scene.slots.table.slots == []


def test_outside_the_window_it_ends_with_the_time_it_would_be_allowed() -> None:
    scene = Scene()
    scene.queue(expires_at_ms=NOW_MS + 11 * 3_600_000)
    scene.clock.advance(10 * 3_600_000)  # ten in the evening in New York

    scene.dial()

    assert (scene.attempt.disposition, scene.attempt.reason) == (
        Disposition.NOT_CALLED,
        "outside_window",
    )
    assert scene.attempt.next_allowed_at == datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


def test_a_closed_gate_keeps_it_waiting() -> None:
    scene = Scene()
    scene.queue()
    scene.tables.set_campaign("spring", running=False)

    assert scene.dial() is Placing.NOT_NOW
    assert (scene.attempt.state, scene.attempt.reason) == (
        AttemptState.QUEUED,
        "campaign_not_running",
    )
    assert scene.attempt.due_at_ms == scene.attempt.not_before_ms == NOW_MS + 60_000


def test_a_number_nobody_may_ring_is_settled() -> None:
    scene = Scene()
    scene.queue()

    def nobody(*_question: object) -> None:
        raise BadNumberError("phone", "is in XX, a country without a row")

    scene.place = replace(
        scene.place,
        judge=replace(scene.judge, may_call=nobody),  # type: ignore[arg-type]
    )
    scene.dial()

    assert scene.attempt.disposition is Disposition.BAD_NUMBER


def _opt_out(scene: Scene) -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    scene.tables.set_permission(NUMBER, Permission(consents=(WRITTEN,), suppressed_at=at))


def _pause(scene: Scene) -> None:
    scene.tables.set_campaign("spring", running=False)


def _stop(scene: Scene) -> None:
    scene.tables.set_switch(stopped=True)


def _other_call(scene: Scene) -> None:
    busy = scene.tables.customer(NUMBER).held("another")
    scene.tables.customers[NUMBER] = replace(busy, version=busy.version + 1)


@pytest.mark.parametrize("happens", [_opt_out, _pause, _stop, _other_call])
def test_what_changes_between_reading_and_claiming_stops_the_call(
    happens: Callable[[Scene], None],
) -> None:
    scene = Scene()
    scene.queue()
    commit = scene.tables.commit

    def changed_first(change: Change) -> None:
        if change.after.state is AttemptState.DIALING:
            happens(scene)
        commit(change)

    scene.tables.commit = changed_first  # type: ignore[method-assign]

    assert scene.dial() is Placing.SENT_AGAIN
    assert scene.voice.posted == []
    assert scene.attempt.state is AttemptState.QUEUED
    assert scene.tables.lines_in_use == 0


# -- the claim -------------------------------------------------------------------------------


def test_no_line_free_waits_and_judges_nobody() -> None:
    scene = Scene(lines_below=1)
    scene.queue()
    scene.tables.admit("call:inbound", NOW_MS)

    assert scene.dial() is Placing.SENT_AGAIN
    assert scene.jobs.sent == [(DialJob(ATTEMPT), 15)]
    assert scene.tables.customer(NUMBER).held_by is None


def test_who_finds_no_line_says_so_once_and_since_when() -> None:
    scene = Scene(lines_below=1)
    scene.queue()
    scene.tables.admit("call:inbound", NOW_MS)
    assert waits(scene) == (WaitsFor.SLOT, NOW_MS)

    scene.dial()
    first_at_ms, version = scene.clock.at_ms, scene.attempt.version
    assert waits(scene) == (WaitsFor.LINE, first_at_ms)

    for offers in (None, [None], None):  # a line, no slot in time, a line
        scene.clock.advance(15_000)
        scene.slots.offers = offers
        assert scene.dial() is Placing.SENT_AGAIN
    assert waits(scene) == (WaitsFor.LINE, first_at_ms)
    assert scene.attempt.version == version

    scene.tables.leave("call:inbound", scene.clock.at_ms)
    assert scene.dial() is Placing.POSTED
    assert waits(scene) == (None, None)


def test_a_note_that_cannot_be_written_costs_no_job() -> None:
    scene = Scene(lines_below=1)
    scene.queue()
    scene.tables.admit("call:inbound", NOW_MS)
    commit = scene.tables.commit

    def unavailable(change: Change) -> None:
        if change.after.state is AttemptState.QUEUED:
            raise StoreUnavailableError
        commit(change)

    scene.tables.commit = unavailable  # type: ignore[method-assign]

    assert scene.dial() is Placing.SENT_AGAIN
    assert scene.jobs.sent == [(DialJob(ATTEMPT), 15)]


def test_a_gate_that_has_opened_is_not_waited_for_any_more() -> None:
    scene = Scene()
    scene.queue()
    scene.tables.set_campaign("spring", running=False)
    scene.dial()
    assert waits(scene) == (WaitsFor.PAUSE, NOW_MS)

    scene.tables.set_campaign("spring", running=True)
    scene.clock.advance(60_000)
    scene.slots.offers = [None]
    scene.dial()
    assert waits(scene) == (WaitsFor.SLOT, NOW_MS + 60_000)


def test_a_gate_that_stays_closed_is_waited_for_since_it_was_first_met() -> None:
    scene = Scene()
    scene.queue()
    scene.tables.set_switch(stopped=True)
    for _ in range(3):
        assert scene.dial() is Placing.NOT_NOW
        assert waits(scene) == (WaitsFor.STOP, NOW_MS)
        scene.clock.advance(60_000)


# -- who is talking to us --------------------------------------------------------------------


def rings_us(scene: Scene, call_id: str = "in-1", **news: Any) -> None:
    scene.hear(call_id=call_id, name=None, number=NUMBER, **news)


def test_who_is_talking_to_us_is_not_dialled_until_they_have_hung_up() -> None:
    scene = Scene()
    scene.queue()
    rings_us(scene)

    assert scene.dial() is Placing.NOT_NOW
    assert (scene.voice.posted, scene.attempt.reason) == ([], "customer_busy")
    assert scene.metrics.of("dial_denied") == [{"reason": "customer_busy"}]

    rings_us(scene, ended=True)
    scene.clock.advance(60_000)
    assert scene.dial() is Placing.POSTED


def test_who_rings_while_their_dial_is_being_claimed_is_not_dialled() -> None:
    scene = Scene()
    scene.queue()
    commit, once = scene.tables.commit, [rings_us]

    def meanwhile(change: Change) -> None:
        if once and change.line is not None:
            once.pop()(scene)
        commit(change)

    scene.tables.commit = meanwhile  # type: ignore[method-assign]

    assert scene.dial(NOW_MS + 5_000) is Placing.SENT_AGAIN
    assert scene.dial() is Placing.NOT_NOW
    assert (scene.voice.posted, scene.attempt.reason) == ([], "customer_busy")


def test_two_calls_of_one_telephone_keep_it_busy_until_the_last_is_over() -> None:
    scene = Scene()
    scene.queue()
    for call in ("in-1", "in-2"):
        rings_us(scene, call)
        rings_us(scene, call)  # told again

    rings_us(scene, "in-1", ended=True)
    assert scene.dial() is Placing.NOT_NOW
    rings_us(scene, "in-2", ended=True)
    scene.clock.advance(60_000)
    assert scene.dial() is Placing.POSTED


def test_a_call_whose_end_nobody_ever_tells_does_not_keep_its_customer_for_good() -> None:
    scene = Scene()
    scene.queue(expires_at_ms=NOW_MS + 86_400_000)
    rings_us(scene)
    scene.clock.advance(TIMINGS.talk_ms - 1_000)
    assert scene.dial() is Placing.NOT_NOW

    scene.clock.advance(61_000)
    assert scene.dial() is Placing.POSTED


def test_a_lost_end_that_is_asked_for_frees_line_and_customer() -> None:
    scene = Scene()
    rings_us(scene)
    assert scene.tables.customer(NUMBER).busy_at(scene.clock.now_ms())
    scene.clock.advance(TIMINGS.max_call_ms + TIMINGS.call_margin_ms)

    assert scene.tick().lines_freed == 1

    assert not scene.tables.customer(NUMBER).busy_at(scene.clock.now_ms())
    assert scene.free()


@pytest.mark.parametrize(
    "number",
    [None, "", "anonymous", "Restricted", "unknown", "+1 212", "+266696687", "+86282452253"],
)
def test_who_hides_their_number_holds_a_line_and_nobody_s_telephone(number: str | None) -> None:
    scene = Scene()
    scene.hear(call_id="in-1", name=None, number=number)

    assert (scene.tables.lines_in_use, scene.tables.customers) == (1, {})


def test_a_customer_nobody_can_read_does_not_keep_their_call_from_its_line() -> None:
    scene = Scene()

    def unreadable(number: str) -> Customer:
        raise UnreadableItemError(number, "of a later release")

    scene.tables.customer = unreadable  # type: ignore[method-assign]
    rings_us(scene)

    assert scene.tables.lines_in_use == 1
    assert scene.metrics.of("caller_unreadable") == [{}]


def test_forged_callers_cannot_make_a_customer_s_item_grow() -> None:
    scene = Scene()
    for call in range(50):
        rings_us(scene, f"in-{call}")

    assert len(scene.tables.customer(NUMBER).talks) == MOST_TALKS


# -- the claim, on ---------------------------------------------------------------------------


def test_a_conflict_is_no_denial() -> None:
    scene = Scene()
    scene.queue()

    def conflict(change: Change) -> None:
        raise ContentionError(change.after.attempt_id)

    scene.tables.commit = conflict  # type: ignore[method-assign]

    assert scene.dial() is Placing.SENT_AGAIN
    assert scene.attempt.state is AttemptState.QUEUED


def test_a_claim_of_another_dialer_is_not_taken_for_ours() -> None:
    """The reply to ours was lost, and what stands there now was written by somebody else."""
    scene = Scene()
    scene.queue()
    commit = scene.tables.commit

    def another_was_faster(change: Change) -> None:
        scene.tables.commit = commit  # type: ignore[method-assign]
        commit(replace(change, after=replace(change.after, token="theirs")))
        raise StoreUnavailableError

    scene.tables.commit = another_was_faster  # type: ignore[method-assign]

    with pytest.raises(StoreUnavailableError):
        scene.dial()
    assert scene.voice.posted == []
    assert (scene.attempt.state, scene.attempt.token) == (AttemptState.DIALING, "theirs")


@pytest.mark.parametrize("failures", [1, 2])
def test_a_claim_that_certainly_did_not_ring_is_taken_back_though_the_table_fails_twice(
    failures: int,
) -> None:
    scene = Scene()
    scene.queue()
    scene.voice.outcome = NotSent("rate")
    commit, left = scene.tables.commit, [failures]

    def throttled(change: Change) -> None:
        if change.before.state is AttemptState.DIALING and left[0]:
            left[0] -= 1
            raise StoreUnavailableError
        commit(change)

    scene.tables.commit = throttled  # type: ignore[method-assign]

    assert scene.dial() is Placing.POSTED
    assert scene.attempt.state is AttemptState.QUEUED
    assert scene.free()


@pytest.mark.parametrize(("before_close_ms", "leaves"), [(-100, False), (100, True)])
def test_it_is_judged_for_the_slot_and_not_for_the_moment_of_the_claim(
    before_close_ms: int, *, leaves: bool
) -> None:
    """The window closes in the two seconds between them."""
    scene = Scene()
    closes_at_ms = NOW_MS + (9 * 3_600 - STOP_BEFORE_CLOSE_SECONDS) * 1_000  # at 21:00
    scene.queue(expires_at_ms=closes_at_ms + 24 * 3_600_000)
    scene.clock.at_ms = closes_at_ms - 2_000
    scene.slots.offers = [closes_at_ms - before_close_ms]

    scene.dial()

    assert bool(scene.voice.posted) is leaves


@pytest.mark.parametrize("written", [True, False])
def test_when_the_reply_to_a_claim_is_lost_its_token_tells(written: bool) -> None:  # noqa: FBT001
    scene = Scene()
    scene.queue()
    commit = scene.tables.commit

    def reply_lost(change: Change) -> None:
        scene.tables.commit = commit  # type: ignore[method-assign]
        if written:
            commit(change)
        raise StoreUnavailableError

    scene.tables.commit = reply_lost  # type: ignore[method-assign]

    if written:
        assert scene.dial() is Placing.POSTED
    else:
        with pytest.raises(StoreUnavailableError):
            scene.dial()
    assert len(scene.voice.posted) == written


def test_a_missed_instant_is_given_up() -> None:
    scene = Scene()
    scene.queue()
    scene.sleeper.oversleeps_ms = TIMINGS.lateness_ms + 1

    assert scene.dial() is Placing.SENT_AGAIN
    assert scene.voice.posted == []
    assert scene.free()
    assert scene.attempt.state is AttemptState.QUEUED


def test_who_misses_slots_is_given_more_time_before_the_next() -> None:
    scene = Scene()
    scene.queue()
    scene.sleeper.oversleeps_ms = TIMINGS.lateness_ms + 1
    waits_ms = []
    for _ in range(7):
        began_ms = scene.clock.at_ms
        scene.dial()
        waits_ms.append(scene.attempt.slot_at_ms - began_ms)

    assert scene.attempt.posts == 7
    assert waits_ms[0] < 2_000 <= waits_ms[-1]
    assert waits_ms[-1] <= 5 * TIMINGS.reserve_lead_ms + 1_020


# -- what became of the POST -----------------------------------------------------------------

Left = tuple[AttemptState, bool, bool]
OUTCOMES: list[tuple[PostOutcome, Left]] = [
    # the answer, and then: state, whether customer and line are free, whether it counts
    (Placed("call-1"), (AttemptState.PLACED, False, True)),
    (Unknown("timeout"), (AttemptState.DIALING, False, True)),
    (Refused("bad_request"), (AttemptState.SETTLED, True, False)),
    (NotSent("connection"), (AttemptState.QUEUED, True, False)),
    (NotSent("capacity"), (AttemptState.QUEUED, True, False)),
    (NotSent("rate"), (AttemptState.QUEUED, True, False)),
    (NotSent("late"), (AttemptState.QUEUED, True, False)),
]


@pytest.mark.parametrize(("outcome", "left"), OUTCOMES)
def test_what_an_outcome_leaves_behind(outcome: PostOutcome, left: Left) -> None:
    scene = Scene()
    scene.queue()
    scene.voice.outcome = outcome
    scene.dial()

    counts = bool(scene.tables.customer(NUMBER).rung)
    assert (scene.attempt.state, scene.free(), counts) == left


@pytest.mark.parametrize(
    ("outcome", "least_ms", "most_ms"),
    [
        (NotSent("connection"), 30_000, 45_000),
        (NotSent("capacity"), 15_000, 30_000),
        (NotSent("rate", retry_after_ms=7_000), 7_000, 22_000),
        (NotSent("rate"), 58_000, 75_000),
        (NotSent("late"), 0, 15_000),
    ],
)
def test_who_is_sent_away_waits(outcome: NotSent, least_ms: int, most_ms: int) -> None:
    scene = Scene()
    scene.queue()
    scene.voice.outcome = outcome
    scene.dial()

    waits_ms = scene.attempt.not_before_ms - scene.clock.at_ms
    assert least_ms <= waits_ms < most_ms
    assert scene.attempt.due_at_ms == scene.attempt.not_before_ms
    for_what = WaitsFor.LINE if outcome.reason == "capacity" else WaitsFor.PROVIDER
    if outcome.reason == "late":
        for_what = WaitsFor.SLOT
    assert waits(scene) == (for_what, scene.clock.at_ms)


def test_a_wrong_configuration_stops_the_campaign_and_says_so() -> None:
    scene = Scene()
    scene.queue()
    scene.voice.outcome = Refused("unauthorized", configuration=True)
    scene.dial()

    assert scene.attempt.disposition is Disposition.CONFIGURATION
    assert scene.tables.stops == [("spring", "unauthorized")]
    assert scene.metrics.of("dial_configuration_wrong") == [{"reason": "unauthorized"}]


def test_without_a_connection_nothing_is_claimed() -> None:
    scene = Scene()
    scene.queue()
    scene.voice.reachable = False

    assert scene.dial() is Placing.SENT_AGAIN
    assert scene.attempt.posts == 0
    assert waits(scene) == (WaitsFor.PROVIDER, scene.clock.at_ms)


def test_a_webhook_that_comes_before_the_reply_is_no_trouble() -> None:
    scene = Scene()
    scene.queue()
    scene.voice.on_post = lambda: scene.hear(ended=True, ended_reason="customer-busy")  # type: ignore[assignment]

    scene.dial()

    assert scene.attempt.disposition is Disposition.BUSY
    assert scene.free()


def test_a_second_job_of_an_attempt_that_rings_does_nothing() -> None:
    scene = Scene()
    scene.queue()
    scene.dial()

    assert scene.dial() is Placing.NOTHING_TO_DO
    assert len(scene.voice.posted) == 1


# -- the switch ------------------------------------------------------------------------------


def test_the_switch_stops_and_lets_go_on() -> None:
    scene = Scene()
    scene.queue()
    parts = SwitchParts(switch=FakeSwitchBoard(scene.tables), clock=scene.clock)

    assert stop_dialing(parts).stopped
    assert stop_dialing(parts).version == 1
    assert scene.dial() is Placing.NOT_NOW
    assert scene.attempt.reason == "dialing_stopped"

    assert not resume_dialing(parts).stopped
    scene.clock.advance(60_000)
    assert scene.dial() is Placing.POSTED


def test_nothing_leaves_five_seconds_after_stop() -> None:
    assert nothing_leaves_after_ms(TIMINGS) < 5_000
