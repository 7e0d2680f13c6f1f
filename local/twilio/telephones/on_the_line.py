"""What people do on the line, once a telephone was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.twilio.telephones.keys import press, speak

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.twilio.telephones.legs import Leg
    from local.twilio.telephones.people_format import Ring
    from local.vapi.scripts.line_steps import LineStep


async def on_the_line(leg: Leg, ring: Ring) -> None:
    """Do what a person does once the line is open, then stay on it."""
    clock = leg.account.clock
    asked_before: object = None
    for step in ring.steps:
        held = _holds(leg, step, asked_before)
        if ring.patience_ms and not await leg.watch.until_or(held, clock.sleep(ring.patience_ms)):
            leg.account.note("patience-lost", leg.sid, waited_for=step.wait_for)
            leg.hang_up()
            return
        await leg.watch.until(held)
        asked_before = leg.listener
        await clock.sleep(step.pause_ms)
        await _do(leg, step)
        if leg.ended:
            return


async def waits_at_most(leg: Leg, patience_ms: int) -> None:
    """Hang up after so long in queues without a break."""
    while not leg.ended:
        await leg.watch.until(lambda: leg.queued)
        served = await leg.watch.until_or(
            lambda: not leg.queued, leg.account.clock.sleep(patience_ms)
        )
        if not served:
            leg.account.note("patience-lost", leg.sid, waited_for="the queue")
            leg.hang_up()


async def _do(leg: Leg, step: LineStep) -> None:
    if step.press:
        press(leg, step.press)
    elif step.say:
        await leg.account.clock.sleep(speak(leg, step.say))
    else:
        leg.account.note("hangs-up", leg.sid)
        leg.hang_up()


def _holds(leg: Leg, step: LineStep, asked_before: object) -> Callable[[], bool]:
    """Whether what a step waits for has come; a question already answered is none."""

    def asked() -> bool:
        listener = leg.listener
        return listener is not None and listener.asks and listener is not asked_before

    def heard() -> bool:
        return any(step.words.lower() in words.lower() for words in leg.words)

    return {
        "now": lambda: True,
        "asked": asked,
        "joined": lambda: leg.joined,
        "queued": lambda: leg.queued,
        "streaming": lambda: leg.streaming,
        "words": heard,
    }[step.wait_for]
