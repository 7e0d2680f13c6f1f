"""Queues: callers who wait, in order, until somebody takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.twilio.ids import new_sid

if TYPE_CHECKING:
    from local.twilio.telephones.account import Account
    from local.twilio.telephones.legs import Leg
    from local.twilio.twiml.bridges import Bridge
    from local.twilio.twiml.documents import Source

DEFAULT_SIZE = 1000
MS_PER_SECOND = 1000


class Member:
    """A call's place in a queue.

    Attributes:
        result: Why it left, in Twilio's words; empty while it waits.
        taken_by: The call that took it by `<Dial><Queue>`.
        whisper: What it hears before.
        next: What it is to do, when REST took it out.
        bridge: With the call that took it.
        parted: The two no longer have to do with each other.
    """

    def __init__(self, leg: Leg, queue: Queue) -> None:
        self.leg = leg
        self.queue = queue
        self.enqueued_at = leg.account.clock.civil()
        self._since_ms = leg.account.clock.now_ms()
        self._left_ms: int | None = None
        self.result = ""
        self.taken_by: Leg | None = None
        self.whisper: Source | None = None
        self.next: Source | None = None
        self.bridge: Bridge | None = None
        self.parted = False

    @property
    def waited_seconds(self) -> int:
        """How long it has waited, or did."""
        now_ms = self.leg.account.clock.now_ms() if self._left_ms is None else self._left_ms
        return (now_ms - self._since_ms) // MS_PER_SECOND

    def leave(self, result: str) -> None:
        """It leaves the queue; the first reason counts."""
        if self.result:
            return
        self.result = result
        self._left_ms = self.leg.account.clock.now_ms()
        self.leg.queued = False
        self.queue.members.remove(self)
        self.leg.account.note("dequeued", self.leg.sid, queue=self.queue.name, result=result)
        self.leg.watch.stir()


class Queue:
    """A queue of an account."""

    def __init__(self, account: Account, name: str, max_size: int = DEFAULT_SIZE) -> None:
        self.account = account
        self.sid = new_sid("QU")
        self.name = name
        self.max_size = max_size
        self.created_at = self.updated_at = account.clock.civil()
        self.members: list[Member] = []
        self.takers: list[Leg] = []  # calls that wait for somebody to come
        account.kept(Queue)[self.sid] = self

    def add(self, leg: Leg) -> Member | None:
        """A call joins at the end; None when the queue is full."""
        if len(self.members) >= self.max_size:
            return None
        member = Member(leg, self)
        self.members.append(member)
        leg.queued = True
        self.account.note("enqueued", leg.sid, queue=self.name, size=len(self.members))
        leg.watch.stir()
        return member

    def stir_takers(self) -> None:
        """Those who wait for a caller look again."""
        for taker in self.takers:
            taker.watch.stir()

    def position(self, member: Member) -> int:
        """A member's place, from 1."""
        return self.members.index(member) + 1

    def average_wait_seconds(self) -> int:
        """How long those who wait now have waited, on average."""
        waits = [member.waited_seconds for member in self.members]
        return round(sum(waits) / len(waits)) if waits else 0


def queue_named(account: Account, name: str) -> Queue | None:
    """The account's queue of that name."""
    return next((queue for queue in account.kept(Queue).values() if queue.name == name), None)
