"""A call that is ordered by REST: what it is refused for, and its way to the telephone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from local.twilio.ids import E164
from local.twilio.rest.refusals import RefusedError
from local.twilio.telephones.calling import DEFAULT_RING_SECONDS, detect, ring_out
from local.twilio.telephones.legs import MS_PER_SECOND, Leg, Subscription

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from local.twilio.telephones.account import Account

    Answered = Callable[[Leg], Callable[[], Coroutine[Any, Any, object]]]

Json = dict[str, Any]

WORDS = {
    21214: "To number cannot be reached",
    21215: "Account not authorized to call {to}. Perhaps you need to enable some international "
    "permissions",
    21216: "Call to {to} was blocked",
    21217: "Phone number {to} does not appear to be valid",
    21219: "The number {to} is unverified. Trial accounts may only make calls to verified numbers.",
}


def check_order(account: Account, fields: Json) -> None:
    """Hold the ends of a call to what the account may do. Raises RefusedError."""
    to, shown = fields["To"], _shown(fields)
    code = account.switches.refused.get(to)
    if code is not None:
        raise RefusedError(code, WORDS.get(code, "Call refused").format(to=to))
    if "CallToken" in fields:
        _check_token(account, fields["CallToken"], shown)
    elif not E164.fullmatch(shown):
        raise RefusedError(21212, f"The source phone number provided, {shown}, is not valid.")
    elif shown not in account.numbers:
        raise RefusedError(
            21210,
            f"The source phone number provided, {shown}, is not yet verified for your account. "
            "You may only make calls from phone numbers that you've verified or purchased.",
        )
    if fields.get("AsyncAmd") == "true" and "AsyncAmdStatusCallback" not in fields:
        raise RefusedError(21262, "No AMD status callback URL provided")


def _shown(fields: Json) -> str:
    """What the one called sees."""
    return str(fields.get("CallerId") or fields["From"])


def call_token(leg: Leg) -> str:
    """The token of a call that came in: it lets the account show its caller's number."""
    return quote(json.dumps({"parentCallInfoToken": leg.sid, "identityHeaderTokens": []}))


def _check_token(account: Account, token: str, shown: str) -> None:
    try:
        sid = json.loads(unquote(token))["parentCallInfoToken"]
    except (ValueError, KeyError, TypeError):
        sid = ""
    leg = account.kept(Leg).get(sid)
    if leg is None or leg.direction != "inbound" or leg.from_ != shown:
        raise RefusedError(21212, f"The source phone number provided, {shown}, is not valid.")


def place_call(account: Account, fields: Json, answered: Answered) -> Leg:
    """Order a call; it waits for its turn, rings, and then does what it is told.

    Args:
        account: Whose.
        fields: As REST gave them.
        answered: What runs on the call once it was answered.
    """
    leg = Leg(
        account,
        direction="outbound-api",
        from_=_shown(fields),
        to=fields["To"],
        subscription=Subscription(
            url=fields.get("StatusCallback", ""),
            method=fields.get("StatusCallbackMethod", "POST"),
            events=fields.get("StatusCallbackEvent", ["completed"]),
        ),
    )
    turn_ms = account.wait_for_turn_ms()
    leg.queue_time_ms = turn_ms
    leg.run(lambda: _course(leg, fields, turn_ms, answered))
    return leg


async def _course(leg: Leg, fields: Json, turn_ms: int, answered: Answered) -> None:
    seconds = fields.get("Timeout", DEFAULT_RING_SECONDS)
    if not await ring_out(leg, seconds, turn_ms):
        return
    if "TimeLimit" in fields:
        leg.beside(leg.end_after(fields["TimeLimit"] * MS_PER_SECOND))
    if "MachineDetection" in fields and "SendDigits" not in fields:
        url = str(fields.get("AsyncAmdStatusCallback") or fields.get("AmdStatusCallback") or "")
        detecting = detect(leg, fields, url, "POST")
        if url:
            leg.beside(detecting)
        else:  # silence for the one called, until it is known
            await detecting
    await answered(leg)()
