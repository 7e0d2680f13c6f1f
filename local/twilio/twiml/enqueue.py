"""Enqueue: a caller waits, hears what waitUrl says, and is taken, let go, or hangs up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.twilio.twiml.bridges import Bridge
from local.twilio.twiml.documents import Source
from local.twilio.twiml.grammar import DocumentError, Place
from local.twilio.twiml.queues import DEFAULT_SIZE, Member, Queue, queue_named
from local.twilio.twiml.verbs import Ending

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.twilio.twiml.grammar import Verb
    from local.twilio.twiml.verbs import Run

MUSIC_MS = 10_000
EMPTY_MS = 1_000  # what a wait document without any length lasts, at least
REDIRECTED = "redirected"


async def enqueue(run: Run, verb: Verb) -> Source | Ending | None:
    """Wait in a queue; then what the action says, or the next verb."""
    leg = run.leg
    leg.answer()
    queue = queue_named(leg.account, verb.words) or Queue(leg.account, verb.words)
    queue.max_size = verb.get("maxQueueSize", queue.max_size or DEFAULT_SIZE)
    member = queue.add(leg)
    if member is None:
        told = {"QueueResult": "queue-full", "QueueSid": queue.sid, "QueueTime": "0"}
        return run.action(verb, told)
    queue.stir_takers()
    waiting = leg.account.spawn(_wait(run, verb, member))
    try:
        await leg.watch.until(lambda: bool(member.result))
        waiting.cancel()
        if member.taken_by is not None:
            await _be_taken(run, member)
    finally:
        waiting.cancel()
        if not member.result:
            member.leave("hangup" if leg.ended else REDIRECTED)
        elif member.taken_by is not None and not member.parted:
            _part(member, "bridged" if leg.ended else "redirected-from-bridged")
        told = _result(member)
        if leg.ended or member.result.startswith(REDIRECTED):
            run.tell_action(verb, told)
    if member.next is not None:
        return member.next
    return run.action(verb, told)


async def _wait(run: Run, verb: Verb, member: Member) -> None:
    """Play the wait document again and again."""
    leg, clock = run.leg, run.leg.account.clock
    waits = run.on(leg, Place.WAIT, lambda: _fields(member))
    url = verb.get("waitUrl")
    ending = Ending.RAN_OUT
    try:
        while ending is Ending.RAN_OUT:
            began_ms = clock.now_ms()
            if url:
                source = Source(
                    url=run.document.address(url), method=verb.get("waitUrlMethod", "POST")
                )
                ending = await waits.follow(source)
            if clock.now_ms() == began_ms and ending is Ending.RAN_OUT:
                await _silence(run, url)
    except DocumentError as error:
        leg.account.note("wait-error", leg.sid, code=error.code, what=str(error))
        member.leave("error")
    if ending is Ending.LEFT:
        member.leave("leave")


async def _silence(run: Run, url: str | None) -> None:
    """Nothing was heard: Twilio's own music, silence, or a document that says nothing."""
    leg = run.leg
    lasts_ms = EMPTY_MS if url else MUSIC_MS
    leg.hear("music" if url is None else "silence", lasts_ms)
    await leg.account.clock.sleep(lasts_ms)


async def _be_taken(run: Run, member: Member) -> None:
    """The whisper, then the one who took this caller, until one of both hangs up."""
    leg, taker = run.leg, member.taken_by
    if member.whisper is not None:
        try:
            await run.on(leg, Place.WHISPER).follow(member.whisper)
        except DocumentError as error:
            leg.account.note("application-error", leg.sid, code=error.code, what=str(error))
            member.result = "error"
            _part(member, "error")
            return
    if taker is None or not taker.live or member.parted:
        _part(member, "error")
        return
    bridge = member.bridge = Bridge(leg, taker)
    await leg.watch.until(lambda: bridge.over)
    _part(member, "bridged")


def _part(member: Member, result: str) -> None:
    """A caller and the one who took him no longer have to do with each other."""
    member.result, member.parted = result, True
    if member.bridge is not None:
        member.bridge.end()
    if member.taken_by is not None:
        member.taken_by.watch.stir()


def _fields(member: Member) -> Mapping[str, str]:
    """What every request of a waiting call says beside the call's own fields."""
    queue = member.queue
    here = member in queue.members
    return {
        "QueueSid": queue.sid,
        "QueuePosition": str(queue.position(member) if here else 0),
        "QueueTime": str(member.waited_seconds),
        "AvgQueueTime": str(queue.average_wait_seconds()),
        "CurrentQueueSize": str(len(queue.members)),
        "MaxQueueSize": str(queue.max_size),
    }


def _result(member: Member) -> dict[str, str]:
    return {
        "QueueResult": member.result,
        "QueueSid": member.queue.sid,
        "QueueTime": str(member.waited_seconds),
    }
