"""Gather: keys or words, asked for by what is said meanwhile."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from local.twilio.twiml.verbs import pause, play, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.twilio.twiml.documents import Source
    from local.twilio.twiml.grammar import Verb
    from local.twilio.twiml.verbs import Run

DEFAULT_SECONDS = 5
AFTER_WORDS_MS = 1000  # of silence, until words count as said
MS_PER_SECOND = 1000
CONFIDENCE = "0.91"


class Gathering:
    """What has been gathered so far."""

    asks = True

    def __init__(self, run: Run, verb: Verb) -> None:
        self.digits = ""
        self.finished_on = ""
        self.words = ""
        self.over = False
        self.touched = 0  # counts keys and words: each starts the waiting anew
        self._run = run
        self._inputs = verb.get("input", ["dtmf"])
        self._finish = verb.get("finishOnKey", "#")
        self._most = verb.get("numDigits")
        self._barge_in = verb.get("bargeIn", True)

    def key(self, key: str) -> None:
        """A key was pressed."""
        if "dtmf" not in self._inputs or self.over:
            return
        self.touched += 1
        if key in self._finish:
            self.finished_on, self.over = key, True
        else:
            self.digits += key
            self.over = len(self.digits) == self._most
        self._run.leg.watch.stir()

    def speech(self, words: str, lasts_ms: int) -> None:
        """Somebody begins to say something."""
        if "speech" in self._inputs and not self.over:
            self.touched += 1
            self._run.leg.beside(self._heard(words, lasts_ms))
            self._run.leg.watch.stir()

    def result(self) -> Mapping[str, str] | None:
        """What is sent; None when nothing was gathered."""
        if self.digits:
            return {"Digits": self.digits, "FinishedOnKey": self.finished_on, "msg": "Gather End"}
        if self.words:
            return {"SpeechResult": self.words, "Confidence": CONFIDENCE, "Language": "en-US"}
        return None

    async def _heard(self, words: str, lasts_ms: int) -> None:
        await self._run.leg.account.clock.sleep(lasts_ms + AFTER_WORDS_MS)
        if not self.over:
            self.words, self.over = words, True
            self._run.leg.watch.stir()


async def gather(run: Run, verb: Verb) -> Source | None:
    """Ask for keys or words; what comes goes to the action, nothing goes on to the next verb."""
    leg = run.leg
    leg.answer()
    gathering = Gathering(run, verb)
    leg.listener = gathering
    leg.account.note("asks", leg.sid)
    leg.watch.stir()
    prompts = asyncio.ensure_future(_prompts(run, verb))
    try:
        await leg.watch.until_or(lambda: gathering.touched > 0, _finished(prompts))
        if prompts.done():
            prompts.result()  # or what was wrong with one of them
        prompts.cancel()
        await _wait(run, verb, gathering)
    finally:
        prompts.cancel()
        if prompts.done() and not prompts.cancelled():
            prompts.exception()  # seen: whoever pressed a key need not hear of it
        gathering.over = True
        leg.listener = None
    result = gathering.result()
    if result is None and verb.get("actionOnEmptyResult"):
        result = {"Digits": "", "FinishedOnKey": gathering.finished_on, "msg": "Gather End"}
    return None if result is None else run.action(verb, result, default="")


async def _prompts(run: Run, verb: Verb) -> None:
    spoken: dict[str, Any] = {"Say": say, "Play": play, "Pause": pause}
    for each in verb.inside:
        await spoken[each.name](run, each)


async def _finished(task: asyncio.Task[None]) -> None:
    await asyncio.wait({task})


async def _wait(run: Run, verb: Verb, gathering: Gathering) -> None:
    """Until it is over, or nothing has come for the timeout."""
    clock, silence_ms = run.leg.account.clock, verb.get("timeout", DEFAULT_SECONDS) * MS_PER_SECOND
    touched = -1
    while not gathering.over and touched != gathering.touched:
        touched = gathering.touched
        if not gathering.digits and touched:
            await run.leg.watch.until(lambda: gathering.over or bool(gathering.digits))
            continue  # somebody speaks: no silence
        run.leg.hear("silence", silence_ms)
        await run.leg.watch.until_or(
            lambda: gathering.over or gathering.touched != touched,  # noqa: B023 - looked at within
            clock.sleep(silence_ms),
        )
