"""A call that we ordered, from the order until somebody, or a machine, or nobody answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from local.vapi.calls.voice import Utterance

if TYPE_CHECKING:
    from local.vapi.calls.live_call import LiveCall

# How Vapi words what a telephone does instead of being answered (docs/sources.md, Vapi).
UNANSWERED = {
    "busy": "customer-busy",
    "no_answer": "customer-did-not-answer",
    "unreachable": "twilio-failed-to-connect-call",
}
VOICEMAIL = "voicemail"
DETECTED_AFTER_MS = 2_500  # of the machine's greeting
BOX_FULL_MS = 20_000  # a machine that nobody recognises as one hangs up after so long


def ring(call: LiveCall, at_ms: int) -> None:
    """The telephone of an ordered call rings."""
    if call.record.team is not None:
        call.in_charge(call.record.team)
    call.set_status("ringing", at_ms)
    caller = call.caller
    does = caller.picks_up if caller.person_answers else "no_answer"
    after_ms = at_ms + caller.person_answers_after_ms
    if does in UNANSWERED:
        call.timeline.at(after_ms, partial(call.end, UNANSWERED[does]))
        return
    call.timeline.at(after_ms, partial(_picked_up, call))
    if does == VOICEMAIL:
        call.timeline.at(after_ms + DETECTED_AFTER_MS, partial(_machine, call))


def _picked_up(call: LiveCall, at_ms: int) -> None:
    if call.team is not None:
        call.open(call.team, at_ms)


def _machine(call: LiveCall, at_ms: int) -> None:
    """A machine speaks: recognised, if the assistant listens for one, and left a message."""
    if call.status == "ended":
        return
    detection = call.assistant.get("voicemailDetection", "off")
    if detection == "off":
        call.timeline.at(at_ms + BOX_FULL_MS, partial(call.end, "silence-timed-out"))
        return
    call.voice.silence()
    message = str(call.assistant.get("voicemailMessage") or "")
    call.note("voicemail", at_ms, message=message)
    if message:
        call.voice.say(Utterance(message, partial(call.end, VOICEMAIL), commanded=True), at_ms)
    else:
        call.end(VOICEMAIL, at_ms)
