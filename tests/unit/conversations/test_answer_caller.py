"""Who answers a caller at our own number: asked about a moment ago, or taken back and known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contact_center.conversations.domain.resuming import EarlierCall, Talk
from contact_center.conversations.services.answer_caller import (
    Answerers,
    Rang,
    answer_caller,
)
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.records.domain.crm_cards import CrmCard
from contact_center.vapi.assistants.squad import ConfiguredSquad
from tests.fakes.call_memory import FakeCallMemory
from tests.fakes.clock import FakeClock
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.fake_door import DEPARTMENTS, NOW_MS, contact_center
from tests.fakes.resumptions import FakeResumptions, FakeTalks

CALLER = "+12125550199"
BROKE_OFF = EarlierCall(
    call_id="call-1",
    destination="billing",
    ended_reason="phone-call-provider-closed-websocket",
    ended_at_ms=NOW_MS - 120_000,
    visit_post="v-CA1.1",
)
RANG = Rang(number=CALLER, known_as="v-CA2")
SECRET = "the treadmill was charged twice"
TALK = Talk(
    summary="About a treadmill.",
    turns=(("customer", SECRET), ("assistant", "Which card?")),
    destination="billing",
)


class Visits:
    """BrokenVisits."""

    def __init__(self, *, broke_off: bool = True) -> None:
        self.told = broke_off

    def broke_off(self, post: str) -> bool:
        assert post == BROKE_OFF.visit_post
        return self.told


def answerers(earlier: EarlierCall | None = None, **more: Any) -> Answerers:
    center = contact_center()
    fields: dict[str, Any] = {
        "departments": DEPARTMENTS,
        "policy": center.policy,
        "squad": ConfiguredSquad(center.squad, None),
        "squad_id": None,
        "memory": FakeCallMemory({CALLER: [earlier] if earlier else []}),
        "resumptions": FakeResumptions(),
        "visits": Visits(),
        "talks": FakeTalks({"call-1": TALK}),
        "clock": FakeClock(NOW_MS),
        "metrics": CountedMetrics(),
    }
    return Answerers(**fields | more)


def first_of(body: Any) -> Any:
    return body["squad"]["members"][0]


def asks(answer: Any) -> bool:
    return "moment ago" in first_of(answer.body).get("assistantOverrides", {}).get(
        "firstMessage", ""
    )


def test_it_is_noted_once_the_call_has_an_id() -> None:
    parts = answerers(BROKE_OFF)
    answer = answer_caller(RANG, "", parts)
    assert asks(answer)
    assert isinstance(parts.talks, FakeTalks)
    assert parts.talks.asked == []  # nothing of it is read before a yes
    assert isinstance(parts.resumptions, FakeResumptions)
    assert parts.resumptions.noted == []
    answer.placed("call-2")
    [noted] = parts.resumptions.noted
    assert (noted.call_id, noted.earlier, noted.department) == ("call-2", "call-1", "billing")


@pytest.mark.parametrize(
    "earlier",
    [
        None,
        replace(BROKE_OFF, destination=None),
        replace(BROKE_OFF, ended_reason="customer-ended-call"),
        replace(BROKE_OFF, goodbye_at_ms=NOW_MS - 121_000),
        replace(BROKE_OFF, ended_at_ms=NOW_MS - 601_000),
    ],
    ids=["none", "nobody had him", "hung up", "goodbye", "long ago"],
)
def test_whom_nothing_broke_off_for_is_greeted(earlier: EarlierCall | None) -> None:
    answer = answer_caller(RANG, "", answerers(earlier))
    assert not asks(answer)
    answer.placed("call-2")


def note_of_squad(answer: Any) -> str:
    return str(answer.body["squad"]["membersOverrides"]["variableValues"]["resumeNote"])


def known_by(*calls: tuple[str, ...], **more: Any) -> Answerers:
    """Somebody who called before, under these names."""
    parted = replace(BROKE_OFF, ended_reason="customer-ended-call")
    earlier = [
        replace(parted, call_id=f"call-{place}", names=names) for place, names in enumerate(calls)
    ]
    return answerers(memory=FakeCallMemory({CALLER: earlier}), looks_up=True, **more)


def test_who_answers_knows_the_first_name_and_that_it_may_be_another() -> None:
    parts = known_by(("Ada Lovelace",), (), ("Ada",))
    answer = answer_caller(RANG, "", parts)
    note = note_of_squad(answer)
    assert '"Am I speaking with Ada?"' in note
    assert "lookUpCustomer" in note
    assert "Lovelace" not in str(answer.body)  # the rest is his to say
    assert "firstMessage" not in first_of(answer.body).get("assistantOverrides", {})
    assert isinstance(parts.metrics, CountedMetrics)
    assert parts.metrics.of("caller_known") == [{"known": "true"}]


@pytest.mark.parametrize(
    "names",
    [
        [],
        [()],
        [("Ada Lovelace",), ("Charles Babbage",)],  # two behind one number
        [("Ada Lovelace", "Charles Babbage")],
        [("Ada",)],  # with it he could prove nothing
        [("Ms. Ada",)],
    ],
)
def test_of_nobody_in_particular_no_name_is_told(names: list[tuple[str, ...]]) -> None:
    answer = answer_caller(RANG, "", known_by(*names))
    assert note_of_squad(answer) == ""
    assert "Ada" not in str(answer.body)


class Cards:
    """CardReads."""

    def __init__(self, card: CrmCard) -> None:
        self.cards, self.down = {CALLER: card}, False
        self.asked: list[str] = []

    def get(self, customer: str) -> CrmCard | None:
        self.asked.append(customer)
        if self.down:
            raise StoreUnavailableError
        return self.cards.get(customer)


def card(**said: Any) -> Cards:
    return Cards(CrmCard(read_at_ms=NOW_MS, **said))


def test_tier_and_language_come_from_a_crm_by_our_own_table() -> None:
    cards = card(name="Ada Lovelace", tier="Gold", language="de")
    answer = answer_caller(RANG, "", known_by(("Ada",), cards=cards))
    note = note_of_squad(answer)
    assert "Tier of the customer at this number: Gold." in note
    assert "Language on record: de." in note
    assert "Am I speaking with Ada?" in note
    assert "Lovelace" not in str(answer.body)
    assert "say nothing of earlier calls" in note
    assert cards.asked == [CALLER]  # once


def test_what_a_crm_knows_is_told_of_who_has_never_called() -> None:
    note = note_of_squad(answer_caller(RANG, "", known_by(cards=card(tier="Gold"))))
    assert "Gold" in note
    assert "Am I speaking" not in note


@pytest.mark.parametrize(
    "cards",
    [
        card(name="Charles Babbage", tier="Gold", language="de"),
        card(several=True),
    ],
    ids=["another in the CRM", "several there"],
)
def test_two_behind_one_number_leave_no_name_and_nothing_else(cards: Cards) -> None:
    assert note_of_squad(answer_caller(RANG, "", known_by(("Ada Lovelace",), cards=cards))) == ""


def test_a_card_that_cannot_be_read_is_none() -> None:
    cards = card(tier="Gold")
    cards.down = True
    parts = known_by(("Ada Lovelace",), cards=cards)
    note = note_of_squad(answer_caller(RANG, "", parts))
    assert "Am I speaking with Ada?" in note
    assert "Gold" not in note


@pytest.mark.parametrize("number", [None, "+18005550142", DEPARTMENTS.person_number])
def test_no_card_is_read_of_a_number_that_is_nobodys_own(number: str | None) -> None:
    cards = card(tier="Gold")
    answer_caller(replace(RANG, number=number), "", known_by(cards=cards))
    assert cards.asked == []


def test_no_card_is_read_where_a_call_broke_off_or_goes_on() -> None:
    cards = card(tier="Gold")
    assert asks(answer_caller(RANG, "", answerers(BROKE_OFF, cards=cards, looks_up=True)))
    answer_caller(replace(RANG, before="call-1"), "", answerers(cards=cards, looks_up=True))
    assert cards.asked == []


def test_where_nobody_can_look_him_up_nothing_is_told_of_him() -> None:
    assert (
        note_of_squad(answer_caller(RANG, "", replace(known_by(("Ada L",)), looks_up=False))) == ""
    )


@pytest.mark.parametrize("number", [None, "+18005550142", DEPARTMENTS.person_number])
def test_who_is_not_known_by_the_number_has_no_name(number: str | None) -> None:
    known = replace(BROKE_OFF, ended_reason="customer-ended-call", names=("Ada Lovelace",))
    parts = answerers(memory=FakeCallMemory({number or "": [known]}), looks_up=True)
    assert note_of_squad(answer_caller(replace(RANG, number=number), "", parts)) == ""


def test_a_table_that_does_not_answer_leaves_him_a_caller_like_any_other() -> None:
    parts = known_by(("Ada Lovelace",))
    parts.memory.down = True  # type: ignore[attr-defined]
    assert note_of_squad(answer_caller(RANG, "", parts)) == ""


def test_who_is_asked_about_a_call_that_broke_off_is_not_named_to_anybody() -> None:
    answer = answer_caller(
        RANG, "", answerers(replace(BROKE_OFF, names=("Ada Lovelace",)), looks_up=True)
    )
    assert asks(answer)
    assert "Ada" not in str(answer.body)


def test_a_visit_that_went_on_did_not_break_off() -> None:
    assert not asks(answer_caller(RANG, "", answerers(BROKE_OFF, visits=Visits(broke_off=False))))


@pytest.mark.parametrize("number", [None, "+18005550142", DEPARTMENTS.person_number])
def test_whoever_is_not_known_by_the_number_is_never_asked(number: str | None) -> None:
    parts = answerers(memory=FakeCallMemory({number or "": [BROKE_OFF]}))
    assert not asks(answer_caller(replace(RANG, number=number), "", parts))


def test_when_he_rang_counts_and_not_when_a_line_came_free() -> None:
    waited = answerers(BROKE_OFF, clock=FakeClock(NOW_MS + 900_000))
    assert asks(answer_caller(replace(RANG, at_ms=NOW_MS), "", waited))


def test_who_was_rung_back_and_said_yes_is_asked_nothing_and_goes_on_with_who_had_him() -> None:
    talk = Talk(turns=(("customer", "About the treadmill."),), destination="billing")
    parts = answerers(BROKE_OFF, talks=FakeTalks({"call-0": talk}))
    answer = answer_caller(replace(RANG, resumes="call-0"), "", parts)
    assert not asks(answer)
    said = str(answer.body)
    assert "We have rung them back" in said
    assert "About the treadmill." in said
    unread = answerers(BROKE_OFF, talks=FakeTalks(down=True))
    assert asks(answer_caller(replace(RANG, resumes="call-0"), "", unread))  # as if he had rung


def test_the_same_visit_is_asked_again_and_another_is_not() -> None:
    parts = answerers(BROKE_OFF)
    assert asks(answer_caller(RANG, "", parts))
    assert asks(answer_caller(RANG, "", parts))
    assert not asks(answer_caller(replace(RANG, known_as="v-CA3"), "", parts))


@pytest.mark.parametrize(("came", "words"), [(True, "No colleague could"), (False, "broke")])
def test_a_caller_taken_back_in_one_visit_is_not_greeted_and_is_known(
    *, came: bool, words: str
) -> None:
    rang = replace(RANG, before="call-1", nobody_came=came)
    body: Any = answer_caller(rang, "", answerers()).body
    first = first_of(body)
    assert first["assistant"]["name"] == "billing"
    assert "generated" in first["assistantOverrides"]["firstMessageMode"]
    note = body["squad"]["membersOverrides"]["variableValues"]["resumeNote"]
    assert words in note
    assert "Do not greet" in note
    assert SECRET in note


def test_who_had_talked_with_the_entry_assistant_alone_is_not_greeted_by_it_again() -> None:
    talks = FakeTalks({"call-1": replace(TALK, destination=None)})
    body = answer_caller(replace(RANG, before="call-1"), "", answerers(talks=talks)).body
    first = first_of(body)
    assert first["assistant"]["name"] == "router"
    assert "generated" in first["assistantOverrides"]["firstMessageMode"]


@pytest.mark.parametrize("talks", [FakeTalks(), FakeTalks(down=True), None])
def test_of_whom_nothing_is_known_is_greeted(talks: FakeTalks | None) -> None:
    answer = answer_caller(replace(RANG, before="call-1"), "", answerers(talks=talks))
    assert "firstMessageMode" not in first_of(answer.body).get("assistantOverrides", {})


def test_a_saved_squad_goes_on_as_well() -> None:
    rang = replace(RANG, before="call-1")
    body: Any = answer_caller(rang, "", answerers(squad_id="squad-9")).body
    assert body["squadId"] == "squad-9"
    assert "generated" in body["squadOverrides"]["firstMessageMode"]
    assert SECRET in body["squadOverrides"]["variableValues"]["resumeNote"]
