"""The work list: what is due, in pages, until time is short or the receiver is left alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import pytest

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.records.domain.effect_answers import InDoubt, Later, Refused
from contact_center.records.domain.receiver_health import (
    Health,
    Leave,
    RestTimings,
    answered,
    asked_to_wait,
    failed,
    probed,
)
from contact_center.records.services.drain_effects import count_overdue
from contact_center.records.services.effect_hints import EffectHint, HintKind
from contact_center.records.services.mind_receiver import ReceiverGate
from contact_center.records.services.replay_effects import replay_one
from tests.fakes.effects import FakeReceiverNotes
from tests.unit.records.effect_scene import AT_MS, CRM, Scene

if TYPE_CHECKING:
    from contact_center.records.services.effect_store_ports import KnownHealth

TIMINGS = RestTimings()
DRAIN = EffectHint(HintKind.DRAIN, CRM)


def test_all_that_is_due_is_delivered_page_after_page() -> None:
    scene = Scene()
    for number in range(250):
        scene.write(f"e{number}", customer=f"c{number}")

    assert scene.drain() == 250
    assert sorted(scene.delivered) == sorted(f"e{number}" for number in range(250))
    assert scene.hints.sent == []


def test_what_is_not_due_is_not_looked_at() -> None:
    scene = Scene()
    for number in range(5):
        scene.write(f"e{number}", customer=f"c{number}")
    scene.crm.says = [Later("busy")] * 2
    scene.drain()

    assert scene.drain() == 0
    scene.clock.advance(5_000)
    assert scene.drain() == 2


def test_when_time_is_short_the_rest_is_hinted_at() -> None:
    scene = Scene()
    for number in range(5):
        scene.write(f"e{number}", customer=f"c{number}")
    asked = count()
    scene.drain(lambda: next(asked) < 4)

    assert 0 < len(scene.delivered) < 5
    assert scene.hints.sent[-1] == DRAIN


def test_who_switched_himself_off_is_counted_each_tick_until_somebody_replays() -> None:
    scene = Scene()
    scene.write("e1")
    scene.crm.says = [Refused("gone", switched_off=True)]
    scene.drain()
    counted = [len(scene.metrics.of("receiver_off"))]
    for _ in range(2):
        count_overdue(CRM, scene.parts)
        counted.append(len(scene.metrics.of("receiver_off")))
    assert counted == [1, 2, 3]
    replay_one("e1", scene.replaying)
    count_overdue(CRM, scene.parts)
    assert len(scene.metrics.of("receiver_off")) == 3


@pytest.mark.parametrize(
    ("error", "counted"),
    [
        (StoreUnavailableError(), "effect_line_unavailable"),
        (ValueError("c1"), "effect_line_failed"),
    ],
)
def test_what_is_wrong_with_one_line_keeps_no_other_back(
    error: Exception,
    counted: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    scene = Scene()
    for number in range(3):
        scene.write(f"e{number}", customer=f"c{number}")
    reads = scene.table.read

    def read(name: object) -> object:
        if name.customer == "c1":  # type: ignore[attr-defined]
            raise error
        return reads(name)  # type: ignore[arg-type]

    monkeypatch.setattr(scene.table, "read", read)
    scene.drain()

    assert scene.delivered == ["e0", "e2"]
    assert len(scene.metrics.of(counted)) == 1
    assert "c1" not in capsys.readouterr().out


def test_a_receiver_that_is_away_is_asked_by_one_at_a_time_and_all_go_on_when_it_is_back() -> None:
    scene = Scene()
    for number in range(40):
        scene.write(f"e{number:02d}", customer=f"c{number:02d}")
    scene.crm.says = [InDoubt("timeout")] * 10
    scene.drain()

    assert len(scene.delivered) == 3
    [hint] = scene.hints.sent
    assert hint == EffectHint(HintKind.DRAIN, CRM, in_seconds=5)
    assert scene.drain() == 0  # nothing is read either
    asked = len(scene.delivered)
    for _ in range(7):
        scene.clock.advance(60_000)
        before = len(scene.crm.delivered) + len(scene.crm.looked_up)
        scene.drain()
        after = len(scene.crm.delivered) + len(scene.crm.looked_up)
        assert after - before <= 2  # looked up, and not found: written
    assert len(scene.delivered) - asked <= 7
    scene.crm.says = []
    scene.clock.advance(60_000)
    scene.drain()
    assert len(set(scene.delivered)) == 40


def test_a_look_up_that_asks_nobody_is_no_sign_of_life() -> None:
    """A webhook cannot be asked what it has: all that hang in doubt would go to see, each tick."""
    scene = Scene()
    for number in range(5):
        scene.write(f"e{number}", customer=f"c{number}")
    scene.crm.says = [InDoubt("timeout")] * 99
    asked = []
    for _ in range(12):
        before = len(scene.crm.delivered)
        scene.drain()
        asked.append(len(scene.crm.delivered) - before)
        scene.clock.advance(60_000)

    assert asked == [3] + [1] * 11


def test_after_so_many_failures_in_a_row_one_goes_to_see() -> None:
    health = Health()
    for _ in range(2):
        health = failed(health, AT_MS, AT_MS, 0, TIMINGS)
        assert health.leave(AT_MS, TIMINGS) is Leave.ALL
    health = failed(health, AT_MS, AT_MS, 0, TIMINGS)

    assert health.leave(AT_MS, TIMINGS) is Leave.NOBODY
    assert health.leave(AT_MS + 5_000, TIMINGS) is Leave.ONE
    gone = probed(health, AT_MS + 5_000, 60_000)
    assert gone.leave(AT_MS + 5_001, TIMINGS) is Leave.NOBODY
    assert answered(gone, AT_MS + 5_001) == Health(rested_ms=AT_MS)


def test_those_who_were_on_their_way_make_no_rest_longer_and_end_none() -> None:
    health = Health()
    for _ in range(3):
        health = failed(health, AT_MS, AT_MS + 10, 0, TIMINGS)

    assert failed(health, AT_MS + 5, AT_MS + 20, 0, TIMINGS) is health
    assert answered(health, AT_MS + 5) is health


def test_rests_grow_to_their_longest_and_no_longer() -> None:
    health, pauses = Health(), []
    for number in range(9):
        at_ms = AT_MS + number * 100_000
        health = failed(health, at_ms, at_ms, 1, TIMINGS)
        pauses.append(health.until_ms - at_ms if health.until_ms else 0)

    assert pauses == [0, 0, 7_500, 15_000, 30_000, 45_000, 45_000, 45_000, 45_000]


def test_what_a_receiver_asks_for_is_never_shortened() -> None:
    health = asked_to_wait(Health(), AT_MS, 60_000, TIMINGS)

    assert health.leave(AT_MS + 59_999, TIMINGS) is Leave.NOBODY
    assert health.leave(AT_MS + 60_000, TIMINGS) is Leave.ALL
    assert asked_to_wait(health, AT_MS, 1_000, TIMINGS) is health
    assert answered(health, AT_MS - 1) is health
    forever = asked_to_wait(Health(), AT_MS, 10**15, TIMINGS)
    assert forever.until_ms == AT_MS + 24 * 3_600_000


class UnreadNotes(FakeReceiverNotes):
    """Nobody may ask."""

    def read(self, receiver: str) -> KnownHealth:
        raise AssertionError(receiver)

    def change(self, receiver: str, known: KnownHealth, health: Health) -> bool:
        raise AssertionError((receiver, known, health))


def test_of_a_receiver_in_our_own_table_nothing_is_read_or_noted() -> None:
    """It is as well as the table is, where the note would stand."""
    scene = Scene()
    gate = ReceiverGate(CRM, replace(scene.mind, notes=UnreadNotes(), in_our_table=(CRM,)))

    assert (gate.leave(), gate.lets_one_in(), gate.off) == (Leave.ALL, True, False)
    gate.heard(InDoubt("store_unavailable"), AT_MS)
    assert gate.rests_until_ms is None
