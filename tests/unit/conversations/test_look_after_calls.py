"""What nobody tells of a call is asked for, and whatever comes when, the record is the same."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.conversations.domain.looked_up import legs_without_price
from contact_center.conversations.services.look_after_calls import (
    MOST_AT_ONCE,
    look_after_calls,
)
from contact_center.conversations.services.ports.look_ups import DueCall
from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.kernel.time_left import always
from contact_center.records.domain.costs import AWS_CALL_MICROS
from contact_center.records.domain.look_ups import CLAIM_MS, MOST_TRIES
from contact_center.records.services.price_ports import LegPrice
from tests.unit.conversations.look_ups_scene import (
    CALL,
    END,
    LEG,
    MINUTE,
    SAID,
    Scene,
    body,
    outputs,
    report,
    status,
    vapi_says,
)

if TYPE_CHECKING:
    from contact_center.conversations.domain.calls import CallRecord


def test_answers_that_are_not_in_the_report_are_asked_for_after_one_minute_and_after_ten() -> None:
    scene = Scene(priced_here=False)
    scene.tell(status("in-progress", END - 60_000), report())
    vapi_says(scene)  # no answers yet

    assert scene.ticks(1) == []
    assert scene.look(1) == ["answers:1"]
    assert scene.call.answers == {}
    vapi_says(scene, artifact=outputs())
    assert scene.ticks(30) == [(10, "answers:2")]
    assert scene.call.answers == {**SAID}
    assert scene.call.value("summary") == SAID["summary"]
    assert scene.store.read(CALL).look_at_ms is None


def test_answers_in_the_report_are_not_asked_for() -> None:
    scene = Scene(priced_here=False)
    scene.tell(status("in-progress", END - 60_000), report(**outputs()))
    assert scene.ticks(90) == []
    assert scene.reports.asked == []
    assert scene.store.read(CALL).look_at_ms is None


def test_of_a_call_in_which_nobody_spoke_no_answers_are_asked_for() -> None:
    scene = Scene(priced_here=False)
    scene.tell(report())
    assert scene.ticks(90) == []


@pytest.mark.parametrize("told", [["ended"], ["in-progress"]])
def test_a_call_without_report_is_looked_up_after_a_quarter_of_an_hour(told: list[str]) -> None:
    scene = Scene(priced_here=False)
    scene.tell(*(status(word, END) for word in told))
    vapi_says(scene, END + 15 * MINUTE, artifact=outputs())

    assert scene.ticks(15) == []
    assert scene.look(15) == ["report:1"]
    assert scene.call.ended
    assert scene.call.value("ended_reason") == "customer-ended-call"
    assert scene.call.ended_at_ms == END
    assert scene.call.answers == SAID
    assert scene.call.costs.told["vapi"].parts == {"model": 30_000, "rest": 20_000}
    assert scene.ticks(1500) == []


def test_a_call_that_goes_on_is_let_alone_and_looked_at_again() -> None:
    scene = Scene(priced_here=False)
    scene.tell(status("in-progress", END))
    assert scene.ticks(31) == []
    assert [at_ms - END for _, at_ms in scene.reports.asked] == [15 * MINUTE, 30 * MINUTE]
    assert scene.metrics.of("look_up_failed") == []
    assert not scene.call.ended


def test_one_that_talks_on_is_not_asked_about() -> None:
    scene = Scene(priced_here=False)
    for minute in range(0, 60, 5):
        scene.tell(status("in-progress", END + minute * MINUTE))
        assert scene.look(minute + 1) == []
    assert scene.reports.asked == []


def test_of_a_call_that_vapi_does_not_know_nothing_changes_and_asking_ends() -> None:
    scene = Scene(priced_here=False)
    scene.tell(status("in-progress", END))
    scene.reports.told[CALL] = None
    assert scene.ticks(200) == [(15, "report:1"), (60, "report:2")]
    assert not scene.call.ended
    assert scene.store.read(CALL).look_at_ms is None


def test_what_the_call_itself_has_told_is_not_overwritten_by_what_vapi_shows() -> None:
    scene = Scene(priced_here=False)
    scene.tell(status("in-progress", END))
    vapi_says(scene, END + 15 * MINUTE, customer={"number": "+14845550199"})
    scene.look(15)
    assert scene.call.value("customer_number") == "+14155550123"


def priced(micros: int | None, currency: str = "USD") -> LegPrice:
    return LegPrice(micros, currency)


def test_a_leg_is_priced_after_a_quarter_of_an_hour_an_hour_and_a_day_and_then_final() -> None:
    scene = Scene()
    scene.tell(status("in-progress", END - MINUTE), report(**outputs()))
    assert legs_without_price(scene.call) == 1
    assert not scene.call.costs.final
    scene.prices.told = {LEG: priced(None)}
    assert scene.look(15) == [f"price:{LEG}:1"]
    assert legs_without_price(scene.call) == 1
    scene.prices.told = {LEG: priced(14_000)}
    assert scene.look(60) == [f"price:{LEG}:2"]
    assert (scene.call.costs.micros, scene.call.costs.final) == (
        50_000 + AWS_CALL_MICROS + 14_000,
        False,
    )
    assert legs_without_price(scene.call) == 0
    assert scene.look(24 * 60 - 1) == []
    assert scene.look(24 * 60) == [f"price:{LEG}:3"]
    assert (scene.call.costs.micros, scene.call.costs.final) == (
        50_000 + AWS_CALL_MICROS + 14_000,
        True,
    )
    assert scene.store.read(CALL).look_at_ms is None
    heard_ms = scene.call.last_seen_ms
    assert heard_ms == END + 2_000  # a price is no news of the call


def test_a_leg_that_is_not_known_there_costs_nothing_and_a_foreign_price_stands_apart() -> None:
    scene = Scene()
    scene.tell(status("in-progress", END - MINUTE), report(**outputs()))
    scene.look(15)
    assert legs_without_price(scene.call) == 0
    assert scene.call.costs.micros == 50_000 + AWS_CALL_MICROS
    scene.prices.told = {LEG: priced(9_000, "EUR")}
    scene.look(60)
    assert scene.call.costs.micros == 50_000 + AWS_CALL_MICROS
    assert scene.call.costs.apart == {"EUR": 9_000}


def test_without_an_account_of_ours_no_leg_is_asked_for() -> None:
    scene = Scene(priced_here=False)
    scene.tell(status("in-progress", END - MINUTE), report(**outputs()))
    assert scene.ticks(70) == []
    assert scene.call.costs.final


def test_the_visit_s_leg_is_with_its_first_call() -> None:
    visit = "CA" + 32 * "a"
    scene = Scene()
    ordered = report(**outputs())
    ordered["message"]["call"] |= {"name": f"v-{visit}.1", "phoneCallProviderId": None}
    scene.tell(ordered)
    assert scene.look(15) == [f"price:{visit}:1"]

    second = Scene()
    ordered["message"]["call"] |= {"name": f"v-{visit}.2"}
    second.tell(ordered)
    assert second.look(15) == []


def test_a_failure_is_tried_again_ever_later_and_ten_set_the_call_aside_with_the_cause() -> None:
    scene = Scene()
    scene.tell(status("in-progress", END - MINUTE), report(**outputs()))
    scene.prices.away = True
    scene.ticks(12 * 60)
    assert len(scene.prices.asked) == MOST_TRIES
    assert scene.metrics.of("look_up_failed") == [{"wanted": "price"}] * MOST_TRIES
    assert scene.metrics.of("look_up_doubtful") == [{}]
    assert "VoiceUnavailable" in scene.book.causes[CALL]
    assert scene.store.read(CALL).look_at_ms is None
    assert not scene.call.costs.final

    scene.prices.away = False
    scene.prices.told = {LEG: priced(14_000)}
    scene.tell(body("hang", END + 3_000))  # anything new has it asked anew
    assert scene.look(13 * 60) == [f"price:{LEG}:1"]


def test_one_that_fails_keeps_no_other_question_back() -> None:
    scene = Scene()
    scene.tell(status("in-progress", END - MINUTE), status("ended", END))
    scene.reports.told[CALL] = VoiceUnavailableError()
    scene.prices.told = {LEG: priced(14_000)}
    assert scene.look(15) == [f"price:{LEG}:1"]
    assert scene.metrics.of("look_up_failed") == [{"wanted": "report"}]
    vapi_says(scene, END + 16 * MINUTE)
    assert scene.look(16) == ["report:1"]


def test_what_was_sent_and_never_recorded_is_sent_again_and_at_last_set_aside() -> None:
    scene = Scene()
    scene.tell(status("in-progress", END - MINUTE), report(**outputs()))
    sent = []
    for minute in range(15, 200):
        scene.clock.at_ms = END + minute * MINUTE
        look_after_calls(scene.parts, always)
        sent += [minute for _ in scene.queue.messages]
        scene.queue.messages = []
    assert len(sent) == MOST_TRIES
    assert {later - sooner for sooner, later in pairwise(sent)} == {CLAIM_MS // MINUTE}
    assert scene.book.causes[CALL] == "never_recorded"
    assert scene.metrics.of("look_up_doubtful") == [{}]


def test_a_queue_that_is_away_is_a_failure_like_any_other() -> None:
    scene = Scene(priced_here=False)
    scene.tell(status("in-progress", END - MINUTE), report())
    vapi_says(scene)
    scene.queue.down = True
    assert scene.look(1) == []
    scene.queue.down = False
    assert scene.look(2) == ["answers:1"]


def test_of_two_at_once_one_asks() -> None:
    scene = Scene(priced_here=False)
    scene.tell(status("in-progress", END - MINUTE), report())
    vapi_says(scene)
    scene.clock.at_ms = END + MINUTE
    scene.book.stale = list(scene.book.due(scene.clock.at_ms, 10))
    look_after_calls(scene.parts, always)  # the index shows it twice
    assert len(scene.queue.messages) == 1
    assert len(scene.reports.asked) == 1


def test_a_stale_index_and_a_call_that_is_gone_do_no_harm() -> None:
    scene = Scene(priced_here=False)
    scene.book.stale = [DueCall("gone", END)]
    assert look_after_calls(scene.parts, always) == 1
    assert scene.queue.messages == []


def test_one_call_that_cannot_be_read_does_not_stop_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene(priced_here=False)
    scene.tell(status("in-progress", END - MINUTE), report())
    vapi_says(scene)
    scene.book.stale = [DueCall("broken", END)]
    real = scene.book.record

    def record(call_id: str) -> CallRecord | None:
        if call_id == "broken":
            raise ValueError("words of a caller")
        return real(call_id)

    monkeypatch.setattr(scene.book, "record", record)
    assert scene.look(1) == ["answers:1"]
    assert scene.metrics.of("look_up_failed") == [{"wanted": "call"}]


def test_calls_that_cannot_be_read_are_put_off_and_at_last_in_nobody_s_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene(priced_here=False)
    scene.tell(status("in-progress", END - MINUTE), report())
    vapi_says(scene)
    monkeypatch.setattr(scene.book, "record", _of_a_later_release)
    began_ms = scene.store.read(CALL).look_at_ms or 0
    put_off = []
    for _ in range(MOST_TRIES):
        due_ms = scene.store.read(CALL).look_at_ms
        assert due_ms is not None
        put_off.append(due_ms - began_ms)
        scene.clock.at_ms = max(due_ms, scene.clock.at_ms)
        look_after_calls(scene.parts, always)
    assert put_off == sorted(set(put_off))
    assert scene.store.read(CALL).look_at_ms is None
    assert scene.metrics.of("look_up_doubtful") == [{}]


def _of_a_later_release(_call_id: str) -> CallRecord | None:
    raise UnreadableItemError("version", "must be 1")


def test_a_tick_is_bounded_by_number_and_by_time() -> None:
    scene = Scene(priced_here=False)
    scene.book.stale = [DueCall(f"gone-{n}", END) for n in range(MOST_AT_ONCE + 50)]
    assert look_after_calls(scene.parts, always) == MOST_AT_ONCE
    times = iter([True, True, False])
    assert look_after_calls(scene.parts, lambda: next(times)) == 2
    assert scene.metrics.of("look_ups_left") == [{}]
