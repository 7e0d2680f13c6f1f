"""Long calls are read on from what was folded, whoever else writes, dies or comes late."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from greenlet import greenlet  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from contact_center.conversations.domain.deciding.routing import refused_wishes
from contact_center.conversations.domain.facts import UtteranceHeard
from contact_center.conversations.domain.folding.fold import conversation_state
from contact_center.conversations.domain.folding.folded import (
    FOLDED_AT_ONCE,
    SETTLED_MS,
    WholeNeededError,
    is_turn,
)
from contact_center.conversations.services.ports.calls import HistoryMovedOnError
from contact_center.conversations.services.record_facts import record_facts
from contact_center.records.domain.redaction_kinds import USUAL_GAP_SECONDS
from tests.fakes.call_store import FakeCallStore
from tests.unit.conversations.histories import CALL_ID, POLICY, History, departments
from tests.unit.conversations.real_calls import CALLS
from tests.unit.conversations.test_record_facts import facts_of, parts_for, untold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.domain.folding.conversation_state import ConversationState
    from contact_center.conversations.domain.folding.folded import Folded
    from contact_center.conversations.services.ports.calls import CallHistory
    from contact_center.conversations.services.record_parts import RecordParts

DEPARTMENTS = departments()
TURN_MS = 5_000


def named(number: int) -> str:
    """A word for each number that is none: numbers that follow one another are dictated."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def long_call(turns: int, *, intent: str | None = None) -> History:
    call = History().answered().says("my bill is wrong", "billing", 0.95).after(900)
    call.assistant("billing").after(TURN_MS)
    for number in range(turns):
        call.says(f"and another thing {named(number)}", intent).after(TURN_MS)
    return call


def told(facts: Sequence[Fact], parts: RecordParts) -> None:
    for fact in facts:
        record_facts(CALL_ID, [fact], parts)


def whole_state(history: CallHistory) -> ConversationState:
    refused = refused_wishes(history.decisions, ())
    return conversation_state(history.facts, POLICY, DEPARTMENTS, refused)


def hold_what_was_folded(store: FakeCallStore) -> None:
    """What is read on comes to what the whole does, and knows every turn of before."""
    whole, on = store.read(CALL_ID), store.read_on(CALL_ID)
    folded = whole.folded
    if folded is not None:
        before = [fact for fact in whole.facts if is_turn(fact) and fact.at_ms <= folded.until_ms]
        assert len(before) == folded.turns
    refused = refused_wishes(whole.decisions, ())
    try:
        state = conversation_state(on.facts, POLICY, DEPARTMENTS, refused, folded)
    except WholeNeededError:
        return  # then the whole is read
    assert state == whole_state(whole)


def test_of_a_long_call_no_more_is_read_than_of_a_short_one() -> None:
    call = long_call(150)
    parts = parts_for(call.facts)
    store = Counting()
    parts = replace(parts, store=store)
    most = 0
    for number, fact in enumerate(call.facts):
        record_facts(CALL_ID, [fact], parts)
        most = max(most, len(store.read_on(CALL_ID).facts))
        if number % 10 == 0:
            hold_what_was_folded(store)

    assert len(store.read(CALL_ID).facts) == len(call.facts)
    assert most <= FOLDED_AT_ONCE + SETTLED_MS // TURN_MS + 10
    assert store.histories[CALL_ID].folded is not None
    assert store.whole == len(call.facts) // 10 + 2  # by this test


def test_a_number_that_is_dictated_for_long_has_the_whole_read() -> None:
    """Every digit of it is amended, however long ago the first was said."""
    call = long_call(29)
    for _ in range(9):  # so many are a number
        call.says("four").after(USUAL_GAP_SECONDS * 1000)
    parts = parts_for(call.facts)
    told(call.facts[:-1], parts)
    before = parts.store.read(CALL_ID)
    assert before.folded is not None
    digits = [fact for fact in before.facts if getattr(fact, "text", "") == "four"]
    assert digits[0].at_ms <= before.folded.until_ms

    told(call.facts[-1:], parts)

    after = parts.store.read(CALL_ID)
    assert not [fact for fact in after.facts if getattr(fact, "text", "") == "four"]
    assert isinstance(parts.store, FakeCallStore)
    hold_what_was_folded(parts.store)


def test_a_call_of_three_minutes_is_never_folded() -> None:
    call = long_call(24)
    parts = parts_for(call.facts)
    told(call.facts, parts)

    assert parts.store.read(CALL_ID).folded is None


def test_words_that_come_after_they_could_have_been_folded_still_count() -> None:
    call = long_call(20)
    moment = call.at_ms
    (late,) = History().after(moment - 1 - History().at_ms).says("sales", "sales", 0.99).facts
    for number in range(60):
        call.after(TURN_MS).says(f"and another thing, {named(number)}")
    parts = parts_for([*call.facts, late])
    told(call.facts, parts)
    before = parts.store.read(CALL_ID).folded
    assert before is not None
    assert before.until_ms > late.at_ms

    recorded = record_facts(CALL_ID, [late], parts)

    assert recorded.state.destination == "sales"
    after = parts.store.read(CALL_ID).folded
    assert after is not None
    assert after.turns > before.turns
    assert isinstance(parts.store, FakeCallStore)
    hold_what_was_folded(parts.store)
    assert record_facts(CALL_ID, [late], parts).new == ()
    assert parts.store.read(CALL_ID).folded == after  # told again, nothing is written again


def test_the_record_knows_what_was_folded() -> None:
    call = long_call(20).says("goodbye", None)
    for number in range(60):
        call.after(TURN_MS).assistant_says(f"are you there, for {named(number)}")
    parts = replace(parts_for(call.facts), watched=lambda: False)
    told(call.facts, parts)
    (last,) = History().after(call.at_ms - History().at_ms + 1).ends().facts[-1:]

    record_facts(CALL_ID, [last], parts)

    record = parts.store.read(CALL_ID).record
    assert record is not None
    assert record.customer_heard
    assert record.value("goodbye") == "customer"


def test_words_that_come_late_are_in_the_record_after_they_were_folded() -> None:
    call = History().answered()
    for number in range(20):
        call.after(TURN_MS).assistant_says(f"are you there, for {named(number)}")
    (late,) = History().after(call.at_ms - 80_000 - History().at_ms).says(" ").facts  # a breath
    parts = replace(parts_for([*call.facts, late]), watched=lambda: False)
    told([*call.facts, late], parts)
    assert parts.store.read(CALL_ID).folded is not None
    for number in range(60):  # until it is read on, not as a whole
        call.after(900).assistant_says(f"here I am, for {named(number)}")
    told(call.ends().facts, parts)

    record = parts.store.read(CALL_ID).record
    assert record is not None
    assert record.customer_heard


def test_a_move_that_is_told_late_has_it_folded_anew() -> None:
    call = long_call(70)
    parts = parts_for(call.facts)
    store = parts.store
    assert isinstance(store, FakeCallStore)
    told(call.facts, parts)
    (moved,) = History().after(60_000).assistant("sales").facts

    record_facts(CALL_ID, [moved], parts)

    whole, on = store.read(CALL_ID), store.read_on(CALL_ID)
    assert not on.whole
    state = conversation_state(on.facts, POLICY, DEPARTMENTS, (), on.folded)  # and not refused
    assert state == whole_state(whole)


@dataclass
class LateRival(FakeCallStore):
    """A store in which, just before we fold, somebody else records words that came late."""

    words: list[Fact] = field(default_factory=list)
    parts: RecordParts | None = None

    def fold(self, call_id: str, folded: Folded) -> None:
        if self.words and self.parts is not None:
            words, self.words = self.words, []
            record_facts(call_id, words, self.parts)
        super().fold(call_id, folded)


@pytest.mark.parametrize("ago_ms", [59_000, 60_000, 61_000, 100_000])
def test_who_folds_without_having_read_what_came_late_comes_second(ago_ms: int) -> None:
    call = long_call(10)
    for number in range(60):
        call.after(TURN_MS).says(f"and so on, {named(number)}")
    late = History().after(call.at_ms - ago_ms - History().at_ms).says("sales", "sales", 0.99)
    store = LateRival()
    parts = parts_for([*call.facts, *late.facts], store)
    store.words, store.parts = late.facts, parts
    store.note(call.facts)

    recorded = record_facts(CALL_ID, (), parts)

    assert recorded.state.destination == "sales"
    hold_what_was_folded(store)


@dataclass
class Counting(FakeCallStore):
    """A store that counts how often a call is read as a whole."""

    whole: int = 0

    def read(self, call_id: str) -> CallHistory:
        self.whole += 1
        return super().read(call_id)


# --- Two who write at once ---------------------------------------------------------------------


@dataclass
class Turns:
    """A store at which whoever works on a call lets others go first, or dies."""

    lane: FakeCallStore = field(default_factory=FakeCallStore)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        do = getattr(self.lane, name)

        def in_turn(*args: Any, **kwargs: Any) -> Any:
            hub = greenlet.getcurrent().parent
            if hub is not None:
                hub.switch()
            return do(*args, **kwargs)

        return in_turn


def race(messages: Sequence[Sequence[Fact]], parts: RecordParts, chance: random.Random) -> None:
    """Each message in a process of its own, in any order of steps; some die and are told again."""
    tries = dict.fromkeys(range(len(messages)), 0)
    waiting = list(tries)
    running: dict[int, greenlet] = {}
    while waiting or running:
        free = [n for n in range(len(messages)) if n not in running and tries[n] >= 0]
        if free and (not running or chance.random() < 0.4):
            number = chance.choice(free)
            facts = messages[number]
            running[number] = greenlet(lambda facts=facts: _work(facts, parts))
        number = chance.choice(sorted(running))
        if tries[number] < 2 and chance.random() < 0.03:
            running.pop(number).throw(greenlet.GreenletExit)
            tries[number] += 1
            continue
        running[number].switch()
        if running[number].dead:
            running.pop(number)
            tries[number] = -1
        waiting = [n for n in tries if tries[n] >= 0]


def _work(facts: Sequence[Fact], parts: RecordParts) -> None:
    while True:
        try:
            record_facts(CALL_ID, facts, parts)
        except HistoryMovedOnError:
            continue
        return


def racing_messages(chance: random.Random) -> list[list[Fact]]:
    """The last words of a long call, among them such as come late, and one that moves the call."""
    call = long_call(10)
    for number in range(chance.randrange(30, 60)):
        call.after(TURN_MS).says(f"and so on, {named(number)}")
    known = [[fact] for fact in call.facts]
    ends_ms = call.at_ms
    late: list[list[Fact]] = []
    for number in range(3):
        ago_ms = chance.choice([0, 4_000, 59_000, 61_000, 90_000, 150_000])
        said = History().after(ends_ms - ago_ms - History().at_ms + number)
        intent = chance.choice([None, "sales", "support"])
        late.append(said.says(f"late words {named(number)}", intent, 0.99).facts)
    after = History().after(ends_ms - History().at_ms + chance.choice([5_000, 120_000]))
    return [*known, *late, after.says("and the last words").facts]


@given(st.integers(0, 2**32))
def test_whoever_races_or_dies_no_words_are_lost(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - an order, no secret
    messages = racing_messages(chance)
    facts = [fact for message in messages for fact in message]
    parts = parts_for(facts)
    before, last = messages[:-6], messages[-6:]
    store = parts.store
    assert isinstance(store, FakeCallStore)
    store.note([fact for message in before for fact in message])
    record_facts(CALL_ID, (), parts)

    race(last, replace(parts, store=Turns(store)), chance)

    history = store.read(CALL_ID)
    assert {fact.key for fact in history.facts} == {fact.key for fact in facts}
    hold_what_was_folded(store)
    recorded = record_facts(CALL_ID, (), parts)
    assert recorded.new == ()
    assert recorded.state == whole_state(history)
    said = [one for one in history.facts if isinstance(one, UtteranceHeard)]
    assert recorded.last_words == max(said, key=lambda one: one.at_ms)


@given(st.sampled_from(sorted(CALLS)), st.integers(0, 2**32))
def test_whoever_races_or_dies_nothing_is_left_to_be_decided_or_written(
    name: str, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - an order, no secret
    facts = facts_of(name, ends=chance.random() < 0.5)
    at = chance.randrange(len(facts))
    parts = parts_for(facts)
    store = parts.store
    assert isinstance(store, FakeCallStore)
    told([untold(fact) for fact in facts[:at]], parts)

    race([[untold(fact)] for fact in facts[at:]], replace(parts, store=Turns(store)), chance)

    history = store.read(CALL_ID)
    said = {fact.key for fact in facts if not (is_turn(fact) and not getattr(fact, "final", True))}
    assert said <= {fact.key for fact in history.facts}
    assert record_facts(CALL_ID, (), parts).new == ()
    assert store.read(CALL_ID) == history
