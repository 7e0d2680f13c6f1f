"""Our receivers before the simulated CRM and the simulated receiver of webhooks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from contact_center.crm.hubspot.api import HubSpotApi
from contact_center.crm.hubspot.receiver import HubSpotReceiver
from contact_center.crm.hubspot.settings import HubSpotSettings, Writes
from contact_center.crm.hubspot.untied import Untied
from contact_center.kernel.ports import SecretUnavailableError
from contact_center.records.domain.effects import Effect, EffectKind
from contact_center.web.http_client import HttpClient
from local.crm.simulator import HubSpotSimulator
from local.settings import SIMULATED_HUBSPOT_TOKEN
from tests.fakes.clock import FakeClock
from tests.fakes.known_contacts import FakeKnownContacts
from tests.liveness import LIVENESS_SECONDS

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from contact_center.crm.hubspot.cards import HubSpotCards
    from contact_center.records.services.effect_ports import Answer, RequestBudget

CUSTOMER = "+14155550123"
OURS = "+14155550100"
NOW_MS = 1_795_023_000_000
LAG_MS = 10_000
TOLD: dict[EffectKind, dict[str, Any]] = {
    EffectKind.CALL: {
        "title": "Billing question",
        "body": "Wants <b>two</b> invoices & a refund.\nPaid twice.",
        "started_at_ms": NOW_MS - 60_000,
        "direction": "inbound",
        "status": "completed",
        "duration_ms": 59_000,
        "our_number": OURS,
        "recording_url": "https://recordings.example.com/1",
    },
    EffectKind.LEAD: {
        "said": "Twelve seats from May.",
        "first_name": "Ada",
        "last_name": "Byron",
        "email": "ada@example.com",
        "company": "Engines Ltd",
        "interest": "the team plan",
    },
    EffectKind.TASK: {
        "title": "Call back about the refund",
        "due_at_ms": NOW_MS + 3_600_000,
        "body": "Before noon.",
        "priority": "high",
    },
    EffectKind.DEAL: {
        "title": "Team plan, 12 seats",
        "body": "As said on the phone.",
        "amount": "1200.50",
        "close_at_ms": NOW_MS + 86_400_000,
    },
    EffectKind.SUBSCRIBE: {
        "email": "ada@example.com",
        "topic": "the team plan",
        "agreed_at_ms": NOW_MS,
    },
    EffectKind.EVENT: {"type": "call.ended", "data": {"call": "c-1", "words": "Grüße"}},
    EffectKind.NOTICE: {"title": "Something", "body": "happened"},
}


def effect(kind: EffectKind, **changed: Any) -> Effect:
    """An effect of a kind; keywords change its fields, or what it tells."""
    made = Effect(
        effect_id="e-1",
        customer=CUSTOMER,
        number=1,
        kind=kind,
        receiver="hubspot",
        told=TOLD[kind],
        caused_at_ms=NOW_MS,
        call_id="c-1",
    )
    own = {name: changed.pop(name) for name in list(changed) if name in Effect.__slots__}
    told = {**made.told, **changed}
    return replace(made, **({"told": {k: v for k, v in told.items() if v is not None}} | own))


@dataclass
class StandingToken:
    """A token that an owner may change; `None`: the secret is away."""

    token: str | None = SIMULATED_HUBSPOT_TOKEN
    next: str = ""

    def current(self) -> str:
        if self.token is None:
            raise SecretUnavailableError
        return self.token

    def has_changed(self, used: str) -> bool:
        if self.next:
            self.token, self.next = self.next, ""
        return self.token != used


@dataclass
class HubSpotScene:
    """An account, our receiver before it, and a clock for both."""

    writes: Writes = Writes.UPSERT
    seconds: float = LIVENESS_SECONDS
    base_url: str = ""
    version: str = "2026-09"
    clock: FakeClock = field(default_factory=lambda: FakeClock(0))
    token: StandingToken = field(default_factory=StandingToken)
    known: FakeKnownContacts = field(default_factory=FakeKnownContacts)
    untied: dict[str, FakeKnownContacts] = field(default_factory=dict)
    budget: RequestBudget | None = None
    cards: HubSpotCards | None = None

    def __post_init__(self) -> None:
        self.hubspot = HubSpotSimulator(now_ms=self.clock.now_ms)

    @property
    def api(self) -> HubSpotApi:
        """Our client of it."""
        settings = HubSpotSettings(base_url=self.base_url or self.hubspot.url, version=self.version)
        return HubSpotApi(settings, self.token, HttpClient(self.seconds), "test", self.budget)

    @property
    def receiver(self) -> HubSpotReceiver:
        """Ours, anew: it remembers nothing by itself."""
        untied = Untied(lambda name: self.untied.setdefault(name, FakeKnownContacts()))
        return HubSpotReceiver(self.api, self.known, self.writes, untied, self.cards)

    def deliver(self, kind: EffectKind = EffectKind.CALL, **changed: Any) -> Answer:
        """What comes of an effect."""
        return self.receiver.deliver(effect(kind, **changed))

    def contact(self, **values: str) -> str:
        """A contact that an owner typed long ago."""
        made = self.hubspot.add("contacts", **values)
        self.clock.advance(LAG_MS)
        return made

    def __enter__(self) -> Self:
        self.hubspot.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.hubspot.stop()
        assert self.hubspot.log.entries("mistake") == []  # of the simulator's own
