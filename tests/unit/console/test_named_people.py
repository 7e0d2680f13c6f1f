"""Whom an operator hands a caller to by name is judged as everywhere: open, and ready."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from contact_center.console.services.act_on_call import (
    NOT_POSSIBLE,
    ActionDesk,
    CallRefusedError,
    CallWish,
    act_on_call,
)
from contact_center.conversations.domain.calls import CallRecord, merge
from contact_center.conversations.domain.facts import CallSeen, Corrected, OperatorAsked
from contact_center.conversations.domain.operators import Deeds
from contact_center.conversations.services.ports.calls import CallHistory
from contact_center.records.domain.redaction_kinds import Redaction
from contact_center.visits.domain.opening_hours import Hours, OpeningHours
from tests.unit.conversations.histories import BEGAN_MS, CALL_ID, POLICY, departments
from tests.unit.reception.people_floor import ADA, ALWAYS, BENNO, CLOSING, Floor

NEVER: tuple[tuple[()], ...] = ((),) * 7


@dataclass
class Watched:
    """One call of a visit, and who watches it; Ada takes callers of billing, Benno of sales too."""

    floor: Floor = field(default_factory=Floor)
    sent: list[OperatorAsked | Corrected] = field(default_factory=list)

    def send(self, fact: OperatorAsked | Corrected) -> None:
        self.sent.append(fact)

    def history(self, call_id: str) -> CallHistory:
        seen = CallSeen(
            call_id=call_id,
            at_ms=self.floor.clock.now_ms(),
            key="seen",
            direction="inbound",
            control_url="https://x.vapi.ai/control",
            visit_post="v-CA1.1",
        )
        record = merge(CallRecord(call_id=call_id, first_seen_ms=BEGAN_MS), seen)
        return CallHistory(record, [seen], [], 1)

    def hands_to(self, person: str, *closed: str) -> OperatorAsked | Corrected:
        """The wish, as it went to the router, while some departments are closed."""
        company = Hours(zone="UTC", week=ALWAYS, closing=CLOSING)
        shut = {key: Hours(zone="UTC", week=NEVER, closing=CLOSING) for key in closed}
        takers = replace(self.floor.parts.takers, hours=OpeningHours(company, shut))
        desk = ActionDesk(
            history=self.history,
            wishes=self,
            takers=takers,
            departments=departments(None),
            policy=POLICY,
            redaction=Redaction(),
            clock=self.floor.clock,
        )
        act_on_call(desk, CALL_ID, CallWish(do=Deeds.PERSON, key="k", person=person), "eve")
        [asked] = self.sent
        return asked


@pytest.fixture
def watched() -> Watched:
    return Watched()


def test_who_is_ready_while_it_is_open_is_rung_about_him(watched: Watched) -> None:
    watched.floor.log_in(ADA)
    asked = watched.hands_to("ada", "sales")
    assert isinstance(asked, OperatorAsked)
    assert (asked.do, asked.person) == ("person", "ada")


@pytest.mark.parametrize(
    ("closed", "why"),
    [
        (("billing",), "It is closed where ada takes callers: billing."),
        ((), "ada is off; whoever takes callers has to be ready."),
    ],
)
def test_nobody_else_is_and_it_is_said_why(
    watched: Watched, closed: tuple[str, ...], why: str
) -> None:
    if closed:
        watched.floor.log_in(ADA)
    with pytest.raises(CallRefusedError) as refused:
        watched.hands_to("ada", *closed)
    assert (refused.value.reason, refused.value.why, watched.sent) == (NOT_POSSIBLE, why, [])


def test_one_of_her_departments_is_enough(watched: Watched) -> None:
    watched.floor.log_in(BENNO)
    assert watched.hands_to("benno", "billing")


@pytest.mark.parametrize("closed", ["billing", "sales"])
def test_who_is_wanted_by_name_as_it_closes_is_not_rung(closed: str) -> None:
    """The wish was taken while it was open, and is looked at afterwards."""
    floor = Floor()
    company = Hours(zone="UTC", week=ALWAYS, closing=CLOSING)
    hours = OpeningHours(company, {closed: Hours(zone="UTC", week=NEVER, closing=CLOSING)})
    floor.parts = replace(floor.parts, takers=replace(floor.parts.takers, hours=hours))
    floor.log_in(ADA)
    floor.wants("sales", person="ada")
    assert floor.rung == ([] if closed == "billing" else ["ada"])
