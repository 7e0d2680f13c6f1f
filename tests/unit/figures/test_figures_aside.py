"""What cannot be counted, or told, ten times in a row is set aside until a person lets it go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.dynamodb import keys
from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.figures.domain import notices
from contact_center.figures.services import count_due as counting
from contact_center.figures.services import give_notices as giving
from contact_center.figures.services.count_calls import count_call
from contact_center.figures.services.roll_up_ports import COUNTED_CALL, COUNTED_VISIT
from contact_center.kernel.ports import ContentionError, StoreRefusedError, StoreUnavailableError
from contact_center.kernel.set_aside import STUMBLES, Thing
from tests.unit.figures.figure_scene import FigureScene, facts_of
from tests.unit.figures.test_notices import BEGUN, CAUSE, OTHER, Scene

if TYPE_CHECKING:
    from collections.abc import Callable

BAD = "CALL#bad"
PAUSE_MINUTES = 6  # what broke is tried again after five


def recorded(*names: str) -> FigureScene:
    scene = FigureScene()
    for name in names:
        scene.tell(*facts_of(name)[:8])
    return scene


def breaks_counting(patch: pytest.MonkeyPatch) -> None:
    def broken(record: Any, glance: Any) -> object:
        if record.call_id == "bad":
            raise ZeroDivisionError
        return count_call(record, glance)

    patch.setattr(counting, "count_call", broken)


def aside(scene: FigureScene | Scene, thing: Thing = Thing.COUNT) -> set[str]:
    return set(scene.troubles.aside(thing))


def test_a_call_that_cannot_be_counted_ten_times_is_set_aside_and_goes_on_when_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = recorded("good", "bad")
    with monkeypatch.context() as patch:
        breaks_counting(patch)
        for at in range(STUMBLES):
            assert aside(scene) == set()
            assert scene.tick(minutes=PAUSE_MINUTES) == (at == 0)
        assert aside(scene) == {BAD}
        assert (
            "ZeroDivisionError at test_figures_aside.py"
            in scene.troubles.read(Thing.COUNT, BAD).cause
        )
        assert len(scene.metrics.of("figures_failed")) == STUMBLES
        scene.tick(minutes=PAUSE_MINUTES)
        assert len(scene.metrics.of("figures_failed")) == STUMBLES
    assert scene.tick(minutes=120) == 0  # it waits for a person's word
    scene.troubles.forget(scene.troubles.read(Thing.COUNT, BAD))
    assert scene.tick() == 1
    assert scene.counters()["calls"] == 2


def test_one_that_cannot_be_read_is_set_aside_after_ten_ticks_with_where_that_broke() -> None:
    scene = recorded("good", "bad")
    scene.figures.unreadable[BAD] = UnreadableItemError("version", "must be 1")
    assert [scene.tick(minutes=1) for _ in range(STUMBLES)] == [1] + [0] * (STUMBLES - 1)
    scene.tick(minutes=1)
    assert aside(scene) == {BAD}
    assert scene.troubles.read(Thing.COUNT, BAD).cause.startswith("UnreadableItemError")
    failed = len(scene.metrics.of("figures_failed"))
    scene.tick(minutes=1)
    assert len(scene.metrics.of("figures_failed")) == failed


def test_those_that_are_set_aside_take_nobody_s_place(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = recorded("bad", "good")
    monkeypatch.setattr(counting, "MOST_AT_ONCE", 1)
    scene.figures.unreadable[BAD] = UnreadableItemError("version", "must be 1")
    for _ in range(STUMBLES + 2):
        scene.tick(minutes=1)
    assert aside(scene) == {BAD}
    assert scene.counters()["calls"] == 1


@pytest.mark.parametrize("error", [StoreUnavailableError, ContentionError])
def test_what_the_world_is_at_fault_for_is_counted_against_no_call(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = recorded("good", "bad")

    def away(_visit_id: str) -> None:
        raise error

    def busy(_changes: object) -> bool:
        raise ContentionError

    monkeypatch.setattr(scene.figures, "count", busy)
    monkeypatch.setattr(counting, "counted_as", lambda subject, _: away(subject.name))
    for _ in range(STUMBLES + 1):
        scene.tick(minutes=PAUSE_MINUTES)
    assert scene.troubles.kept == {}
    monkeypatch.undo()
    assert scene.tick(minutes=PAUSE_MINUTES) == 2


def test_who_meets_others_at_the_roll_ups_is_counted_with_the_next_tick(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = recorded("good", "bad")

    def busy(_changes: object) -> bool:
        raise ContentionError

    monkeypatch.setattr(scene.figures, "count", busy)
    assert [scene.tick(minutes=2) for _ in range(STUMBLES + 1)] == [0] * (STUMBLES + 1)
    assert (scene.troubles.kept, scene.metrics.of("figures_failed")) == ({}, [])
    monkeypatch.undo()
    assert scene.tick(minutes=1) == 2


def test_names_of_what_is_counted_are_those_of_the_table() -> None:
    assert (COUNTED_CALL, COUNTED_VISIT) == (keys.CALLS, keys.VISITS)


# -- notices ---------------------------------------------------------------------------------


def cannot_be_noted(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    write = scene.book.write

    def broken(before: Any, after: Any) -> bool:
        if before.cause == CAUSE:
            raise StoreRefusedError
        return write(before, after)

    patch.setattr(scene.book, "write", broken)


def cannot_be_judged(_scene: Scene, patch: pytest.MonkeyPatch) -> None:
    def broken(standing: Any, now_ms: int) -> Any:
        if standing.cause == CAUSE:
            raise OverflowError
        return notices.judged(standing, now_ms)

    patch.setattr(giving, "judged", broken)


def cannot_be_told(scene: Scene, patch: pytest.MonkeyPatch) -> None:
    tell = scene.board.tell

    def broken(notice: Any) -> None:
        if BEGUN in notice.subject:
            raise OverflowError
        tell(notice)

    patch.setattr(scene.board, "tell", broken)


@pytest.mark.parametrize("breaks", [cannot_be_noted, cannot_be_judged, cannot_be_told])
def test_a_cause_that_breaks_ten_times_is_set_aside_and_told_of_when_let_go_on(
    breaks: Callable[[Scene, pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene()
    scene.count()
    scene.count(cause=OTHER)
    with monkeypatch.context() as patch:
        breaks(scene, patch)
        assert len(scene.tick(STUMBLES - 1)) == 1
        assert aside(scene, Thing.NOTICE) == set()
        scene.tick()
        assert aside(scene, Thing.NOTICE) == {CAUSE}
        scene.tick(5)
        assert len(scene.metrics.of("notice_not_told")) == STUMBLES
    assert scene.tick() == []
    scene.troubles.forget(scene.troubles.read(Thing.NOTICE, CAUSE))
    assert len(scene.tick()) == 1


def test_whoever_cannot_be_reached_is_no_fault_of_a_cause() -> None:
    scene = Scene()
    scene.count()
    scene.board.away = True
    assert scene.tick(STUMBLES + 5) == []
    assert scene.troubles.kept == {}
    scene.board.away = False
    assert len(scene.tick()) == 1


def test_while_nothing_is_to_be_told_nobody_asks_what_is_set_aside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scene = Scene()
    scene.count()
    asked: list[Thing] = []
    find = scene.troubles.aside

    def counted(thing: Thing) -> Any:
        asked.append(thing)
        return find(thing)

    monkeypatch.setattr(scene.troubles, "aside", counted)
    assert len(scene.tick()) == 1
    assert asked == [Thing.NOTICE]
    scene.tick(30)
    assert asked == [Thing.NOTICE]
