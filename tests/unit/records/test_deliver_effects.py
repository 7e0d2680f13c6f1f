"""One line after the other: order, doubt, leases, and what a receiver says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.kernel.time_left import always
from contact_center.records.domain.effect_answers import Delivered, InDoubt, Later, Refused
from contact_center.records.domain.effect_names import LineName
from contact_center.records.domain.effect_steps import EffectTimings, Stage
from contact_center.records.domain.receiver_health import Health, taken_up
from contact_center.records.services.deliver_effects import Came, deliver_line
from contact_center.records.services.effect_desk import EffectDesk, replay_by_cause
from contact_center.records.services.effect_hints import EffectHint, HintKind, hint_again
from contact_center.records.services.effect_ports import BudgetSpentError
from contact_center.records.services.effect_store_ports import KnownHealth
from contact_center.records.services.mind_receiver import ReceiverGate
from contact_center.records.services.replay_effects import replay_all, replay_one
from tests.fakes.effects import FakeReceiverNotes
from tests.unit.records.effect_scene import ADA, AT_MS, BOB, CRM, Scene

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contact_center.records.domain.effect_answers import Answer
    from contact_center.records.domain.effects import Effect

LEASE_MS = EffectTimings().lease_ms
THREE_DAYS_MS = EffectTimings().give_up_ms


def test_all_that_is_open_is_delivered_in_its_order() -> None:
    scene = Scene()
    scene.write("a", "b")
    scene.write("c")

    assert scene.deliver() is Came.DONE
    assert scene.crm.delivered == [("a", 1), ("b", 2), ("c", 3)]
    assert scene.crm.looked_up == []
    assert set(scene.table.stages.values()) == {Stage.DONE}
    assert scene.deliver() is Came.NOTHING
    assert scene.table.due_ms == {}


def test_what_is_written_while_another_is_delivered_goes_at_once_too() -> None:
    """Whoever hears the hint at it finds the line taken: nobody else looks before the tick."""
    scene = Scene()
    scene.write("a")
    honest = scene.crm.deliver

    def deliver(effect: Effect) -> Answer:
        if effect.effect_id == "a":
            scene.write("b")
            assert scene.deliver() is Came.NOTHING
        return honest(effect)

    scene.crm.deliver = deliver  # type: ignore[method-assign]
    assert scene.deliver() is Came.DONE
    assert scene.crm.delivered == [("a", 1), ("b", 2)]


@pytest.mark.parametrize(("says", "in_seconds"), [(Later("busy"), 5), (Later("rate", 90_000), 90)])
def test_what_is_to_be_tried_again_is_hinted_at_for_then(says: Answer, in_seconds: int) -> None:
    scene = Scene()
    scene.write("a")
    scene.crm.says = [says]
    again = partial(hint_again, hints=scene.hints, clock=scene.clock, metrics=scene.metrics)
    parts = replace(scene.deliver_parts, again=again)

    assert deliver_line(LineName(ADA, CRM), ReceiverGate(CRM, scene.mind), parts, always) is (
        Came.WAITS
    )
    assert scene.hints.sent == [EffectHint(HintKind.LINE, CRM, ADA, in_seconds=in_seconds)]


def test_what_is_due_long_after_is_left_to_the_tick() -> None:
    scene = Scene()
    hint_again(LineName(ADA, CRM), AT_MS + 901_000, scene.hints, scene.clock, scene.metrics)
    assert scene.hints.sent == []


def test_numbers_go_on_where_they_ended() -> None:
    scene = Scene()
    scene.write("a")
    scene.deliver()
    scene.write("b")
    scene.deliver()

    assert scene.crm.delivered == [("a", 1), ("b", 2)]


def test_what_has_to_wait_keeps_the_later_ones_back_and_no_other_customer() -> None:
    scene = Scene()
    scene.write("a", "b")
    scene.write("c", customer=BOB)
    scene.crm.says = [Later("busy")]

    assert scene.deliver() is Came.WAITS
    assert scene.deliver() is Came.NOTHING
    assert scene.deliver(BOB) is Came.DONE
    scene.clock.advance(5_000)
    assert scene.deliver() is Came.DONE
    assert scene.delivered == ["a", "c", "a", "b"]
    assert scene.crm.looked_up == []  # it certainly had not happened


def test_a_lost_answer_is_looked_up_before_anything_is_written_again() -> None:
    scene = Scene()
    scene.write("a", "b")
    scene.crm.says = [InDoubt("timeout")]
    scene.crm.finds = [Delivered("theirs")]
    scene.deliver()
    scene.clock.advance(5_000)
    scene.deliver()

    assert scene.crm.looked_up == ["a"]
    assert scene.delivered == ["a", "b"]


def test_what_is_not_found_is_written_again() -> None:
    scene = Scene()
    scene.write("a")
    scene.crm.says = [InDoubt("timeout")]
    scene.deliver()
    scene.clock.advance(5_000)
    scene.deliver()

    assert scene.crm.looked_up == ["a"]
    assert scene.delivered == ["a", "a"]


def test_while_nobody_can_tell_nothing_is_written() -> None:
    scene = Scene()
    scene.write("a")
    scene.crm.says = [InDoubt("timeout")]
    scene.crm.finds = [Later("search_lags"), Later("search_lags"), None]
    scene.deliver()
    for _ in range(3):
        scene.clock.advance(60_000)
        scene.deliver()

    assert scene.crm.looked_up == ["a", "a", "a"]
    assert scene.delivered == ["a", "a"]


@pytest.mark.parametrize("after_ms", [1, LEASE_MS - 1])
def test_who_died_keeps_the_line_until_his_lease_is_over(after_ms: int) -> None:
    scene = Scene()
    scene.write("a")
    scene.crm.says = [KeyboardInterrupt()]  # which is no Exception: the end of a process
    with pytest.raises(KeyboardInterrupt):
        scene.deliver()
    scene.clock.advance(after_ms)

    assert scene.deliver() is Came.NOTHING
    scene.clock.advance(LEASE_MS - after_ms)
    assert scene.deliver() is Came.DONE
    assert scene.crm.looked_up == ["a"]


def test_who_has_lost_his_lease_writes_nothing() -> None:
    scene = Scene()
    scene.write("a")
    name = LineName(ADA, CRM)
    line = scene.table.read(name)
    assert line is not None
    kept = scene.table.effect(line)
    stale = scene.table.change(line, replace(line.run, stage=Stage.DELIVERING, token="t"))
    assert stale is not None
    scene.deliver()

    assert not scene.table.close(stale, replace(stale.run, stage=Stage.DEAD), kept, 1)
    assert scene.table.stages == {"a": Stage.DONE}


def test_a_refusal_is_dead_at_once_and_the_next_goes_on() -> None:
    scene = Scene()
    scene.write("a", "b")
    scene.crm.says = [Refused("validation", "email: is no address")]

    assert scene.deliver() is Came.DONE
    assert scene.delivered == ["a", "b"]
    assert scene.table.stages == {"a": Stage.DEAD, "b": Stage.DONE}
    [dead] = scene.table.dead(None, 10, None).effects
    assert (dead.effect.effect_id, dead.cause) == ("a", "validation")
    assert scene.metrics.of("effect_dead") == [{"receiver": CRM, "cause": "validation"}]


def test_after_three_days_it_is_given_up_with_its_last_cause() -> None:
    scene = Scene()
    scene.write("a", "b")
    scene.crm.says = [Later("busy", 0)] * 400
    waits = 0
    while "a" not in scene.table.stages:
        scene.clock.at_ms = max(scene.table.due_ms[LineName(ADA, CRM)], scene.clock.at_ms + 1)
        scene.notes.known.clear()  # of one customer nothing follows for the receiver
        scene.crm.says = [Later("busy")] * 2
        scene.deliver()
        waits += 1

    assert 15 <= waits <= 25
    assert scene.table.dead_ones["a"].died_at_ms >= scene.table.kept["a"].effect.caused_at_ms
    assert scene.table.dead_ones["a"].cause == "busy"
    assert scene.delivered.count("b") == 1


@pytest.mark.parametrize("error", [RuntimeError("x"), ValueError("+12125550143")])
def test_a_receiver_that_breaks_is_in_doubt(
    error: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    scene = Scene()
    scene.write("a")
    scene.crm.says = [error]
    scene.crm.finds = [error, Delivered()]
    for _ in range(3):
        scene.deliver()
        scene.clock.advance(60_000)

    assert scene.delivered == ["a"]
    assert scene.crm.looked_up == ["a", "a"]
    assert scene.table.stages == {"a": Stage.DONE}
    assert "+1212" not in capsys.readouterr().out


def test_a_spent_budget_says_nothing_of_the_receiver() -> None:
    scene = Scene()
    scene.write("a")
    scene.crm.says = [BudgetSpentError()]
    scene.deliver()

    assert scene.notes.known == {}
    scene.crm.finds = [BudgetSpentError()]
    scene.clock.advance(5_000)
    scene.deliver()
    assert scene.delivered == ["a"]
    assert scene.notes.known == {}


def test_nobody_of_that_name_is_a_cause_of_its_own() -> None:
    scene = Scene()
    scene.write("a", receiver="sold")
    scene.deliver(receiver="sold")

    assert scene.table.dead_ones["a"].cause == "no_receiver"


def test_one_that_wants_nothing_more_is_not_asked_again_until_somebody_replays() -> None:
    scene = Scene()
    scene.write("a", "b")
    scene.crm.says = [Refused("gone", switched_off=True)]
    scene.deliver()

    assert scene.delivered == ["a"]
    assert {one.cause for one in scene.table.dead_ones.values()} == {"gone"}
    replay_all("gone", scene.replaying, lambda: True)
    scene.deliver()
    assert scene.delivered == ["a", "a", "b"]


def test_what_a_receiver_asks_for_holds_for_all_workers() -> None:
    scene = Scene()
    scene.write("a")
    scene.write("b", customer=BOB)
    scene.crm.says = [Later("rate_limited", 30_000)]
    scene.deliver()

    assert scene.deliver(BOB) is Came.HELD
    assert scene.held == [(CRM, scene.clock.at_ms + 30_000)]
    scene.clock.advance(29_999)
    assert scene.deliver(BOB) is Came.HELD
    scene.clock.advance(1)
    assert scene.deliver(BOB) is Came.DONE


def test_a_store_that_fails_after_the_answer_does_not_lose_it() -> None:
    class Silent(FakeReceiverNotes):
        def change(self, *_: object) -> bool:
            raise StoreUnavailableError

    scene = Scene()
    scene.mind = replace(scene.mind, notes=Silent({CRM: KnownHealth(Health(failures=1), 1)}))
    scene.write("a")

    assert scene.deliver() is Came.DONE
    assert scene.table.stages == {"a": Stage.DONE}


def test_without_time_nothing_is_begun() -> None:
    scene = Scene()
    scene.write("a")

    assert scene.deliver(in_time=lambda: False) is Came.LATE
    assert scene.delivered == []


def test_an_effect_that_is_closed_already_is_taken_off_its_line() -> None:
    scene = Scene()
    scene.write("a", "b")
    scene.table.kept["a"] = replace(scene.table.kept["a"], closed=True)
    scene.deliver()

    assert scene.delivered == ["b"]


# -- replaying -----------------------------------------------------------------------------------


def test_a_replay_is_looked_up_and_goes_behind_what_waits() -> None:
    scene = Scene()
    scene.write("a", "b")
    scene.crm.says = [Refused("no_permission"), Later("busy")]
    scene.deliver()

    assert replay_one("a", scene.replaying)
    assert not replay_one("a", scene.replaying)
    scene.clock.advance(5_000)
    scene.deliver()
    assert scene.delivered == ["a", "b", "b", "a"]
    assert scene.crm.looked_up == ["a"]
    assert [hint.customer for hint in scene.hints.sent] == [ADA]


def test_of_what_has_expired_nobody_is_told_that_it_is_replayed() -> None:
    scene = Scene()
    scene.write("a")
    scene.crm.says = [Refused("no_permission")]
    scene.deliver()
    del scene.table.kept["a"]

    assert not replay_one("a", scene.replaying)
    assert scene.hints.sent == []


def test_a_replay_of_what_had_happened_writes_nothing() -> None:
    scene = Scene()
    scene.write("a")
    scene.crm.says = [Refused("no_permission")]
    scene.deliver()
    replay_one("a", scene.replaying)
    scene.crm.finds = [Delivered("theirs")]
    scene.deliver()

    assert scene.delivered == ["a"]
    assert scene.table.stages == {"a": Stage.DONE}


def test_all_of_one_cause_are_replayed_in_their_order_and_no_others() -> None:
    scene = Scene()
    scene.write("a", "b", "c")
    scene.crm.says = [Refused("no_permission"), Refused("validation"), Refused("no_permission")]
    scene.deliver()
    scene.crm.delivered.clear()

    came = replay_all("no_permission", scene.replaying, lambda: True)
    scene.deliver()
    assert (came.replayed, came.more) == (2, False)
    assert scene.delivered == ["a", "c"]
    assert list(scene.table.dead_ones) == ["b"]


def test_a_replay_by_cause_stops_when_its_time_is_up_and_says_so() -> None:
    scene = Scene()
    scene.write(*(f"e{number:03d}" for number in range(250)))
    scene.crm.says = [Refused("no_permission")] * 250
    scene.deliver()
    desk = EffectDesk(parts=scene.replaying, receivers=[CRM])
    asked = replay_all("no_permission", scene.replaying, lambda: False)

    assert (asked.replayed, asked.more) == (100, True)
    assert replay_by_cause(desk, "no_permission") == {"replayed": 150, "more": False}


def test_a_replay_takes_back_no_rest_that_a_receiver_asked_for() -> None:
    asked = Health(until_ms=9_000, rested_ms=1, off=True)

    assert taken_up(asked) == Health(until_ms=9_000, rested_ms=1)


# -- properties ----------------------------------------------------------------------------------

ANSWERS = st.sampled_from([Delivered(), Refused("validation"), Later("busy"), Later("busy", 9_000)])


@dataclass
class Judged:
    """Receiver: notes what it said yes to; its answers are clear, so nobody has to look up."""

    answers: Iterator[Answer]
    happened: list[tuple[str, int]] = field(default_factory=list)

    def deliver(self, effect: Effect) -> Answer:
        answer = next(self.answers, Delivered())
        if isinstance(answer, Delivered):
            self.happened.append((effect.customer, effect.number))
        return answer

    def look_up(self, effect: Effect) -> None:
        raise AssertionError(effect.effect_id)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 2), ANSWERS), max_size=30), st.integers(0, 6))
def test_with_clear_answers_each_happens_once_and_in_order(
    acts: list[tuple[int, Answer]], written_later: int
) -> None:
    scene, judged = Scene(), Judged(iter([answer for _, answer in acts]))
    parts = replace(scene.deliver_parts, receiver=lambda _: judged)
    for index in range(6):
        scene.write(f"e{index}", customer=f"c{index % 3}")
    later = [*(customer for customer, _ in acts), *([0, 1, 2] * 30)]
    for index, customer in enumerate(later):
        if index < min(written_later, len(acts)):
            scene.write(f"l{index}", customer=f"c{customer}")
        name = LineName(f"c{customer}", CRM)
        deliver_line(name, ReceiverGate(CRM, scene.mind), parts, lambda: True)
        scene.clock.advance(7_000 if index < len(acts) else 4_000_000)

    happened = judged.happened
    assert len(set(happened)) == len(happened)
    for customer in range(3):
        numbers = [number for of, number in happened if of == f"c{customer}"]
        assert numbers == sorted(numbers)
    assert all(line.first is None for line in scene.table.lines.values())
    assert len(happened) + len(scene.table.dead_ones) == len(scene.table.kept)
