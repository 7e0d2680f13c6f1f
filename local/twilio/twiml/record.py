"""Record: a message is left, until a key, silence, the longest time, or the caller hangs up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.twilio.ids import new_sid, rfc_2822
from local.twilio.webhooks.exchange import Webhook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.twilio.twiml.documents import Source
    from local.twilio.twiml.grammar import Verb
    from local.twilio.twiml.verbs import Run

DEFAULT_SILENCE_SECONDS, DEFAULT_LONGEST_SECONDS = 5, 3600
MS_PER_SECOND = 1000
# Of a recording that is transcribed (Twilio's warning 13617): longer than the first, and shorter
# than the second.
TRANSCRIBED_SECONDS = (2, 120)
OUT_OF_RANGE = 13617
BEEP_MS = 500
API_HOST = "https://api.twilio.com"


@dataclass(frozen=True, slots=True)
class Transcription:
    """What was understood of a recording."""

    sid: str
    recording_sid: str
    text: str


class Recording:
    """What is recorded so far."""

    asks = True

    def __init__(self, run: Run, verb: Verb) -> None:
        self.sid = new_sid("RE")
        self.call_sid = run.leg.sid
        self.key_pressed = ""
        self.words: list[str] = []
        self.spoken_until_ms = 0
        self.over = False
        self.began_at = rfc_2822(run.leg.account.clock.civil())
        self._run = run
        self._finish = verb.get("finishOnKey", "1234567890*#")

    def key(self, key: str) -> None:
        """A key was pressed."""
        if key in self._finish:
            self.key_pressed, self.over = key, True
            self._run.leg.watch.stir()

    def speech(self, words: str, lasts_ms: int) -> None:
        """Somebody begins to say something."""
        self.words.append(words)
        self.spoken_until_ms = self._run.leg.account.clock.now_ms() + lasts_ms
        self._run.leg.watch.stir()


async def record(run: Run, verb: Verb) -> Source | None:
    """Record; an empty recording goes on to the next verb, another to the action."""
    leg, clock = run.leg, run.leg.account.clock
    leg.answer()
    if verb.get("playBeep", True):
        leg.hear("beep", BEEP_MS)
        await clock.sleep(BEEP_MS)
    recording = Recording(run, verb)
    began_ms = clock.now_ms()
    leg.listener = recording
    leg.watch.stir()
    try:
        await _wait(run, verb, recording)
    finally:
        leg.listener = None
        seconds = -(-(clock.now_ms() - began_ms) // MS_PER_SECOND)
        told = _fields(run, recording, seconds)
        if recording.words:
            leg.account.kept(Recording)[recording.sid] = recording
            leg.account.note("recorded", leg.sid, seconds=seconds, words=recording.words)
            _tell_status(run, verb, recording, seconds)
        if recording.words and leg.ended:
            run.tell_action(verb, {**told, "Digits": "hangup"})
    return run.action(verb, told, default="") if recording.words else None


async def _wait(run: Run, verb: Verb, recording: Recording) -> None:
    clock = run.leg.account.clock
    silence_ms = verb.get("timeout", DEFAULT_SILENCE_SECONDS) * MS_PER_SECOND
    ends_ms = clock.now_ms() + verb.get("maxLength", DEFAULT_LONGEST_SECONDS) * MS_PER_SECOND
    while not recording.over:
        said, now_ms = len(recording.words), clock.now_ms()
        silent_ms = max(recording.spoken_until_ms, now_ms) + silence_ms
        until_ms = min(ends_ms, silent_ms)
        heard = await run.leg.watch.until_or(
            lambda: recording.over or len(recording.words) > said,  # noqa: B023 - looked at within
            clock.sleep(until_ms - now_ms),
        )
        recording.over = recording.over or not heard


def _fields(run: Run, recording: Recording, seconds: int) -> dict[str, str]:
    path = f"{run.leg.account.path}/Recordings/{recording.sid}"
    return {
        "RecordingSid": recording.sid,
        "RecordingUrl": f"{API_HOST}{path}",
        "RecordingDuration": str(seconds),
        "Digits": recording.key_pressed,
    }


def _tell_status(run: Run, verb: Verb, recording: Recording, seconds: int) -> None:
    of_recording = _fields(run, recording, seconds)
    del of_recording["Digits"]
    if url := verb.get("recordingStatusCallback"):
        told = of_recording | {
            "RecordingStatus": "completed",
            "RecordingChannels": "1",
            "RecordingStartTime": str(recording.began_at),
            "RecordingSource": "RecordVerb",
            "RecordingTrack": "both",
        }
        method = verb.get("recordingStatusCallbackMethod", "POST")
        _tell(run, "recording", url, method, told)
    _tell_transcript(run, verb, recording, seconds, of_recording)


def _tell_transcript(
    run: Run, verb: Verb, recording: Recording, seconds: int, of_recording: Mapping[str, str]
) -> None:
    """What was understood, where that was asked for (it is not by default) and can be told."""
    url = verb.get("transcribeCallback")
    if not verb.get("transcribe") or not url:
        return
    told = {**of_recording, "TranscriptionSid": new_sid("TR"), "TranscriptionStatus": "failed"}
    shortest, longest = TRANSCRIBED_SECONDS
    if shortest < seconds < longest:
        words = " ".join(recording.words)
        understood = Transcription(told["TranscriptionSid"], recording.sid, words)
        run.leg.account.kept(Transcription)[understood.sid] = understood
        told |= {"TranscriptionStatus": "completed", "TranscriptionText": words}
    else:
        run.leg.account.note("warning", run.leg.sid, code=OUT_OF_RANGE, seconds=seconds)
    _tell(run, "transcription", url, "POST", told)


def _tell(run: Run, kind: str, url: str, method: str, told: Mapping[str, str]) -> None:
    leg = run.leg
    about = {"AccountSid": leg.account.sid, "CallSid": leg.sid, **told}
    leg.account.mail.tell(
        Webhook(
            kind=kind,
            url=run.document.address(url),
            method=method,
            fields=list(about.items()),
            call=leg.sid,
        )
    )
