"""A recording is copied after the call, tried for days, and written down once."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from contact_center.conversations.domain.facts import (
    RecordingTold,
)
from contact_center.conversations.services.look_after_calls import (
    look_after_calls,
)
from contact_center.conversations.services.take_found import Found
from contact_center.kernel.field_errors import BadMessageError
from contact_center.kernel.time_left import always
from contact_center.records.domain.look_ups import CLAIM_MS, MOST_TRIES
from contact_center.records.services.copy_recording import copy_recording
from tests.fakes.recordings import WAV, FakeShelf, FakeSource
from tests.unit.conversations.look_ups_scene import (
    CALL,
    END,
    MINUTE,
    Scene,
    facts_in,
    outputs,
    report,
    status,
    vapi_says,
)


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
