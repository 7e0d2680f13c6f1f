"""Recordings by REST: those of a call, what was understood of them, and what is to go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.twilio.twiml.record import Recording, Transcription

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.twilio.rest.asked import Asked

Json = dict[str, Any]


def _list(asked: Asked) -> Json:
    """The recordings of a call; of one that is gone nobody finds any."""
    call = asked.named["CallSid"]
    found = [one for one in asked.account.kept(Recording).values() if one.call_sid == call]
    return asked.page("recordings", [_show(asked, one) for one in reversed(found)])


def _delete(asked: Asked) -> Json:
    recording = asked.found(asked.account.kept(Recording).get(asked.named["Sid"]))
    del asked.account.kept(Recording)[recording.sid]
    return {}


def _transcriptions(asked: Asked) -> Json:
    recording = asked.named["RecordingSid"]
    kept = asked.account.kept(Transcription).values()
    found = [one for one in kept if one.recording_sid == recording]
    return asked.page("transcriptions", [_transcription(asked, one) for one in found])


def _transcription(asked: Asked, one: Transcription) -> Json:
    return {
        "sid": one.sid,
        "account_sid": asked.account.sid,
        "api_version": "2010-04-01",
        "recording_sid": one.recording_sid,
        "status": "completed",
        "transcription_text": one.text,
        "type": "fast",
    }


def _forget(asked: Asked) -> Json:
    kept = asked.account.kept(Transcription)
    one = asked.found(kept.get(asked.named["Sid"]))
    asked.found(one if one.recording_sid == asked.named["RecordingSid"] else None)
    del kept[one.sid]
    return {}


def _show(asked: Asked, recording: Recording) -> Json:
    path = f"{asked.account.path}/Recordings/{recording.sid}"
    return {
        "sid": recording.sid,
        "account_sid": asked.account.sid,
        "api_version": "2010-04-01",
        "call_sid": recording.call_sid,
        "date_created": recording.began_at,
        "source": "RecordVerb",
        "status": "completed",
        "channels": 1,
        "uri": f"{path}.json",
    }


RECORDINGS: dict[str, Callable[[Asked], Json]] = {
    "ListCallRecording": _list,
    "DeleteRecording": _delete,
    "ListRecordingTranscription": _transcriptions,
    "DeleteRecordingTranscription": _forget,
}
