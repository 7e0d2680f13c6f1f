"""Recordings by REST: those of a call, and one that is to go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.twilio.twiml.record import Recording

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
}
