"""A caller whom somebody plays by hand: what they do is told while the call lasts."""

from __future__ import annotations

from collections import deque
from itertools import takewhile
from typing import TYPE_CHECKING

from local.vapi.calls.caller import Line, ScriptedCaller

if TYPE_CHECKING:
    from local.vapi.calls.voice import AssistantVoice
    from local.vapi.scripts.callers_format import Caller, Step


class CallerByHand(ScriptedCaller):
    """Plays a script, if there is one, until told otherwise; then what is told, and no more.

    From the first word by hand the rest of the script is dropped and no patience is lost. A step
    that waits for nothing comes before those that wait, and hanging up before everything.
    """

    def __init__(self, caller: Caller, line: Line, voice: AssistantVoice) -> None:
        super().__init__(caller, line, voice)
        if not caller.steps:
            self._steps.clear()  # then nobody hangs up by themselves
        self._told: deque[Step] = deque()  # from any thread
        self._by_hand = not caller.steps

    def tell(self, step: Step) -> None:
        """Do this next; safe from any thread."""
        self._told.append(step)
        self._line.timeline.soon(self._listen)

    def begin(self, at_ms: int) -> None:
        """The call was answered; what was told while it rang is done now."""
        super().begin(at_ms)
        self._listen(at_ms)

    def wait_for_a_person(self, at_ms: int) -> None:
        """No assistant answered: the call went straight to a telephone number."""
        if self._by_hand:
            self._advance(at_ms)
        else:
            super().wait_for_a_person(at_ms)
        self._listen(at_ms)

    def _listen(self, at_ms: int) -> None:
        while self._told:
            step = self._told.popleft()
            if step.hang_up is not None:
                self._line.hang_up(step.hang_up, at_ms)
                return
            self._drop_script()
            urgent = sum(1 for _ in takewhile(_is_urgent, self._steps))
            self._steps.insert(urgent if _is_urgent(step) else len(self._steps), step)
        waits = self._step
        if waits is not None and self._steps and _is_urgent(self._steps[0]):
            self._step, self._is_idle = None, True
            self._steps.insert(1, waits)
        if self._is_idle and self._steps:
            self._advance(at_ms)

    def _drop_script(self) -> None:
        if self._by_hand:
            return
        self._by_hand = True
        self._steps.clear()
        if self._step is not None:
            self._step, self._is_idle = None, True

    def _impatient(self, step: Step, at_ms: int) -> None:
        if not self._by_hand:
            super()._impatient(step, at_ms)


def _is_urgent(step: Step) -> bool:
    return step.wait_for == "now"
