"""Lines, effects and who is told of them, in memory and on the table: one contract for both."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import UNREADABLE
from contact_center.aws.dynamodb.transactions import transact
from contact_center.kernel.ports import BadCursorError, ContentionError
from contact_center.records.adapters.dynamodb_effect_book import DynamoDBEffectBook
from contact_center.records.adapters.dynamodb_effects import DynamoDBEffects
from contact_center.records.adapters.dynamodb_receivers import DynamoDBReceiverNotes
from contact_center.records.adapters.effect_items import effect_key, line_key
from contact_center.records.adapters.effect_writes import effect_writes
from contact_center.records.domain.effect_names import LineName
from contact_center.records.domain.effect_steps import EffectRun, Stage
from contact_center.records.domain.effects import Effect, EffectKind
from contact_center.records.services.deliver_effects import Came, deliver_line
from contact_center.records.services.effect_store_ports import Closed
from contact_center.records.services.mind_receiver import ReceiverGate
from tests.fakes.clock import FakeClock
from tests.fakes.effects import AlreadyWrittenError, FakeEffects
from tests.unit.records.effect_scene import Scene

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contact_center.records.domain.effect_lines import EffectLine
    from contact_center.records.services.effect_store_ports import (
        EffectBook,
        EffectLines,
    )
    from tests.emulator import Account

AT_MS = 1_795_000_000_000
ADA, BOB = "+12125550143", "+12125550144"
CRM = "crm"
LINE = LineName(ADA, CRM)
NAMES = count(1)


class Writer(Protocol):
    """A transaction that writes effects and nothing else."""

    def __call__(self, effects: Sequence[Effect], now_ms: int) -> None: ...


@dataclass
class Effects:
    lines: EffectLines
    book: EffectBook
    write: Writer

    def line(self, name: LineName = LINE) -> EffectLine:
        line = self.lines.read(name)
        assert line is not None
        return line

    def claimed(self, name: LineName = LINE) -> EffectLine:
        line = self.line(name)
        run = EffectRun(stage=Stage.DELIVERING, due_ms=AT_MS + 9, token=f"t{next(NAMES)}", tries=1)
        claimed = self.lines.change(line, run)
        assert claimed is not None
        return claimed

    def closed(self, stage: Stage = Stage.DONE, name: LineName = LINE, **more: Any) -> str:
        line = self.claimed(name)
        kept = self.lines.effect(line)
        run = replace(line.run, stage=stage, **more)
        assert self.lines.close(line, run, kept, AT_MS + 20)
        return line.first or ""


def real_effects(account: Account) -> Effects:
    client, table = account.client("dynamodb"), account.calls_table

    def write(effects: Sequence[Effect], now_ms: int) -> None:
        if transact(client, effect_writes(table, effects, now_ms)):
            raise AlreadyWrittenError

    return Effects(DynamoDBEffects(client, table, 90), DynamoDBEffectBook(client, table), write)


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.emulator)])
def effects(request: pytest.FixtureRequest) -> Effects:
    if request.param == "fake":
        fake = FakeEffects()
        return Effects(fake, fake, fake.write)
    return real_effects(request.getfixturevalue("account"))


def effect(name: str, customer: str = ADA, receiver: str = CRM) -> Effect:
    return Effect(
        effect_id=name,
        customer=customer,
        number=0,
        kind=EffectKind.CALL,
        receiver=receiver,
        told={"direction": "inbound", "ended_at_ms": AT_MS, "nested": {"a": [1, None, "é"]}},
        caused_at_ms=AT_MS,
        call_id="call-1",
    )


def test_what_was_never_written_is_none(effects: Effects) -> None:
    assert effects.lines.read(LINE) is None
    assert effects.book.dead_one("a") is None
    assert list(effects.lines.due(CRM, AT_MS, 10).names) == []


def test_effects_are_read_as_they_were_written_each_with_its_number(effects: Effects) -> None:
    effects.write([effect("a"), effect("b")], AT_MS)
    effects.write([effect("c")], AT_MS + 1)
    line = effects.line()

    assert (line.waiting, line.taken, line.run) == (("a", "b", "c"), 0, EffectRun())
    kept = effects.lines.effect(line)
    assert kept is not None
    assert kept.effect == replace(effect("a"), number=1)
    assert (kept.closed, kept.look_first) == (False, False)
    effects.closed()
    second = effects.lines.effect(effects.line())
    assert second is not None
    assert (second.effect.effect_id, second.effect.number) == ("b", 2)


def test_lines_of_other_customers_and_receivers_are_others(effects: Effects) -> None:
    effects.write([effect("a"), effect("b", BOB), effect("c", receiver="hook"), effect("d")], AT_MS)

    assert effects.line().waiting == ("a", "d")
    assert effects.line(LineName(BOB, CRM)).waiting == ("b",)
    assert effects.line(LineName(ADA, "hook")).waiting == ("c",)
    assert set(effects.lines.due(CRM, AT_MS, 10).names) == {LINE, LineName(BOB, CRM)}
    assert list(effects.lines.due("hook", AT_MS, 10).names) == [LineName(ADA, "hook")]


def test_an_effect_of_a_name_is_written_once_and_all_or_nothing(effects: Effects) -> None:
    effects.write([effect("a")], AT_MS)
    with pytest.raises(AlreadyWrittenError):
        effects.write([effect("b", BOB), effect("a")], AT_MS)

    assert effects.line().waiting == ("a",)
    assert effects.lines.read(LineName(BOB, CRM)) is None


def test_of_two_who_claim_one_has_it(effects: Effects) -> None:
    effects.write([effect("a")], AT_MS)
    seen = effects.line()
    one = EffectRun(stage=Stage.DELIVERING, due_ms=AT_MS + 9, token="one", tries=1)
    claimed = effects.lines.change(seen, one)

    assert claimed is not None
    assert claimed.run == one
    assert effects.lines.change(seen, replace(one, token="two")) is None
    again = effects.lines.change(seen, one)  # sent again, because the reply got lost
    assert again is not None
    assert again.run == one
    assert effects.line().run == one


def test_what_is_appended_takes_no_claim_away(effects: Effects) -> None:
    effects.write([effect("a")], AT_MS)
    seen = effects.line()
    effects.write([effect("b")], AT_MS)
    run = EffectRun(stage=Stage.DELIVERING, due_ms=AT_MS + 9, token="one", tries=1)
    claimed = effects.lines.change(seen, run)

    assert claimed is not None
    assert claimed.waiting == ("a", "b")


@pytest.mark.parametrize("before", [True, False])
def test_what_is_appended_while_the_last_one_is_closed_is_due_at_once(
    effects: Effects, *, before: bool
) -> None:
    effects.write([effect("a")], AT_MS)
    line = effects.claimed()
    kept = effects.lines.effect(line)
    if before:
        effects.write([effect("b")], AT_MS)
    closed = effects.lines.close(line, replace(line.run, stage=Stage.DONE), kept, AT_MS)
    assert closed is (Closed.MORE if before else Closed.LAST)
    if not before:
        assert list(effects.lines.due(CRM, AT_MS + 10**9, 10).names) == []
        effects.write([effect("b")], AT_MS)

    after = effects.line()
    assert (after.waiting, after.taken, after.run) == (("b",), 1, EffectRun())
    assert list(effects.lines.due(CRM, AT_MS, 10).names) == [LINE]


def test_who_has_lost_his_lease_closes_nothing(effects: Effects) -> None:
    effects.write([effect("a"), effect("b")], AT_MS)
    mine = effects.claimed()
    kept = effects.lines.effect(mine)
    theirs = effects.claimed()

    closed = effects.lines.close(mine, replace(mine.run, stage=Stage.DONE), kept, AT_MS)
    assert closed is Closed.LOST
    assert effects.lines.change(mine, replace(mine.run, stage=Stage.WAITING)) is None
    assert effects.line().waiting == ("a", "b")
    assert effects.line().run == theirs.run


def test_a_line_is_due_when_its_first_effect_is(effects: Effects) -> None:
    effects.write([effect("a"), effect("b")], AT_MS)
    line = effects.claimed()
    waits = replace(line.run, stage=Stage.WAITING, due_ms=AT_MS + 5_000, cause="busy")
    assert effects.lines.change(line, waits) is not None
    effects.write([effect("c")], AT_MS + 1)

    assert list(effects.lines.due(CRM, AT_MS + 4_999, 10).names) == []
    assert list(effects.lines.due(CRM, AT_MS + 5_000, 10).names) == [LINE]


def test_due_lines_come_in_pages_the_longest_overdue_first(effects: Effects) -> None:
    for number in range(5):
        effects.write([effect(f"e{number}", f"+1212555010{number}")], AT_MS - number)
    found: list[str] = []
    cursor = None
    for _ in range(9):
        page = effects.lines.due(CRM, AT_MS, 2, cursor)
        found += [name.customer for name in page.names]
        cursor = page.cursor
        if cursor is None:
            break

    assert found == [f"+1212555010{number}" for number in (4, 3, 2, 1, 0)]


def test_what_is_dead_is_listed_and_its_line_goes_on(effects: Effects) -> None:
    effects.write([effect("a"), effect("b")], AT_MS)
    effects.closed(Stage.DEAD, cause="validation")

    assert effects.line().waiting == ("b",)
    [dead] = effects.book.dead(None, 10, None).effects
    assert dead.effect == replace(effect("a"), told={})
    assert (dead.cause, dead.died_at_ms) == ("validation", AT_MS + 20)
    assert effects.book.dead_one("a") == dead
    assert list(effects.book.dead("gone", 10, None).effects) == []
    assert list(effects.book.dead("validation", 10, None).effects) == [dead]


def test_a_replay_is_made_once_goes_behind_and_is_looked_up(effects: Effects) -> None:
    effects.write([effect("a"), effect("b")], AT_MS)
    effects.closed(Stage.DEAD, cause="validation")
    dead = effects.book.dead_one("a")
    assert dead is not None

    assert effects.book.replay(dead, AT_MS + 30)
    assert not effects.book.replay(dead, AT_MS + 31)
    assert effects.line().waiting == ("b", "a")
    assert list(effects.book.dead(None, 10, None).effects) == []
    effects.closed()
    kept = effects.lines.effect(effects.line())
    assert kept is not None
    assert (kept.closed, kept.look_first) == (False, True)
    assert kept.effect == replace(effect("a"), number=3)
    effects.closed()
    assert effects.line().first is None


def test_a_replay_of_an_empty_line_makes_it_due(effects: Effects) -> None:
    effects.write([effect("a")], AT_MS)
    effects.closed(Stage.DEAD, cause="validation")
    assert list(effects.lines.due(CRM, AT_MS + 10**9, 10).names) == []
    dead = effects.book.dead_one("a")
    assert dead is not None
    assert effects.book.replay(dead, AT_MS + 30)

    assert list(effects.lines.due(CRM, AT_MS + 30, 10).names) == [LINE]


def test_what_a_call_caused_is_told_with_what_came_of_it(effects: Effects) -> None:
    effects.write([effect("a"), effect("b"), effect("c"), effect("of Ben", BOB)], AT_MS)
    effects.write([replace(effect("of another call"), call_id="call-2")], AT_MS)
    effects.closed()
    effects.closed(Stage.DEAD, cause="validation")
    dead = effects.book.dead_one("b")
    assert dead is not None

    def caused() -> dict[str, tuple[str, int | None]]:
        return {
            one.effect.effect_id: (one.stage, one.closed_at_ms)
            for one in effects.book.of_call(ADA, "call-1")
        }

    came = {"a": ("done", AT_MS + 20), "b": ("dead", AT_MS + 20), "c": ("open", None)}
    assert caused() == came
    effects.book.replay(dead, AT_MS + 30)
    assert caused() == came | {"b": ("open", None)}


def test_open_lines_show_their_first_effect(effects: Effects) -> None:
    effects.write([effect("a"), effect("b")], AT_MS)
    effects.write([effect("c", BOB)], AT_MS + 5)
    effects.closed()
    page = effects.book.open_lines(CRM, 10, None)
    shown = {one.line.name: one.effect for one in page.lines}

    assert page.cursor is None
    assert shown == {
        LINE: replace(effect("b"), number=2),
        LineName(BOB, CRM): replace(effect("c", BOB), number=1),
    }


@pytest.mark.parametrize("cursor", ["", "x", "%", "W10", "A" * 4_000])
def test_a_cursor_of_nobody_s_is_refused(effects: Effects, cursor: str) -> None:
    with pytest.raises(BadCursorError):
        effects.book.dead(None, 10, cursor)
    with pytest.raises(BadCursorError):
        effects.book.open_lines(CRM, 10, cursor)


# -- the table alone ---------------------------------------------------------------------------


@pytest.mark.emulator
def test_of_many_who_write_for_one_customer_at_once_all_succeed(account: Account) -> None:
    effects = real_effects(account)
    assert account.calls_table

    def write(number: int) -> None:
        for _ in range(50):  # as whoever makes the transaction tries again
            try:
                effects.write([effect(f"e{number}a"), effect(f"e{number}b")], AT_MS)
            except ContentionError:
                continue
            return
        raise AssertionError

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(24)))

    waiting = effects.line().waiting
    assert sorted(waiting) == sorted(f"e{number}{ab}" for number in range(24) for ab in "ab")
    for number in range(24):  # those of one transaction stay together, in their order
        place = waiting.index(f"e{number}a")
        assert waiting[place + 1] == f"e{number}b"


@pytest.mark.emulator
def test_of_many_who_claim_at_once_one_has_it(account: Account) -> None:
    effects = real_effects(account)
    effects.write([effect("a")], AT_MS)
    seen = effects.line()

    def claim(number: int) -> bool:
        run = EffectRun(stage=Stage.DELIVERING, due_ms=AT_MS + 9, token=f"t{number}", tries=1)
        return effects.lines.change(seen, run) is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(claim, range(16))) == 1


@pytest.mark.emulator
def test_what_the_index_still_shows_is_not_believed(account: Account) -> None:
    """It lags: a line that is empty by now is read, and nothing of it is open."""
    effects = real_effects(account)
    effects.write([effect("a")], AT_MS)
    stale = effects.lines.due(CRM, AT_MS, 10)
    effects.closed()

    assert list(stale.names) == [LINE]
    assert effects.line().first is None
    assert list(effects.lines.due(CRM, AT_MS + 10**9, 10).names) == []


@pytest.mark.emulator
def test_what_is_open_does_not_expire_and_what_is_over_does(account: Account) -> None:
    effects = real_effects(account)
    effects.write([effect("a"), effect("b")], AT_MS)
    effects.closed(Stage.DEAD, cause="validation")
    client, table = account.client("dynamodb"), account.calls_table

    def expires(key: dict[str, Any]) -> bool:
        item = client.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"]
        return "expires_at" in item

    assert expires(effect_key(ADA, "a"))
    assert not expires(effect_key(ADA, "b"))
    assert not expires(line_key(LINE))
    effects.closed()
    assert expires(line_key(LINE))
    dead = effects.book.dead_one("a")
    assert dead is not None
    assert effects.book.replay(dead, AT_MS)
    assert not expires(line_key(LINE))
    assert not expires(effect_key(ADA, "a"))


@pytest.mark.emulator
def test_none_of_it_is_among_calls(account: Account) -> None:
    effects = real_effects(account)
    effects.write([effect("a")], AT_MS)
    effects.closed(Stage.DEAD, cause="validation")
    client = account.client("dynamodb")
    for index, key, value in (
        ("by-customer", "customer", ADA),
        ("follow-ups", "follow_up", keys.OPEN),
    ):
        page = client.query(
            TableName=account.calls_table,
            IndexName=index,
            KeyConditionExpression="#key = :value",
            ExpressionAttributeNames={"#key": key},
            ExpressionAttributeValues={":value": {"S": value}},
        )
        assert page["Items"] == []


@pytest.mark.emulator
def test_what_a_newer_release_wrote_is_refused_and_others_are_listed(account: Account) -> None:
    effects = real_effects(account)
    effects.write([effect("a")], AT_MS)
    effects.write([effect("b", BOB)], AT_MS)
    effects.closed(Stage.DEAD, cause="validation")
    effects.closed(Stage.DEAD, LineName(BOB, CRM), cause="validation")
    client, table = account.client("dynamodb"), account.calls_table
    for key in ({"pk": {"S": keys.dead("a")}, "sk": {"S": keys.DEAD}}, line_key(LINE)):
        client.update_item(
            TableName=table,
            Key=key,
            UpdateExpression="SET #version = :newer",
            ExpressionAttributeNames={"#version": "version"},
            ExpressionAttributeValues={":newer": {"N": "99"}},
        )

    with pytest.raises(UNREADABLE):
        effects.lines.read(LINE)
    with pytest.raises(UNREADABLE):
        effects.book.dead_one("a")
    page = effects.book.dead(None, 10, None)
    assert [one.effect.effect_id for one in page.effects] == ["b"]
    assert page.unreadable == 1


@pytest.mark.emulator
def test_what_delivering_one_effect_asks_of_the_table(account: Account) -> None:
    effects, client = real_effects(account), account.client("dynamodb")
    effects.write([effect("a")], AT_MS)
    scene = Scene(clock=FakeClock(AT_MS))
    notes = DynamoDBReceiverNotes(client, account.calls_table)
    gate = ReceiverGate(CRM, replace(scene.mind, notes=notes))
    asked: list[str] = []

    def count_one(model: Any, **_: Any) -> None:
        asked.append(model.name)

    client.meta.events.register("provide-client-params.dynamodb", count_one)
    came = deliver_line(LINE, gate, replace(scene.deliver_parts, lines=effects.lines), lambda: True)

    assert came is Came.DONE
    assert asked == [
        *("GetItem", "GetItem", "UpdateItem"),  # the line, the receiver's health, the claim
        *("GetItem", "TransactWriteItems"),  # the effect, and that it is done
    ]
