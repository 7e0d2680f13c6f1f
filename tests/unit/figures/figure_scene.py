"""Calls and visits that are recorded and counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from contact_center.conversations.domain.facts import (
    AnswersTold,
    AssistantStarted,
    CallEnded,
    CallSeen,
    Corrected,
    CostTold,
    LookedUp,
    StatusChanged,
    ToolCalled,
)
from contact_center.conversations.services.record_facts import record_facts
from contact_center.conversations.services.record_parts import RecordParts
from contact_center.figures.services.count_due import CountParts, count_due
from contact_center.figures.services.recount import Recounted, RecountParts, recount
from contact_center.kernel.time_left import always
from contact_center.visits.domain.visit_merge import merged
from tests.fakes.call_answers import QUESTIONS
from tests.fakes.call_store import FakeCallStore
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.figures import FakeFigures
from tests.fakes.intent_classifier import FakeClassifier
from tests.fakes.offer_book import FakeOfferBook
from tests.fakes.troubles import FakeTroubles
from tests.fakes.visits import FakeVisits
from tests.unit.conversations.histories import POLICY, departments

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import Fact
    from contact_center.visits.domain.visits import Visit

BEGAN = 1_787_266_800_000  # 2026-08-20T23:00:00Z
DAY, NEXT_DAY = "2026-08-20", "2026-08-21"
SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000


@dataclass
class FigureScene:
    clock: FakeClock = field(default_factory=lambda: FakeClock(BEGAN))
    calls: FakeCallStore = field(default_factory=FakeCallStore)
    visits: FakeVisits = field(default_factory=FakeVisits)
    offers: FakeOfferBook = field(default_factory=FakeOfferBook)
    metrics: CountedMetrics = field(default_factory=CountedMetrics)
    troubles: FakeTroubles = field(default_factory=FakeTroubles)

    def __post_init__(self) -> None:
        self.figures = FakeFigures(self.calls, self.visits)
        self.record = RecordParts(
            store=self.calls,
            classifier=FakeClassifier({}),
            clock=self.clock,
            policy=POLICY,
            departments=departments(),
            questions=QUESTIONS,
        )
        self.parts = CountParts(
            book=self.figures,
            dials=self.figures,
            offers_of=self.offers.of_visit,
            clock=self.clock,
            metrics=self.metrics,
            troubles=self.troubles,
        )

    def tell(self, *facts: Fact) -> None:
        for fact in facts:
            record_facts(fact.call_id, [fact], self.record)

    def visit(self, told: Visit) -> None:
        kept = self.visits.read(told.visit_id)
        visit = told if kept is None else merged(kept.visit, told)
        if kept is None or visit != kept.visit:
            self.visits.write(visit, kept.revision if kept else 0)

    def tick(self, minutes: float = 2) -> int:
        self.clock.advance(int(minutes * MINUTE))
        return count_due(self.parts, always)

    def recount(self, *, mend: bool = False, last: str = NEXT_DAY) -> Recounted:
        parts = RecountParts(
            audit=self.figures,
            roll_ups=self.figures,
            dials=self.figures,
            offers_of=self.offers.of_visit,
            clock=self.clock,
        )
        first = datetime.fromisoformat(DAY).replace(tzinfo=UTC).date()
        until = datetime.fromisoformat(last).replace(tzinfo=UTC).date()
        return recount(first, until, parts, mend=mend)

    def counters(self, *, of: str = DAY) -> dict[str, int]:
        """All counters of a day, or an hour, of all departments and campaigns."""
        whole: Counter[str] = Counter()
        for (said, _), counts in self.figures.roll_ups.items():
            if said == of:
                whole.update(counts)
        return {name: count for name, count in whole.items() if count}


def facts_of(name: str = "c", began_ms: int = BEGAN, **said: Any) -> list[Fact]:
    """A call that went to billing, was over after a minute, and all that was told later."""
    told: dict[str, Any] = {"direction": "inbound", "reason": "customer-ended-call"} | said

    def at(seconds: int) -> dict[str, Any]:
        return {"call_id": name, "at_ms": began_ms + seconds * SECOND}

    return [
        CallSeen(
            **at(0),
            key="seen",
            direction=told["direction"],
            created_at_ms=began_ms,
            campaign_id=told.get("campaign"),
            visit_post=told.get("post"),
        ),
        StatusChanged(**at(3), key="s1", status="in-progress"),
        AssistantStarted(**at(3), key="a1", assistant_name="Router"),
        ToolCalled(
            **at(9),
            key="t1",
            tool_call_id="t1",
            name="routeToDepartment",
            arguments={"department": "billing"},
        ),
        StatusChanged(**at(63), key="s2", status="ended", ended_reason=told["reason"]),
        CallEnded(
            **at(65),
            key="report",
            ended_reason=told["reason"],
            started_at_ms=began_ms + 1_000,
            ended_at_ms=began_ms + 62_000,
            cost_usd=0.12,
            transfers=told.get("transfers"),
        ),
        CostTold(**at(65), key="c1", source="vapi", parts={"model": 120_000}),
        AnswersTold(**at(65), key="q1", answers={"achieved": "question_answered"}),
        CostTold(**at(900), key="c2", source="twilio:CA1", parts={"leg": 8_500}, final=False),
        CostTold(**at(86_400), key="c3", source="twilio:CA1", parts={"leg": 9_500}),
        LookedUp(**at(86_400), key="l1", step="price:CA1:3"),
        Corrected(**at(90_000), key="o1", department="sales", by="ada"),
    ]
