"""Earlier calls in memory, held to the table by tests/contract/aws/test_queue_and_answers.py."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.conversations.domain.customer_cards import LATEST_CALLS
from contact_center.kernel.ports import StoreUnavailableError

if TYPE_CHECKING:
    from contact_center.conversations.domain.resuming import EarlierCall
    from contact_center.conversations.services.ports.callers import Party


@dataclass
class FakeCallMemory:
    """`calls` of a customer stand oldest first; `intents` are by call."""

    calls: dict[str, list[EarlierCall]] = field(default_factory=dict)
    intents: dict[str, str] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)
    down: bool = False

    def latest_calls_of(self, customer_number: str, but_not: str | None) -> list[EarlierCall]:
        if self.down:
            raise StoreUnavailableError
        latest = self.calls.get(customer_number, [])[-LATEST_CALLS:]
        return [call for call in reversed(latest) if call.call_id != but_not]

    def call(self, call_id: str) -> EarlierCall | None:
        if self.down:
            raise StoreUnavailableError
        known = {call.call_id: call for calls in self.calls.values() for call in calls}
        return known.get(call_id)

    def destination_of(self, call_id: str) -> str | None:
        if self.down:
            raise StoreUnavailableError
        known = {call.call_id: call for calls in self.calls.values() for call in calls}
        return known[call_id].destination if call_id in known else None

    def intent_of(self, call_id: str) -> str | None:
        if self.down:
            raise StoreUnavailableError
        return self.intents.get(call_id)

    def party_of(self, call_id: str) -> Party | None:
        if self.down:
            raise StoreUnavailableError
        return self.parties.get(call_id)

    def knows(self, call_id: str) -> bool:
        if self.down:
            raise StoreUnavailableError
        return any(call.call_id == call_id for calls in self.calls.values() for call in calls)
