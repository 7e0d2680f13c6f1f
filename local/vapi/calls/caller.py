"""The caller of a script: waits, speaks, makes noise, presses keys, loses patience, hangs up."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Protocol

from local.vapi.calls.voice import AssistantVoice, Stage, Utterance
from local.vapi.scripts.callers_format import Caller, Step, ToolUse
from local.vapi.webhooks import messages as vapi_messages

if TYPE_CHECKING:
    from local.vapi.calls.team import Json

MS_PER_WORD = 260
SHORTEST_WORDS_MS = 400
PARTIAL_EVERY_WORDS = 2
TRANSCRIBER_MS = 150  # from the last sound to the final transcript
PATIENT_MS = 1000  # nobody loses patience while the assistant speaks or a phone rings
LINGER_MS = 1500  # how long a served caller stays before the script ends

POLITE = ("reply", "silence")  # waits that let the assistant finish

LAST_STEP = Step(wait_for="destination", pause_ms=LINGER_MS, hang_up="hangs up")


class Line(Stage, Protocol):
    """What a caller needs of the call beside what every speaker needs."""

    status: str
    reached_at_ms: int | None
    transfer_began_ms: int | None

    @property
    def assistant(self) -> Json:
        """The assistant in charge."""
        ...

    def model_calls_tool(self, tool: ToolUse, at_ms: int) -> None:
        """The model behind the assistant calls a tool."""
        ...

    def hang_up(self, how: str, at_ms: int) -> None:
        """The caller's side of the line is gone."""
        ...


class ScriptedCaller:
    """Plays one caller's steps; used on the call's own thread only."""

    def __init__(self, caller: Caller, line: Line, voice: AssistantVoice) -> None:
        self._caller = caller
        self._line = line
        self._voice = voice
        self._steps = deque((*caller.steps, LAST_STEP))
        self._step: Step | None = None
        self._is_idle = False  # nothing is done, and nothing left to do
        self._since_ms = 0
        self._armed = 0  # counts the times a step was set to happen; an older one is void
        self._is_armed = False
        self._sound_until_ms = -1
        self._words_until_ms = -1  # an answer is what the assistant begins to say after this
        self._interrupted = 0  # number of the last utterance that this caller talked over

    def begin(self, at_ms: int) -> None:
        """The call was answered."""
        self._advance(at_ms)

    def wait_for_a_person(self, at_ms: int) -> None:
        """No assistant answered: the call went straight to a telephone number."""
        self._steps = deque((LAST_STEP,))
        self._advance(at_ms)

    def look(self, at_ms: int) -> None:
        """Something happened: is it what this step waits for?"""
        if self._step is None or self._is_armed:
            return
        anchor_ms = self._anchor(self._step)
        if anchor_ms is not None:
            self._arm(max(at_ms, anchor_ms + self._step.pause_ms), "seen")

    def stop(self) -> None:
        """The call is over."""
        self._step, self._is_idle = None, False
        self._steps.clear()

    def _advance(self, at_ms: int) -> None:
        self._step = self._steps.popleft() if self._steps else None
        self._is_idle = self._step is None
        self._since_ms = at_ms
        self._is_armed = False
        self._armed += 1
        if self._step is None:
            return
        step = self._step
        give_up_ms = at_ms + self._caller.patience_ms
        self._line.timeline.give_up_at(give_up_ms, partial(self._impatient, step))
        self.look(at_ms)

    def _impatient(self, step: Step, at_ms: int) -> None:
        if self._step is not step or self._is_armed:
            return
        if self._voice.speaking or self._line.status == "forwarding":
            self._line.timeline.give_up_at(at_ms + PATIENT_MS, partial(self._impatient, step))
        else:
            self._line.note("patience-lost", at_ms, waited_for=step.wait_for)
            self._arm(at_ms, "impatient")

    def _arm(self, at_ms: int, why: str) -> None:
        self._is_armed = True
        self._armed += 1
        ticket = self._armed
        self._line.timeline.at(at_ms, partial(self._do, ticket, why))

    def _do(self, ticket: int, why: str, at_ms: int) -> None:
        step = self._step
        if step is None or ticket != self._armed:
            return
        if step.wait_for in POLITE and why == "seen" and self._voice.speaking:
            self._is_armed = False  # a polite caller lets the assistant finish
            return
        self._step = None
        self._act(step, at_ms)

    def _anchor(self, step: Step) -> int | None:
        voice = self._voice
        match step.wait_for:
            case "now":
                return max(self._since_ms, self._sound_until_ms)
            case "silence" if not voice.speaking:
                return max(self._since_ms, self._sound_until_ms, voice.last_finished_ms)
            case "destination" | "transfer":
                line = self._line
                reached = step.wait_for == "destination"
                return line.reached_at_ms if reached else line.transfer_began_ms
            case "put_through" | "silence":  # put through, the line is somebody else's
                return None
            case "speaking":
                now = voice.speaking
                return now.began_ms if now and now.number != self._interrupted else None
        answered = voice.last_whole and voice.last_whole.began_ms >= self._words_until_ms
        return voice.last_finished_ms if answered and not voice.speaking else None

    def _act(self, step: Step, at_ms: int) -> None:
        if step.say is not None:
            self._speak(step.say, step.duration_ms, at_ms)
        elif step.noise_ms is not None:
            self._make_sound(at_ms, step.noise_ms)
            self._line.note("noise", at_ms, who="customer", lasted_ms=step.noise_ms)
            self._line.timeline.at(at_ms + step.noise_ms, self._advance)
        elif step.press is not None:
            self._press(step.press, at_ms)
        elif step.tool is not None:
            self._line.model_calls_tool(step.tool, at_ms)
            self._advance(at_ms)
        elif step.model_says is not None:
            self._voice.say(Utterance(step.model_says), at_ms)
            self._advance(at_ms)
        else:
            self._line.hang_up(step.hang_up or "hangs up", at_ms)

    def _speak(self, text: str, duration_ms: int | None, at_ms: int) -> None:
        words = text.split()
        lasts_ms = duration_ms or max(SHORTEST_WORDS_MS, len(words) * MS_PER_WORD)
        self._line.note("speech", at_ms, who="customer", text=text, lasts_ms=lasts_ms)
        self._words_until_ms = at_ms + lasts_ms
        self._make_sound(at_ms, lasts_ms)
        needed = self._line.assistant.get("stopSpeakingPlan", {}).get("numWords", 0)
        if 0 < needed <= len(words):  # then words interrupt, not sound
            cut_ms = at_ms + lasts_ms * needed // len(words) + TRANSCRIBER_MS
            self._line.timeline.at(cut_ms, self._barge_in)
        count = 0
        for count in range(PARTIAL_EVERY_WORDS, len(words), PARTIAL_EVERY_WORDS):
            heard = " ".join(words[:count])
            heard_ms = at_ms + lasts_ms * count // len(words) + TRANSCRIBER_MS
            self._line.timeline.at(heard_ms, partial(self._partial, heard))
        if count:  # recognisers tell the last guess twice before they settle
            again_ms = at_ms + lasts_ms + TRANSCRIBER_MS // 3
            self._line.timeline.at(again_ms, partial(self._partial, " ".join(words[:count])))
        final_ms = at_ms + lasts_ms + TRANSCRIBER_MS
        self._line.timeline.at(final_ms, partial(self._final, text, at_ms))

    def _partial(self, text: str, at_ms: int) -> None:
        fields = vapi_messages.transcript("user", text, final=False)
        self._line.tell("transcript", at_ms, **fields)

    def _final(self, text: str, began_ms: int, at_ms: int) -> None:
        fields = vapi_messages.transcript("user", text, final=True)
        self._line.tell("transcript", at_ms, **fields)
        self._line.heard("user", text, began_ms, at_ms)
        self._advance(at_ms)

    def _make_sound(self, at_ms: int, lasts_ms: int) -> None:
        """Voice activity: the message, and the barge-in if it lasts long enough."""
        self._voice.customer_speaks = True
        self._line.tell("speech-update", at_ms, status="started", role="user")
        self._sound_until_ms = at_ms + lasts_ms
        plan = self._line.assistant.get("stopSpeakingPlan", {})
        confirm_ms = round(plan.get("voiceSeconds", 0.2) * 1000)
        if not plan.get("numWords") and lasts_ms >= confirm_ms:
            self._line.timeline.at(at_ms + confirm_ms, self._barge_in)
        self._line.timeline.at(at_ms + lasts_ms, self._fall_silent)

    def _barge_in(self, at_ms: int) -> None:
        cut = self._voice.speaking
        if cut is None or not cut.interruptible:
            return
        self._interrupted = cut.number
        self._words_until_ms = max(self._words_until_ms, at_ms)
        self._line.tell("user-interrupted", at_ms, turnId=f"turn-{cut.number}")
        self._line.note("interrupted", at_ms, said=cut.said_until(at_ms))
        self._voice.cut(at_ms)

    def _fall_silent(self, at_ms: int) -> None:
        self._line.tell("speech-update", at_ms, status="stopped", role="user")
        self._voice.resume(at_ms)

    def _press(self, digits: str, at_ms: int) -> None:
        plan = self._line.assistant.get("keypadInputPlan", {})
        self._line.note("keypad", at_ms, who="customer", digits=digits)
        if not plan.get("enabled"):
            self._advance(at_ms)  # the tones are lost, as with Vapi
            return
        ended_by_key = bool(plan.get("delimiters")) and digits.endswith(plan["delimiters"])
        wait_ms = 0 if ended_by_key else round(plan.get("timeoutSeconds", 2) * 1000)
        self._words_until_ms = at_ms
        entry = f"User's Keypad Entry: {digits}"
        self._line.timeline.at(at_ms + wait_ms, partial(self._final, entry, at_ms))
