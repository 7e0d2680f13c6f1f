"""SQS standard queues behind an event source mapping: at least once, in no order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from contact_center.kernel.ports import QueueUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.simulation.world import World


@dataclass(eq=False)
class Message:
    number: int
    body: Any
    sent_ms: float
    visible_at_ms: float
    receives: int = 0


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """How a queue feeds its function, and how long what nobody could take is kept."""

    timeout_ms: float
    visibility_ms: float
    batch: int
    concurrency: int
    max_receives: int
    dead_kept_ms: float = 1_209_600_000  # fourteen days, the most there is


class SimulatedQueue:
    """`handler` takes (number, body) pairs and returns the numbers to be shown again."""

    def __init__(
        self,
        world: World,
        name: str,
        mapping: Mapping,
        handler: Callable[[Sequence[tuple[int, Any]]], Sequence[int]],
    ) -> None:
        self.world, self.name, self.mapping, self.handler = world, name, mapping, handler
        self.messages: dict[int, Message] = {}
        self.dead: list[Message] = []
        self._numbers = 0
        self._busy = 0

    def send(self, body: Any, delay_ms: float = 0) -> None:
        """A process sends; the reply may be lost, and then it raises though the message is in."""
        world = self.world
        world.boundary(f"{self.name} send")
        if world.fault("queue_down"):
            raise QueueUnavailableError
        self.put(body, delay_ms)
        if world.fault("job_twice"):
            self.put(body, delay_ms + world.chance.uniform(0, 2_000))
        world.boundary(f"{self.name} sent")
        if world.fault("lost_reply"):
            raise QueueUnavailableError

    def put(self, body: Any, delay_ms: float = 0) -> None:
        if self.world.fault("job_late"):
            delay_ms += self.world.chance.uniform(0, 30_000)
        self._numbers += 1
        self.messages[self._numbers] = Message(
            self._numbers, body, self.world.now, self.world.now + delay_ms
        )
        self.world.later(delay_ms + 1, self._poll)

    @property
    def letters(self) -> list[Message]:
        """What the dead queue holds: it keeps a letter for so long since it was sent first.

        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
        """
        kept_ms = self.mapping.dead_kept_ms
        return [one for one in self.dead if self.world.now - one.sent_ms < kept_ms]

    def redrive(self) -> None:
        """Whoever is on duty sends back what is in the dead queue, as the runbook says."""
        for message in self.letters:
            self.put(message.body)
        self.dead = []

    def _poll(self) -> None:
        world, mapping = self.world, self.mapping
        if self._busy >= mapping.concurrency:
            return  # whoever finishes polls again
        ready = [m for m in self.messages.values() if m.visible_at_ms <= world.now]
        if not ready:
            return
        batch = [self._receive(m) for m in self._picked(ready)]
        received = [message for message in batch if message is not None]
        if received:
            self._busy += 1
            pairs = [(message.number, message.body) for message in received]
            world.spawn(
                self.name,
                mapping.timeout_ms,
                lambda: self.handler(pairs),
                lambda how, failed: self._done(received, how, failed),
            )
        if len(ready) > len(batch):
            world.later(1, self._poll)

    def _picked(self, ready: list[Message]) -> list[Message]:
        if len(ready) > 1:
            self.world.chance.shuffle(ready)
        return ready[: self.mapping.batch]

    def _receive(self, message: Message) -> Message | None:
        world, mapping = self.world, self.mapping
        message.receives += 1
        if message.receives > mapping.max_receives:
            self.dead.append(self.messages.pop(message.number))
            return None
        twice = world.fault("job_twice")
        wait_ms = world.chance.uniform(1, 3_000) if twice else mapping.visibility_ms
        message.visible_at_ms = world.now + wait_ms
        world.later(wait_ms + 1, lambda: self._poll_for(message))
        return message

    def _poll_for(self, message: Message) -> None:
        if message.number in self.messages:
            self._poll()

    def _done(self, batch: Sequence[Message], how: str, failed: Sequence[int] | None) -> None:
        self._busy -= 1
        if how == "returned":
            for message in batch:
                if message.number not in (failed or ()):
                    self.messages.pop(message.number, None)
        if self.messages:
            self.world.later(1, self._poll)
