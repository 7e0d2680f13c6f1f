"""The plain verbs: what is heard, and where the call goes next."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from enum import StrEnum
from typing import TYPE_CHECKING

from local.twilio.telephones.keys import spoken_ms
from local.twilio.twiml.documents import Document, Source, webhook_for

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.twilio.telephones.legs import Leg
    from local.twilio.twiml.grammar import Place, Verb

MS_PER_SECOND = 1000
PLAYED_MS = 10_000  # a recording whose length nobody told
KEY_MS = 250
MOST_LOOPS = 1000


class Ending(StrEnum):
    """How documents came to their end."""

    RAN_OUT = "nothing left to do"
    LEFT = "Leave"
    OVER = "the call is over"


def nothing_more() -> Mapping[str, str]:
    """No fields beside those of the call."""
    return {}


class Run(ABC):
    """What a verb needs to know: the call, and the document that it stands in."""

    def __init__(self, leg: Leg, place: Place) -> None:
        self.leg = leg
        self.place = place
        self.document = Document("", ())

    @abstractmethod
    def on(
        self, leg: Leg, place: Place, more: Callable[[], Mapping[str, str]] = nothing_more
    ) -> Run:
        """The same for another call, or another kind of document.

        Args:
            leg: Whose call.
            place: What kind.
            more: What every request for it sends beside the call's fields.
        """

    @abstractmethod
    async def follow(self, source: Source) -> Ending:
        """Play a document and those that it leads to. Raises DocumentError."""

    async def speak(self, words: str) -> None:
        """Let the call's far end hear words."""
        lasts_ms = spoken_ms(words)
        self.leg.hear("words", lasts_ms, words)
        await self.leg.account.clock.sleep(lasts_ms)
        self.leg.heard(words)

    def action(
        self, verb: Verb, told: Mapping[str, str], default: str | None = None
    ) -> Source | None:
        """What a verb asks when it is done; None when it asks nothing.

        Args:
            verb: Its `action` and `method`.
            told: What it sends beside the call's fields.
            default: The address when it has no action; None asks nothing.

        Raises:
            DocumentError: The address is relative to nothing.
        """
        address = verb.get("action", default)
        if address is None:
            return None
        url = self.document.address(address)
        return Source(url=url, method=verb.get("method", "POST"), more=told)

    def tell_action(self, verb: Verb, told: Mapping[str, str]) -> None:
        """Ask what a verb asks when it is done, of a call that does not follow the answer."""
        source = self.action(verb, told)
        if source is not None:
            self.leg.account.mail.tell(webhook_for(self.leg, source, "voice"))

    def tell_dial_action(self, verb: Verb, told: Mapping[str, str]) -> None:
        """Ask what a Dial asks whose call does not follow it: it is over, or sent elsewhere."""
        task, switches = asyncio.current_task(), self.leg.account.switches
        cut = task is not None and task.cancelling() > 0
        if self.leg.ended or (cut and switches.dial_action_when_cut):
            self.tell_action(verb, told)


async def say(run: Run, verb: Verb) -> None:
    """Words are spoken."""
    run.leg.answer()
    for _ in range(verb.get("loop", 1) or MOST_LOOPS):
        await run.speak(verb.words)


async def play(run: Run, verb: Verb) -> None:
    """A recording, or keys."""
    leg = run.leg
    leg.answer()
    if "digits" in verb.attributes:
        lasts_ms = len(verb.get("digits")) * KEY_MS
        leg.hear("keys", lasts_ms)
        await leg.account.clock.sleep(lasts_ms)
        return
    url = run.document.address(verb.words)
    lasts_ms = leg.account.media_ms.get(url, PLAYED_MS)
    for _ in range(verb.get("loop", 1) or MOST_LOOPS):
        leg.hear("recording", lasts_ms)
        await leg.account.clock.sleep(lasts_ms)


async def pause(run: Run, verb: Verb) -> None:
    """Silence; a call that was not answered goes on ringing."""
    lasts_ms = verb.get("length", 1) * MS_PER_SECOND
    run.leg.hear("silence", lasts_ms)
    await run.leg.account.clock.sleep(lasts_ms)


async def redirect(run: Run, verb: Verb) -> Source:
    """Another document."""
    return Source(url=run.document.address(verb.words), method=verb.get("method", "POST"))


async def leave(run: Run, verb: Verb) -> Ending:
    """The call leaves its queue."""
    del run, verb
    return Ending.LEFT


async def reject(run: Run, verb: Verb) -> Ending:
    """The call is not answered; one that was is hung up."""
    if run.leg.answered_at is None:
        run.leg.finish("busy" if verb.get("reason") == "busy" else "failed")
    else:
        run.leg.hang_up()
    return Ending.OVER


async def hangup(run: Run, verb: Verb) -> Ending:
    """The call is over."""
    del verb
    run.leg.answer()
    run.leg.hang_up()
    return Ending.OVER
