"""A telephone to call the account's numbers with, over HTTP: what no Twilio has.

    POST /telephone        {"to", "caller"}: rings; answers with the call's SID. A caller is one of
                           docs/callers.md
    POST /telephone/<sid>  one step as there: the caller does it next, whoever has them
    GET  /telephone/<sid>  what has happened since `after` entries; waits `seconds` for the first

The same as the simulated Vapi's (local/vapi/rest/telephone.py), for callers whose line is here:
while an assistant has them they are played there, and otherwise here.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from local.cloud.http_server import Response
from local.twilio.rest.refusals import BAD_REQUEST, NOT_FOUND, UNAUTHORIZED
from local.twilio.rest.sender import is_account
from local.twilio.telephones.keys import press, speak
from local.twilio.telephones.legs import Leg
from local.vapi.scripts.callers_format import caller_at_telephone, step_at_telephone
from local.vapi.scripts.script_tables import CallerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.cloud.http_server import Request
    from local.twilio.telephones.account import Account
    from local.vapi.log import SimulatorLog
    from local.vapi.scripts.callers_format import Caller, Step

Json = dict[str, Any]

PATH = "telephone"
LONGEST_WAIT_SECONDS, LOOK_SECONDS = 10.0, 0.05
OK, CREATED, CONFLICT = 200, 201, 409


def is_telephone(request: Request) -> bool:
    """Whether a request is for the telephone."""
    return urlsplit(request.target).path.strip("/").partition("/")[0] == PATH


@dataclass(frozen=True, slots=True)
class Telephone:
    """Places calls, and plays those who call by hand. Used on the simulator's loop.

    Args:
        account: Whose numbers may be called.
        log: Where what happens in calls stands.
        place: A caller rings a number.
    """

    account: Account
    log: SimulatorLog
    place: Callable[[Caller, str], Leg]

    async def answer(self, request: Request) -> Response:
        """Answer one request whose path begins with /telephone."""
        if not is_account(request, self.account):
            return _refused(UNAUTHORIZED, "Authenticate")
        target = urlsplit(request.target)
        sid = target.path.strip("/").partition("/")[2]
        leg = self.account.kept(Leg).get(sid)
        try:
            if request.method == "POST" and not sid:
                return self._ring(json.loads(request.body))
            if leg is None:
                return _refused(NOT_FOUND, "There is no such call.")
            if request.method == "POST":
                return self._do(leg, step_at_telephone(json.loads(request.body)))
            return await self._happened(leg, dict(parse_qsl(target.query)))
        except (CallerError, ValueError) as problem:
            return _refused(BAD_REQUEST, str(problem))

    def _ring(self, wish: object) -> Response:
        if not isinstance(wish, dict) or str(wish.get("to")) not in self.account.numbers:
            raise CallerError(f"to: must be one of {', '.join(self.account.numbers)}")
        leg = self.place(caller_at_telephone(wish.get("caller")), wish["to"])
        return _told(CREATED, {"id": leg.sid})

    def _do(self, leg: Leg, step: Step) -> Response:
        if leg.ended:
            return _refused(CONFLICT, "The call is over.")
        if step.hang_up is not None:
            self.account.note("hangs-up", leg.sid)
            leg.hang_up()
        elif leg.far is not None:
            if not leg.far.does(step):
                return _refused(CONFLICT, "The assistant's call is over.")
        elif step.press is not None:
            press(leg, step.press)
        elif step.say is not None:
            speak(leg, step.say)
        else:
            return _refused(CONFLICT, "No assistant has the call at this moment.")
        return _told(OK, {})

    async def _happened(self, leg: Leg, query: dict[str, str]) -> Response:
        after, seconds = int(query.get("after", 0)), float(query.get("seconds", 0))
        if after < 0 or not 0 <= seconds <= LONGEST_WAIT_SECONDS:
            rule = f"after must not be negative, seconds at most {LONGEST_WAIT_SECONDS:.0f}"
            return _refused(BAD_REQUEST, rule)
        until = asyncio.get_running_loop().time() + seconds
        events = self.log.news(leg.sid, after, 0)
        while not events and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(LOOK_SECONDS)  # a thread that waits would outlive `stop`
            events = self.log.news(leg.sid, after, 0)
        told = {"status": leg.status, "events": events, "after": after + len(events)}
        return _told(OK, {**told, "now_ms": self.log.now_ms()})


def _refused(status: int, what: str) -> Response:
    return _told(status, {"message": what})


def _told(status: int, body: Json) -> Response:
    return Response(status, (("Content-Type", "application/json"),), json.dumps(body).encode())
