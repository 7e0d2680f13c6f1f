"""A telephone to call the account's number with, over HTTP: what no Vapi has, and a simulator can.

    POST /telephone        a caller as docs/callers.md has them: rings; answers with the call's id
    POST /telephone/<id>   one step as there: the caller does it next
    GET  /telephone/<id>   what has happened since `after` entries; waits `seconds` for the first

Whoever is at it hears what a caller hears, and sees what the simulator's log says of the call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from local.vapi.rest.wire import (
    BAD_REQUEST,
    CONFLICT,
    CREATED,
    OK,
    Answer,
    error,
    json_answer,
    missing,
)
from local.vapi.scripts.callers_format import caller_at_telephone, step_at_telephone
from local.vapi.scripts.script_tables import CallerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.vapi.calls.call import Call
    from local.vapi.log import SimulatorLog
    from local.vapi.rest.wire import Request
    from local.vapi.scripts.callers_format import Caller

LONGEST_WAIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Telephone:
    """Places calls, and plays those who call by hand.

    Args:
        calls: All calls by id.
        log: Where what happens in them stands.
        place: A caller rings.
    """

    calls: Mapping[str, Call]
    log: SimulatorLog
    place: Callable[[Caller], Call]

    def answer(self, request: Request, call_id: str) -> Answer:
        """Answer one request; `call_id` is what its path says behind /telephone/."""
        try:
            if request.method == "POST" and not call_id:
                return json_answer(
                    CREATED, {"id": self.place(caller_at_telephone(request.body)).call_id}
                )
            call = self.calls.get(call_id)
            if call is None:
                return missing()
            if request.method == "POST":
                return self._do(call, request.body)
            return self._happened(call, request.query)
        except CallerError as problem:
            return error(BAD_REQUEST, str(problem))

    def _do(self, call: Call, told: object) -> Answer:
        if not call.tell_caller(step_at_telephone(told)):
            return error(CONFLICT, "The call is over.", "Conflict")
        return json_answer(OK, {})

    def _happened(self, call: Call, query: Mapping[str, str]) -> Answer:
        try:
            after, seconds = int(query.get("after", 0)), float(query.get("seconds", 0))
        except ValueError:
            return error(BAD_REQUEST, "after and seconds must be numbers")
        if after < 0 or not 0 <= seconds <= LONGEST_WAIT_SECONDS:
            rule = f"after must not be negative, seconds at most {LONGEST_WAIT_SECONDS:.0f}"
            return error(BAD_REQUEST, rule)
        events = self.log.news(call.call_id, after, seconds)
        told = {"status": call.status, "events": events, "after": after + len(events)}
        return json_answer(OK, {**told, "now_ms": self.log.now_ms()})
