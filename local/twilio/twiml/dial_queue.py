"""Dial a queue: the caller in front is told something, then talked to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.twilio.telephones.calling import MS_PER_SECOND
from local.twilio.twiml.documents import Source
from local.twilio.twiml.queues import Member, Queue, queue_named

if TYPE_CHECKING:
    from local.twilio.twiml.grammar import Verb
    from local.twilio.twiml.verbs import Run

DEFAULT_WAIT_SECONDS = 30


async def dial_queue(run: Run, verb: Verb, target: Verb) -> Source | None:
    """Take the caller in front of a queue, and talk until one of both hangs up."""
    leg = run.leg
    leg.answer()
    queue = queue_named(leg.account, target.words)
    member = await _front(run, verb, queue) if queue else None
    if member is None:
        status = "no-answer" if queue else "failed"
        return run.action(verb, {"DialCallStatus": status, "DialBridged": "false"})
    bridged = False
    try:
        await _talk(run, target, member)
    finally:
        bridged = member.bridge is not None
        if member.bridge is not None:
            member.bridge.end()
        member.parted = True
        member.leg.watch.stir()
        told = _result(member, bridged=bridged)
        run.tell_dial_action(verb, told)
    return run.action(verb, told)


async def _front(run: Run, verb: Verb, queue: Queue) -> Member | None:
    """The caller in front; waited for, if nobody is there."""
    leg = run.leg
    wait_ms = verb.get("timeout", DEFAULT_WAIT_SECONDS) * MS_PER_SECOND
    queue.takers.append(leg)
    try:
        here = await leg.watch.until_or(
            lambda: bool(queue.members) and queue.takers[0] is leg, leg.account.clock.sleep(wait_ms)
        )
    finally:
        queue.takers.remove(leg)
        queue.stir_takers()
    return queue.members[0] if here else None


async def _talk(run: Run, target: Verb, member: Member) -> None:
    leg = run.leg
    member.taken_by = leg
    if "url" in target.attributes:
        told = {
            "QueueSid": member.queue.sid,
            "QueueTime": str(member.waited_seconds),
            "DequeingCallSid": leg.sid,
        }
        url = run.document.address(target.get("url"))
        member.whisper = Source(url=url, method=target.get("method", "POST"), more=told)
    member.leave("bridged")
    await leg.watch.until(lambda: member.leg.ended or member.bridge is not None or member.parted)
    bridge = member.bridge
    if bridge is not None:
        await leg.watch.until(lambda: bridge.over)


def _result(member: Member, *, bridged: bool) -> dict[str, str]:
    lasted_ms = member.bridge.lasted_ms if member.bridge else 0
    return {
        "DialCallStatus": "completed" if bridged else "failed",
        "DialCallSid": member.leg.sid,
        "DialCallDuration": str(round(lasted_ms / MS_PER_SECOND)),
        "DialBridged": str(bridged).lower(),
    }
