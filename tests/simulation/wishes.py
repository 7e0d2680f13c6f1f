"""Operators who wish for single calls, and wish twice when they are impatient."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from contact_center.triggers.services.trigger_answers import TriggerParts
from tests.bodies import ask_to_call
from tests.fakes.trigger_book import FakeTriggerBook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.campaigns.services.campaign_ports import CampaignStore, ContactStore
    from contact_center.triggers.services.trigger_ports import StoredAnswer, TriggerEntry
    from tests.simulation.simulated_ports import TableClient
    from tests.simulation.system import System


@dataclass
class SimulatedTriggerBook:
    """TriggerBook."""

    client: TableClient
    book: FakeTriggerBook = field(default_factory=FakeTriggerBook)

    def claim_key(self, key_digest: str, body_digest: str, at_ms: int) -> TriggerEntry:
        return self.client.write(
            "claim key",
            lambda: self.book.claim_key(key_digest, body_digest, at_ms),
            transaction=False,
        )

    def bind(self, key_digest: str, attempt_id: str) -> None:
        self.client.write(
            "bind key", lambda: self.book.bind(key_digest, attempt_id), transaction=False
        )

    def complete(self, key_digest: str, answer: StoredAnswer) -> StoredAnswer:
        return self.client.write(
            "complete key", lambda: self.book.complete(key_digest, answer), transaction=False
        )

    def turn(self, pair_digest: str) -> int:
        return self.client.read("turn", lambda: self.book.turn(pair_digest))

    def next_turn(self, pair_digest: str, after: int) -> None:
        self.client.write(
            "next turn", lambda: self.book.next_turn(pair_digest, after), transaction=False
        )


@dataclass(eq=False)
class Wishes:
    """What was wished for: each once, however often it was said."""

    parts: TriggerParts
    by_number: Counter[str] = field(default_factory=Counter)


def wishes_of(system: System, campaigns: CampaignStore, contacts: ContactStore) -> Wishes:
    """Nobody has wished for anything yet."""
    place = system.place
    return Wishes(
        TriggerParts(
            ledger=place.ledger,
            judge=place.judge,
            book=SimulatedTriggerBook(system.ledger.client),
            permissions=system.permission_store,
            campaigns=campaigns,
            contacts=contacts,
            scripts=place.scripts,
            jobs=place.jobs,
            assistant="sales",
        )
    )


def wish(system: System, name: str, number: str) -> None:
    """Somebody wishes for a call, and often a second time before the first is answered."""
    world, wishes = system.world, system.wishes
    body = {"customer": {"phone": number}, "idempotencyKey": name}
    wishes.by_number[number] += 1
    act = lambda: ask_to_call(body, wishes.parts)  # noqa: E731
    system.acts.do("wish", act)
    if world.chance.random() < 0.5:
        wait_ms = world.chance.choice((5, 2_000, 90_000))
        world.later(wait_ms, lambda: system.acts.do("wish", act))


def broken_wishes(system: System) -> Iterator[str]:
    """A telephone rings once for each wish at most."""
    rung = Counter(
        call.number
        for call in system.provider.calls
        if call.rang and call.receipt is not None and call.receipt.campaign_id is None
    )
    for number, times in rung.items():
        wished = system.wishes.by_number[number]
        if times > wished:
            yield f"a telephone rang {times} times for {wished} wishes"
