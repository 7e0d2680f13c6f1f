"""Order and repetition cannot matter: whole calls, told in every disorder.

A call is told to a small driver, one fact at a time, as the router would hear of it: know the
fact, fold, decide, commit. What must hold is written once, in `hold_to_its_promises`; the last
tests plant the usual bugs and show that it catches each of them.
"""

from __future__ import annotations

import dataclasses
import itertools
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.conversations.domain import calls
from contact_center.conversations.domain import facts as facts_module
from contact_center.conversations.domain.calls import CallRecord, merge_all
from contact_center.conversations.domain.deciding import routing
from contact_center.conversations.domain.deciding.routing import (
    Decision,
    last_destination,
    next_actions,
    says_goodbye,
)
from contact_center.conversations.domain.facts import (
    AssistantStarted,
    CallEnded,
    CallSeen,
    StatusChanged,
    ToolCalled,
    UtteranceHeard,
)
from contact_center.conversations.domain.folding import fold
from contact_center.conversations.domain.folding.fold import conversation_state
from tests.unit.conversations.histories import CALL_ID, POLICY, Direction, History, departments
from tests.unit.conversations.real_calls import CALLS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from contact_center.conversations.domain.facts import Fact
    from contact_center.conversations.domain.folding.conversation_state import ConversationState

DEPARTMENTS = departments()
NOW_MS = 1_787_266_900_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call came to."""

    record: CallRecord
    state: ConversationState
    decisions: tuple[Decision, ...]

    @property
    def sent_to(self) -> str | None:
        last = last_destination(self.decisions)
        return last.department if last else None


def tell(facts: Sequence[Fact]) -> Outcome:
    """Tell a call's facts one by one, in the order given."""
    known: list[Fact] = []
    committed: list[Decision] = []
    for fact in facts:
        known.append(fact)
        state = conversation_state(known, POLICY, DEPARTMENTS)
        committed += next_actions(state, committed, CALL_ID, NOW_MS)
    state = conversation_state(known, POLICY, DEPARTMENTS)
    return Outcome(merge_all(CALL_ID, known), state, tuple(committed))


def hold_to_its_promises(facts: Sequence[Fact], disordered: Sequence[Fact]) -> None:
    """Compare a call as it went with the same call in disorder.

    Args:
        facts: The call's facts as they happened, each once.
        disordered: The same facts in any order.
    """
    straight, crooked = tell(facts), tell(disordered)
    assert crooked.record == straight.record
    assert crooked.state == straight.state
    for outcome in (straight, crooked):
        wanted = outcome.state.destination
        there = outcome.state.arrived or outcome.state.ended
        refused = outcome.state.outbound and outcome.state.opt_out is not None
        assert wanted is None or there or refused or outcome.sent_to == wanted
        goodbyes = [number for number, d in enumerate(outcome.decisions) if says_goodbye(d)]
        assert goodbyes in ([], [len(outcome.decisions) - 1])  # nothing is decided after it
        assert bool(goodbyes) or not refused or outcome.state.ended
        assert refused or not goodbyes
        numbers = [decision.number for decision in outcome.decisions]
        assert numbers == list(range(1, len(numbers) + 1))
        once = [d.desire for d in outcome.decisions if d.department is None]
        assert len(once) == len(set(once))


def repeated(facts: Sequence[Fact], chance: random.Random) -> list[Fact]:
    """Every fact told one to four times; the first telling keeps its place, others come later."""
    told = list(facts)
    for fact in facts:
        for _ in range(chance.randrange(4)):
            told.insert(chance.randrange(told.index(fact) + 1, len(told) + 1), fact)
    return told


def never_ends(facts: Sequence[Fact]) -> list[Fact]:
    return [f for f in facts if not isinstance(f, CallEnded | StatusChanged)]


# --- Calls as they really go -----------------------------------------------------------------

# Without these facts nobody but us moves a caller, so that being sent is being there.
MOVES_OF_ASSISTANTS = {"AssistantStarted", "TransferReported"}

names = st.sampled_from(sorted(CALLS))
whole_calls = names.map(lambda name: CALLS[name]().facts) | names.map(
    lambda name: CALLS[name]().ends().facts
)


@given(whole_calls, st.data())
def test_disorder_changes_neither_record_nor_destination(
    facts: list[Fact], data: st.DataObject
) -> None:
    hold_to_its_promises(facts, data.draw(st.permutations(facts)))


@given(names, st.data())
def test_in_every_order_the_caller_is_sent_where_the_call_should_have_gone(
    name: str, data: st.DataObject
) -> None:
    facts = [f for f in CALLS[name]().facts if type(f).__name__ not in MOVES_OF_ASSISTANTS]

    crooked = tell(data.draw(st.permutations(facts)))

    if not any(says_goodbye(decision) for decision in crooked.decisions):
        assert crooked.sent_to == tell(facts).state.destination


@given(whole_calls, st.randoms(use_true_random=False))
def test_repetition_changes_no_action(facts: list[Fact], chance: random.Random) -> None:
    assert tell(repeated(facts, chance)) == tell(facts)


@given(names, st.randoms(use_true_random=False))
def test_repetition_in_disorder_changes_no_action(name: str, chance: random.Random) -> None:
    facts = CALLS[name]().facts
    chance.shuffle(facts)

    assert tell(repeated(facts, chance)) == tell(facts)


# --- Calls nobody thought of -----------------------------------------------------------------

intents = st.sampled_from(["sales", "support", "billing", "person", "comedy", None])
confidences = st.sampled_from([0.2, 0.5, 0.7, 0.75, 0.95])
texts = st.sampled_from(
    ["well", "yes", "my bill", "my bill is", "no, sales", "  ", "don't call again"]
)
assistants = st.sampled_from(["router", "sales", "support", "billing", "unheard of"])
promised = st.sampled_from(["sales", "billing", "person"])
steps: st.SearchStrategy[Callable[[History], object]] = st.one_of(
    st.sampled_from([0, 1, 300, 499, 500, 1000, 3001, 9000]).map(lambda ms: lambda h: h.after(ms)),
    st.tuples(texts, intents, confidences).map(lambda said: lambda h: h.says(*said)),
    st.tuples(texts, intents, confidences).map(lambda said: lambda h: h.begins(*said)),
    st.just(lambda h: h.says("a person", wants_person=True)),
    st.tuples(texts, intents, confidences).map(
        lambda said: lambda h: h.says(*said, perhaps_person=True)
    ),
    st.sampled_from(["yes please", "no", "I would"]).map(lambda text: lambda h: h.says(text)),
    intents.map(lambda intent: lambda h: h.tool(intent)),
    st.sampled_from(["0", "1", "3", "9", "#"]).map(lambda keys: lambda h: h.presses(keys)),
    st.sampled_from(["turn-1", "turn-2", None]).map(lambda turn: lambda h: h.interrupts(turn)),
    st.sampled_from([150, 200, 900]).map(lambda ms: lambda h: h.speech("customer", ms)),
    st.sampled_from([800, 4000]).map(lambda ms: lambda h: h.speech("assistant", ms)),
    assistants.map(lambda name: lambda h: h.assistant(name)),
    assistants.map(lambda name: lambda h: h.transferred(name)),
    st.just(lambda h: h.transferred()),
    promised.map(lambda whom: lambda h: h.assistant_says("I'm transferring you", whom)),
    st.just(lambda h: h.offered()),
    st.just(lambda h: h.presses(POLICY.resume_key)),
    st.just(lambda h: h.noticed("transfer-asked")),
    st.just(lambda h: h.status("forwarding")),
)


DIRECTIONS: tuple[Direction, ...] = ("inbound", "outbound")


@st.composite
def any_call(draw: st.DrawFn) -> list[Fact]:
    """A call made of any steps, or a real one with a stretch of them in the middle."""
    call = draw(st.sampled_from([None, *CALLS.values()]))
    direction = draw(st.sampled_from(DIRECTIONS))
    history = call() if call else History(direction=direction).answered()
    for step in draw(st.lists(steps, max_size=14)):
        step(history)
    cut = draw(st.sets(st.integers(0, len(history.facts)), max_size=4))
    kept = [fact for index, fact in enumerate(history.facts) if index not in cut]
    unique = {fact.key: fact for fact in kept}
    return list(unique.values())


@given(any_call(), st.data())
def test_disorder_and_repetition_in_any_call(facts: list[Fact], data: st.DataObject) -> None:
    crooked = data.draw(st.permutations(facts))
    hold_to_its_promises(facts, crooked)

    chance = data.draw(st.randoms(use_true_random=False))
    assert tell(repeated(crooked, chance)) == tell(crooked)


# --- Facts that contradict each other ---------------------------------------------------------


def at_once(kind: type[Fact], key: str, **said: object) -> Fact:
    """A fact of the one instant that all of them are of."""
    return kind(call_id=CALL_ID, at_ms=NOW_MS, key=key, **said)


def says(key: str, text: str, intent: str | None, confidence: float = 0.95) -> Fact:
    return at_once(
        UtteranceHeard,
        key,
        role="customer",
        text=text,
        final=True,
        intent=intent,
        confidence=confidence,
    )


CONTRADICTIONS: dict[str, list[Fact]] = {
    "two values of one instant": [
        at_once(CallSeen, "a", direction="inbound", customer_number="+14155550123"),
        at_once(CallSeen, "b", direction="outbound", customer_number="+14155550124"),
        at_once(CallSeen, "c", customer_name="Anna", created_at_ms=NOW_MS - 5),
        at_once(CallSeen, "d", customer_name="Boris", created_at_ms=NOW_MS - 9),
        at_once(StatusChanged, "e", status="ended", ended_reason="customer-busy"),
        at_once(StatusChanged, "f", status="ended", ended_reason="customer-ended-call"),
    ],
    "two ends": [
        StatusChanged(call_id=CALL_ID, at_ms=NOW_MS + 9, key="a", status="ended"),
        StatusChanged(call_id=CALL_ID, at_ms=NOW_MS + 4, key="b", status="ended"),
        at_once(CallEnded, "c", ended_reason="customer-busy", ended_at_ms=NOW_MS + 7, cost_usd=0.2),
        at_once(CallEnded, "d", ended_reason="voicemail", ended_at_ms=NOW_MS + 3, cost_usd=0.1),
        at_once(CallEnded, "e", ended_reason="voicemail", started_at_ms=NOW_MS - 8),
        at_once(StatusChanged, "f", status="in-progress"),
    ],
    "two wishes at once": [
        says("a", "my bill", "billing"),
        says("b", "no, sales", "sales"),
        says("c", "support", "support"),
        at_once(ToolCalled, "d", tool_call_id="d", name="routeCall", department="sales"),
        at_once(ToolCalled, "e", tool_call_id="e", name="routeCall", department="billing"),
        at_once(AssistantStarted, "f", assistant_name="router"),
    ],
    "one key, two contents": [
        says("a", "my bill", "billing"),
        says("a", "no, sales", "sales"),
        at_once(CallEnded, "b", ended_reason="voicemail", cost_usd=0.1),
        at_once(CallEnded, "b", ended_reason="customer-busy", cost_usd=0.3),
        at_once(AssistantStarted, "c", assistant_name="router"),
    ],
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_facts_that_contradict_each_other_come_to_the_same_in_every_order(name: str) -> None:
    facts = CONTRADICTIONS[name]
    records, states = [], []
    for order in itertools.permutations(facts):
        states.append(conversation_state(order, POLICY, DEPARTMENTS))
        records.append(merge_all(CALL_ID, order))

    assert all(one == states[0] for one in states)
    assert all(one == records[0] for one in records)


# --- Planted bugs are caught -----------------------------------------------------------------


def every_call_holds(shuffles: int = 10) -> None:
    """The same promises over all real calls and a fixed set of disorders: no search needed."""
    chance = random.Random(17)  # noqa: S311 - a fixed disorder, no secret
    for name in CALLS:
        facts = CALLS[name]().ends().facts
        talk = never_ends(facts)
        for _ in range(shuffles):
            hold_to_its_promises(facts, chance.sample(facts, len(facts)))
            hold_to_its_promises(talk, chance.sample(talk, len(talk)))
            assert tell(repeated(talk, chance)) == tell(talk)


def test_the_code_as_it_is_holds() -> None:
    every_call_holds()


def test_a_status_where_the_last_word_wins_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def last_word(record: CallRecord, status: str) -> CallRecord:
        return dataclasses.replace(record, status=status)

    monkeypatch.setattr(calls, "_raise_status", last_word)

    with pytest.raises(AssertionError, match="status: "):
        every_call_holds()


def test_a_register_that_keeps_the_last_word_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def last_word(record: CallRecord, _: int, told: dict[str, str | None]) -> CallRecord:
        said = {name: (0, value) for name, value in told.items() if value is not None}
        return dataclasses.replace(record, registers=record.registers | said)

    monkeypatch.setattr(calls, "_told", last_word)
    seen = [History().seen().facts[0], History().after(9).seen().facts[0]]
    seen[1] = dataclasses.replace(seen[1], customer_number="+14155550199")  # type: ignore[call-arg]

    with pytest.raises(AssertionError):
        hold_to_its_promises(seen, seen[::-1])


def test_reading_facts_as_they_arrive_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def as_they_came(facts: Sequence[Fact]) -> list[Fact]:
        return list({fact.key: fact for fact in reversed(facts)}.values())[::-1]

    monkeypatch.setattr(fold, "in_order", as_they_came)

    with pytest.raises(AssertionError):
        every_call_holds()


def test_counting_a_fact_as_often_as_it_is_told_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def each_telling(facts: Sequence[Fact]) -> list[Fact]:
        return sorted(facts, key=facts_module._position)

    monkeypatch.setattr(fold, "in_order", each_telling)

    with pytest.raises(AssertionError):
        every_call_holds()


def test_deciding_without_looking_at_what_was_decided_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(routing, "last_destination", lambda _: None)

    with pytest.raises(AssertionError):
        every_call_holds()


def test_sending_a_caller_only_once_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def first_destination(committed: Sequence[Decision]) -> Decision | None:
        sent = (d for d in committed if d.department is not None)
        first = min(sent, key=lambda d: d.number, default=None)
        return first and dataclasses.replace(first, desire="go:99")

    monkeypatch.setattr(routing, "last_destination", first_destination)

    with pytest.raises(AssertionError):
        every_call_holds()
