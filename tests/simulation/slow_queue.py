"""One caller, the real router, and a queue of facts that has others before him.

Others' messages come in bursts, each message takes a router a while, and a message is overtaken by
a few that are younger, as in SQS. The other side answers a handoff after a moment, or never does;
what it did is known here, and the judge asks for nothing else:

- who was handed over is handed over once and never sent to a person, however slow the queue is;
- who was not is with people (or told that there are none), once as much of the queue is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

from contact_center.conversations.domain.deciding.call_commands import Handoff, Mute
from contact_center.conversations.domain.deciding.silence import MOST_BEHIND_MS, Backlog
from contact_center.conversations.domain.facts import AssistantStarted, CallSeen, OperatorAsked
from contact_center.conversations.services.act_on_decisions import ActParts
from contact_center.conversations.services.ports.calls import ControlOutcome
from contact_center.conversations.services.record_parts import RecordParts
from contact_center.conversations.services.route_message import (
    FromOperator,
    QueuedMessage,
    Reminder,
    Router,
    Told,
    route_message,
)
from contact_center.conversations.services.stop_calling import OptOutParts
from contact_center.understanding.domain.intents import Hearing
from tests.fakes.call_answers import QUESTIONS
from tests.fakes.call_store import FakeCallStore
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.intent_classifier import FakeClassifier
from tests.fakes.opt_outs import FakeOptOuts
from tests.fakes.report_archive import FakeReportArchive
from tests.fakes.rung_numbers import FakeRungNumbers
from tests.fakes.visits import FakeVisitNews
from tests.simulation.world import CALM, World
from tests.unit.conversations.histories import BEGAN_MS, CALL_ID, POLICY, History, departments
from tests.unit.dialing.dialing_scene import MachineIsCivil, Scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.conversations.domain.deciding.call_commands import Command
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.services.route_message import Message

BILL = "it is about my bill"
HEARD = {BILL: Hearing(intent="billing", confidence=1.0)}
SPEAKS_MS = BEGAN_MS + 2_000  # from when everything is counted: an assistant has greeted him
CHATTER_EVERY_MS, CHATTER_MS = 3_100, 40_000
BEFORE_MS, LONGEST_MS = 60_000, 600_000
OVERTAKEN = 3  # so many younger ones may be taken before a message, at most
SLACK_MS = 5_000  # what a queue needs that nobody else is in, and its whole seconds


@dataclass(frozen=True, kw_only=True)
class Slowness:
    """What makes the queue slow.

    Attributes:
        bursts: When others' messages come, ms from the beginning, and how many.
        each_ms: How long a router is busy with a message.
        routers: That work at once.
        fresh: Whether each message is read by a process that has read no other.
    """

    bursts: tuple[tuple[int, int], ...] = ()
    each_ms: int = 100
    routers: int = 1
    fresh: bool = False
    seed: int = 0


@dataclass(frozen=True, kw_only=True)
class Life:
    """What happens in the call.

    Attributes:
        takes_over_ms: So long after a handoff the other assistant tells of itself; None: never.
        asks_ms: When the caller says what he wants, ms from the beginning.
        operator_ms: When somebody who watches wants the assistant mute, which is refused.
    """

    takes_over_ms: int | None = 800
    asks_ms: tuple[int, ...] = (0,)
    operator_ms: tuple[int, ...] = ()


@dataclass
class _Waiting:
    """A message that can be taken: what it is, since when, and how often it was overtaken."""

    message: Message | None
    since_ms: int
    overtaken: int = 0


@dataclass
class SlowQueue:
    """A queue of SQS, read by a few routers; `take` is what one of them does with a message."""

    world: World
    slowness: Slowness
    take: Callable[[Message, Backlog], None]
    waiting: list[_Waiting] = field(default_factory=list)
    longest_ms: int = 0
    _idle: list[Backlog] = field(init=False)

    def __post_init__(self) -> None:
        self._idle = [Backlog() for _ in range(self.slowness.routers)]

    def put(self, message: Message | None) -> None:
        """One of the call at hand, or somebody else's."""
        self.waiting.append(_Waiting(message, int(self.world.now)))
        self._poll()

    def _poll(self) -> None:
        while self.waiting and self._idle:
            one, router = self._picked(), self._idle.pop(0)
            self.longest_ms = max(self.longest_ms, int(self.world.now) - one.since_ms)
            self.world.later(self.slowness.each_ms, partial(self._done, one, router))

    def _picked(self) -> _Waiting:
        index = 0
        if self.waiting[0].overtaken < OVERTAKEN:
            index = self.world.chance.randrange(min(OVERTAKEN, len(self.waiting)))
        for older in self.waiting[:index]:
            older.overtaken += 1
        return self.waiting.pop(index)

    def _done(self, one: _Waiting, router: Backlog) -> None:
        if one.message is None:
            router.read(one.since_ms, int(self.world.now))
        else:
            self.take(one.message, router)
        self._idle.append(Backlog() if self.slowness.fresh else router)
        self._poll()


@dataclass
class Reminding:
    """Reminders, in the same queue."""

    world: World
    queue: SlowQueue
    due_ms: list[int] = field(default_factory=list)

    def remind(self, call_id: str, at_ms: int, now_ms: int) -> None:
        due_ms = now_ms + max(0, -((now_ms - at_ms) // 1000)) * 1000
        self.due_ms.append(due_ms)
        reminder = Reminder(call_id=call_id, due_at_ms=due_ms)
        self.world.at(due_ms, lambda: self.queue.put(reminder))


@dataclass
class Sent:
    """CallControl: what reached the other side, which does as it does in this life."""

    world: World
    takes_over: Callable[[Handoff], None]
    commands: list[tuple[int, Command]] = field(default_factory=list)

    def send(self, control_url: str, command: Command) -> ControlOutcome:
        del control_url
        self.commands.append((int(self.world.now), command))
        if isinstance(command, Handoff):
            self.takes_over(command)
        return ControlOutcome.REFUSED if isinstance(command, Mute) else ControlOutcome.SENT


@dataclass
class _Clock(FakeClock):
    world: World | None = None

    def now_ms(self) -> int:
        assert self.world is not None
        return int(self.world.now)


class SlowCall:
    """A life, lived: what was sent in it, and how long messages had to wait."""

    def __init__(self, life: Life, slowness: Slowness) -> None:
        self.life, self.slowness = life, slowness
        chance = Random(slowness.seed)  # noqa: S311  a history, not a secret
        self.world = World(chance=chance, faults=CALM, now=BEGAN_MS - BEFORE_MS)
        self.queue = SlowQueue(self.world, slowness, self._take)
        self.reminders = Reminding(self.world, self.queue)
        self.control = Sent(self.world, self._takes_over)
        self.metrics = CountedMetrics()
        self._told: dict[bytes, list[Fact]] = {}
        self._router = self._made()

    def live(self) -> SlowCall:
        """Until nothing more happens."""
        call = History().answered()
        seen = CallSeen(
            call_id=CALL_ID, at_ms=BEGAN_MS, key="seen", control_url="https://vapi.ai/x"
        )
        starts = [each for each in call.facts if isinstance(each, AssistantStarted | CallSeen)]
        self._tell(max(each.at_ms for each in starts), seen, *starts)
        for at_ms in self.life.asks_ms:
            said = History().after(SPEAKS_MS - BEGAN_MS + at_ms).says(BILL)
            self._tell(SPEAKS_MS + at_ms, *said.facts)
        for at_ms in range(SPEAKS_MS + CHATTER_EVERY_MS, SPEAKS_MS + CHATTER_MS, CHATTER_EVERY_MS):
            self._tell(at_ms, *History().after(at_ms - BEGAN_MS).noticed("speech").facts)
        for number, at_ms in enumerate(self.life.operator_ms):
            self.world.at(SPEAKS_MS + at_ms, partial(self.queue.put, _mute(number, at_ms)))
        for at_ms, messages in self.slowness.bursts:
            for _ in range(messages):
                self.world.at(SPEAKS_MS + at_ms, lambda: self.queue.put(None))
        self.world.run(BEGAN_MS + LONGEST_MS)
        assert not self.queue.waiting
        return self

    @property
    def handed_over_ms(self) -> list[int]:
        """When he was."""
        return [at for at, one in self.control.commands if isinstance(one, Handoff)]

    @property
    def elsewhere_ms(self) -> list[int]:
        """When anything else was done to his call: people, or words that say there are none."""
        others = (each for each in self.control.commands if not isinstance(each[1], Handoff | Mute))
        return [at for at, _ in others]

    def broken(self) -> list[str]:
        """Which rules do not hold."""
        if self.life.takes_over_ms is not None:
            rules = {
                "handed over, and once": len(self.handed_over_ms) == 1,
                "never elsewhere because the queue was slow": not self.elsewhere_ms,
            }
        else:
            by_ms = self.handed_over_ms[0] + POLICY.heard_within_ms
            # Nobody knows more than is read; there and back it may take the whole queue.
            last_ms = by_ms + MOST_BEHIND_MS + 3 * self.queue.longest_ms + SLACK_MS
            done = [*self.handed_over_ms[1:], *self.elsewhere_ms]
            rules = {
                "not given up before its time": all(by_ms <= at for at in done),
                "with people in the end": any(at <= last_ms for at in done),
            }
        rules["few reminders"] = len(self.reminders.due_ms) <= 4 * len(self.control.commands)
        return [rule for rule, holds in rules.items() if not holds]

    def _tell(self, at_ms: int, *facts: Fact) -> None:
        """A webhook that comes at a time and is stored at once, as the door does it."""
        body = f"webhook {len(self._told)}".encode()
        self._told[body] = list(facts)
        message = QueuedMessage(body=body, received_at_ms=at_ms)
        self.world.at(at_ms, lambda: self.queue.put(message))

    def _take(self, message: Message, backlog: Backlog) -> None:
        route_message(message, replace(self._router, backlog=backlog))

    def _takes_over(self, command: Handoff) -> None:
        if self.life.takes_over_ms is None:
            return
        at_ms = int(self.world.now) + self.life.takes_over_ms
        name, key = command.assistant, f"assistant:{at_ms}"
        self._tell(
            at_ms, AssistantStarted(call_id=CALL_ID, at_ms=at_ms, key=key, assistant_name=name)
        )

    def _made(self) -> Router:
        clock, store = _Clock(BEGAN_MS, self.world), FakeCallStore()
        parts: dict[str, Any] = {
            "store": store,
            "clock": clock,
            "policy": POLICY,
            "departments": departments(),
        }
        return Router(
            read=lambda body, _received_at_ms, _delivery: Told(facts=self._told[body]),
            archive=FakeReportArchive(),
            record=RecordParts(classifier=FakeClassifier(HEARD), questions=QUESTIONS, **parts),
            act=ActParts(control=self.control, metrics=self.metrics, **parts),
            reminders=self.reminders,
            settle=Scene().settle,
            opt_out=OptOutParts(
                opt_outs=FakeOptOuts(),
                rung=FakeRungNumbers(),
                clock=clock,
                civil=MachineIsCivil(),
                metrics=self.metrics,
            ),
            metrics=self.metrics,
            visits=FakeVisitNews(),
        )


def _mute(number: int, at_ms: int) -> FromOperator:
    name = f"mute-{number}"
    asked = OperatorAsked(
        call_id=CALL_ID, at_ms=SPEAKS_MS + at_ms, key=name, do="mute", action_id=name, by="ada"
    )
    return FromOperator(fact=asked)
