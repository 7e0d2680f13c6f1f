"""A call that Twilio makes, until the telephone is answered or is not."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from local.twilio.telephones.keys import spoken_ms
from local.twilio.telephones.on_the_line import on_the_line
from local.twilio.telephones.outside import Connection
from local.twilio.telephones.people_format import ANSWERS, MACHINE
from local.twilio.webhooks.exchange import Webhook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.twilio.telephones.legs import Leg
    from local.twilio.telephones.people_format import Ring

MS_PER_SECOND = 1000
SETUP_MS = 300  # from leaving Twilio to the first ring
RUNS_OUT_MS = 24 * 60 * 60 * 1000  # a call that waits so long for its turn is not made
DETECTION_MS = 2_500
DEFAULT_RING_SECONDS = 60
# How a telephone that is not answered ends the call: status, and SIP's code.
UNANSWERED = {"busy": ("busy", 486), "rejects": ("busy", 603), "unreachable": ("failed", 404)}


async def ring_out(leg: Leg, ring_seconds: int, turn_ms: int = 0) -> bool:
    """Make a call.

    Args:
        leg: The call.
        ring_seconds: How long the telephone rings at most.
        turn_ms: How long the call waits for its turn before.

    Returns:
        Whether it was answered; it is in progress then, and over if not.
    """
    clock = leg.account.clock
    leg.queue_time_ms = turn_ms
    await clock.sleep(min(turn_ms, RUNS_OUT_MS))
    if turn_ms >= RUNS_OUT_MS:
        leg.finish("canceled")
        return False
    leg.dialled()
    await clock.sleep(SETUP_MS)
    if _answered_outside(leg):
        return True
    person, ring = leg.account.people.ring(leg.to)
    leg.account.note("rings", leg.sid, person=person.name, number=leg.to, does=ring.does)
    if ring.does == "unreachable":
        leg.finish(*UNANSWERED[ring.does])
        return False
    leg.ring()
    most_ms = (ring_seconds + leg.account.switches.ring_more_seconds) * MS_PER_SECOND
    if ring.does == "no_answer" or ring.after_ms >= most_ms:
        await clock.sleep(most_ms)
        leg.finish("no-answer")
        return False
    await clock.sleep(ring.after_ms)
    if ring.does in UNANSWERED:
        leg.finish(*UNANSWERED[ring.does])
        return False
    leg.answer()
    leg.beside(on_the_line(leg, ring))
    leg.ring_answered = ring
    return True


async def detect(leg: Leg, asked: Mapping[str, str], url: str, method: str) -> None:
    """Find out whether a machine has answered, and tell it.

    Args:
        leg: The call, answered.
        asked: The fields that say how.
        url: Who is told; empty when the first webhook is to say it.
        method: How.
    """
    began_ms = leg.account.clock.now_ms()
    await leg.account.clock.sleep(DETECTION_MS)
    ring: Ring | None = leg.ring_answered
    machine = ring is not None and ring.does == MACHINE
    at_end = asked.get("MachineDetection") == "DetectMessageEnd"
    if machine and at_end and ring is not None:
        words_ms = sum(step.pause_ms + spoken_ms(step.say) for step in ring.steps if step.say)
        await leg.account.clock.sleep(max(0, words_ms - DETECTION_MS))
    leg.answered_by = ("machine_end_beep" if at_end else "machine_start") if machine else "human"
    if not url:
        return
    told = {
        "AccountSid": leg.account.sid,
        "CallSid": leg.sid,
        "AnsweredBy": leg.answered_by,
        "MachineDetectionDuration": str(leg.account.clock.now_ms() - began_ms),
    }
    fields = list(told.items())
    leg.account.mail.tell(Webhook(kind="amd", url=url, method=method, fields=fields, call=leg.sid))


def _answered_outside(leg: Leg) -> bool:
    """Whether a SIP host of others takes the call; it is theirs then until either side ends it."""
    if not leg.to.startswith("sip"):
        return False
    account = leg.account
    caller = leg.parent.caller if leg.parent else leg.from_
    connection = Connection(
        call=leg.sid,
        caller=caller,
        address=leg.to,
        given=dict(parse_qsl(leg.to.partition("?")[2])),
        end=lambda: account.soon(leg.hang_up),
        hang_up=lambda: account.soon((leg.parent or leg).hang_up),
    )
    far = account.outside.sip(connection)
    if far is None:
        return False
    account.note("rings", leg.sid, person="a SIP host", number=leg.to, does=ANSWERS)
    leg.ring()
    leg.answer()
    caller_leg = leg.parent or leg
    caller_leg.put_through(far)
    leg.at_end += [far.closed, lambda: caller_leg.put_through(None)]
    return True
