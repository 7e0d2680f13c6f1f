"""Dial: other telephones, a conference or a queue; and what is told of it afterwards."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.twilio.ids import E164
from local.twilio.telephones.calling import MS_PER_SECOND, ring_out
from local.twilio.telephones.legs import Leg, Subscription
from local.twilio.telephones.star_key import star_key
from local.twilio.twiml.bridges import Bridge
from local.twilio.twiml.dial_conference import dial_conference
from local.twilio.twiml.dial_queue import dial_queue
from local.twilio.twiml.documents import Source
from local.twilio.twiml.grammar import DocumentError, Place, Verb

if TYPE_CHECKING:
    from local.twilio.telephones.legs import Program
    from local.twilio.twiml.verbs import Run

DEFAULT_RING_SECONDS = 30
DEFAULT_LIMIT_SECONDS = 4 * 60 * 60
LONGEST_HEADERS = 1024
NUMBER_IS_WRONG, ADDRESS_IS_WRONG, CALLER_ID_IS_WRONG, HEADERS_TOO_LONG = 13223, 13243, 13214, 21227


@dataclass(slots=True)
class _Reached:
    """What a Dial has come to: the telephone that was answered first, and the last that was not."""

    answered: Leg | None = None
    last: Leg | None = None
    bridge: Bridge | None = None


async def dial(run: Run, verb: Verb) -> Source | None:
    """Call others; with an action, verbs after it are never played."""
    first = verb.inside[0].name if verb.inside else "Number"
    if first == "Conference":
        return await dial_conference(run, verb, verb.inside[0])
    if first == "Queue":
        return await dial_queue(run, verb, verb.inside[0])
    return await _dial_telephones(run, verb)


async def _dial_telephones(run: Run, verb: Verb) -> Source | None:
    leg = run.leg
    targets = verb.inside or [Verb("Number", verb.words, {}, ())]
    caller_id = _caller_id(leg, verb)
    if not verb.get("answerOnBridge"):
        leg.answer()
    children = [(target, _child(run, target, caller_id)) for target in targets]
    reached = _Reached()
    try:
        # One after the other, or all together.
        for some in [[each] for each in children] if verb.get("sequential") else [children]:
            if await _first_of(run, verb, some, reached):
                break
    finally:
        _let_go([child for _, child in children], reached)
        run.tell_dial_action(verb, _result(reached))
    return run.action(verb, _result(reached))


def _let_go(legs: list[Leg], reached: _Reached) -> None:
    """Hang up on everybody who was called, but for who was redirected."""
    for child in legs:
        if not child.released:
            child.hang_up()
    if reached.bridge is not None:
        reached.bridge.end()


async def _first_of(
    run: Run, verb: Verb, children: list[tuple[Verb, Leg]], reached: _Reached
) -> bool:
    """Let telephones ring together; the first that is answered is talked to.

    Returns:
        Whether one was.
    """
    leg = run.leg
    seconds = verb.get("timeout", DEFAULT_RING_SECONDS)
    leg.hear("ringing", seconds * MS_PER_SECOND)
    for _, child in children:
        child.run(_ringing(child, seconds))
    await leg.watch.until(lambda: _settled(children))
    won = next(((target, child) for target, child in children if child.live), None)
    for _, child in children:
        if won is None or child is not won[1]:
            child.hang_up()
            reached.last = child
    if won is None:
        return False
    reached.answered = won[1]
    await _talk(run, verb, won[0], reached)
    return True


def _settled(children: list[tuple[Verb, Leg]]) -> bool:
    legs = [child for _, child in children]
    return any(child.live for child in legs) or all(child.ended for child in legs)


async def _talk(run: Run, verb: Verb, target: Verb, reached: _Reached) -> None:
    """Whisper to the party called, then join both until one hangs up."""
    leg, child = run.leg, reached.answered
    if child is None or not await _whispered(run, target, child):
        return
    leg.answer()
    bridge = reached.bridge = Bridge(leg, child)
    limit_ms = verb.get("timeLimit", DEFAULT_LIMIT_SECONDS) * MS_PER_SECOND
    with star_key(leg, leaves=verb.get("hangupOnStar", False)) as star:
        await leg.watch.until_or(
            lambda: child.ended or bridge.over or star.pressed, leg.account.clock.sleep(limit_ms)
        )
    bridge.end()


async def _whispered(run: Run, target: Verb, child: Leg) -> bool:
    """Whether the party called is still there after what it is told first."""
    if "url" not in target.attributes:
        return child.live
    url = run.document.address(target.get("url"))
    source = Source(url=url, method=target.get("method", "POST"))
    over = asyncio.Event()

    async def whisper() -> None:
        try:
            await run.on(child, Place.WHISPER).follow(source)
        except DocumentError as error:
            child.account.note("application-error", child.sid, code=error.code, what=str(error))
            child.hang_up()
        finally:
            over.set()
            run.leg.watch.stir()

    child.run(whisper)
    await run.leg.watch.until(lambda: over.is_set() or child.ended)
    return child.live


def _ringing(child: Leg, seconds: int) -> Program:
    return lambda: ring_out(child, seconds)


def _child(run: Run, target: Verb, caller_id: str) -> Leg:
    """The call to one of the telephones. Raises DocumentError when there can be none."""
    leg = run.leg
    to = target.words
    if target.name == "Number" and not E164.fullmatch(to):
        raise DocumentError(NUMBER_IS_WRONG, f"{to} is no number")
    if target.name == "Sip":
        _check_address(to)
    callback = target.get("statusCallback")
    subscription = Subscription(
        url=run.document.address(callback) if callback else "",
        method=target.get("statusCallbackMethod", "POST"),
        events=target.get("statusCallbackEvent", ["completed"]),
    )
    child = Leg(
        leg.account,
        direction="outbound-dial",
        from_=caller_id,
        to=to,
        parent=leg,
        subscription=subscription,
    )
    child.at_end.append(leg.watch.stir)
    child.at_answer.append(leg.watch.stir)
    return child


def _check_address(address: str) -> None:
    name, _, headers = address.partition("?")
    if not name.startswith(("sip:", "sips:")) or "@" not in name or " " in address:
        raise DocumentError(ADDRESS_IS_WRONG, f"{name} is no SIP address")
    if len(headers) >= LONGEST_HEADERS:
        raise DocumentError(HEADERS_TOO_LONG, "the headers of a SIP address are too long")


def _caller_id(leg: Leg, verb: Verb) -> str:
    """What the party called sees. Raises DocumentError when the account may not show it."""
    shown: str = verb.get("callerId", leg.from_)
    if "callerId" in verb.attributes and shown not in {*leg.account.numbers, leg.from_, leg.to}:
        raise DocumentError(CALLER_ID_IS_WRONG, f"{shown} is no number of this account")
    return shown


def _result(reached: _Reached) -> dict[str, str]:
    """What the action is told."""
    child = reached.answered or reached.last
    if child is None:
        return {"DialCallStatus": "canceled", "DialBridged": "false", "DialCallDuration": "0"}
    told = {
        "DialCallStatus": child.status if child.ended else "completed",
        "DialCallSid": child.sid,
        "DialCallDuration": str(child.seconds()),
        "DialBridged": str(reached.bridge is not None).lower(),
    }
    if child.to.startswith("sip"):
        told["DialSipResponseCode"] = str(child.sip_code)
        told["DialSipCallId"] = f"{child.sid}@twilio.invalid"
    return told
