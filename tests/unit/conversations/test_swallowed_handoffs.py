"""A handoff that Vapi accepts and that never takes place: the caller is not left in silence."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from contact_center.conversations.domain.deciding.call_commands import (
    Command,
    Handoff,
    Say,
    Transfer,
)
from contact_center.conversations.domain.deciding.silence import heard_by_ms
from contact_center.conversations.domain.facts import CallSeen
from contact_center.conversations.services.act_on_decisions import ActParts, act_on_decisions
from contact_center.conversations.services.record_facts import record_facts
from contact_center.conversations.services.record_parts import RecordParts
from contact_center.understanding.domain.intents import Hearing
from tests.fakes.call_answers import QUESTIONS
from tests.fakes.call_control import FakeCallControl
from tests.fakes.call_store import FakeCallStore
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.intent_classifier import FakeClassifier
from tests.unit.conversations.histories import (
    BEGAN_MS,
    CALL_ID,
    PERSON_NUMBER,
    POLICY,
    History,
    departments,
)

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import Fact

BILL = "it is about my bill"
SEEN = CallSeen(
    call_id=CALL_ID, at_ms=BEGAN_MS, key="seen", control_url="https://x.vapi.ai/control"
)
HEARD = {BILL: Hearing(intent="billing", confidence=1.0, wants_person=False)}


@dataclass
class Router:
    """Recording and acting, as the router does them with each message."""

    person_number: str | None = PERSON_NUMBER
    by_name: bool = False
    direction: str = "inbound"
    more_words: dict[str, Hearing] = field(default_factory=dict)
    store: FakeCallStore = field(default_factory=FakeCallStore)
    control: FakeCallControl = field(default_factory=FakeCallControl)
    clock: FakeClock = field(default_factory=lambda: FakeClock(BEGAN_MS))

    def hears(self, *facts: Fact) -> list[Command]:
        """A message, or none: a reminder. What is sent because of it."""
        before = len(self.control.commands)
        known = departments(self.person_number)
        record = RecordParts(
            store=self.store,
            classifier=FakeClassifier(HEARD | self.more_words),
            clock=self.clock,
            policy=POLICY,
            departments=known,
            questions=QUESTIONS,
        )
        act = ActParts(
            store=self.store,
            control=self.control,
            clock=self.clock,
            metrics=CountedMetrics(),
            policy=POLICY,
            departments=known,
            handoff_by_name=self.by_name,
        )
        acted = act_on_decisions(record_facts(CALL_ID, facts, record), self.clock.now_ms(), act)
        self.look_again_ms = acted.look_again_ms
        return self.control.commands[before:]


def asks(router: Router) -> History:
    """A caller asks for billing, and Vapi accepts the handoff."""
    call = History().answered().says(BILL)
    [handoff] = router.hears(SEEN, *call.facts)
    assert isinstance(handoff, Handoff)
    assert router.look_again_ms == (BEGAN_MS + POLICY.heard_within_ms,)
    return call


def later(router: Router, call: History, after_ms: int) -> list[Fact]:
    """Time goes by, here and at the sender's."""
    router.clock.advance(after_ms)
    call.after(after_ms)
    told, call.facts = call.facts, []
    del told
    return call.facts


def test_nothing_heard_within_five_seconds_brings_a_person() -> None:
    router = Router()
    asks(router)
    router.clock.advance(POLICY.heard_within_ms - 1)
    assert router.hears() == []
    router.clock.advance(1)
    assert router.hears() == [Transfer(PERSON_NUMBER, POLICY.texts.person)]
    assert router.hears() == []


def test_without_a_person_the_caller_is_told_and_may_ask_again() -> None:
    router = Router(person_number=None)
    call = asks(router)
    router.clock.advance(POLICY.heard_within_ms)
    assert router.hears() == [Say(POLICY.texts.nobody_free)]

    facts = later(router, call, 9_000)
    call.says(BILL)
    [again] = router.hears(*facts)
    assert isinstance(again, Handoff)


@pytest.mark.parametrize("tells", ["assistant", "transferred"])
def test_who_is_heard_to_have_taken_over_is_left_alone(tells: str) -> None:
    router = Router()
    call = asks(router)
    facts = later(router, call, 4_000)
    getattr(call, tells)("billing")
    assert router.hears(*facts) == []
    router.clock.advance(POLICY.heard_within_ms)
    assert router.hears() == []


def test_who_is_heard_late_is_not_rung_away_again() -> None:
    router = Router(person_number=None)
    call = asks(router)
    router.clock.advance(POLICY.heard_within_ms)
    router.hears()
    facts = later(router, call, 1_000)
    call.assistant("billing")
    assert router.hears(*facts) == []
    router.clock.advance(60_000)
    assert router.hears() == []


def test_whoever_has_hung_up_needs_nobody() -> None:
    router = Router()
    call = asks(router)
    facts = later(router, call, 1_000)
    call.ends()
    router.hears(*facts)
    router.clock.advance(POLICY.heard_within_ms)
    assert router.hears() == []


def test_a_name_that_came_to_nothing_is_not_tried_twice() -> None:
    router = Router(person_number=None, by_name=True)
    call = asks(router)
    router.clock.advance(POLICY.heard_within_ms)
    router.hears()
    facts = later(router, call, 9_000)
    call.says(BILL)
    [again] = router.hears(*facts)
    first = router.control.commands[0]
    assert isinstance(first, Handoff)
    assert isinstance(again, Handoff)
    assert (first.whole, again.whole) == (False, True)


def test_any_message_reminds_of_it_as_well() -> None:
    router = Router()
    call = asks(router)
    facts = later(router, call, POLICY.heard_within_ms)
    call.noticed("hang")
    assert router.hears(*facts) == [Transfer(PERSON_NUMBER, POLICY.texts.person)]


@pytest.mark.parametrize(
    ("move", "within_ms"),
    [
        (Handoff("billing", "I'll connect you with billing now."), POLICY.heard_within_ms),
        (Transfer(PERSON_NUMBER, "One moment."), POLICY.transfer_heard_within_ms),
    ],
)
def test_long_words_are_waited_for(move: Handoff | Transfer, within_ms: int) -> None:
    assert heard_by_ms(0, move, POLICY) == within_ms
    assert heard_by_ms(0, replace(move, content="x" * 300), POLICY) > within_ms + 2_000
