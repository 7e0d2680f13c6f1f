"""Instructions written as TwiML, by Twilio's own package (Twilio §3).

What the package leaves to its user: characters that XML cannot hold are taken out of what is
spoken, since one of them would void the document and with it the call; nothing is said where
nothing is left; a document that Twilio would refuse for its size, or for a text's, is not made.
Addresses are written out in full, because a document that comes by REST has none of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from twilio.twiml.voice_response import Connect, Dial, Gather, Stream, VoiceResponse

from contact_center.kernel.late_patterns import LatePattern
from contact_center.visits.domain.instructions import (
    AskKeys,
    EnterRoom,
    GoTo,
    HangUp,
    JoinAssistant,
    LeaveWait,
    Pause,
    Play,
    RingAssistant,
    RingNumber,
    Speak,
    TakeMessage,
    Wait,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contact_center.visits.domain.instructions import (
        Connection,
        Instruction,
        Sound,
        WaitInstruction,
    )

CONTENT_TYPE = "text/xml"
LARGEST_ANSWER_BYTES = 65_536
LONGEST_BY_REST = 4_000  # characters
LONGEST_SPEECH_BYTES = 4_000  # Twilio's 4 KB are 4,000 characters of ASCII

MOST_REMEMBERED = 500  # wait documents, of a KB each
LONGEST_CALL_SECONDS = 14_400
FEWEST_SILENT_SECONDS = 5  # of a message, before it is taken to be over
ROOM_EVENTS = "start end join leave"
# A status callback lost is a line or a person taken for too long: asked for three tries more.
TRY_AGAIN = "#rc=3&rp=5xx,ct,rt"

_UNSPEAKABLE = LatePattern("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class TooLongError(ValueError):
    """A document that Twilio would refuse."""


class TwimlWriter:
    """Writes documents, all in one voice."""

    def __init__(
        self, base_url: str, voice: str | None = None, language: str | None = None
    ) -> None:
        """Keep what all documents share.

        Args:
            base_url: What our paths begin with, without a trailing slash.
            voice: Twilio's name of a voice; None: the account's own.
            language: Of what is spoken, such as en-US; None: the voice's own.
        """
        self._base_url = base_url
        self._voice = voice
        self._language = language
        self._waits: dict[tuple[WaitInstruction, ...], str] = {}

    def answer(self, instructions: Iterable[Instruction]) -> str:
        """A document that answers a webhook. Raises TooLongError."""
        document = self._document(instructions)
        if len(document.encode()) > LARGEST_ANSWER_BYTES:
            raise TooLongError(f"the document has more than {LARGEST_ANSWER_BYTES} bytes")
        return document

    def wait_answer(self, instructions: Iterable[WaitInstruction]) -> str:
        """A document that is heard in a queue, where few verbs are known. Raises TooLongError.

        A caller who is told nothing new hears the same again and again, and so does whoever has
        his place after him: what was written is kept. Nothing in it is anybody's own.
        """
        steps = tuple(instructions)
        written = self._waits.get(steps)
        if written is None:
            written = self.answer(steps)
            if len(self._waits) >= MOST_REMEMBERED:
                self._waits.clear()
            self._waits[steps] = written
        return written

    def by_rest(self, instructions: Iterable[Instruction]) -> str:
        """A document that goes with a request of ours. Raises TooLongError."""
        document = self._document(instructions)
        if len(document) > LONGEST_BY_REST:
            raise TooLongError(f"the document has more than {LONGEST_BY_REST} characters")
        return document

    def _document(self, instructions: Iterable[Instruction]) -> str:
        response = VoiceResponse()
        for each in instructions:
            self._add(response, each)
        return str(response)

    def _add(self, response: VoiceResponse, step: Instruction) -> None:
        match step:
            case Speak() | Play() | Pause():
                self._sound(response, step)
            case AskKeys():
                self._ask(response, step)
            case GoTo(path=path):
                response.redirect(self._url(path), method="POST")
            case LeaveWait():
                response.leave()
            case HangUp():
                response.hangup()
            case _:
                self._connect(response, step)

    def _connect(self, response: VoiceResponse, step: Connection) -> None:
        match step:
            case JoinAssistant():
                self._join(response, step)
            case RingAssistant() | RingNumber():
                self._ring(response, step)
            case EnterRoom():
                self._enter(response, step)
            case TakeMessage():
                self._take_message(response, step)
            case Wait(queue=queue, music=music, after=after):
                response.enqueue(
                    queue, action=self._url(after), method="POST", wait_url=self._url(music)
                )

    def _sound(self, verb: VoiceResponse | Gather, sound: Sound) -> None:
        match sound:
            case Speak(text=text):
                self._say(verb, speakable(text))
            case Play(url=url):
                verb.play(url)
            case Pause(seconds=seconds):
                verb.pause(length=seconds)

    def _say(self, verb: VoiceResponse | Gather, text: str) -> None:
        if len(text.encode()) > LONGEST_SPEECH_BYTES:
            raise TooLongError(f"a text has more than {LONGEST_SPEECH_BYTES} bytes")
        if text.strip():  # Twilio refuses to say nothing
            verb.say(text, voice=self._voice, language=self._language)

    def _ask(self, response: VoiceResponse, step: AskKeys) -> None:
        gather = response.gather(
            input="dtmf",
            action=self._url(step.to),
            method="POST",
            num_digits=step.most_keys,
            timeout=step.patience_seconds,
        )
        for sound in step.sounds:
            self._sound(gather, sound)

    def _join(self, response: VoiceResponse, step: JoinAssistant) -> None:
        connect: Connect = response.connect(action=self._url(step.after), method="POST")
        stream: Stream = connect.stream(url=step.url, **step.attributes)
        for name, value in step.parameters.items():
            stream.parameter(name=name, value=value)

    def _ring(self, response: VoiceResponse, step: RingAssistant | RingNumber) -> None:
        longest = step.longest_seconds if isinstance(step, RingAssistant) else None
        dial: Dial = response.dial(
            action=self._url(step.after),
            method="POST",
            timeout=step.ring_seconds,
            time_limit=longest or LONGEST_CALL_SECONDS,
            answer_on_bridge=True,
            caller_id=step.caller_id if isinstance(step, RingNumber) else None,
        )
        if isinstance(step, RingNumber):
            dial.number(step.number)
        else:
            headers = f"?{urlencode(step.headers)}" if step.headers else ""
            dial.sip(step.address + headers)

    def _enter(self, response: VoiceResponse, step: EnterRoom) -> None:
        dial: Dial = response.dial(
            action=step.after and self._url(step.after),
            method=step.after and "POST",
            hangup_on_star=step.star_leaves or None,
        )
        dial.conference(
            step.room,
            muted=step.muted,
            beep=False,
            start_conference_on_enter=step.opens,
            end_conference_on_exit=step.closes,
            wait_url=step.music and self._url(step.music),
            coach=step.coaching,
            status_callback=step.events and self._url(step.events) + TRY_AGAIN,
            status_callback_event=step.events and ROOM_EVENTS,
        )

    def _take_message(self, response: VoiceResponse, step: TakeMessage) -> None:
        response.record(
            action=self._url(step.after),
            method="POST",
            timeout=FEWEST_SILENT_SECONDS,
            finish_on_key="#",
            max_length=step.most_seconds,
            play_beep=True,
            recording_status_callback=self._url(step.recorded) + TRY_AGAIN,
            transcribe=True if step.transcribed else None,
            transcribe_callback=step.transcribed and self._url(step.transcribed) + TRY_AGAIN,
        )
        response.redirect(self._url(step.after), method="POST")  # where nothing was said

    def _url(self, path: str) -> str:
        return self._base_url + path


def speakable(text: str) -> str:
    """A text without the characters that XML cannot hold."""
    return _UNSPEAKABLE.sub("", text)
