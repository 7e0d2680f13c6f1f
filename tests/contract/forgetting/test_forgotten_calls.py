"""A person's calls and effects forgotten, on the table and in memory: the same at each request."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.transactions import transact
from contact_center.conversations.adapters.dynamodb_calls import DynamoDBCalls
from contact_center.conversations.domain.calls import merge_all
from contact_center.conversations.domain.facts import CallSeen, StatusChanged, UtteranceHeard
from contact_center.conversations.services.ports.calls import CallGlance, HistoryMovedOnError
from contact_center.forgetting.adapters.customer_items import CustomerItems
from contact_center.forgetting.adapters.erase_calls import (
    CHANGED,
    TALKS,
    UNCOUNTED,
    CallsEraser,
)
from contact_center.forgetting.services.forget_ports import NOT_NOTED, Erased, Person
from contact_center.kernel.time_left import always
from contact_center.records.adapters.dynamodb_effects import DynamoDBEffects
from contact_center.records.adapters.effect_writes import effect_writes
from contact_center.records.domain.effect_names import LineName
from contact_center.records.domain.effect_steps import EffectRun, Stage
from contact_center.records.domain.effects import Effect, EffectKind
from tests.fakes.call_store import FakeCallStore
from tests.fakes.clock import FakeClock
from tests.fakes.effects import FakeEffects
from tests.fakes.forgotten_calls import FakeCallsEraser

if TYPE_CHECKING:
    from collections.abc import Callable

    from contact_center.conversations.services.ports.calls import CallStore
    from contact_center.forgetting.services.forget_ports import Eraser
    from contact_center.records.services.effect_store_ports import EffectLines
    from tests.emulator import Account

NUMBER, NOW_MS, HOUR_MS = "+14155550123", 1_800_000_000_000, 3_600_000
LINE = LineName(NUMBER, "crm")
GLANCE = CallGlance()


@dataclass
class Kept:
    """One side of the contract; `counted`: that a call is in the figures as it is."""

    store: CallStore
    lines: EffectLines
    write: Callable[[Effect], None]
    counted: Callable[[str], None]
    eraser: Eraser
    clock: FakeClock

    def call(self, call_id: str, *, ended: bool = True) -> None:
        of: dict[str, Any] = {"call_id": call_id, "at_ms": NOW_MS - 60_000}
        facts = [
            CallSeen(**of, key="seen", customer_number=NUMBER, created_at_ms=NOW_MS - HOUR_MS),
            StatusChanged(
                **of, key="status", status="ended" if ended else "in-progress", ended_reason=None
            ),
        ]
        record = merge_all(call_id, facts)
        self.store.commit(
            self.store.read(call_id),
            record,
            facts,
            [],
            GLANCE,
            look_at_ms=NOW_MS + HOUR_MS,
            count_at_ms=NOW_MS if ended else None,
        )

    def effect(self, name: str, at_ms: int, call_id: str | None = None) -> None:
        kind = EffectKind.LEAD
        self.write(Effect(name, NUMBER, 0, kind, "crm", {"said": "words"}, at_ms, call_id))

    def erase(self, *call_ids: str) -> Erased:
        person = Person(
            number=NUMBER, until_ms=NOW_MS, civil_until_ms=NOW_MS, call_ids=tuple(call_ids)
        )
        return self.eraser.erase(person, always)


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.emulator)])
def kept(request: pytest.FixtureRequest) -> Kept:
    clock = FakeClock(NOW_MS)
    if request.param == "fake":
        store, effects = FakeCallStore(), FakeEffects()
        return Kept(
            store,
            effects,
            lambda effect: effects.write([effect], NOW_MS),
            lambda call_id: store.to_count.pop(call_id) and None,
            FakeCallsEraser(store, effects, clock),
            clock,
        )
    account: Account = request.getfixturevalue("account")
    client, table = account.client("dynamodb"), account.calls_table

    def write(effect: Effect) -> None:
        assert not transact(client, effect_writes(table, [effect], NOW_MS))

    def counted(call_id: str) -> None:
        key = {"pk": {"S": keys.call(call_id)}, "sk": {"S": keys.COUNTED}}
        client.put_item(TableName=table, Item=key)

    return Kept(
        DynamoDBCalls(client, table, clock, 90, new_token=lambda: "token"),
        DynamoDBEffects(client, table, 90),
        write,
        counted,
        CallsEraser(client, table, CustomerItems(client, table, clock), clock),
        clock,
    )


def test_a_call_goes_when_it_is_over_noted_and_counted(kept: Kept) -> None:
    kept.call("c-1", ended=False)
    assert kept.erase() == Erased(call_ids=("c-1",), later=NOT_NOTED)
    assert kept.erase("c-1") == Erased(call_ids=("c-1",), later=TALKS)
    kept.call("c-2")
    assert kept.erase("c-2").later in {NOT_NOTED, UNCOUNTED}
    kept.counted("c-2")
    assert kept.erase("c-1", "c-2").count == 4  # record, two facts, what is asked
    left = kept.store.read("c-2")
    assert (left.record, list(left.facts), left.look_at_ms) == (None, [], None)
    assert left.forgotten
    assert kept.store.read("c-1").record is not None


def test_whoever_had_read_it_before_writes_no_record_and_his_note_goes_the_next_time(
    kept: Kept,
) -> None:
    kept.call("c-1")
    kept.counted("c-1")
    seen = kept.store.read("c-1")
    assert kept.erase("c-1").later is None
    late = UtteranceHeard(
        call_id="c-1", at_ms=NOW_MS, key="said", role="customer", text="late", final=True
    )
    assert seen.record is not None
    with pytest.raises(HistoryMovedOnError):
        kept.store.commit(seen, seen.record, [late], [], GLANCE)
    heard = replace(seen.record, customer_heard=True)
    with pytest.raises(HistoryMovedOnError):
        kept.store.keep(seen, heard, GLANCE, look_at_ms=seen.look_at_ms)
    assert list(kept.store.read("c-1").facts) == []
    kept.store.note([late])
    assert (len(kept.store.read("c-1").facts), kept.store.read("c-1").forgotten) == (1, True)
    assert kept.erase("c-1").count == 1
    assert list(kept.store.read("c-1").facts) == []


def test_a_line_goes_unless_somebody_tells_of_it_and_whoever_has_read_it_finds_nothing(
    kept: Kept,
) -> None:
    kept.effect("e-1", NOW_MS - HOUR_MS)
    line = kept.lines.read(LINE)
    assert line is not None
    told = EffectRun(stage=Stage.DELIVERING, due_ms=NOW_MS + 1_000, token="t")
    taken = kept.lines.change(line, told)
    assert taken is not None
    assert kept.erase() == Erased(later=CHANGED)
    kept.clock.advance(1_000)
    known = kept.lines.effect(taken)
    assert kept.erase() == Erased(count=2)
    assert kept.lines.read(LINE) is None
    assert kept.lines.effect(taken) is None
    assert kept.lines.change(taken, replace(told, tries=2)) is None
    assert not kept.lines.close(taken, replace(told, stage=Stage.DONE), known, NOW_MS)


def test_what_is_of_another_story_stays_with_its_line(kept: Kept) -> None:
    kept.effect("e-1", NOW_MS - HOUR_MS)
    kept.effect("e-2", NOW_MS + HOUR_MS, "c-1")
    kept.effect("e-3", NOW_MS + HOUR_MS, "c-2")
    assert kept.erase("c-1").count == 2
    line = kept.lines.read(LINE)
    assert line is not None
    assert line.waiting == ("e-1", "e-2", "e-3")
    assert kept.lines.effect(line) is None  # whoever comes to it takes it off
