"""What a person is told of a caller: who, from where in the talk, and why."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from contact_center.conversations.domain.resuming import Talk
from contact_center.kernel.ports import StoreRefusedError, StoreUnavailableError
from contact_center.kernel.spoken import longest_seconds
from contact_center.people.domain.briefs import LONGEST_SECONDS
from contact_center.people.services.visit_briefs import VisitBriefs
from contact_center.visits.domain.visit_merge import merged, post_told, wish_told
from contact_center.visits.domain.visit_parts import Post, PostState, Wish
from contact_center.visits.domain.visits import Visit
from tests.fakes.counted_metrics import CountedMetrics
from tests.fakes.visits import FakeVisits
from tests.unit.people.test_people import OFFER_WORDS

if TYPE_CHECKING:
    from contact_center.conversations.domain.facts import Role

LEG, NUMBER = "CA1", "+12125550199"
ANSWERED: tuple[Role, str] = ("assistant", "An assistant's answer, and longer than all else.")
VISIT = Visit(visit_id=f"v-{LEG}", caller=NUMBER, department="billing")
PLACED = post_told(f"v-{LEG}.1", Post(state=PostState.PLACED, at_ms=1, call_id="call-1"))


def spoken(*words: str, summary: str | None = None, destination: str | None = None) -> Talk:
    """A talk in which an assistant answers whatever the caller says."""
    turns: list[tuple[Role, str]] = []
    for text in words:
        turns += [("customer", text), ANSWERED]
    return Talk(summary=summary, turns=turns, destination=destination)


@dataclass
class Told:
    """EarlierTalks."""

    talk: Talk = field(default_factory=Talk)
    fails: type[Exception] | None = None

    def of(self, call_id: str) -> Talk:
        assert call_id == "call-1"
        if self.fails:
            raise self.fails
        return self.talk


class Desk:
    def __init__(self, visit: Visit = VISIT, talk: Talk | None = None) -> None:
        self.visits, self.metrics = FakeVisits(), CountedMetrics()
        self.visits.write(merged(visit, PLACED), 0)
        self.talks = Told(talk or Talk())
        self.briefs = VisitBriefs(
            visits=self.visits,
            talks=self.talks,
            names={"billing": "billing", "support": "technical support"},
            default="support",
            words=OFFER_WORDS,
            metrics=self.metrics,
        )

    def said(self) -> str:
        return self.briefs.of(VISIT.visit_id)


def test_of_a_number_only_the_last_digits_are_said() -> None:
    assert Desk().said() == "A caller for billing, number ending in 0 1 9 9."


def test_a_withheld_number_is_said_to_be_withheld() -> None:
    assert Desk(replace(VISIT, caller=None)).said() == "A caller for billing, number withheld."


def test_who_asked_for_nobody_is_for_the_default() -> None:
    said = Desk(replace(VISIT, department=None)).said()
    assert said.startswith("A caller for technical support,")


def test_who_wants_a_person_is_for_the_department_that_he_wants() -> None:
    wish = wish_told(f"v-{LEG}.1", 2, Wish(whose="billing", at_ms=1))
    said = Desk(merged(replace(VISIT, department=None), wish), Talk(destination="person")).said()
    assert said == "A caller for billing, number ending in 0 1 9 9."


@pytest.mark.parametrize(("before", "is_said"), [("support", True), ("billing", False)])
def test_from_where_in_the_talk_he_comes_is_said_once(before: str, is_said: bool) -> None:  # noqa: FBT001 - a parameter of the test
    said = Desk(talk=Talk(destination=before)).said()
    assert ("Until now with technical support." in said) is is_said
    assert said.count("billing") == 1


def test_the_most_telling_of_his_last_words_is_said() -> None:
    words = ("A much longer sentence of long ago.", "Hm.", "I was charged twice in May.", "Yes.")
    assert Desk(talk=spoken(*words)).said().endswith("Said: I was charged twice in May.")


def test_a_summary_goes_before_his_words() -> None:
    said = Desk(talk=spoken("I was.", summary="Charged twice.")).said()
    assert said.index("Charged twice.") < said.index("I was.")


def test_a_shop_may_have_nothing_said_of_what_he_said() -> None:
    desk = Desk(talk=spoken("I was.", summary="Charged twice."))
    silent = replace(desk.briefs, words=replace(OFFER_WORDS, last_words=""))
    assert silent.of(VISIT.visit_id) == "A caller for billing, number ending in 0 1 9 9."


def test_whatever_he_said_it_takes_twelve_seconds_at_most() -> None:
    said = Desk(talk=spoken("word " * 400, destination="support")).said()
    assert longest_seconds(said) <= LONGEST_SECONDS
    assert "Said: word word" in said


def test_words_with_braces_are_said_as_words() -> None:
    assert "{department}" not in Desk(talk=spoken("Set {department} to 0.")).said()


@pytest.mark.parametrize("fails", [StoreUnavailableError, StoreRefusedError])
def test_a_talk_that_cannot_be_read_is_left_out(fails: type[Exception]) -> None:
    desk = Desk(talk=spoken("I was charged twice."))
    desk.talks.fails = fails
    assert desk.said() == "A caller for billing, number ending in 0 1 9 9."
    assert desk.metrics.of("brief_without_talk") == [{}]


def test_of_a_visit_that_there_is_not_nothing_is_said() -> None:
    with pytest.raises(StoreUnavailableError):
        Desk().briefs.of("v-CA2")
