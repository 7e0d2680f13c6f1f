"""What the router may rely on of the calls table: one suite for the fake and the real one."""

from __future__ import annotations

import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.dynamodb import keys
from contact_center.conversations.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.conversations.domain.calls import CallRecord, merge_all
from contact_center.conversations.domain.deciding.routing import ActionKind, Decision
from contact_center.conversations.domain.facts import (
    AnswersTold,
    AssistantStarted,
    CallEnded,
    CallSeen,
    CostTold,
    CustomerInterrupted,
    Fact,
    KeyPressed,
    Noticed,
    SpeechChanged,
    StatusChanged,
    ToolCalled,
    TransferReported,
    UtteranceHeard,
)
from contact_center.conversations.domain.folding.folded import Folded, is_turn
from contact_center.conversations.services.ports.calls import (
    ActionMark,
    CallGlance,
    ControlOutcome,
    HistoryMovedOnError,
)
from contact_center.records.adapters.dynamodb_effects import DynamoDBEffects
from contact_center.records.domain.effect_names import LineName
from contact_center.records.domain.effects import Effect, EffectKind
from tests.fakes.call_store import FakeCallStore
from tests.fakes.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.conversations.services.ports.calls import CallHistory, CallStore
    from tests.emulator import Account

CALL = "019d2ad4-1be2-7ee0-8d3f-6c1f6bb0a202"
AT_MS = 1_787_266_800_000
GLANCE = CallGlance(intent="billing", destination="billing", mode="normal", clarifications=1)


@pytest.fixture(params=["fake", pytest.param("dynamodb", marks=pytest.mark.emulator)])
def store(request: pytest.FixtureRequest) -> CallStore:
    if request.param == "fake":
        return FakeCallStore()
    return dynamodb_store(request.getfixturevalue("account"))


def dynamodb_store(account: Account) -> DynamoDBCalls:
    return DynamoDBCalls(
        account.client("dynamodb"),
        account.calls_table,
        FakeClock(AT_MS),
        retention_days=30,
        new_token=lambda: secrets.token_hex(8),
    )


def said(word: str, at_ms: int = AT_MS, *, final: bool = True) -> UtteranceHeard:
    key = f"said:{at_ms}:{word}"
    return UtteranceHeard(
        call_id=CALL, at_ms=at_ms, key=key, role="customer", text=word, final=final
    )


def decided(number: int, call_id: str = CALL) -> Decision:
    return Decision(
        call_id=call_id,
        number=number,
        kind=ActionKind.ROUTE,
        department="billing",
        turn=2,
        reason="final",
        decided_at_ms=AT_MS,
        desire=f"route:{number}",
        simplified=True,
    )


def commit(
    store: CallStore, history: CallHistory, facts: list[Fact], decisions: list[Decision]
) -> None:
    record = merge_all(CALL, [*history.facts, *facts])
    store.commit(history, record, facts, decisions, GLANCE)


def write(store: CallStore, *facts: Fact, decisions: tuple[Decision, ...] = ()) -> None:
    commit(store, store.read(CALL), list(facts), list(decisions))


def by_key(facts: list[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda fact: fact.key)


ONE_OF_EACH: list[Fact] = [
    CallSeen(
        call_id=CALL,
        at_ms=AT_MS,
        key="seen",
        direction="inbound",
        customer_number="+14155550123",
        control_url="https://x.vapi.ai/control",
        created_at_ms=AT_MS - 5,
    ),
    StatusChanged(call_id=CALL, at_ms=AT_MS, key="status:in-progress", status="in-progress"),
    UtteranceHeard(
        call_id=CALL,
        at_ms=AT_MS,
        key="said",
        role="customer",
        text="Ünï \u2028 \U0001f600 \ud800 half a pair",
        final=True,
        intent="billing",
        confidence=0.1 + 0.2,
        wants_person=True,
    ),
    said("partial", final=False),
    KeyPressed(call_id=CALL, at_ms=AT_MS, key="keys", digits="0"),
    SpeechChanged(call_id=CALL, at_ms=AT_MS, key="speech", role="assistant", started=True, turn=3),
    CustomerInterrupted(call_id=CALL, at_ms=AT_MS, key="interrupted", turn_id=""),
    ToolCalled(
        call_id=CALL,
        at_ms=AT_MS,
        key="tool",
        tool_call_id="call_1",
        name="routeToDepartment",
        arguments={"department": "billing", "n": 10**60, "x": 1.0, "deep": [{"a": None}, True]},
        department="billing",
    ),
    AssistantStarted(call_id=CALL, at_ms=AT_MS, key="assistant", assistant_name="router"),
    TransferReported(call_id=CALL, at_ms=AT_MS, key="transfer", to_number=True),
    CallEnded(
        call_id=CALL, at_ms=AT_MS, key="ended", ended_reason="customer-ended-call", cost_usd=0.1425
    ),
    AnswersTold(call_id=CALL, at_ms=AT_MS, key="answers", answers={"achieved": "é"}, unknown=2),
    CostTold(call_id=CALL, at_ms=AT_MS, key="cost", source="vapi", parts={"model": 10**10}),
    Noticed(call_id=CALL, at_ms=AT_MS, key="notice", kind="stalled"),
]


@pytest.mark.emulator
def test_effects_are_written_with_the_facts_or_not_at_all(account: Account) -> None:
    store = dynamodb_store(account)
    lines = DynamoDBEffects(account.client("dynamodb"), account.calls_table, 30)
    line = LineName("+14155550123", "crm")
    effect = Effect("e-1", line.customer, 0, EffectKind.CALL, "crm", {"a": "é"}, AT_MS, CALL)
    stale = store.read(CALL)
    (ended,) = (fact for fact in ONE_OF_EACH if isinstance(fact, CallEnded))
    store.commit(stale, merge_all(CALL, [ended]), [ended], [], GLANCE, effects=[effect])
    late = replace(effect, effect_id="e-2")
    with pytest.raises(HistoryMovedOnError):
        store.commit(stale, merge_all(CALL, [said("x")]), [said("x")], [], GLANCE, effects=[late])
    kept = lines.read(line)
    assert kept is not None
    assert kept.waiting == ("e-1",)
    with pytest.raises(HistoryMovedOnError):  # the effect is there, so the facts are not written
        store.commit(
            store.read(CALL), merge_all(CALL, [ended]), [said("y")], [], GLANCE, effects=[effect]
        )
    assert [fact.key for fact in store.read(CALL).facts] == [ended.key]


@pytest.mark.emulator
def test_a_report_costs_one_transaction_with_two_items_more_and_no_read(account: Account) -> None:
    store, asked = dynamodb_store(account), list[tuple[str, int]]()
    write(store, said("hello"))  # of the first one, that the call is not forgotten is seen to
    history = store.read(CALL)

    def count(params: Mapping[str, Any], model: Any, **_: Any) -> None:
        asked.append((model.name, len(params.get("TransactItems", ()))))

    account.client("dynamodb").meta.events.register("provide-client-params.dynamodb", count)
    (ended,) = (fact for fact in ONE_OF_EACH if isinstance(fact, CallEnded))
    effect = Effect("e-1", "+14155550123", 0, EffectKind.CALL, "crm", {}, AT_MS, CALL)
    record = merge_all(CALL, [*history.facts, ended])
    store.commit(history, record, [ended], [], GLANCE, effects=[effect])
    assert asked == [("TransactWriteItems", 4)]


def test_a_call_nobody_wrote_about_has_an_empty_history(store: CallStore) -> None:
    history = store.read(CALL)
    assert history.record is None
    assert (history.facts, history.decisions, history.version) == ((), (), 0)
    assert dict(history.actions) == {}


def test_every_kind_of_fact_comes_back_as_it_went(store: CallStore) -> None:
    write(store, *ONE_OF_EACH)
    assert by_key(list(store.read(CALL).facts)) == by_key(ONE_OF_EACH)


def test_the_record_and_the_glance_come_back_as_they_went(store: CallStore) -> None:
    write(store, *ONE_OF_EACH)
    history = store.read(CALL)
    assert history.record == merge_all(CALL, ONE_OF_EACH)
    assert history.glance == GLANCE


def test_decisions_come_back_in_the_order_of_their_numbers(store: CallStore) -> None:
    numbers = range(1, 12)
    write(store, said("hello"), decisions=tuple(decided(number) for number in reversed(numbers)))
    assert list(store.read(CALL).decisions) == [decided(number) for number in numbers]


def test_calls_do_not_see_each_other(store: CallStore) -> None:
    write(store, said("hello"))
    assert store.read(CALL + "-other").version == 0


def test_whoever_reads_first_and_commits_second_is_told(store: CallStore) -> None:
    before = store.read(CALL)
    write(store, said("first"))
    with pytest.raises(HistoryMovedOnError):
        commit(store, before, [said("second")], [decided(1)])
    history = store.read(CALL)
    assert [fact.key for fact in history.facts] == [said("first").key]
    assert history.decisions == ()


def test_a_stale_version_is_refused_later_too(store: CallStore) -> None:
    write(store, said("first"))
    before = store.read(CALL)
    write(store, said("second"))
    with pytest.raises(HistoryMovedOnError):
        commit(store, before, [said("third")], [])
    assert len(store.read(CALL).facts) == 2


def test_a_number_is_given_to_one_decision_only(store: CallStore) -> None:
    write(store, said("first"), decisions=(decided(1),))
    history = store.read(CALL)
    with pytest.raises(HistoryMovedOnError):
        commit(store, history, [said("second")], [replace(decided(1), department="sales")])
    after = store.read(CALL)
    assert after.decisions == (decided(1),)
    assert [fact.key for fact in after.facts] == [said("first").key]  # all or nothing


def test_a_fact_is_written_once(store: CallStore) -> None:
    write(store, said("first"))
    history = store.read(CALL)
    with pytest.raises(HistoryMovedOnError):
        commit(store, history, [said("first")], [decided(1)])
    assert store.read(CALL).decisions == ()


def test_what_is_noted_is_read_like_what_was_committed(store: CallStore) -> None:
    store.note(ONE_OF_EACH)
    history = store.read(CALL)
    assert by_key(list(history.facts)) == by_key(ONE_OF_EACH)
    assert (history.record, history.version, history.decisions) == (None, 0, ())


def test_what_is_there_stays_as_it_is_when_it_is_noted_again(store: CallStore) -> None:
    write(store, said("hello"))
    store.note([replace(said("hello"), text="goodbye"), said("again")])
    assert by_key(list(store.read(CALL).facts)) == by_key([said("hello"), said("again")])


def test_a_note_does_not_disturb_whoever_is_about_to_commit_something_else(
    store: CallStore,
) -> None:
    history = store.read(CALL)
    store.note([said("hello")])
    commit(store, history, [said("again")], [decided(1)])
    assert len(store.read(CALL).facts) == 2
    with pytest.raises(HistoryMovedOnError):  # and nobody writes a fact over a note
        commit(store, store.read(CALL), [said("hello")], [])


def test_a_record_is_kept_by_whoever_read_the_last_one(store: CallStore) -> None:
    store.note(ONE_OF_EACH)
    empty, record = store.read(CALL), merge_all(CALL, ONE_OF_EACH)
    store.keep(empty, record, GLANCE, look_at_ms=AT_MS + 7)
    history = store.read(CALL)
    assert (history.record, history.glance, history.version) == (record, GLANCE, 1)
    assert history.look_at_ms == AT_MS + 7
    with pytest.raises(HistoryMovedOnError):
        store.keep(empty, record, GLANCE, look_at_ms=AT_MS + 7)
    store.keep(history, record, GLANCE, look_at_ms=AT_MS + 9)  # one that moved on is not written
    again = store.read(CALL)
    assert (again.version, again.look_at_ms) == (2, AT_MS + 7)
    with pytest.raises(HistoryMovedOnError):
        commit(store, history, [said("late")], [decided(1)])


def test_an_action_is_begun_once(store: CallStore) -> None:
    write(store, said("hello"), decisions=(decided(1),))
    assert store.begin_action(decided(1), AT_MS + 1)
    assert not store.begin_action(decided(1), AT_MS + 2)
    assert store.read(CALL).actions == {1: ActionMark(begun_at_ms=AT_MS + 1)}


def test_only_a_committed_decision_can_be_begun(store: CallStore) -> None:
    write(store, said("hello"))
    assert not store.begin_action(decided(1), AT_MS)
    assert dict(store.read(CALL).actions) == {}


def test_the_first_outcome_of_an_action_stands(store: CallStore) -> None:
    write(store, said("hello"), decisions=(decided(1), decided(2)))
    store.begin_action(decided(2), AT_MS)
    store.finish_action(decided(2), ControlOutcome.UNKNOWN, AT_MS + 5)
    store.finish_action(decided(2), ControlOutcome.SENT, AT_MS + 9)
    store.finish_action(decided(1), ControlOutcome.SENT, AT_MS + 9)  # was never begun
    assert store.read(CALL).actions == {
        2: ActionMark(begun_at_ms=AT_MS, outcome=ControlOutcome.UNKNOWN, finished_at_ms=AT_MS + 5)
    }


def test_acting_does_not_disturb_whoever_is_about_to_commit(store: CallStore) -> None:
    write(store, said("hello"), decisions=(decided(1),))
    history = store.read(CALL)
    store.begin_action(decided(1), AT_MS)
    store.finish_action(decided(1), ControlOutcome.SENT, AT_MS)
    commit(store, history, [said("more")], [])
    assert store.read(CALL).actions[1].outcome is ControlOutcome.SENT


def test_of_many_who_begin_an_action_at_once_one_may(store: CallStore) -> None:
    write(store, said("hello"), decisions=(decided(1),))
    together = threading.Barrier(6)

    def begin(_: int) -> bool:
        together.wait()
        return store.begin_action(decided(1), AT_MS)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(begin, range(6))) == 1


def test_many_writers_on_one_call_lose_nothing_and_number_each_decision_once(
    store: CallStore,
) -> None:
    writers, facts_each = 6, 4
    together = threading.Barrier(writers)

    def write_all(writer: int) -> None:
        together.wait()
        for index in range(facts_each):
            _write_one_more(store, said(f"{writer}-{index}", AT_MS + index))

    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(write_all, range(writers)))
    history = store.read(CALL)
    assert len({fact.key for fact in history.facts}) == writers * facts_each
    assert history.version == writers * facts_each
    assert [one.number for one in history.decisions] == list(range(1, writers * facts_each + 1))
    assert history.record == merge_all(CALL, history.facts)


def _write_one_more(store: CallStore, fact: Fact) -> None:
    """Each fact brings one decision, numbered after those that are there."""
    while True:
        history = store.read(CALL)
        try:
            commit(store, history, [fact], [decided(len(history.decisions) + 1)])
        except HistoryMovedOnError:
            continue
        return


def test_an_id_that_is_no_key_is_stored_all_the_same(store: CallStore) -> None:
    for call_id in ("x" * 3000, "#RECORD", "caf\u00e9", "a b\n"):
        fact = replace(said("hello"), call_id=call_id, key="k" * 2000)
        record = CallRecord(call_id=call_id)
        store.commit(store.read(call_id), record, [fact], [], GLANCE)
        assert store.read(call_id).facts == (fact,)


def test_what_is_amended_is_read_otherwise_from_then_on_and_is_the_same_fact(
    store: CallStore,
) -> None:
    first, other = said("it's 4111"), said("hello", AT_MS + 1)
    write(store, first, other)
    history = store.read(CALL)
    amended = replace(first, text="it's [card]", judged="words", behind=(4,))
    late = replace(said("1111", AT_MS + 2), text="[card]", behind=(4,))
    record = merge_all(CALL, [amended, other, late])
    store.commit(history, record, [late], [], GLANCE, amended=[amended])
    facts = store.read(CALL).facts
    assert by_key(list(facts)) == by_key([amended, other, late])
    with pytest.raises(HistoryMovedOnError):  # whoever had read it before has to read it again
        store.commit(history, record, [], [], GLANCE, amended=[first])
    assert by_key(list(store.read(CALL).facts)) == by_key([amended, other, late])


def test_a_call_that_is_forgotten_takes_no_record_and_loses_what_was_noted(
    store: CallStore,
) -> None:
    """Whoever read it a moment before has his commit refused; what he noted is swept away."""
    before = store.read(CALL)
    _forget(store)
    record = merge_all(CALL, [said("hello")])
    with pytest.raises(HistoryMovedOnError):
        store.commit(before, record, [said("hello")], [], GLANCE)
    store.note([said("my name is")])
    store.keep(before, record, GLANCE, look_at_ms=AT_MS)
    assert store.read(CALL).facts == (said("my name is"),)
    for _ in range(2):
        store.sweep(CALL)
        left = store.read(CALL)
        assert left.forgotten
        assert (left.record, left.facts, left.look_at_ms) == (None, (), None)


def _forget(store: CallStore) -> None:
    if isinstance(store, FakeCallStore):
        store.sweep(CALL)
        return
    assert isinstance(store, DynamoDBCalls)
    mark = {"pk": {"S": keys.call(CALL)}, "sk": {"S": keys.FORGOTTEN}}
    store._client.put_item(TableName=store._table, Item=mark)  # as its eraser does


# --- Folded, and read on ------------------------------------------------------------------------


def folded_until(at_ms: int, version: int = 0) -> Folded:
    memory: dict[str, object] = {"intent": None, "asked_for": [], "where": {"wishes": {"x": 2}}}
    return Folded(until_ms=at_ms, basis="b" * 64, turns=3, memory=memory, version=version)


def test_what_was_folded_comes_back_one_version_on(store: CallStore) -> None:
    assert store.read(CALL).folded is None

    store.fold(CALL, folded_until(AT_MS))

    assert store.read(CALL).folded == folded_until(AT_MS, version=1)
    assert store.read_on(CALL).folded == folded_until(AT_MS, version=1)


@pytest.mark.parametrize("version", [0, 2])
def test_of_two_who_fold_at_once_one_is_refused(store: CallStore, version: int) -> None:
    store.fold(CALL, folded_until(AT_MS))

    with pytest.raises(HistoryMovedOnError):
        store.fold(CALL, folded_until(AT_MS + 5, version))

    store.fold(CALL, folded_until(AT_MS + 9, 1))
    assert store.read(CALL).folded == folded_until(AT_MS + 9, 2)


@pytest.mark.parametrize("turns", [3, 70, 150])
def test_a_call_is_read_on_with_all_that_was_not_folded(store: CallStore, turns: int) -> None:
    """Whatever was said since, in the very next millisecond, too; of before, what is no turn."""
    words = [said(f"word {number}", AT_MS + number) for number in range(turns)]
    cut_in = CustomerInterrupted(call_id=CALL, at_ms=AT_MS + 1, key="interrupted:1")
    partial = said("wo", AT_MS + 1, final=False)
    others = [fact for fact in ONE_OF_EACH if not is_turn(fact)]
    store.note([*words, cut_in, partial])
    write(store, *others, decisions=(decided(1), decided(2)))
    until_ms = AT_MS + turns - 3
    store.fold(CALL, folded_until(until_ms))

    whole, on = store.read(CALL), store.read_on(CALL)

    keys = {fact.key for fact in on.facts}
    assert {fact.key for fact in words[-2:]} <= keys
    assert {fact.key for fact in others} <= keys
    assert (on.record, on.decisions, on.version) == (whole.record, whole.decisions, whole.version)
    assert on.folded == whole.folded
    left_out = {fact.key for fact in whole.facts} - keys
    assert left_out <= {fact.key for fact in (*words[:-2], cut_in, partial)}
    assert bool(left_out) is not on.whole


def test_a_long_call_that_nobody_folded_is_read_whole(store: CallStore) -> None:
    words: list[Fact] = [said(f"word {number}", AT_MS + number) for number in range(70)]
    store.note(words)

    assert by_key(list(store.read_on(CALL).facts)) == by_key(words)
    assert store.read_on(CALL).whole
