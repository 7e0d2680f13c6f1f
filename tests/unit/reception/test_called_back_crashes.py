"""Wherever a process dies while a caller is called back: one ring a try, and no line leaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from contact_center.dialing.services.voice_ports import Unknown
from contact_center.kernel.ports import PassingError
from contact_center.visits.domain.instructions import HangUp
from contact_center.visits.domain.legs import LegStatus
from contact_center.visits.domain.visit_parts import Outcome
from tests.unit.people.offer_stage import Died
from tests.unit.reception.callback_scene import MINUTE_MS, CallbackScene

if TYPE_CHECKING:
    from collections.abc import Callable

type Deed = Callable[[CallbackScene], object]


def dying(scene: CallbackScene, at: int) -> Callable[[], int]:
    """Let the process die directly before or after one of its requests, the `at`th."""
    done = 0

    def counted(ask: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*args: Any, **named: Any) -> Any:
            nonlocal done
            done += 1
            if done == at:
                raise Died
            answer = ask(*args, **named)
            done += 1
            if done == at:
                raise Died
            return answer

        return asked

    for thing, names in (
        (scene.queue, ("read", "commit", "arrival")),
        (scene.visits, ("read", "write")),
        (scene.phone, ("ring", "hang_up", "find_leg", "find_legs", "redirect")),
        (scene.orders, ("order",)),
        (scene.tables, ("circumstances", "leave", "claim", "note")),
    ):
        for name in names:
            setattr(thing, name, counted(getattr(thing, name)))
    return lambda: done


def tells_again(deed: Deed, scene: CallbackScene) -> None:
    """Whoever tells us, or asks us, does so again when we do not answer."""
    for _ in range(3):
        try:
            deed(scene)
        except (Died, PassingError):
            continue
        return


def keeps(scene: CallbackScene) -> None:
    heard = scene.keeps("ann")
    if HangUp() in heard:
        scene.phone.legs["CA-ann"] = LegStatus.COMPLETED


def on_ring(deed: Deed) -> Deed:
    """What happens at his telephone, which has to ring for it; told by the leg it is of."""
    return lambda scene: deed(scene) if "CA-person-1" in scene.phone.rung else None


def address(scene: CallbackScene) -> Any:
    """Of the first ring: where its leg asks and tells."""
    from contact_center.reception.services.called_back import Try  # noqa: PLC0415

    path = scene.phone.rung["CA-person-1"].answered
    visit_id, token = path.split("/")[3].rsplit(".", 1)
    return Try(visit_id, token)


STORIES: dict[str, list[Deed]] = {
    "connected": [
        keeps,
        lambda s: s.serves(),
        on_ring(lambda s: s.picks_up("ann", ring=address(s))),
        on_ring(lambda s: s.presses("ann", "1", ring=address(s))),
    ],
    "nobody answers": [
        keeps,
        lambda s: s.serves(),
        on_ring(lambda s: s.ends("ann", ring=address(s))),
    ],
    "unknown": [
        lambda s: s.phone.answers.update(ring=Unknown("timeout")),
        keeps,
        lambda s: s.serves(),
        on_ring(lambda s: s.ends("ann", LegStatus.BUSY, ring=address(s))),
        lambda s: s.phone.answers.clear(),
    ],
    "rings again": [
        keeps,
        lambda s: s.serves(),
        lambda s: s.rings_in("ann", "CA-again"),
        lambda s: s.do_jobs(),
    ],
}


def ready() -> CallbackScene:
    """Ann waits for the line, which is free."""
    scene = CallbackScene()
    scene.waits("ann")
    scene.frees_line()
    return scene


def play(scene: CallbackScene, story: str) -> None:
    for deed in STORIES[story]:
        tells_again(deed, scene)


def lets_pass(scene: CallbackScene) -> None:
    """An hour and a half of ticks; whoever rings is heard of no more and ends by itself."""
    for _ in range(30):
        scene.clock.advance(3 * MINUTE_MS)
        for leg in scene.phone.rung:
            if scene.phone.legs[leg] is LegStatus.RINGING:
                scene.phone.legs[leg] = LegStatus.NO_ANSWER
        tells_again(lambda s: s.tick(), scene)


@pytest.mark.parametrize("story", STORIES)
def test_wherever_a_process_dies_the_phone_rings_once_a_try_and_no_line_leaks(story: str) -> None:
    whole = ready()
    count = dying(whole, -1)
    play(whole, story)
    assert count() > 10

    for at in range(1, count() + 1):
        scene = ready()
        dying(scene, at)
        play(scene, story)
        rung = len(scene.phone.rung)
        assert rung <= 1, at
        lets_pass(scene)

        assert scene.is_settled(), at
        kept = scene.entry("ann").kept
        if kept is None:  # died before his place was kept: he is on the line, in line
            assert scene.state("ann") in {"waiting", "serving", "served", "gone"}, at
            continue
        assert len(scene.phone.rung) <= kept.tries <= 3, at
        assert scene.entry("ann").due_at_ms is None, at
        ending = scene.ending("CA-ann")
        assert ending is not None, at
        if "CA-again" in scene.phone.live():
            expected = {Outcome.RESUMED_ELSEWHERE, Outcome.CALLBACK_FAILED, Outcome.CALLBACK_DONE}
            assert ending.outcome in expected, at
        connected = len(scene.orders.asked)
        assert connected <= 1, at
        if ending.outcome is Outcome.CALLBACK_DONE:
            assert "v-CA-person-1" in scene.queue.entries, at
        for leg in scene.phone.rung:
            if leg in scene.phone.live():  # he talks, or waits where he was brought
                assert f"v-{leg}" in scene.queue.entries, at
