"""What else a call causes: a deal of one that may come to a sale, a notice of what is left."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations, permutations
from typing import TYPE_CHECKING

import pytest

from contact_center.conversations.domain.facts import (
    INFORMATION,
    AnswersTold,
    DetailsLeft,
    RecordingTold,
    ToolCalled,
)
from contact_center.conversations.domain.follow_ups import FollowUpKind
from contact_center.conversations.services.record_facts import record_facts
from contact_center.records.domain.deals import DealRule
from contact_center.records.domain.effect_fields import check_told
from contact_center.records.domain.effects import EffectKind
from tests.fakes.call_store import FakeCallStore
from tests.unit.conversations.test_call_effects import AT_MS, BOOKED, CALL, REPORT, SEEN
from tests.unit.conversations.test_record_facts import parts_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.conversations.domain.facts import Fact
    from contact_center.records.domain.effects import Effect

RULE = DealRule(
    when={"achieved": frozenset({"question_answered", "meeting_booked"})},
    pipeline="inbound",
    stage="met",
)
EVERYBODY = ("built_in", "hubspot", "webhook:board", "notices")
SUITS = AnswersTold(
    call_id=CALL,
    at_ms=AT_MS + 60_000,
    key="answers",
    answers={"achieved": "meeting_booked", "summary": "Ada wants twelve seats"},
)
NOT_YET = replace(SUITS, key="answers-1", answers={"achieved": "nothing"})
DEAL, NOTICE = EffectKind.DEAL, EffectKind.NOTICE


def caused(
    *messages: Sequence[Fact], deal: DealRule | None = RULE, receivers: Sequence[str] = EVERYBODY
) -> list[Effect]:
    store = FakeCallStore()
    parts = replace(parts_for(store=store), call_receivers=receivers, deal=deal)
    for facts in messages:
        record_facts(CALL, facts, parts)
    for one in store.effects:
        check_told(one.kind, one.told)
    assert len({one.effect_id for one in store.effects}) == len(store.effects)
    return store.effects


def deals(*messages: Sequence[Fact], **more: DealRule | None) -> list[Effect]:
    """Those at HubSpot."""
    of_all = caused(*messages, **more)  # type: ignore[arg-type]
    return [one for one in of_all if (one.kind, one.receiver) == (DEAL, "hubspot")]


@pytest.mark.parametrize("order", list(permutations([[SEEN], [BOOKED], [REPORT], [SUITS]])))
def test_the_fact_that_completes_a_deal_causes_it_once(order: list[list[Fact]]) -> None:
    [deal] = deals(*order, [REPORT], [SUITS], [BOOKED, SUITS, REPORT])

    assert (deal.customer, deal.call_id) == ("+14155550123", CALL) or order[-1] == [SEEN]
    assert deal.effect_id == deals([SEEN, BOOKED, REPORT, SUITS])[0].effect_id
    assert deal.told == {
        "title": "Meeting booked by telephone",
        "body": "Achieved: meeting_booked",
        "pipeline": "inbound",
        "stage": "met",
    }


@pytest.mark.parametrize("facts", list(combinations([BOOKED, REPORT, SUITS], 2)))
def test_what_is_not_complete_is_no_deal(facts: tuple[Fact, ...]) -> None:
    assert deals([SEEN, *facts]) == []
    assert deals([SEEN], *([one] for one in facts)) == []


def test_an_answer_that_does_not_suit_is_no_deal_until_one_does() -> None:
    unsuited = [SEEN, BOOKED, REPORT, NOT_YET]
    assert deals(unsuited) == []
    assert len(deals(unsuited, [SUITS])) == 1
    assert len(deals([SEEN, BOOKED, REPORT, SUITS], [NOT_YET], [replace(SUITS, key="3")])) == 1


def test_an_owner_may_want_no_deals_or_one_of_every_meeting() -> None:
    assert deals([SEEN, BOOKED, REPORT, SUITS], deal=None) == []
    [deal] = deals([SEEN, BOOKED, REPORT, NOT_YET], deal=DealRule(when={}))
    assert set(deal.told) == {"title"}


def test_every_question_that_is_named_has_to_be_answered_so() -> None:
    both = DealRule(when={**RULE.when, "next_step": frozenset({"an offer"})})
    answered = replace(SUITS, answers={**SUITS.answers, "next_step": "an offer"})
    assert deals([SEEN, BOOKED, REPORT, SUITS], deal=both) == []
    [deal] = deals([SEEN, BOOKED, REPORT, answered], deal=both)
    assert deal.told["body"] == "Achieved: meeting_booked\nNext step: an offer"


def test_nothing_of_the_customer_is_in_a_deal() -> None:
    """A CRM's erasure leaves deals."""
    [deal] = deals([SEEN, BOOKED, REPORT, SUITS])
    said = json.dumps(dict(deal.told))
    assert not any(word in said for word in ("Ada", "4155550123", "seats"))


def test_each_is_told_what_concerns_him() -> None:
    effects = caused([SEEN, BOOKED, REPORT, SUITS])
    of = {
        name: [one.told.get("type", one.kind) for one in effects if one.receiver == name]
        for name in EVERYBODY
    }
    own = [EffectKind.TASK, EffectKind.CALL, DEAL]
    events = ["meeting.booked", "person.needed", "call.ended", "deal.expected"]
    assert of == {
        "built_in": own,
        "hubspot": own,
        "webhook:board": events,
        "notices": [NOTICE],
    }


MESSAGE = ToolCalled(
    call_id=CALL,
    at_ms=AT_MS + 1_000,
    key="tool:1",
    tool_call_id="1",
    name="takeMessage",
    arguments={"about": "Ada wants her money", "contact": "ada@example.com"},
)
LEFT = DetailsLeft(
    call_id=CALL,
    at_ms=AT_MS + 2_000,
    key="left",
    what=INFORMATION,
    details={"email": "ada@example.com", "topic": "seats"},
    follow_up=FollowUpKind.EMAIL.value,
)
LOST = RecordingTold(
    call_id=CALL,
    at_ms=AT_MS + 3_000,
    key="recording",
    state="lost",
    reason="timeout",
    follow_up=FollowUpKind.RECORDING.value,
)


@pytest.mark.parametrize(
    ("fact", "title"),
    [
        (BOOKED, "A caller has booked a meeting"),
        (MESSAGE, "A caller has left a message"),
        (
            replace(MESSAGE, arguments={"about": "it", "callAt": "tomorrow at ten"}),
            "A caller wants to be called back",
        ),
        (LEFT, "A caller wants to be written to"),
        (LOST, "A recording could not be copied"),
    ],
)
def test_what_is_left_to_do_is_told_once_and_says_nothing_of_the_customer(
    fact: Fact, title: str
) -> None:
    effects = caused([SEEN, fact], [fact], [REPORT, fact], receivers=("notices",))

    [notice] = effects
    assert notice.told["title"] == title
    assert f"Call: {CALL}\n" in str(notice.told["body"])
    said = json.dumps(dict(notice.told)).lower()
    assert not any(word in said for word in ("ada", "example.com", "4155550123", "money", "seats"))


def test_what_leaves_nothing_to_do_is_no_notice() -> None:
    asked = replace(MESSAGE, name="routeToDepartment", arguments={"department": "sales"})
    kept = replace(LOST, state="kept", reason="", follow_up=None)
    assert caused([SEEN, asked, kept, REPORT, SUITS], receivers=("notices",)) == []


def test_every_kind_of_what_is_left_has_words() -> None:
    for kind in FollowUpKind:
        fact = replace(LOST, key=kind.value, follow_up=kind.value)
        assert len(caused([SEEN, fact], receivers=("notices",))) == 1
