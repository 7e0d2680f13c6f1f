"""What nobody tells of a call is asked for, and whatever comes when, the record is the same."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise, permutations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.conversations.adapters.sqs_messages import queued_message
from contact_center.conversations.domain.facts import (
    AnswersTold,
    CallEnded,
    CostTold,
    LookedUp,
    RecordingTold,
)
from contact_center.conversations.domain.looked_up import legs_without_price
from contact_center.conversations.services.look_after_calls import (
    MOST_AT_ONCE,
    CopyParts,
    LookAfterParts,
    look_after_calls,
)
from contact_center.conversations.services.look_up_ports import DueCall
from contact_center.conversations.services.record_facts import RecordParts, record_facts
from contact_center.conversations.services.take_found import Found, facts_of_found
from contact_center.dialing.services.voice_ports import VoiceUnavailableError
from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.time_left import always
from contact_center.records.domain.costs import AWS_CALL_MICROS
from contact_center.records.domain.look_ups import CLAIM_MS, MOST_TRIES
from contact_center.records.services.copy_recording import copy_recording
from contact_center.records.services.price_ports import LegPrice
from contact_center.vapi.calls.call_report import report_in
from contact_center.vapi.webhooks.messages import facts_of
from tests.fakes.call_answers import QUESTIONS
from tests.fakes.call_store import FakeCallStore
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.fact_queue import FakeFactQueue
from tests.fakes.intent_classifier import FakeClassifier
from tests.fakes.look_ups import FakeCallReports, FakeLegPrices, FakeLookUps
from tests.fakes.recordings import WAV, FakeShelf, FakeSource
from tests.unit.conversations.histories import POLICY, departments

if TYPE_CHECKING:
    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.facts import Fact

CALL = "019d2ad4-1be2-7ee0-8d3f-6c1f6bb0a202"
LEG = "CA" + 32 * "1"
WITH_THE_LEG = 50_000 + AWS_CALL_MICROS + 14_000
MINUTE = 60_000
END = 1_787_266_800_000
SAID = {"summary": "Wanted a demo.", "achieved": "question_answered"}


def call_of_vapi(**said: Any) -> dict[str, Any]:
    return {
        "id": CALL,
        "type": "inboundPhoneCall",
        "status": "ended",
        "createdAt": "2026-08-20T22:50:00.000Z",
        "endedAt": "2026-08-20T23:00:00.000Z",
        "endedReason": "customer-ended-call",
        "phoneCallProviderId": LEG,
        "customer": {"number": "+14155550123"},
        "monitor": {"controlUrl": "https://x.vapi.ai/secret"},
        "recordingUrl": "https://x.vapi.ai/recording",
        "cost": 0.05,
        "costs": [{"type": "model", "cost": 0.03}],
        "artifact": {"messages": [], "recordingUrl": "https://x.vapi.ai/recording"},
    } | said


def outputs(said: Any = SAID) -> dict[str, Any]:
    return {"structuredOutputs": {"1": {"name": "call_outcome", "result": said}}}


def body(kind: str, at_ms: int, **said: Any) -> dict[str, Any]:
    shown = {
        name: one
        for name, one in call_of_vapi().items()
        if name in {"id", "type", "createdAt", "customer", "phoneCallProviderId"}
    }
    return {"message": {"type": kind, "timestamp": at_ms, "call": shown} | said}


def status(word: str, at_ms: int) -> dict[str, Any]:
    return body("status-update", at_ms, status=word)


def report(at_ms: int = END + 2_000, **artifact: Any) -> dict[str, Any]:
    return body(
        "end-of-call-report",
        at_ms,
        endedReason="customer-ended-call",
        endedAt="2026-08-20T23:00:00.000Z",
        cost=0.05,
        costs=[{"type": "model", "cost": 0.03}],
        artifact=artifact,
    )


@dataclass
class Scene:
    """A router and who looks after calls, on one table, and a queue between them."""

    priced_here: bool = True
    recorded_here: bool = False
    source: FakeSource = field(default_factory=FakeSource)
    shelf: FakeShelf = field(default_factory=FakeShelf)
    clock: FakeClock = field(default_factory=lambda: FakeClock(END))
    store: FakeCallStore = field(default_factory=FakeCallStore)
    reports: FakeCallReports = field(default_factory=FakeCallReports)
    prices: FakeLegPrices = field(default_factory=FakeLegPrices)
    queue: FakeFactQueue = field(default_factory=FakeFactQueue)
    metrics: CountedMetrics = field(default_factory=CountedMetrics)

    def __post_init__(self) -> None:
        self.book = FakeLookUps(self.store)
        self.record = RecordParts(
            store=self.store,
            classifier=FakeClassifier({}),
            clock=self.clock,
            policy=POLICY,
            departments=departments(),
            questions=QUESTIONS,
            legs_priced=self.priced_here,
            recordings=self.recorded_here,
        )
        self.parts = LookAfterParts(
            book=self.book,
            reports=self.reports,
            prices=self.prices if self.priced_here else None,
            queue=self.queue,
            clock=self.clock,
            metrics=self.metrics,
            copies=CopyParts(source=self.source, shelf=self.shelf) if self.recorded_here else None,
        )

    def tell(self, *bodies: dict[str, Any]) -> None:
        for each in bodies:
            record_facts(CALL, facts_of(each, self.clock.at_ms), self.record)

    def take(self) -> list[Found]:
        """The router takes what stands in the queue; what it was."""
        messages, self.queue.messages = self.queue.messages, []
        found = [as_found(*one) for one in messages]
        for one in found:
            record_facts(CALL, facts_in(one, self.call), self.record)
        return found

    def look(self, minutes: float) -> list[str]:
        """A tick so long after the end, and the router; the steps that were asked."""
        self.clock.at_ms = END + int(minutes * MINUTE)
        look_after_calls(self.parts, always)
        return [one.step for one in self.take()]

    def ticks(self, until_minutes: int) -> list[tuple[int, str]]:
        """A tick a minute; which minute asked what."""
        return [(at, step) for at in range(until_minutes) for step in self.look(at)]

    @property
    def call(self) -> CallRecord:
        record = self.store.read(CALL).record
        assert record is not None
        return record

    def facts(self, kind: type[Fact]) -> list[Fact]:
        return [one for one in self.store.read(CALL).facts if isinstance(one, kind)]


def as_found(said: str, attributes: dict[str, str]) -> Found:
    told = {name: {"stringValue": value} for name, value in attributes.items()}
    found = queued_message({"body": said, "messageAttributes": told})
    assert isinstance(found, Found)
    return found


def facts_in(found: Found, record: CallRecord) -> list[Fact]:
    told = facts_of(json.loads(found.report), found.received_at_ms) if found.report else []
    return facts_of_found(found, told, record)


def vapi_says(scene: Scene, at_ms: int = END, **said: Any) -> None:
    scene.reports.told[CALL] = report_in(call_of_vapi(**said), at_ms)


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


def recorded_scene(**said: Any) -> Scene:
    """A call is over, everything else of it is told, and Vapi has recorded it."""
    scene = Scene(priced_here=False, recorded_here=True, **said)
    scene.tell(
        status("in-progress", END - 60_000), report(presignedMonoUrl="https://x", **outputs())
    )
    return scene


def test_a_recording_is_copied_a_minute_after_the_end_and_once() -> None:
    scene = recorded_scene()
    assert scene.call.recording.state == "not_yet"
    assert scene.ticks(90) == [(1, "recording:1")]
    assert scene.shelf.kept == {f"recordings/{CALL}": (WAV, "audio/wav")}
    recording = scene.call.recording
    assert (recording.state, recording.size, recording.media) == ("kept", len(WAV), "audio/wav")
    assert recording.at_ms == END + MINUTE
    assert scene.metrics.of("recording_copied") == [{}]


@pytest.mark.parametrize(
    ("recorded_here", "links"), [(False, {"recordingUrl": "https://x"}), (True, {})]
)
def test_nothing_is_copied_where_nothing_was_recorded_or_none_are_kept(
    recorded_here: bool,  # noqa: FBT001 - a row of the table
    links: dict[str, Any],
) -> None:
    scene = Scene(priced_here=False, recorded_here=recorded_here)
    scene.tell(status("in-progress", END - 60_000), report(**links, **outputs()))
    assert scene.ticks(90) == []
    assert scene.source.asked == []


def test_a_report_that_was_looked_up_says_of_the_recording_too() -> None:
    scene = Scene(priced_here=False, recorded_here=True)
    scene.tell(status("in-progress", END - 60_000))
    vapi_says(scene, artifact={"messages": [], "recordingUrl": "https://x", **outputs()})
    assert scene.ticks(20) == [(14, "report:1"), (15, "recording:1")]
    assert scene.call.recording.state == "kept"


def test_one_that_is_not_there_yet_is_looked_for_until_it_is_lost() -> None:
    scene = recorded_scene(source=FakeSource(body=None))
    asked = scene.ticks(1445)
    assert asked == [
        (1, "recording:1"),
        (10, "recording:2"),
        (60, "recording:3"),
        (1440, "recording:4"),
    ]
    assert (scene.call.recording.state, scene.call.recording.reason) == ("lost", "not_there")
    (lost,) = scene.facts(RecordingTold)
    assert isinstance(lost, RecordingTold)
    assert (lost.follow_up, lost.arguments) == ("recording", {"reason": "not_there"})
    assert scene.metrics.of("recording_lost") == [{}]


def test_one_that_comes_late_is_kept_all_the_same() -> None:
    scene = recorded_scene(source=FakeSource(body=None))
    scene.ticks(30)
    scene.source.body = WAV
    assert scene.look(61) == ["recording:3"]
    assert scene.call.recording.state == "kept"
    (kept,) = scene.facts(RecordingTold)
    assert isinstance(kept, RecordingTold)
    assert kept.follow_up is None


def test_what_fails_is_tried_for_three_days_and_is_not_set_aside_before() -> None:
    scene = recorded_scene(source=FakeSource(away="http_503"))
    day = 24 * 60
    scene.ticks(day)
    assert len(scene.source.asked) > MOST_TRIES  # an hour apart by now
    assert scene.metrics.of("look_up_doubtful") == []
    assert scene.call.recording.state == "not_yet"
    scene.clock.at_ms = END
    for at in range(day, 3 * day + 120, 5):
        scene.look(at)
    assert (scene.call.recording.state, scene.call.recording.reason) == ("lost", "http_503")
    assert len(scene.source.asked) < 90
    assert scene.store.histories[CALL].look_at_ms is None


def test_what_has_failed_and_comes_after_all_is_kept() -> None:
    scene = recorded_scene(source=FakeSource(away="timeout"))
    scene.ticks(600)
    scene.source.away = ""
    scene.ticks(61 * 11)
    assert scene.call.recording.state == "kept"
    assert {one["reason"] for one in scene.metrics.of("recording_failed")} == {"timeout"}


def test_what_is_too_large_is_lost_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "contact_center.conversations.services.look_after_calls.copy_recording",
        partial(copy_recording, largest=100),
    )
    scene = recorded_scene()
    assert scene.look(1) == ["recording:1"]
    assert (scene.call.recording.state, scene.call.recording.reason) == ("lost", "too_large")


def test_a_bucket_that_does_not_answer_loses_nothing() -> None:
    scene = recorded_scene(shelf=FakeShelf(away=True))
    assert scene.ticks(5) == []
    scene.shelf.away = False
    scene.ticks(70)
    assert scene.call.recording.state == "kept"


def test_a_copy_is_not_begun_that_might_be_cut_off_and_all_else_goes_on() -> None:
    scene = recorded_scene()
    scene.parts = replace(scene.parts, time_to_copy=lambda: False)
    assert scene.look(1) == []
    assert scene.source.asked == []
    scene.parts = replace(scene.parts, time_to_copy=always)
    assert scene.look(1.5) == []
    assert scene.look(2) == ["recording:1"]


def test_what_was_copied_and_never_recorded_is_copied_again_and_is_the_same() -> None:
    scene = recorded_scene()
    scene.clock.at_ms = END + MINUTE
    look_after_calls(scene.parts, always)
    scene.queue.messages = []  # lost
    later = 1 + CLAIM_MS // MINUTE
    assert scene.look(later - 1) == []
    assert scene.look(later) == ["recording:1"]
    assert len(scene.source.asked) == 2
    assert len(scene.facts(RecordingTold)) == 1


@pytest.mark.parametrize(
    "said",
    [{}, {"state": "gone"}, {"state": "kept", "size": "4"}, {"state": "kept", "size": -1}],
)
def test_a_message_that_says_nothing_of_a_copy_is_refused(said: dict[str, Any]) -> None:
    scene = recorded_scene()
    usual = {"state": "kept", "size": 4, "media": "audio/wav", "reason": "", "atMs": END}
    told = {name: one for name, one in (usual | said).items() if said}
    found = Found(call_id=CALL, step="recording:1", received_at_ms=END, recording=told)
    with pytest.raises(BadMessageError):
        facts_in(found, scene.call)


def test_a_tick_is_bounded_by_number_and_by_time() -> None:
    scene = Scene(priced_here=False)
    scene.book.stale = [DueCall(f"gone-{n}", END) for n in range(MOST_AT_ONCE + 50)]
    assert look_after_calls(scene.parts, always) == MOST_AT_ONCE
    times = iter([True, True, False])
    assert look_after_calls(scene.parts, lambda: next(times)) == 2
    assert scene.metrics.of("look_ups_left") == [{}]


def test_what_is_sent_names_no_place_to_steer_or_hear_the_call() -> None:
    told = report_in(call_of_vapi(), END)
    assert "secret" not in told
    assert "://" not in told
    assert json.loads(told)["message"]["artifact"]["recording"] == {"kept": True}


def test_a_report_that_is_too_long_loses_its_words_and_nothing_else() -> None:
    words = [{"role": "user", "message": "x" * 10_000} for _ in range(120)]
    artifact = {"messages": words, "transcript": "y" * 1_000_000, **outputs()}
    told = json.loads(report_in(call_of_vapi(artifact=artifact, transcript="z" * 10**6), END))
    assert len(json.dumps(told)) < 10_000
    assert told["message"]["artifact"] == outputs() | {"recording": {"kept": True}}
    assert told["message"]["cost"] == 0.05


@pytest.mark.parametrize(
    "price",
    [
        {},
        {"source": "twilio:CA", "parts": {"leg": -1}, "currency": "USD", "final": True, "atMs": 1},
        {"source": "twilio:CA", "parts": {"leg": True}, "currency": "USD", "final": 1, "atMs": 1},
        {"source": "twilio:CA", "parts": [], "currency": "USD", "final": True, "atMs": 1},
    ],
)
def test_what_is_no_price_is_refused(price: dict[str, object]) -> None:
    scene = Scene()
    scene.tell(report())
    found = Found(call_id=CALL, step="price:CA:1", received_at_ms=END, price=price)
    with pytest.raises(BadMessageError):
        facts_of_found(found, [], scene.call)


def test_a_report_of_another_call_is_refused() -> None:
    scene = Scene()
    scene.tell(report())
    other = facts_of(json.loads(report_in(call_of_vapi(id="another"), END)), END)
    found = Found(call_id=CALL, step="report:1", received_at_ms=END, report=b"{}")
    with pytest.raises(BadMessageError):
        facts_of_found(found, other, scene.call)


# -- order and repetition ----------------------------------------------------------------------


def found_report() -> Found:
    told = report_in(call_of_vapi(artifact=outputs()), END + 15 * MINUTE)
    return Found(
        call_id=CALL, step="report:1", received_at_ms=END + 15 * MINUTE, report=told.encode()
    )


def found_price(number: int, micros: int, *, final: bool = False) -> Found:
    price = {
        "source": f"twilio:{LEG}",
        "parts": {"leg": micros},
        "currency": "USD",
        "final": final,
        "atMs": END + number * 15 * MINUTE,
    }
    return Found(
        call_id=CALL, step=f"price:{LEG}:{number}", received_at_ms=END + MINUTE, price=price
    )


LATER: list[dict[str, Any] | Found] = [
    report(**outputs()),
    found_report(),
    found_price(1, 10_000),
    found_price(3, 14_000, final=True),
]


def came_to(order: list[Any]) -> tuple[Any, ...]:
    scene = Scene()
    scene.tell(status("in-progress", END - MINUTE))
    for one in order:
        if isinstance(one, Found):
            record_facts(CALL, facts_in(one, scene.call), scene.record)
        else:
            scene.tell(one)
    call = scene.call
    assert len(scene.facts(CallEnded)) == 1
    assert len(scene.facts(AnswersTold)) == 1
    assert len(scene.facts(CostTold)) == 3
    assert len(scene.facts(LookedUp)) == 3
    return (
        call.ended_at_ms,
        call.value("ended_reason"),
        call.answers,
        {name: (one.parts, one.final) for name, one in call.costs.told.items()},
        call.value("customer_number"),
    )


def test_report_look_up_and_prices_come_to_the_same_in_every_order() -> None:
    results = [came_to(list(order)) for order in permutations(LATER)]
    assert all(one == results[0] for one in results)
    assert results[0][3][f"twilio:{LEG}"] == ({"leg": 14_000}, True)


@given(st.lists(st.sampled_from(range(len(LATER))), max_size=6))
def test_told_twice_or_ten_times_it_is_the_same(again: list[int]) -> None:
    repeated = [LATER[n] for n in again] + LATER + [LATER[n] for n in reversed(again)]
    assert came_to(repeated) == came_to(LATER)


def test_a_report_that_comes_a_day_late_after_a_look_up_changes_nothing_more() -> None:
    scene = Scene()
    scene.tell(status("in-progress", END - MINUTE))
    record_facts(CALL, facts_in(found_report(), scene.call), scene.record)
    before = scene.call
    scene.clock.at_ms = END + 24 * 60 * MINUTE
    scene.tell(report(END + 2_000, **outputs({"summary": "Another.", "achieved": "nothing"})))
    after = scene.call
    assert (after.answers, after.costs, after.registers["summary"]) == (
        before.answers,
        before.costs,
        before.registers["summary"],
    )
