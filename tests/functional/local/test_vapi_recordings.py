"""The simulator records calls as Vapi does: a real file behind links that expire."""

from __future__ import annotations

import io
import wave
from typing import TYPE_CHECKING

import pytest
import requests

from contact_center.records.services.copy_recording import Copied, copy_recording
from contact_center.records.services.recording_ports import RecordingUnavailableError
from contact_center.vapi.calls.recordings import VapiRecordings
from contact_center.vapi.webhooks.fields import is_recorded
from tests.fakes.recordings import FakeShelf
from tests.liveness import LIVENESS_SECONDS
from tests.vapi_scene import KEY, SAYS_BILLING, Scene, caller, squad

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.vapi.simulator import VapiSimulator

API_KEY = "local-vapi-key"


class Key:
    """An ApiKey."""

    def current(self) -> str:
        return API_KEY

    def has_changed(self, used: str) -> bool:
        return used != API_KEY


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    with made.webhook:
        yield made


def talked(vapi: VapiSimulator) -> str:
    call = vapi.place_inbound(caller(SAYS_BILLING))
    assert call.wait(LIVENESS_SECONDS)
    return call.call_id


def records(*, enabled: bool) -> tuple[int, object]:
    return 200, squad(artifactPlan={"recordingEnabled": enabled})


def get(vapi: VapiSimulator, path: str) -> requests.Response:
    return requests.get(vapi.url + path, headers=KEY, timeout=10, allow_redirects=False)


def test_a_call_is_recorded_and_its_recording_copied(scene: Scene) -> None:
    scene.first = records(enabled=True)
    with scene.simulator() as vapi:
        call_id = talked(vapi)
        ours = VapiRecordings(vapi.url, Key(), (), "test")
        shelf = FakeShelf()
        copied = copy_recording(call_id, ours, shelf)
        whole = get(vapi, f"/call/{call_id}").json()

    body, media = shelf.kept[f"recordings/{call_id}"]
    assert copied == Copied(len(body), "audio/wav")
    assert media == "audio/wav"
    [report] = scene.webhook.messages("end-of-call-report")
    assert is_recorded(report)
    assert is_recorded(whole)
    with wave.open(io.BytesIO(body)) as heard:
        assert (heard.getnchannels(), heard.getsampwidth(), heard.getframerate()) == (1, 2, 8_000)
        seconds = heard.getnframes() / heard.getframerate()
        samples = heard.readframes(heard.getnframes())
    assert seconds == pytest.approx(report["durationSeconds"], abs=0.01)
    assert any(samples)  # somebody spoke
    [asked] = [one for one in vapi.log.entries("rest-request") if "mono-rec" in one["path"]]
    assert asked["status"] == 302


@pytest.mark.parametrize("answered", [True, False])
def test_what_is_not_recorded_has_no_link_and_no_file(scene: Scene, *, answered: bool) -> None:
    scene.first = records(enabled=False) if answered else (500, {})
    with scene.simulator() as vapi:
        call_id = talked(vapi)
        assert get(vapi, f"/call/{call_id}/mono-recording").status_code == 404
        assert (
            copy_recording(call_id, VapiRecordings(vapi.url, Key(), (), "t"), FakeShelf()) is None
        )
    assert not any(map(is_recorded, scene.webhook.messages("end-of-call-report")))


def test_an_assistant_that_says_nothing_of_it_is_recorded_as_at_vapi(scene: Scene) -> None:
    with scene.simulator() as vapi:
        assert get(vapi, f"/call/{talked(vapi)}/mono-recording").status_code == 302


def test_a_link_is_for_who_has_it_and_for_its_time(scene: Scene) -> None:
    with scene.simulator() as vapi:
        call_id = talked(vapi)
        link = get(vapi, f"/call/{call_id}/mono-recording").headers["location"]
        assert requests.get(link, timeout=10).headers["content-type"] == "audio/wav"
        [report] = scene.webhook.messages("end-of-call-report")
        assert requests.get(report["artifact"]["presignedMonoUrl"], timeout=10).status_code == 200
        older = report["artifact"]["recordingUrl"]
        assert requests.get(older, timeout=10).status_code == 403
        assert requests.get(link.replace("expires=", "expires=9"), timeout=10).status_code == 403
        vapi.account.recording_link_seconds = -1
        expired = get(vapi, f"/call/{call_id}/mono-recording").headers["location"]
        assert requests.get(expired, timeout=10).status_code == 403
        with pytest.raises(RecordingUnavailableError, match="http_403"):
            copy_recording(call_id, VapiRecordings(vapi.url, Key(), (), "t"), FakeShelf())


def test_recordings_can_be_away(scene: Scene) -> None:
    with scene.simulator() as vapi:
        call_id = talked(vapi)
        vapi.rest.switches.recordings_answer = 503
        with pytest.raises(RecordingUnavailableError, match="http_503"):
            copy_recording(call_id, VapiRecordings(vapi.url, Key(), (), "t"), FakeShelf())
