"""Connect a media stream: the call is the stream's until either side ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.twilio.ids import new_sid
from local.twilio.telephones.outside import Connection
from local.twilio.webhooks.exchange import Webhook

if TYPE_CHECKING:
    from local.twilio.twiml.documents import Source
    from local.twilio.twiml.grammar import Verb
    from local.twilio.twiml.verbs import Run

HANDSHAKE_MS = 150


class _Stream:
    """A stream while it is open."""

    def __init__(self, run: Run, verb: Verb) -> None:
        self.sid = new_sid("MZ")
        self.over = False
        self._run = run
        self._verb = verb

    def end(self) -> None:
        """The far side has closed it; from any thread."""
        self._run.leg.account.soon(self._ended)

    def _ended(self) -> None:
        self.over = True
        self._run.leg.watch.stir()

    def tell(self, event: str, **more: str) -> None:
        """Tell whoever asked for it."""
        leg, url = self._run.leg, self._verb.get("statusCallback")
        leg.account.note(event, leg.sid, url=self._verb.get("url"), **more)
        if not url:
            return
        at = leg.account.clock.civil()
        told = {
            "AccountSid": leg.account.sid,
            "CallSid": leg.sid,
            "StreamSid": self.sid,
            "StreamName": self._verb.get("name", self.sid),
            "StreamEvent": event,
            **more,
            "Timestamp": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        leg.account.mail.tell(
            Webhook(
                kind="stream",
                url=self._run.document.address(url),
                method=self._verb.get("statusCallbackMethod", "POST"),
                fields=list(told.items()),
                call=leg.sid,
            )
        )


async def connect(run: Run, verb: Verb) -> Source | None:
    """Open the stream; what follows is played once it is closed from the far side."""
    leg, target = run.leg, verb.inside[0]
    leg.answer()
    stream = _Stream(run, target)
    await leg.account.clock.sleep(HANDSHAKE_MS)
    given = {each.get("name"): each.get("value", "") for each in target.inside}
    connection = Connection(
        call=leg.sid,
        caller=leg.caller,
        address=target.get("url"),
        given=given,
        end=stream.end,
        hang_up=lambda: leg.account.soon(leg.hang_up),
    )
    far = leg.account.outside.stream(connection)
    if far is None:
        stream.tell("stream-error", StreamError="Error connecting to websocket")
        return run.action(verb, {})
    stream.tell("stream-started")
    leg.streaming = True
    leg.put_through(far)
    leg.watch.stir()
    try:
        await leg.watch.until(lambda: stream.over)
    finally:
        leg.streaming = False
        leg.put_through(None)
        stream.tell("stream-stopped")
        if not stream.over:
            far.closed()
            if leg.account.switches.connect_action_when_cut:
                run.tell_action(verb, {})
    return run.action(verb, {})
