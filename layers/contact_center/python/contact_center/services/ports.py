"""What the use cases need of the world, as Protocols. Adapters and fakes implement them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.domain.calls import CallRecord
    from contact_center.domain.facts import Fact
    from contact_center.domain.intents import Hearing
    from contact_center.domain.routing import Command, Decision


class Clock(Protocol):
    """The machine clock (DESIGN §10): always real outside tests."""

    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC."""
        ...


class IntentClassifier(Protocol):
    """Says what a customer's words ask for, and how sure it is."""

    def hear(self, text: str) -> Hearing:
        """Classify one utterance. Never raises for any text."""
        ...


class QueueUnavailableError(Exception):
    """The queue did not say that it has the message."""


class FactQueue(Protocol):
    """The call-events queue: durable once `send` returns."""

    def send(self, body: str, attributes: Mapping[str, str]) -> None:
        """Append one message. Raises QueueUnavailableError when it may not be durable."""
        ...


class ReportArchive(Protocol):
    """The S3 bucket for bodies too large for the queue and for call reports."""

    def put(self, key: str, body: bytes) -> None:
        """Store bytes under a key, overwriting the same key with the same content."""
        ...

    def get(self, key: str) -> bytes:
        """Read them back. Raises KeyError when absent."""
        ...


class ToolAnswers(Protocol):
    """Stored tool answers: the first stored one is the answer for ever."""

    def store_if_absent(self, call_id: str, tool_call_id: str, item: Mapping[str, object]) -> str:
        """Store the item unless one exists; return the answer that stands (JSON of one result)."""
        ...


@dataclass(frozen=True, slots=True)
class CallHistory:
    """Everything stored of one call, read in one consistent query.

    `version` is 0 when nothing was stored yet; `commit` refuses if it has moved on.
    """

    record: CallRecord | None
    facts: Sequence[Fact]
    decisions: Sequence[Decision]
    version: int


class HistoryMovedOnError(Exception):
    """Another writer committed first: read again and decide again."""


class CallStore(Protocol):
    """The calls table."""

    def read(self, call_id: str) -> CallHistory:
        """Read record, facts and decisions of a call, consistently."""
        ...

    def commit(
        self,
        history: CallHistory,
        record: CallRecord,
        facts: Sequence[Fact],
        decisions: Sequence[Decision],
    ) -> None:
        """Write new facts, the merged record and new decisions: all or nothing.

        Raises HistoryMovedOnError when the call has changed since `history` was read.
        """
        ...

    def begin_action(self, decision: Decision, at_ms: int) -> bool:
        """Mark a committed decision as being acted on; False when somebody already did."""
        ...

    def finish_action(self, decision: Decision, outcome: ControlOutcome, at_ms: int) -> None:
        """Write down what became of the action."""
        ...


class ControlOutcome(StrEnum):
    """What a request to a control URL can come to."""

    SENT = "sent"  # Vapi said 2xx
    REFUSED = "refused"  # Vapi said no, or the URL is not one we may call
    NOT_SENT = "not_sent"  # no byte left
    UNKNOWN = "unknown"  # a byte left and no clear answer came: never sent again
    DROPPED = "dropped"  # stale speech: not sent on purpose


class CallControl(Protocol):
    """Live control of a call (Vapi's control URL)."""

    def send(self, control_url: str, command: Command) -> ControlOutcome:
        """POST one command, once. Never raises for what the other side does."""
        ...


class Metrics(Protocol):
    """Counters with few, low-cardinality dimensions; never a person's data."""

    def count(self, name: str, **dimensions: str) -> None:
        """Add one to a counter."""
        ...
