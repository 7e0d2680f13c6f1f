"""One call as Twilio counts them: a leg between Twilio and one telephone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local.twilio.ids import E164, new_sid, rfc_2822
from local.twilio.telephones.watch import Watch
from local.twilio.webhooks.exchange import Webhook

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence
    from datetime import datetime

    from local.twilio.telephones.account import Account, Number
    from local.twilio.telephones.attachments import Joint, Listener, Seat
    from local.twilio.telephones.outside import FarSide
    from local.twilio.telephones.people_format import Ring

type Program = Callable[[], Coroutine[Any, Any, object]]

ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
SIP_CODES = {"completed": 200, "busy": 486, "failed": 404, "no-answer": 487, "canceled": 487}
MS_PER_SECOND, SECONDS_PER_MINUTE = 1000, 60
PLACES = ("City", "State", "Zip", "Country")


@dataclass(slots=True, kw_only=True)
class Subscription:
    """Who is told how a call goes, and of which events."""

    url: str = ""
    method: str = "POST"
    events: Sequence[str] = ("completed",)


class Leg:
    """A call's state. What runs on it is `program`; whoever waits for a change, `watch`.

    Args:
        account: Whose it is.
        direction: `inbound`, `outbound-api` or `outbound-dial`.
        from_, to: Its ends.
        parent: The call that dialled it.
        subscription: Who is told how it goes.
        number: The account's number that was called.
        extra: Fields that the caller's network adds to the first webhook.
    """

    def __init__(  # noqa: PLR0913 - a call's parts, by keyword
        self,
        account: Account,
        *,
        direction: str,
        from_: str,
        to: str,
        parent: Leg | None = None,
        subscription: Subscription | None = None,
        number: Number | None = None,
        extra: Mapping[str, str] | None = None,
    ) -> None:
        self.account = account
        self.sid = new_sid("CA")
        self.direction = direction
        self.from_, self.to = from_, to
        self.parent = parent
        self.subscription = subscription or Subscription()
        self.number = number
        self.extra = dict(extra or {})  # of its first request alone
        self.forwarded_from = self.extra.get("ForwardedFrom")
        self.fallback_url = number.fallback_url if number else ""
        self.fallback_method = number.fallback_method if number else "POST"
        self.status = "ringing" if direction == "inbound" else "queued"
        self.queue_time_ms = 0
        self.answered_by = ""
        self.sip_code = 0
        self.created_at = self.updated_at = account.clock.civil()
        self.answered_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.watch = Watch()
        self.queued = False
        self.seat: Seat | None = None
        self.listener: Listener | None = None
        self.bridge: Joint | None = None
        self.streaming = False
        self.far: FarSide | None = None  # who has the caller, while it is nobody of this account
        self.released = False  # from the call that dialled it: that no longer hangs it up
        self.ring_answered: Ring | None = None
        self.at_answer: list[Callable[[], None]] = []
        self.at_end: list[Callable[[], None]] = []
        self.words: list[str] = []
        self._told = 0
        self._program: asyncio.Task[object] | None = None
        self._beside: list[asyncio.Task[object]] = []
        account.kept(Leg)[self.sid] = self
        account.note("call", self.sid, direction=direction, frm=from_, to=to, parent=self._parent())

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self.status in ENDED

    @property
    def live(self) -> bool:
        """Whether it was answered and is not over."""
        return self.status == "in-progress"

    @property
    def joined(self) -> bool:
        """Whether the far end hears somebody."""
        return self.bridge is not None or bool(self.seat and self.seat.hears_somebody)

    @property
    def caller(self) -> str:
        """The telephone at its far end."""
        return self.from_ if self.direction == "inbound" else self.to

    # --- its course ---------------------------------------------------------------------

    def dialled(self) -> None:
        """It leaves Twilio."""
        self._tell("initiated", "initiated")

    def ring(self) -> None:
        """The telephone rings."""
        self._become("ringing")
        self._tell("ringing", "ringing")

    def answer(self) -> None:
        """It is connected; nothing if it is already."""
        if self.status in {"queued", "ringing"}:
            self.answered_at = self.account.clock.civil()
            self._become("in-progress")
            for each in self.at_answer:
                each()
            self._tell("answered", "in-progress")

    def finish(self, status: str, sip_code: int = 0) -> None:
        """It is over; nothing if it is already."""
        if self.ended:
            return
        self.ended_at = self.account.clock.civil()
        self.sip_code = sip_code or SIP_CODES[status]
        self._become(status)
        self._cancel(self._program)
        for task in self._beside:
            self._cancel(task)
        for each in self.at_end:
            each()
        self._tell("completed", status)

    def hang_up(self) -> None:
        """Twilio's side, or the telephone, hangs up."""
        unanswered = "no-answer" if self.direction == "inbound" else "canceled"
        self.finish("completed" if self.answered_at else unanswered)

    def run(self, program: Program) -> None:
        """Run something on this call instead of what runs on it; that is ended first."""
        before = self._program
        self._cancel(before)
        self._program = self.account.spawn(_after(before, program))

    def redirect(self, program: Program) -> None:
        """Take it away from whatever it is in, and run something else."""
        self.released = True
        if self.bridge is not None:
            self.bridge.end()
        self.run(program)

    def beside(self, work: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
        """Let something go on beside the program, until the call is over."""
        task = self.account.spawn(work)
        self._beside.append(task)
        return task

    async def end_after(self, limit_ms: int) -> None:
        """Hang up in a while."""
        await self.account.clock.sleep(limit_ms)
        self.hang_up()

    def put_through(self, far: FarSide | None) -> None:
        """Somebody outside has the caller from now on; None: no longer."""
        self.far = far
        if far is not None:
            self.account.note("put-through", self.sid, with_call=far.name)

    def hear(self, what: str, lasts_ms: int, words: str = "") -> None:
        """The telephone at the far end begins to hear something."""
        self.account.note("hears", self.sid, what=what, lasts_ms=lasts_ms, words=words)

    def heard(self, words: str) -> None:
        """The far end has heard words to their end."""
        self.words.append(words)
        self.watch.stir()

    # --- what webhooks say of it ----------------------------------------------------------

    def fields(self) -> list[tuple[str, str]]:
        """The fields of every request that asks for TwiML."""
        ends = {"Called": self.to, "Caller": self.from_, "From": self.from_, "To": self.to}
        told = {
            "AccountSid": self.account.sid,
            "ApiVersion": "2010-04-01",
            "CallSid": self.sid,
            "CallStatus": self.status,
            "Direction": self.direction,
            **ends,
        }
        if self.parent is not None:
            told["ParentCallSid"] = self.parent.sid
        if self.answered_by:
            told["AnsweredBy"] = self.answered_by
        for end, number in ends.items():
            told |= _places(end, number)
        return list(told.items())

    def seconds(self) -> int:
        """How long it has been, or was, connected."""
        if self.answered_at is None:
            return 0
        until = self.ended_at or self.account.clock.civil()
        return round((until - self.answered_at).total_seconds())

    def _tell(self, event: str, status: str) -> None:
        if not self.subscription.url or event not in self.subscription.events:
            return
        at = rfc_2822(self.account.clock.civil())
        told = dict(self.fields()) | {
            "CallStatus": status,
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(self._told),
            "Timestamp": str(at),
        }
        self._told += 1
        if event == "completed":
            seconds = self.seconds()
            minutes = -(-seconds // SECONDS_PER_MINUTE)
            told |= {"CallDuration": str(seconds), "Duration": str(minutes)}
            if self.direction != "inbound":
                told["SipResponseCode"] = str(self.sip_code)
        self.account.mail.tell(
            Webhook(
                kind="status",
                url=self.subscription.url,
                method=self.subscription.method,
                fields=list(told.items()),
                call=self.sid,
                after=self.sid,
            )
        )

    def _become(self, status: str) -> None:
        self.status = status
        self.updated_at = self.account.clock.civil()
        self.account.note("status", self.sid, status=status, sip_code=self.sip_code)
        self.watch.stir()

    def _cancel(self, task: asyncio.Task[object] | None) -> None:
        """End a task, unless it is the one that asks."""
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    def _parent(self) -> str | None:
        return self.parent.sid if self.parent else None


async def _after(before: asyncio.Task[object] | None, program: Program) -> None:
    if before is not None:
        await asyncio.wait({before})
    await program()


def _places(end: str, number: str) -> dict[str, str]:
    """Where a number is: blank but for the country, as it often is in life."""
    if not E164.fullmatch(number):
        return {}
    country = "US" if number.startswith("+1") else ""
    return {f"{end}{place}": country if place == "Country" else "" for place in PLACES}
