"""Facts are written down once each, and what follows is decided once."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.deciding.routing import ActionKind
from contact_center.conversations.domain.facts import ToolCalled, UtteranceHeard
from contact_center.conversations.domain.folding.conversation import decides_nothing
from contact_center.conversations.services.ports.calls import (
    CallHistory,
    ForgottenCallError,
    HistoryMovedOnError,
)
from contact_center.conversations.services.record_facts import (
    COMMIT_ROUNDS,
    FACTS_PER_COMMIT,
    record_facts,
)
from contact_center.conversations.services.record_parts import RecordParts
from contact_center.understanding.domain.intents import Hearing
from tests.fakes.call_answers import QUESTIONS
from tests.fakes.call_store import FakeCallStore
from tests.fakes.clock import FakeClock
from tests.fakes.intent_classifier import FakeClassifier
from tests.unit.conversations.histories import BEGAN_MS, CALL_ID, POLICY, History, departments
from tests.unit.conversations.real_calls import CALLS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.conversations.domain.calls import CallRecord
    from contact_center.conversations.domain.deciding.routing import Decision
    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.services.ports.calls import CallGlance, CallStore
    from contact_center.records.domain.effects import Effect

SALES = Hearing(intent="sales", confidence=1.0, wants_person=False)


def parts_for(facts: Sequence[Fact] = (), store: CallStore | None = None) -> RecordParts:
    """Parts whose classifier hears in each utterance what the history says is in it."""
    heard = {
        fact.text: Hearing(fact.intent, fact.confidence, fact.wants_person)
        for fact in facts
        if isinstance(fact, UtteranceHeard)
    }
    return RecordParts(
        store=store or FakeCallStore(),
        classifier=FakeClassifier(heard),
        clock=FakeClock(BEGAN_MS),
        policy=POLICY,
        departments=departments(),
        questions=QUESTIONS,
    )


def untold(fact: Fact) -> Fact:
    """A fact as a message tells it: nobody has said yet what it means."""
    if isinstance(fact, UtteranceHeard):
        return replace(fact, intent=None, confidence=0.0, wants_person=False)
    return replace(fact, department=None) if isinstance(fact, ToolCalled) else fact


def facts_of(name: str, *, ends: bool = False) -> list[Fact]:
    """The facts of a real call; its tool calls say where to, as a model does."""
    history = CALLS[name]()
    facts = (history.ends() if ends else history).facts
    return [
        replace(fact, arguments={"department": fact.department})
        if isinstance(fact, ToolCalled)
        else fact
        for fact in facts
    ]


def clear_intent() -> list[Fact]:
    return facts_of("clear_intent")


def test_a_clear_wish_is_routed_once_and_written_down() -> None:
    facts = clear_intent()
    parts = parts_for(facts)
    for fact in facts:
        recorded = record_facts(CALL_ID, [untold(fact)], parts)
    assert [(one.number, one.kind, one.department) for one in recorded.decisions] == [
        (1, ActionKind.ROUTE, "billing")
    ]
    history = parts.store.read(CALL_ID)
    assert history.decisions == recorded.decisions
    assert recorded.record == merge_all(CALL_ID, facts)
    assert history.record is not None  # which gathers some of it later
    assert history.record.status == recorded.record.status
    assert (history.glance.intent, history.glance.destination) == ("billing", "billing")


@pytest.mark.parametrize("name", sorted(CALLS))
def test_the_order_of_telling_changes_neither_record_nor_destination(name: str) -> None:
    facts = facts_of(name, ends=True)
    in_order = parts_for(facts)
    for fact in facts:
        record_facts(CALL_ID, [untold(fact)], in_order)
    for seed in range(3):
        shuffled = [*facts, *facts]
        random.Random(seed).shuffle(shuffled)  # noqa: S311 - no secret
        parts = parts_for(facts)
        for fact in shuffled:
            record_facts(CALL_ID, [untold(fact)], parts)
        history, expected = parts.store.read(CALL_ID), in_order.store.read(CALL_ID)
        assert history.record == expected.record
        assert history.glance == expected.glance
        assert set(map(repr, history.facts)) == set(map(repr, expected.facts))


@pytest.mark.parametrize("name", sorted(CALLS))
def test_telling_everything_ten_times_changes_nothing(name: str) -> None:
    facts = facts_of(name)
    parts = parts_for(facts)
    for fact in facts:
        record_facts(CALL_ID, [untold(fact)], parts)
    once = parts.store.read(CALL_ID)
    for _ in range(9):
        for fact in facts:
            record_facts(CALL_ID, [untold(fact)], parts)
    assert parts.store.read(CALL_ID) == once


def test_words_are_classified_once_though_the_classifier_learns() -> None:
    (fact,) = History().says("my bill is wrong", "billing").facts
    parts = parts_for([fact])
    record_facts(CALL_ID, [untold(fact)], parts)
    wiser = replace(parts, classifier=FakeClassifier({"my bill is wrong": SALES}))
    record_facts(CALL_ID, [untold(fact)], wiser)
    assert parts.store.read(CALL_ID).facts == (fact,)


def test_a_slow_classifier_is_asked_about_final_words_only() -> None:
    history = (
        History().begins("so my bill is wrong again").after(300).says("my bill is wrong", "billing")
    )
    parts = replace(
        parts_for(history.facts),
        slow_classifier=FakeClassifier(
            {"so my bill is wrong again": SALES, "my bill is wrong": SALES}
        ),
    )
    record_facts(CALL_ID, [untold(fact) for fact in history.facts], parts)
    stored = {
        fact.text: fact.intent
        for fact in parts.store.read(CALL_ID).facts
        if isinstance(fact, UtteranceHeard)
    }
    assert stored == {"my bill is wrong": "sales"}
    hasty = replace(
        parts,
        classifier=FakeClassifier({"so my bill is wrong again": SALES}),
        store=FakeCallStore(),
    )
    record_facts(CALL_ID, [untold(fact) for fact in history.facts], hasty)
    assert len(hasty.store.read(CALL_ID).facts) == len(stored) + 1  # asked about what is partial


def test_what_the_assistant_says_is_not_classified() -> None:
    (fact,) = History().assistant_says("sales, support or billing?").facts
    parts = parts_for()
    parts = replace(parts, classifier=FakeClassifier({"sales, support or billing?": SALES}))
    record_facts(CALL_ID, [fact], parts)
    assert parts.store.read(CALL_ID).facts == (fact,)


@pytest.mark.parametrize("named", ["<script>", "billing; DROP", "", "unconfigured"])
def test_a_department_that_does_not_exist_is_never_stored(named: str) -> None:
    history = History().says("hello", named, 0.99)
    said = history.after(5).tool(None).facts
    parts = parts_for(said[:1])
    tool = replace(said[1], arguments={"department": named})  # type: ignore[call-arg]
    recorded = record_facts(CALL_ID, [said[0], tool], parts)
    utterance, called = parts.store.read(CALL_ID).facts
    assert isinstance(utterance, UtteranceHeard)
    assert isinstance(called, ToolCalled)
    assert (utterance.intent, called.department, recorded.state.destination) == (None, None, None)


def test_a_tool_call_says_where_to_by_department_or_intent() -> None:
    for arguments in ({"department": "Billing"}, {"intent": "billing"}):
        parts = parts_for()
        (call,) = History().tool(None).facts
        called = replace(call, arguments=arguments)  # type: ignore[call-arg]
        recorded = record_facts(CALL_ID, [called], parts)
        assert [one.department for one in recorded.decisions] == ["billing"]


def test_a_tool_call_that_only_the_door_knows_is_recorded_with_the_next_message() -> None:
    (at_the_door,) = History().tool("billing").facts
    store = StoreWithDoor(at_the_door=at_the_door)
    (other,) = History().after(400).status("in-progress").facts
    recorded = record_facts(CALL_ID, [other], parts_for(store=store))
    assert [one.department for one in recorded.decisions] == ["billing"]
    assert store.read(CALL_ID).facts == (other, at_the_door)


def test_of_a_tool_call_that_the_door_answered_its_own_fact_is_kept() -> None:
    (told,) = History().tool("billing").facts
    at_the_door = replace(told, answer="Connecting you to billing.")  # type: ignore[call-arg]
    store = StoreWithDoor(at_the_door=at_the_door)
    record_facts(CALL_ID, [told], parts_for(store=store))
    assert FakeCallStore.read(store, CALL_ID).facts == (at_the_door,)


def test_more_facts_than_a_commit_takes_are_written_in_pieces() -> None:
    history = History()
    for _ in range(3 * FACTS_PER_COMMIT + 1):
        history.after(10).says("and so on")
    parts = parts_for()
    record_facts(CALL_ID, history.facts, parts)
    stored = parts.store.read(CALL_ID)
    assert len(stored.facts) == 3 * FACTS_PER_COMMIT + 1


def test_whoever_loses_the_race_reads_again_and_decides_on_what_is_there_now() -> None:
    facts = clear_intent()
    store = RacingStore(rivals=[facts[-1]])
    parts = parts_for(facts, store)
    store.parts = replace(parts, store=store.lane)
    recorded = record_facts(CALL_ID, [untold(fact) for fact in facts[:5]], parts)
    history = store.read(CALL_ID)
    told = {fact.key for fact in (*facts[:5], facts[-1]) if not decides_nothing(fact, POLICY)}
    assert {fact.key for fact in history.facts} == told
    assert history.decisions == recorded.decisions
    assert [one.number for one in history.decisions] == [1]


def test_losing_every_race_is_left_to_the_queue() -> None:
    rivals = History()
    for number in range(COMMIT_ROUNDS):
        rivals.after(5).noticed(f"stalled {number}")
    store = RacingStore(rivals=list(rivals.facts))
    wish = History().says("my bill is wrong", "billing").facts
    parts = parts_for(wish, store)
    store.parts = replace(parts, store=store.lane)
    with pytest.raises(HistoryMovedOnError):
        record_facts(CALL_ID, wish, parts)
    assert store.read(CALL_ID).decisions == ()
    assert [one.department for one in record_facts(CALL_ID, wish, parts).new] == ["billing"]
    assert store.read(CALL_ID).record == merge_all(CALL_ID, (*wish, *rivals.facts))


@pytest.mark.parametrize(
    ("said", "confidence", "person", "forgotten"),
    [
        ("billing", POLICY.partial_confidence, False, False),
        ("billing", POLICY.partial_confidence - 0.01, False, True),
        ("person", POLICY.partial_confidence, True, False),
        ("person", POLICY.partial_confidence - 0.01, True, True),  # the bound is on persons too
        (None, 1.0, False, True),
    ],
)
def test_words_still_being_spoken_count_when_they_are_sure(
    said: str | None, confidence: float, *, person: bool, forgotten: bool
) -> None:
    (fact,) = History().begins("words").facts
    assert isinstance(fact, UtteranceHeard)
    told = replace(fact, intent=said, confidence=confidence, wants_person=person)
    assert decides_nothing(told, POLICY) is forgotten
    assert decides_nothing(replace(told, role="assistant"), POLICY) is True
    assert decides_nothing(replace(told, final=True), POLICY) is False


@pytest.mark.parametrize("said", ["my bill", "I was charged for something by"])
def test_words_still_being_spoken_that_say_too_little_are_not_heard(said: str) -> None:
    history = History().begins(said, "billing")
    parts = parts_for(history.facts)
    record_facts(CALL_ID, [untold(fact) for fact in history.facts], parts)
    assert parts.store.read(CALL_ID) == FakeCallStore().read(CALL_ID)


def test_words_still_being_spoken_that_are_nothing_sure_leave_nothing_behind() -> None:
    history = History().begins("can I").after(200).begins("can I get a")
    parts = parts_for(history.facts)
    recorded = record_facts(CALL_ID, history.facts, parts)
    assert recorded.decisions == ()
    assert parts.store.read(CALL_ID) == FakeCallStore().read(CALL_ID)


class StoreWithDoor(FakeCallStore):
    """A store in which the door has written a tool call down."""

    def __init__(self, at_the_door: Fact) -> None:
        super().__init__()
        self._at_the_door = at_the_door

    def read(self, call_id: str) -> CallHistory:
        history = super().read(call_id)
        if self._at_the_door in history.facts:
            return history
        return replace(history, unrecorded=(self._at_the_door,))

    read_on = read


@dataclass
class RacingStore:
    """A store where, before each of our writes, a rival router records a fact of its own.

    Attributes:
        unread: What others note without reading the call afterwards: they died.
        notes_race: Whether the rivals are there before we note anything, too.
    """

    rivals: list[Fact]
    parts: RecordParts | None = None
    unread: list[Fact] = field(default_factory=list)
    notes_race: bool = False

    def __post_init__(self) -> None:
        self.lane = FakeCallStore()
        self.read, self.read_on = self.lane.read, self.lane.read_on
        self.fold = self.lane.fold
        self.begin_action = self.lane.begin_action
        self.finish_action = self.lane.finish_action
        self.sweep, self.show_whose = self.lane.sweep, self.lane.show_whose

    def note(self, facts: Sequence[Fact], customer: str | None = None) -> None:
        if self.notes_race:
            self._race()
        self.lane.note(facts, customer)

    def keep(
        self,
        history: CallHistory,
        record: CallRecord,
        glance: CallGlance,
        *,
        look_at_ms: int | None = None,
    ) -> None:
        self._race()
        self.lane.keep(history, record, glance, look_at_ms=look_at_ms)

    def _race(self) -> None:
        self.lane.note(self.unread)
        if self.rivals and self.parts is not None:
            record_facts(CALL_ID, [self.rivals.pop()], self.parts)

    def commit(  # noqa: PLR0913 - as the port has it
        self,
        history: CallHistory,
        record: CallRecord,
        facts: Sequence[Fact],
        decisions: Sequence[Decision],
        glance: CallGlance,
        *,
        amended: Sequence[Fact] = (),
        effects: Sequence[Effect] = (),
        look_at_ms: int | None = None,
        count_at_ms: int | None = None,
    ) -> None:
        self._race()
        self.lane.commit(
            history,
            record,
            facts,
            decisions,
            glance,
            amended=amended,
            effects=effects,
            look_at_ms=look_at_ms,
            count_at_ms=count_at_ms,
        )


class ErasedMeanwhile(FakeCallStore):
    """Its call is erased after it was read and before anything is written."""

    def read(self, call_id: str) -> CallHistory:
        history = super().read(call_id)
        if not history.forgotten:
            self.sweep(call_id)
        return history

    read_on = read


@pytest.mark.parametrize("name", ["noted", "gathered", "committed"])
def test_whoever_writes_in_the_moment_of_erasing_takes_away_what_he_wrote(name: str) -> None:
    facts = {
        "noted": History().says("hello there").facts,
        "gathered": History().status("ringing").facts,
        "committed": clear_intent(),
    }[name]
    store = ErasedMeanwhile()
    with pytest.raises(ForgottenCallError):
        record_facts(CALL_ID, [untold(fact) for fact in facts], parts_for(facts, store))
    left = store.histories[CALL_ID]
    assert left.forgotten
    assert (left.record, left.facts, left.decisions, store.effects) == (None, (), (), [])
