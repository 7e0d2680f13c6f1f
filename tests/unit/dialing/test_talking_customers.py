"""Who is talking to us on a call of theirs is not dialled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contact_center.aws.dynamodb.items import UnreadableItemError
from contact_center.dialing.domain.dial_circumstances import MOST_TALKS, Customer
from contact_center.dialing.services.place_call import Placing
from tests.unit.dialing.dialing_scene import NOW_MS, NUMBER, TIMINGS, Scene

if TYPE_CHECKING:
    from contact_center.dialing.services.ledger_ports import Change


def rings_us(scene: Scene, call_id: str = "in-1", **news: Any) -> None:
    scene.hear(call_id=call_id, name=None, number=NUMBER, **news)


def test_who_is_talking_to_us_is_not_dialled_until_they_have_hung_up() -> None:
    scene = Scene()
    scene.queue()
    rings_us(scene)

    assert scene.dial() is Placing.NOT_NOW
    assert (scene.voice.posted, scene.attempt.reason) == ([], "customer_busy")
    assert scene.metrics.of("dial_denied") == [{"reason": "customer_busy"}]

    rings_us(scene, ended=True)
    scene.clock.advance(60_000)
    assert scene.dial() is Placing.POSTED


def test_who_rings_while_their_dial_is_being_claimed_is_not_dialled() -> None:
    scene = Scene()
    scene.queue()
    commit, once = scene.tables.commit, [rings_us]

    def meanwhile(change: Change) -> None:
        if once and change.line is not None:
            once.pop()(scene)
        commit(change)

    scene.tables.commit = meanwhile  # type: ignore[method-assign]

    assert scene.dial(NOW_MS + 5_000) is Placing.SENT_AGAIN
    assert scene.dial() is Placing.NOT_NOW
    assert (scene.voice.posted, scene.attempt.reason) == ([], "customer_busy")


def test_two_calls_of_one_telephone_keep_it_busy_until_the_last_is_over() -> None:
    scene = Scene()
    scene.queue()
    for call in ("in-1", "in-2"):
        rings_us(scene, call)
        rings_us(scene, call)  # told again

    rings_us(scene, "in-1", ended=True)
    assert scene.dial() is Placing.NOT_NOW
    rings_us(scene, "in-2", ended=True)
    scene.clock.advance(60_000)
    assert scene.dial() is Placing.POSTED


def test_a_call_whose_end_nobody_ever_tells_does_not_keep_its_customer_for_good() -> None:
    scene = Scene()
    scene.queue(expires_at_ms=NOW_MS + 86_400_000)
    rings_us(scene)
    scene.clock.advance(TIMINGS.talk_ms - 1_000)
    assert scene.dial() is Placing.NOT_NOW

    scene.clock.advance(61_000)
    assert scene.dial() is Placing.POSTED


def test_a_lost_end_that_is_asked_for_frees_line_and_customer() -> None:
    scene = Scene()
    rings_us(scene)
    assert scene.tables.customer(NUMBER).busy_at(scene.clock.now_ms())
    scene.clock.advance(TIMINGS.max_call_ms + TIMINGS.call_margin_ms)

    assert scene.tick().lines_freed == 1

    assert not scene.tables.customer(NUMBER).busy_at(scene.clock.now_ms())
    assert scene.free()


@pytest.mark.parametrize(
    "number",
    [None, "", "anonymous", "Restricted", "unknown", "+1 212", "+266696687", "+86282452253"],
)
def test_who_hides_their_number_holds_a_line_and_nobody_s_telephone(number: str | None) -> None:
    scene = Scene()
    scene.hear(call_id="in-1", name=None, number=number)

    assert (scene.tables.lines_in_use, scene.tables.customers) == (1, {})


def test_a_customer_nobody_can_read_does_not_keep_their_call_from_its_line() -> None:
    scene = Scene()

    def unreadable(number: str) -> Customer:
        raise UnreadableItemError(number, "of a later release")

    scene.tables.customer = unreadable  # type: ignore[method-assign]
    rings_us(scene)

    assert scene.tables.lines_in_use == 1
    assert scene.metrics.of("caller_unreadable") == [{}]


def test_forged_callers_cannot_make_a_customer_s_item_grow() -> None:
    scene = Scene()
    for call in range(50):
        rings_us(scene, f"in-{call}")

    assert len(scene.tables.customer(NUMBER).talks) == MOST_TALKS
