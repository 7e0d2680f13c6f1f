"""The voice provider, and with it the receiver who sees what really happens.

It acts even when the caller has gone, acts late, lists calls late, page by page, and tells of
them by webhooks that are lost, doubled and late. It has no idea of attempts: a name is a text.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from contact_center.dialing.services.voice_ports import (
    FoundCall,
    LookUp,
    NotSent,
    Placed,
    Refused,
    Unknown,
    VoiceUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.dialing.services.voice_ports import CallRequest, PostOutcome
    from tests.simulation.load import Load
    from tests.simulation.world import World

TIMEOUT_MS = 10_000
LEG_PRICED_AFTER_MS = (900_000, 3_600_000)

# How calls end: reason, whether somebody answers, shortest and longest time until the end.
ENDINGS = (
    ("customer-ended-call", True, 4_000, 90_000),
    ("assistant-ended-call", True, 4_000, 60_000),
    ("customer-busy", False, 500, 3_000),
    ("customer-did-not-answer", False, 15_000, 30_000),
    ("voicemail", True, 5_000, 20_000),
    ("twilio-failed-to-connect-call", False, 300, 2_000),
    ("call.in-progress.error-assistant-did-not-receive-customer-audio", True, 2_000, 9_000),
)
CAPACITY = "call.start.error-subscription-concurrency-limit-reached"


@dataclass(frozen=True)
class Receipt:
    """A POST that reached the provider, whatever it made of it."""

    at_ms: float
    name: str
    number: str
    campaign_id: str | None


@dataclass(eq=False, kw_only=True)
class Call:
    """A call as it really is. `receipt` is None for one that came in."""

    call_id: str
    name: str | None
    number: str
    receipt: Receipt | None
    rang_at_ms: float
    ended_at_ms: float
    reason: str
    answered: bool
    listed_at_ms: float
    rang: bool = True

    def live(self, at_ms: float) -> bool:
        return self.rang and self.rang_at_ms <= at_ms < self.ended_at_ms


@dataclass(frozen=True)
class Webhook:
    call: Call
    stage: str
    at_ms: float
    reason: str | None = None

    @property
    def key(self) -> str:
        return f"{self.call.call_id}:{self.stage}"

    @property
    def ended(self) -> bool:
        return self.stage in {"ended", "report"}


@dataclass
class Exchange:
    """One POST and what was answered, if anything was."""

    outcome: PostOutcome | None = None


@dataclass(eq=False)
class Provider:
    """The account: its calls, its limit of lines, its list and its webhooks."""

    world: World
    load: Load
    first_page_only: ClassVar[bool] = False  # what a wrong adapter would read
    receipts: list[Receipt] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    answers: dict[str, PostOutcome] = field(default_factory=dict)
    unanswered: Counter[str | None] = field(default_factory=Counter)
    deliver: Callable[[Webhook], None] = lambda _webhook: None
    talk: Callable[[Call], None] | None = None

    # -- what our adapter does ---------------------------------------------------------------

    def open(self) -> Connection:
        self.world.boundary("connect", self.world.chance.uniform(20, 100))
        if self.world.fault("not_connected"):
            raise VoiceUnavailableError
        self.world.boundary("connected", 1)
        return Connection(self)

    def find_calls(self, name: str, since_ms: int) -> LookUp:
        world = self.world
        found: list[FoundCall] = []
        page = 0
        while True:
            world.boundary(f"list page {page} of {name}")
            if world.fault("look_up_fails"):
                self.unanswered[name] += 1
                return LookUp(complete=False, calls=found)
            rows = [c for c in reversed(self.calls) if since_ms <= self.time_of(c.rang_at_ms)]
            rows = [c for c in rows if c.listed_at_ms <= world.now]
            shown = rows[page * self.load.page_size : (page + 1) * self.load.page_size]
            found += [self._told(call) for call in shown if call.name == name]
            page += 1
            world.boundary("page read")
            if self.first_page_only or page * self.load.page_size >= len(rows):
                return LookUp(complete=True, calls=found)

    def get_call(self, call_id: str) -> FoundCall | None:
        self.world.boundary(f"get {call_id}")
        if self.world.fault("look_up_fails"):
            self.unanswered.update(call.name for call in self.calls if call.call_id == call_id)
            raise VoiceUnavailableError
        found = [self._told(call) for call in self.calls if call.call_id == call_id]
        self.world.boundary("call read")
        return found[0] if found else None

    def time_of(self, at_ms: float) -> int:
        """An instant by the provider's own clock."""
        return int(at_ms - self.load.provider_behind_ms)

    def _told(self, call: Call) -> FoundCall:
        ended = not call.rang or call.ended_at_ms <= self.world.now
        return FoundCall(
            call_id=call.call_id,
            name=call.name,
            ended=ended,
            rang_at_ms=self.time_of(call.rang_at_ms),
            ended_at_ms=self.time_of(call.ended_at_ms) if ended else None,
            ended_reason=call.reason if ended else None,
        )

    # -- what happens at the other end -------------------------------------------------------

    def receive(self, request: CallRequest, exchange: Exchange) -> None:
        """A POST arrives."""
        world, chance = self.world, self.world.chance
        receipt = Receipt(world.now, request.name, request.number, request.campaign_id)
        self.receipts.append(receipt)
        refusal = self._refusal()
        if refusal is not None:
            exchange.outcome = self.answers[request.name] = refusal
            return
        takes_ms = chance.uniform(50, 500)
        if world.fault("acts_late"):
            takes_ms = chance.uniform(8_000, 60_000)
        elif world.fault("acts_very_late"):
            takes_ms = chance.uniform(100_000, 400_000)
        acts = True
        if world.fault("server_error"):
            acts = chance.random() < 0.5  # half of the errors come after the deed
            exchange.outcome = Unknown("server_error")
        if acts:
            world.later(takes_ms, lambda: self._act(receipt, exchange))

    def _refusal(self) -> PostOutcome | None:
        world = self.world
        if world.fault("rate_limited"):
            return NotSent("rate")
        if world.fault("rejected"):
            return Refused("bad_request")
        if world.fault("misconfigured"):
            return Refused("unauthorized", configuration=True)
        return None

    def _act(self, receipt: Receipt, exchange: Exchange) -> None:
        if self.live_calls() >= self.load.lines:
            call = self._call(receipt, reason=CAPACITY, rang=False)
            answer: PostOutcome = NotSent("capacity")
        else:
            call = self._call(receipt)
            answer = Placed(call.call_id)
        if exchange.outcome is None:
            exchange.outcome = self.answers[receipt.name] = answer
        if self.talk is not None and call.rang and call.answered:
            talk, middle_ms = self.talk, (call.rang_at_ms + call.ended_at_ms) / 2
            self.world.at(middle_ms, lambda: talk(call))
        self._tell(call)

    def ring_in(self, number: str) -> None:
        """A customer calls; a full account turns them away."""
        if self.live_calls() < self.load.lines:
            self._tell(self._call(Receipt(self.world.now, "", number, None), inbound=True))

    def live_calls(self) -> int:
        return sum(call.live(self.world.now) for call in self.calls)

    def _call(
        self, receipt: Receipt, *, reason: str = "", rang: bool = True, inbound: bool = False
    ) -> Call:
        world, chance = self.world, self.world.chance
        ending = chance.choice(ENDINGS)
        late_ms = chance.uniform(*self.load.listed_late_ms) if world.fault("listed_late") else 0
        lasts_ms = max(chance.uniform(ending[2], ending[3]), self.load.shortest_call_ms)
        call = Call(
            call_id=f"call-{len(self.calls) + 1}",
            name=None if inbound else receipt.name,
            number=receipt.number,
            receipt=None if inbound else receipt,
            rang_at_ms=world.now,
            ended_at_ms=world.now + (lasts_ms if rang else 0),
            reason=reason or ending[0],
            answered=ending[1],
            listed_at_ms=world.now + chance.uniform(0, 8_000) + late_ms,
            rang=rang,
        )
        self.calls.append(call)
        if world.trace is not None:
            world.note(f"*** {'RING' if rang else 'FULL'} {call.name} {call.call_id}")
        return call

    def _tell(self, call: Call) -> None:
        if self.world.fault("webhooks_mute"):
            return
        stages = [("ringing", call.rang_at_ms)] if call.rang else []
        if call.rang and call.answered:
            answered_ms = call.rang_at_ms + (call.ended_at_ms - call.rang_at_ms) / 3
            stages += [("in-progress", answered_ms), ("assistant", answered_ms + 100)]
        stages += [("ended", call.ended_at_ms), ("report", call.ended_at_ms + 1_500)]
        for stage, at_ms in stages:
            self.tell_of(call, stage, at_ms)
        if self.load.leg_micros and call.rang:
            self._price(call)

    def _price(self, call: Call) -> None:
        """What its leg costs is found by asking, more than once."""
        for after_ms in LEG_PRICED_AFTER_MS:
            found = Webhook(call, "price", call.ended_at_ms + after_ms)
            self.world.at(found.at_ms, lambda found=found: self.deliver(found))  # type: ignore[misc]

    def tell_of(self, call: Call, stage: str, at_ms: float) -> None:
        """Send a webhook of a call; it may be lost, late, and doubled."""
        world, chance = self.world, self.world.chance
        if world.fault("webhook_lost"):
            return
        told = stage == "report" or (stage == "ended" and not world.fault("reason_missing"))
        webhook = Webhook(call, stage, at_ms, call.reason if told else None)
        for _ in range(1 + world.fault("webhook_twice")):
            late_ms = chance.uniform(5_000, 200_000) if world.fault("webhook_late") else 0
            delay_ms = chance.uniform(30, 2_000) + late_ms
            world.at(at_ms + delay_ms, lambda: self.deliver(webhook))


@dataclass
class Connection:
    """A connection on which one POST goes out."""

    provider: Provider

    def place(self, request: CallRequest, not_after_ms: int) -> PostOutcome:
        provider = self.provider
        world, chance = provider.world, provider.world.chance
        if world.now > not_after_ms:
            return NotSent("late")
        exchange = Exchange()
        world.later(
            chance.uniform(*provider.load.network_ms), lambda: provider.receive(request, exchange)
        )
        if world.fault("reply_cut"):
            world.boundary("POST cut", chance.uniform(10, 600))
            return Unknown("cut")
        lost = world.fault("reply_lost")
        sent_at_ms = world.now
        world.boundary("POST sent", 2 * provider.load.network_ms[1])
        while exchange.outcome is None or lost:
            waited_ms = world.now - sent_at_ms
            if waited_ms >= TIMEOUT_MS:
                return Unknown("timeout")
            world.boundary("POST waits", min(300, TIMEOUT_MS - waited_ms))
        return exchange.outcome

    def close(self) -> None:
        """Nothing is left open in a simulation."""
