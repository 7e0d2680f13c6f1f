"""A call offered to who cannot be served now: closed, or after the longest wait."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from contact_center.kernel.ports import StoreUnavailableError
from contact_center.permission.domain.permission import Permission
from contact_center.reception.services.callbacks.offer_callback import keep_instead
from contact_center.reception.services.leave_music import leave_music
from contact_center.visits.domain.opening_hours import (
    Closing,
    OpeningHours,
    Span,
    WhenClosed,
)
from contact_center.visits.domain.visit_parts import Ending, Outcome
from tests.unit.dialing.dialing_scene import MachineIsCivil
from tests.unit.reception.callback_scene import (
    ANN,
    MINUTE_MS,
    CallbackScene,
)
from tests.unit.reception.desk import ALWAYS

EVENINGS = OpeningHours(
    replace(
        ALWAYS,
        week=tuple([(Span(18 * 60, 24 * 60),)] * 7),
        closing=Closing(action=WhenClosed.CALLBACK, say="We are closed."),
    ),
    {},
)


def closed(scene: CallbackScene) -> None:
    """It opens in an hour."""
    scene.reception = replace(scene.reception, hours=EVENINGS, civil=MachineIsCivil())
    object.__setattr__(scene.calls, "judge", replace(scene.calls.judge, hours=EVENINGS))


def test_who_rings_while_it_is_closed_is_called_when_it_opens(scene: CallbackScene) -> None:
    closed(scene)
    scene.frees_line()
    assert scene.rings_in("ann", "CA-ann") == "We are closed. | AskKeys | TakeMessage"
    assert keep_instead("CA-ann", "1", scene.reception) == "kept | HangUp"
    assert keep_instead("CA-ann", "1", scene.reception) == "kept | HangUp"  # told again
    scene.hangs_up("CA-ann")
    assert (scene.state("ann"), scene.ending("CA-ann")) == ("resting", None)
    scene.tick(59 * MINUTE_MS)
    assert scene.rung == []
    scene.tick(MINUTE_MS)
    assert scene.rung == ["ann"]
    scene.picks_up("ann")
    assert scene.presses("ann", "1") == "JoinAssistant"
    assert scene.ending("CA-ann") == Ending(Outcome.CALLBACK_DONE, "called_back")


def test_without_the_key_he_may_leave_a_message(scene: CallbackScene) -> None:
    closed(scene)
    scene.rings_in("ann", "CA-ann")
    assert keep_instead("CA-ann", "5", scene.reception) == "after the tone | TakeMessage"
    assert scene.queue.entries == {}


def test_a_call_instead_that_cannot_be_stored_is_not_promised(scene: CallbackScene) -> None:
    closed(scene)
    scene.rings_in("ann", "CA-ann")

    def away(_change: object) -> None:
        raise StoreUnavailableError

    scene.queue.before_commit = away
    said = keep_instead("CA-ann", "1", scene.reception)
    assert said == "broke | after the tone | TakeMessage"
    assert scene.ending("CA-ann") is None  # he is on the line
    scene.hangs_up("CA-ann")
    assert scene.ending("CA-ann") == Ending(Outcome.CLOSED, "hours")


def test_nobody_on_our_own_list_is_promised_a_call_instead(scene: CallbackScene) -> None:
    closed(scene)
    scene.rings_in("ann", "CA-ann")
    scene.tables.set_permission(ANN, Permission(suppressed_at=datetime(2026, 1, 5, tzinfo=UTC)))
    said = keep_instead("CA-ann", "1", scene.reception)
    assert said == "broke | after the tone | TakeMessage"
    assert scene.queue.entries == {}


def test_who_has_waited_too_long_is_called_instead_in_the_order_of_his_place() -> None:
    scene = CallbackScene(too_long=Closing(action=WhenClosed.CALLBACK, say="We call you."))
    scene.waits("ann")
    place_ms = scene.entry("ann").place_ms
    scene.clock.advance(21 * MINUTE_MS)
    assert leave_music("CA-ann", scene.reception) == "We call you. | AskKeys | TakeMessage"
    assert keep_instead("CA-ann", "1", scene.reception) == "kept | HangUp"
    scene.hangs_up("CA-ann")
    scene.waits("bob")
    scene.frees_line()
    scene.serves()
    assert scene.rung == ["ann"]
    assert scene.entry("ann").place_ms == place_ms
