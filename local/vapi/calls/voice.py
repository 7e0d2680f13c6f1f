"""What the assistant says in a call: one utterance after the other, until it is cut short."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from local.vapi.webhooks import messages as vapi_messages

if TYPE_CHECKING:
    from local.vapi.calls.timeline import Action, Timeline

MS_PER_CHARACTER = 55  # an unhurried synthetic voice, about 18 characters a second
SHORTEST_MS = 500
VOICE_LATENCY_MS = 250  # from deciding to speak to the first sound
BREATH_MS = 150  # between two utterances


class Stage(Protocol):
    """What a speaker needs of the call."""

    timeline: Timeline

    def tell(self, kind: str, at_ms: int, **fields: object) -> None:
        """Send a server message, if the assistant in charge asked for its type."""
        ...

    def note(self, event: str, at_ms: int, **details: object) -> None:
        """Write a line in the simulator's log."""
        ...

    def heard(self, role: str, text: str, began_ms: int, ended_ms: int) -> None:
        """Keep words for the call's report."""
        ...

    def happened(self, at_ms: int) -> None:
        """Let the caller see what just changed."""
        ...


@dataclass(slots=True)
class Utterance:
    """One thing the assistant says. Times are simulated milliseconds.

    `commanded` words came over the control URL: another assistant's taking over does not
    cancel them, nor what follows them.
    """

    text: str
    then: Action | None = None
    interruptible: bool = True
    commanded: bool = False
    number: int = 0
    began_ms: int = 0

    @property
    def duration_ms(self) -> int:
        """How long it takes to say."""
        return max(SHORTEST_MS, len(self.text) * MS_PER_CHARACTER)

    def said_until(self, at_ms: int) -> str:
        """The words that were out when it was cut at a simulated time."""
        words = self.text.split()
        share = max(0.0, (at_ms - self.began_ms) / self.duration_ms)
        return " ".join(words[: int(len(words) * min(1.0, share))])


class AssistantVoice:
    """The assistant's side of the conversation; used on the call's own thread only."""

    def __init__(self, stage: Stage) -> None:
        self.speaking: Utterance | None = None
        self.customer_speaks = False
        self.last_finished_ms = -1  # of an utterance that was not cut
        self.last_whole: Utterance | None = None
        self._stage = stage
        self._queue: deque[Utterance] = deque()
        self._count = 0
        self._muted = False

    def say(self, utterance: Utterance, at_ms: int) -> None:
        """Say something as soon as nobody else speaks."""
        self._queue.append(utterance)
        self._next_at(at_ms + VOICE_LATENCY_MS)

    def mute(self, *, muted: bool) -> None:
        """Say nothing any more, or speak again."""
        self._muted = muted

    def resume(self, at_ms: int) -> None:
        """The customer has stopped speaking."""
        self.customer_speaks = False
        self._next_at(at_ms + VOICE_LATENCY_MS)

    def cut(self, at_ms: int) -> None:
        """The customer barged in: stop at once and forget what was still to be said.

        What was to follow the words (a handoff, say) still follows.
        """
        cut, self.speaking = self.speaking, None
        waiting, self._queue = list(self._queue), deque()
        if cut is None:
            return
        said = cut.said_until(at_ms)
        self._stop(cut, said, at_ms, interrupted=True)
        for utterance in (cut, *waiting):
            if utterance.then:
                utterance.then(at_ms)

    def silence(self) -> None:
        """The call is over: nothing more is said."""
        self.speaking = None
        self._queue.clear()

    def pass_on(self) -> None:
        """Another assistant speaks from now on; only what was commanded is still said."""
        self.speaking = None
        self._queue = deque(each for each in self._queue if each.commanded)

    def _next_at(self, at_ms: int) -> None:
        self._stage.timeline.at(at_ms, self._begin)

    def _begin(self, at_ms: int) -> None:
        if self.speaking or self.customer_speaks or not self._queue:
            return
        self._count += 1
        utterance = self._queue.popleft()
        utterance.number, utterance.began_ms = self._count, at_ms
        self.speaking = utterance
        self._stage.note(
            "speech",
            at_ms,
            who="assistant",
            text=utterance.text,
            lasts_ms=utterance.duration_ms,
            muted=self._muted,
        )
        if not self._muted:
            self._stage.tell(
                "speech-update", at_ms, status="started", role="assistant", turn=self._count
            )
        self._stage.timeline.at(
            at_ms + utterance.duration_ms, lambda end_ms: self._finish(utterance, end_ms)
        )
        self._stage.happened(at_ms)

    def _finish(self, utterance: Utterance, at_ms: int) -> None:
        if self.speaking is not utterance:
            return  # it was cut short
        self.speaking, self.last_whole, self.last_finished_ms = None, utterance, at_ms
        self._stop(utterance, utterance.text, at_ms, interrupted=False)
        if utterance.then:
            utterance.then(at_ms)
        self._next_at(at_ms + BREATH_MS)
        self._stage.happened(at_ms)

    def _stop(self, utterance: Utterance, said: str, at_ms: int, *, interrupted: bool) -> None:
        if interrupted:
            self._stage.note("speech-cut", at_ms, who="assistant", text=said)
        if self._muted:
            return
        self._stage.tell(
            "speech-update", at_ms, status="stopped", role="assistant", turn=utterance.number
        )
        if said:
            fields = vapi_messages.transcript("assistant", said, final=True)
            self._stage.tell("transcript", at_ms, **fields)
            self._stage.heard("bot", said, utterance.began_ms, at_ms)
