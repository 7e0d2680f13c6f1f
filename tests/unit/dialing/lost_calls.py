"""Calls of which something was lost: nobody answered the POST, or nobody told the end."""

from __future__ import annotations

from contact_center.dialing.services.voice_ports import FoundCall, LookUp, Unknown
from tests.unit.dialing.dialing_scene import ATTEMPT, NOW_MS, TIMINGS, Scene


def after_unknown() -> Scene:
    """A scene whose POST was answered by nobody, when its lease is over."""
    scene = Scene()
    scene.queue()
    scene.voice.outcome = Unknown("timeout")
    scene.dial()
    scene.clock.advance(TIMINGS.lease_ms + 1)
    return scene


def after_placed() -> Scene:
    """A scene whose call was placed, long after it must be over."""
    scene = Scene()
    scene.queue()
    scene.dial()
    scene.clock.advance(TIMINGS.max_call_ms + TIMINGS.call_margin_ms + 1_000)
    return scene


def found(*, ended: bool, complete: bool = True) -> LookUp:
    call = FoundCall(
        call_id="call-9",
        name=f"{ATTEMPT}.1",
        ended=ended,
        rang_at_ms=NOW_MS + 20_000,
        ended_at_ms=NOW_MS + 30_000 if ended else None,
        ended_reason="customer-did-not-answer" if ended else None,
    )
    return LookUp(complete=complete, calls=(call,))
