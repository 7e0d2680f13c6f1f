"""A wish whose hint was lost is found by the tick, and by nothing the caller has to say again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from contact_center.conversations.services.ports.messages import PersonWish
from contact_center.kernel.ports import StoreUnavailableError
from contact_center.kernel.set_aside import STUMBLES, Thing
from contact_center.reception.services.colleagues.find_person import find_person
from contact_center.reception.services.colleagues.look_after_wishes import (
    HINTED_WITHIN_MS,
    look_after_wishes,
)
from contact_center.visits.domain.visit_merge import merged, wish_told
from contact_center.visits.domain.visit_parts import Stage, Wish
from contact_center.visits.services.visit_ports import Kept
from tests.unit.queue.queue_scene import SORRY
from tests.unit.reception.people_floor import NO_QUEUE, POST, VISIT, Floor


@pytest.fixture
def floor() -> Floor:
    made = Floor(ladder=NO_QUEUE)
    made.log_in()
    return made


def wishes_unheard(floor: Floor, number: int = 1) -> None:
    """The wish is stored, and its hint is lost."""
    at_ms = floor.clock.now_ms()
    floor.wishes.tell(PersonWish(post=POST, number=number, whose="billing", at_ms=at_ms))
    floor.jobs.sent.clear()


def tick(floor: Floor, *, in_time: bool = True) -> int:
    return look_after_wishes(floor.parts, floor.visits, lambda: in_time)


def test_a_wish_whose_hint_was_lost_is_found_by_the_tick(floor: Floor) -> None:
    wishes_unheard(floor)
    floor.clock.advance(HINTED_WITHIN_MS)
    assert tick(floor) == 1
    assert floor.rung == ["ada"]
    for _ in range(3):
        tick(floor)
    assert floor.rung == ["ada"]


def test_a_wish_of_just_now_is_left_to_its_hint(floor: Floor) -> None:
    wishes_unheard(floor)
    floor.clock.advance(HINTED_WITHIN_MS - 1)
    assert (tick(floor), floor.rung) == (0, [])


def test_who_was_told_that_there_is_nobody_is_looked_at_no_more() -> None:
    floor = Floor(ladder=NO_QUEUE)
    wishes_unheard(floor)
    floor.clock.advance(60_000)
    assert (tick(floor), floor.said) == (1, [SORRY.nobody_ready])
    assert (tick(floor), floor.said) == (0, [SORRY.nobody_ready])


def test_who_waits_or_has_hung_up_is_no_open_wish(floor: Floor) -> None:
    wishes_unheard(floor)
    visit = floor.visits.kept[VISIT].visit
    assert visit.wished_ms == visit.wishes[f"{POST}.1"].at_ms
    assert replace(visit, stage=Stage.WAITING).wished_ms is None
    assert replace(visit, ended_ms=1).wished_ms is None
    never_mind = wish_told(POST, 2, Wish(whose=None, at_ms=visit.wished_ms + 1))
    assert merged(visit, never_mind).wished_ms is None


def test_one_that_cannot_be_looked_at_stops_no_other(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    wishes_unheard(floor)
    earlier = replace(floor.visits.kept[VISIT].visit, visit_id="v-CA-broken")
    floor.visits.kept["v-CA-broken"] = Kept(earlier, 1)
    floor.clock.advance(60_000)
    read = floor.visits.read

    def damaged(visit_id: str) -> Kept | None:
        if visit_id == "v-CA-broken":
            raise KeyError(visit_id)
        return read(visit_id)

    monkeypatch.setattr(floor.visits, "read", damaged)
    assert (tick(floor), floor.rung) == (1, ["ada"])
    assert floor.metrics.of("wish_not_looked_after") == [{}]

    for _ in range(STUMBLES + 2):
        floor.clock.advance(60_000)
        tick(floor)
    assert floor.metrics.of("wish_not_looked_after") == [{}] * STUMBLES
    assert floor.troubles.aside(Thing.WISH) == ["v-CA-broken"]


def test_when_time_is_short_the_next_tick_looks(floor: Floor) -> None:
    wishes_unheard(floor)
    floor.clock.advance(60_000)
    assert (tick(floor, in_time=False), floor.rung) == (0, [])
    assert (tick(floor), floor.rung) == (1, ["ada"])


def test_a_list_that_cannot_be_read_is_told(floor: Floor) -> None:
    floor.visits.away = True
    with pytest.raises(StoreUnavailableError):
        tick(floor)
    floor.visits.away = False
    find_person(VISIT, floor.parts)
