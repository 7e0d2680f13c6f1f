"""What waits behind a control URL that hangs: `make bench PART=queueing`, in a clock of its own.

Calls as `call_script` tells them begin at chance; each message is one that a router takes for as
long as was counted. Three ways to hand them out are played on the same calls: a standard queue and
batches of one, as the template has it; FIFO groups by call and batches of one; FIFO groups and
batches of ten. Lambda's poller takes what is there at once in all of them; a batch of a FIFO queue
may be of several groups, and its groups wait until all of it is done. No AWS, no machine: the same
figures anywhere.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections import Counter
from dataclasses import dataclass, field
from statistics import quantiles
from typing import TYPE_CHECKING

from contact_center.vapi.assistants.assistants import SERVER_MESSAGES
from tests.benchmarks.call_script import BEGAN_MS, MANNERS, ONLY_FINAL, messages_of
from tests.benchmarks.prices import prices

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MINUTES, CALLS, CALLS_AT_ONCE, ROUTERS = 3, 600, (20, 60, 100), 3
# One message in a router: a call of three minutes keeps 0.013 of one busy, with a message every
# five and a half seconds (`PART=capacity`).
ROUTER_MS = 70.0
# A control URL that does not answer: to connect, and to answer (vapi/calls/control.py).
HANGS_MS = 4_000.0
HUNG_SHARE = 0.02
FIFO_USD_A_MILLION = 0.50  # SQS, FIFO requests, beside 0.40 of a standard queue
# What whoever wrote reads again: of the 216 units that a call of three minutes reads (`PART=call`)
# at most half, of its 33 messages. Groups would spare it.
READ_AGAIN_UNITS = 108 / 33


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How messages are handed out: by group or not, and how many at a time."""

    name: str
    grouped: bool
    batch: int


ARRANGEMENTS = (
    Arrangement("standard, one at a time", grouped=False, batch=1),
    Arrangement("by call, one at a time", grouped=True, batch=1),
    Arrangement("by call, ten at a time", grouped=True, batch=10),
)


@dataclass(frozen=True, slots=True)
class Message:
    """When it is there, of which call, and how long a router has it."""

    at_ms: float
    call: int
    takes_ms: float
    hung: bool


@dataclass(slots=True)
class Played:
    """What came of it: waits of messages from being there to being done, by whose call it is."""

    others_ms: list[float] = field(default_factory=list)
    hung_ms: list[float] = field(default_factory=list)
    batches: int = 0

    @property
    def messages(self) -> int:
        """All that were done."""
        return len(self.others_ms) + len(self.hung_ms)


def calls_at_chance(calls: int, at_once: float, seed: int = 13) -> list[Message]:
    """The messages of so many calls, so many at once on average, of all manners in turns."""
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    entry, specialist = {*SERVER_MESSAGES, "transcript"}, {*SERVER_MESSAGES, ONLY_FINAL}
    asked = {"router": entry, "billing": specialist}
    found: list[Message] = []
    began = 0.0
    for call in range(calls):
        began += chance.expovariate(at_once / (MINUTES * 60_000))
        hung = chance.random() < HUNG_SHARE
        for message in messages_of(MINUTES, MANNERS[call % len(MANNERS)], asked):
            acts = hung and message["type"] == "transcript" and message.get("role") == "user"
            at_ms = began + message["timestamp"] - BEGAN_MS
            found.append(Message(at_ms, call, ROUTER_MS + (HANGS_MS if acts else 0.0), hung))
    return sorted(found, key=lambda one: one.at_ms)


def play(messages: Iterable[Message], how: Arrangement, routers: int = ROUTERS) -> Played:
    """Hand messages out to routers and see what waits how long.

    Args:
        messages: In the order of their time.
        how: How they are handed out.
        routers: How many work at once.
    """
    room = _Room(how, routers)
    for message in messages:
        room.until(message.at_ms)
        room.waiting.append(message)
        room.hand_out(message.at_ms)
    room.until(float("inf"))
    return room.played


class _Room:
    """Routers, and what waits for them."""

    def __init__(self, how: Arrangement, routers: int) -> None:
        self._how, self._routers = how, routers
        self._busy: list[tuple[float, int, list[int]]] = []  # free when, a tie-breaker, its calls
        self._held: Counter[int] = Counter()  # messages in work, by call
        self._ties = itertools.count()
        self.waiting: list[Message] = []
        self.played = Played()

    def until(self, now_ms: float) -> None:
        """Let routers end what they have by now, and take what waits."""
        while self._busy and self._busy[0][0] <= now_ms:
            freed_ms, _, calls = heapq.heappop(self._busy)
            self._held.subtract(calls)
            self.hand_out(freed_ms)

    def hand_out(self, now_ms: float) -> None:
        """Give every free router what it gets next."""
        while len(self._busy) < self._routers and (taken := self._take()):
            end_ms = now_ms
            for one in taken:
                end_ms += one.takes_ms
                waits = self.played.hung_ms if one.hung else self.played.others_ms
                waits.append(end_ms - one.at_ms)
            calls = [one.call for one in taken]
            self._held.update(calls)
            self.played.batches += 1
            heapq.heappush(self._busy, (end_ms, next(self._ties), calls))

    def _take(self) -> list[Message]:
        """What one router gets next: the oldest, of groups that nobody has."""
        how = self._how
        free = (one for one in self.waiting if not (how.grouped and self._held[one.call]))
        taken = list(itertools.islice(free, how.batch))
        for one in taken:
            self.waiting.remove(one)
        return taken


def usd_a_thousand(played: Played, how: Arrangement, calls: int) -> float:
    """SQS, invocations and the second read, for a thousand calls.

    A message is sent by itself; a batch is fetched, deleted and handled at once.
    """
    list_ = prices()
    requests = played.messages + 2 * played.batches
    usd_a_million = FIFO_USD_A_MILLION if how.grouped else list_.usd_a_million["queue_requests"]
    usd = requests * usd_a_million / 1e6 + list_.usd("invocations", played.batches)
    again = 0.0 if how.grouped else list_.usd("read_units", played.messages * READ_AGAIN_UNITS)
    return (usd + again) / calls * 1000


def show_queueing() -> None:
    """Play all and print."""
    print(
        f"\nCalls of {MINUTES} minutes, {ROUTERS} routers; the control URL of {HUNG_SHARE:.0%} of"
    )
    print(f"them hangs for {HANGS_MS / 1000:g} s each time. From being there to being done:\n")
    print("  at once  handed out                   p50      p95      p99     hung: p95  USD/1,000")
    for at_once in CALLS_AT_ONCE:
        messages = calls_at_chance(CALLS, at_once)
        for how in ARRANGEMENTS:
            played = play(messages, how)
            p50, p95, p99 = _percentiles(played.others_ms)
            print(
                f"  {at_once:>7}  {how.name:<25}{p50:>4.0f} ms{p95:>5.0f} ms{p99:>5.0f} ms"
                f"{_percentiles(played.hung_ms)[1]:>8.0f} ms"
                f"{usd_a_thousand(played, how, CALLS):>11.4f}"
            )


def _percentiles(waits_ms: Sequence[float]) -> tuple[float, float, float]:
    cuts = quantiles(waits_ms, n=100)
    return cuts[49], cuts[94], cuts[98]
