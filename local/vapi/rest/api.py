"""Vapi's REST API, as strict as the real one (Vapi §3 and §7)."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.vapi.calls.recording import link_to, may_have
from local.vapi.calls.team import NotFoundError, Team, team_of
from local.vapi.rest.lists import OF_CALLS, newest, query_problems
from local.vapi.rest.resources import KEPT, Resources
from local.vapi.rest.wire import (
    BAD_REQUEST,
    CREATED,
    FORBIDDEN,
    FOUND,
    NOT_FOUND,
    OK,
    TOO_MANY,
    UNAUTHORIZED,
    UNAVAILABLE,
    Answer,
    Request,
    error,
    json_answer,
    missing,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping

    from local.vapi.calls.account import Account
    from local.vapi.calls.call import Call
    from local.vapi.rest.telephone import Telephone

Json = dict[str, Any]

CLOUDFLARE = b"error code: 1010"
SECONDS_PER_MINUTE = 60

_WHO = ("assistantId", "assistant", "squadId", "squad", "workflowId", "workflow")


@dataclass(slots=True, kw_only=True)
class Switches:
    """What may be switched on to see how a client copes."""

    requests_per_minute: int | None = None
    drop_accepted_calls: bool = False  # the call is placed, the answer never comes
    recordings_answer: int | None = None  # a status in place of every recording
    erasures_refused: int = 0  # so many DELETE /call: 503, its recording cannot be erased now


@dataclass(slots=True)
class Rest:
    """Answers REST requests for one account.

    Args:
        account: Its resources and limits.
        api_key: The private key that a request must carry.
        calls: All calls by id; POST /call adds to it through `place`.
        place: Places an outbound call: its body and its team in, the call out.
        telephone: Who calls by hand.
    """

    account: Account
    api_key: str
    calls: MutableMapping[str, Call]
    place: Callable[[Json, Team], Call]
    telephone: Telephone
    switches: Switches = field(default_factory=Switches)
    _minute: tuple[int, int] = (0, 0)

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        refused = self._refused(request)
        if refused:
            return refused
        resource, _, wanted = request.path.strip("/").partition("/")
        if resource == "telephone":
            return self.telephone.answer(request, wanted)
        if resource == "call" and "/" in wanted:
            return self._recording(request, *wanted.split("/", 1))
        if resource == "call":
            return self._calls(request, wanted)
        if resource in KEPT:
            return Resources(self.account).answer(request, resource, wanted)
        return error(NOT_FOUND, "Not Found", "Not Found")

    def _refused(self, request: Request) -> Answer | None:
        if not request.headers.get("user-agent"):
            return Answer(FORBIDDEN, CLOUDFLARE)
        if request.headers.get("authorization") != f"Bearer {self.api_key}":
            hint = "you may be using the private key instead of the public key, or vice versa."
            return error(UNAUTHORIZED, f"Invalid Key. Hot tip, {hint}", "Unauthorized")
        minute = int(time.time()) // SECONDS_PER_MINUTE
        count = self._minute[1] + 1 if self._minute[0] == minute else 1
        self._minute = (minute, count)
        limit = self.switches.requests_per_minute
        if limit is not None and count > limit:
            return error(TOO_MANY, "Rate limit exceeded", "Too Many Requests")
        return None

    def _calls(self, request: Request, wanted: str) -> Answer:
        if request.method == "POST" and not wanted:
            return self._post_call(request.body)
        if request.method == "GET" and not wanted:
            found = list(query_problems(request.query, OF_CALLS))
            return error(BAD_REQUEST, found) if found else self._list(request.query)
        if request.method == "DELETE":  # which has a body, as published: {} where it is one call
            found = self.account.wrong("DeleteCallDTO", None, request.body)
            if found:
                return error(BAD_REQUEST, found)
        call = self.calls.get(wanted)
        if call is None or call.deleted:
            return self._resource_parked(request, wanted)
        return self._call(request, call)

    def _call(self, request: Request, call: Call) -> Answer:
        if request.method == "PATCH":
            found = self.account.wrong("PatchCallDTO", None, request.body)
            if found or not isinstance(request.body, dict):
                return error(BAD_REQUEST, found)
            call.record.asked.update(request.body)
        elif request.method not in ("GET", "DELETE"):
            return missing()
        if request.method == "DELETE":
            return self._delete(call)
        return json_answer(OK, call.record.whole(call.status, int(time.time() * 1000)))

    def _recording(self, request: Request, call_id: str, part: str) -> Answer:
        """A link to the recording of a call that is over, made for this request."""
        call = self.calls.get(call_id)
        if request.method != "GET" or part != "mono-recording" or call is None or call.deleted:
            return missing()
        if self.switches.recordings_answer is not None:
            return error(self.switches.recordings_answer, "No recording.", "Error")
        if call.record.ended_at_ms is None or not call.record.recorded:
            return missing()
        link, _ = link_to(self.account, call_id, time.time())
        return Answer(FOUND, b"", location=link)

    def stored(self, request: Request) -> Answer:
        """A file of the storage that recordings are in, for whoever has a link."""
        call_id = request.path.rpartition("/")[2].removesuffix("-mono.wav")
        call = self.calls.get(call_id)
        if not may_have(self.account, call_id, request.query, time.time()):
            denied = b"<Error><Code>AccessDenied</Code></Error>"
            return Answer(FORBIDDEN, denied, "application/xml")
        if call is None or call.deleted or request.method != "GET":
            return Answer(NOT_FOUND, b"<Error><Code>NoSuchKey</Code></Error>", "application/xml")
        return Answer(OK, call.record.recording(), "audio/wav")

    def _delete(self, call: Call) -> Answer:
        """Erase a call: one that is over is nowhere afterwards, one that goes on ends."""
        if self.switches.erasures_refused:
            self.switches.erasures_refused -= 1
            return error(UNAVAILABLE, "Recording cannot be erased now", "Service Unavailable")
        told = call.record.whole(call.status, int(time.time() * 1000))
        call.delete()
        if call.status == "ended":
            del self.calls[call.call_id]
        return json_answer(OK, told)

    def _resource_parked(self, request: Request, wanted: str) -> Answer:
        parked = self.account.saved["parked-call"]
        if wanted not in parked or request.method not in ("GET", "DELETE"):
            return missing()
        return json_answer(OK, parked.pop(wanted) if request.method == "DELETE" else parked[wanted])

    def _list(self, query: Mapping[str, str]) -> Answer:
        kept = [call for call in self.calls.values() if not call.deleted]
        shown = [call.record.call(call.status) for call in kept]
        shown += self.account.saved["parked-call"].values()
        for field_name in OF_CALLS:
            if field_name in query:
                shown = [call for call in shown if call.get(field_name) == query[field_name]]
        return json_answer(OK, newest(shown, query))

    def _post_call(self, body: object) -> Answer:
        found: str | list[str] | None = self.account.wrong("CreateCallDTO", "CreateCallDTO", body)
        if not isinstance(body, dict):
            return error(BAD_REQUEST, found or [])
        found = found or self._missing_parts(body)
        if found:
            return error(BAD_REQUEST, found)
        try:
            team = team_of(body, self.account, from_request=self._transient(body))
        except NotFoundError as missing:
            return error(BAD_REQUEST, str(missing))
        return self._batch(body, team) if "customers" in body else self._single(body, team)

    def _parked(self, body: Json) -> Json:
        """A call for later; nothing here ever dials it."""
        return self.account.keep(
            "parked-call", {**body, "status": "scheduled", "type": "outboundPhoneCall"}
        )

    def _single(self, body: Json, team: Team) -> Answer:
        if "schedulePlan" in body:
            return json_answer(CREATED, {**self._parked(body), **self._limits()})
        if not self.account.take_line():
            return self._over_the_limit()
        call = self.place(body, team)
        if self.switches.drop_accepted_calls or call.caller.answer_lost:
            return Answer(CREATED, None)
        return json_answer(CREATED, {**call.record.call("queued"), **self._limits(), "cost": 0})

    def _transient(self, body: Json) -> bool:
        """Whether the server URL in charge came in this very request."""
        overrides = body.get("assistantOverrides", {})
        return "assistant" in body or "squad" in body or "server" in overrides

    def _missing_parts(self, body: Json) -> str | None:
        if "phoneNumberId" not in body and "phoneNumber" not in body:
            return "Couldn't Get Phone Number. Need Either `phoneNumberId` Or `phoneNumber`."
        number = body.get("phoneNumberId")
        if number is not None and number not in self.account.saved["phone-number"]:
            return f"Couldn't Get Phone Number. `phoneNumberId` {number} Does Not Exist."
        if sum(name in body for name in _WHO) != 1:
            return "Couldn't Get Assistant. Need Either `assistantId` Or `assistant`."
        if sum(name in body for name in ("customer", "customerId", "customers")) != 1:
            return "Couldn't Get Customer. Need Either `customerId` Or `customer`."
        return None

    def _over_the_limit(self) -> Answer:
        limits = self._limits()
        limits["subscriptionLimits"]["concurrencyBlocked"] = True
        document = {"message": "Over Concurrency Limit.", "error": "Bad Request"}
        return json_answer(BAD_REQUEST, {**document, "statusCode": BAD_REQUEST, **limits})

    def _batch(self, body: Json, team: Team) -> Answer:
        placed = []
        for customer in body["customers"]:
            single = {k: v for k, v in body.items() if k != "customers"} | {"customer": customer}
            if self.account.take_line():
                placed.append(self.place(single, team).record.call("queued"))
            else:  # a batch is parked where a single call would be refused
                placed.append(self._parked(single))
        return json_answer(CREATED, {**self._limits(), "results": placed, "errors": []})

    def _limits(self) -> Json:
        free = self.account.free_lines
        return {
            "subscriptionLimits": {
                "concurrencyBlocked": False,
                "concurrencyLimit": self.account.lines,
                "remainingConcurrentCalls": free,
            }
        }
