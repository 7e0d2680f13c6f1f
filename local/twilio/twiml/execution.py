"""A document played on a call, verb by verb, and what follows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.twilio.twiml.connect import connect
from local.twilio.twiml.dial import dial
from local.twilio.twiml.documents import Document, Source, obtain
from local.twilio.twiml.enqueue import enqueue
from local.twilio.twiml.gather import gather
from local.twilio.twiml.grammar import DocumentError, Place
from local.twilio.twiml.record import record
from local.twilio.twiml.verbs import (
    Ending,
    Run,
    hangup,
    leave,
    nothing_more,
    pause,
    play,
    redirect,
    reject,
    say,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from local.twilio.telephones.legs import Leg
    from local.twilio.twiml.grammar import Verb

    Step = Source | Ending | None

PLAYED: dict[str, Callable[[Run, Verb], Awaitable[Step]]] = {
    "Say": say,
    "Play": play,
    "Pause": pause,
    "Gather": gather,
    "Record": record,
    "Dial": dial,
    "Enqueue": enqueue,
    "Leave": leave,
    "Redirect": redirect,
    "Reject": reject,
    "Hangup": hangup,
    "Connect": connect,
}
MOST_DOCUMENTS_AT_ONCE = 50  # a document that only leads to the next would never end
TOO_MANY_DOCUMENTS = 14106
APOLOGY = "We are sorry. An application error has occurred. Goodbye."


class Execution(Run):
    """Plays documents of one kind on one call."""

    def __init__(
        self, leg: Leg, place: Place, more: Callable[[], Mapping[str, str]] = nothing_more
    ) -> None:
        super().__init__(leg, place)
        self._more = more
        self._moment = (-1, 0)

    def on(
        self, leg: Leg, place: Place, more: Callable[[], Mapping[str, str]] = nothing_more
    ) -> Execution:
        """The same for another call, or another kind of document."""
        return Execution(leg, place, more)

    async def follow(self, source: Source) -> Ending:
        """Play a document and those that it leads to.

        Raises:
            DocumentError: One cannot be played, and neither can the call's fallback.
        """
        while True:
            try:
                self._count_document()
                more = {**self._more(), **source.more}
                asked = Source(url=source.url, method=source.method, twiml=source.twiml, more=more)
                self.document = await obtain(self.leg, asked, self.place)
                step = await self._play(self.document)
            except DocumentError as error:
                step = self._fallback(source, error)
            if not isinstance(step, Source):
                return Ending.RAN_OUT if step is None else step
            source = step

    async def _play(self, document: Document) -> Step:
        for verb in document.verbs:
            step = await PLAYED[verb.name](self, verb)
            if step is not None:
                return step
        return None

    def _fallback(self, failed: Source, error: DocumentError) -> Source:
        """What is asked instead of a document that cannot be played, or the error again."""
        leg = self.leg
        leg.account.note(
            "document-error", leg.sid, code=error.code, what=str(error), url=failed.url
        )
        usable = self.place is Place.CALL and leg.fallback_url
        if not usable or "ErrorCode" in failed.more:
            raise error
        told = {"ErrorCode": str(error.code), "ErrorUrl": failed.url}
        return Source(url=leg.fallback_url, method=leg.fallback_method, more=told)

    def _count_document(self) -> None:
        now_ms, count = self.leg.account.clock.now_ms(), self._moment[1]
        self._moment = (now_ms, count + 1 if self._moment[0] == now_ms else 1)
        if self._moment[1] > MOST_DOCUMENTS_AT_ONCE:
            self._moment = (-1, 0)  # the fallback is asked all the same
            raise DocumentError(TOO_MANY_DOCUMENTS, "documents lead to documents without end")


async def carry_out(leg: Leg, source: Source) -> None:
    """Play a document on a call, and hang up when there is nothing left to do."""
    try:
        await Execution(leg, Place.CALL).follow(source)
    except DocumentError as error:
        leg.account.note("application-error", leg.sid, code=error.code, what=str(error))
        leg.answer()
        await Execution(leg, Place.CALL).speak(APOLOGY)
    leg.answer()
    leg.hang_up()
