"""Vapi's REST API, as strict as the real one (Vapi §3 and §7)."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from local.vapi.calls.answers import encode
from local.vapi.calls.recording import link_to, may_have
from local.vapi.calls.team import NotFoundError, Team, team_of
from local.vapi.webhooks.signing import credential_from_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping

    from local.vapi.calls.account import Account
    from local.vapi.calls.call import Call

Json = dict[str, Any]

OK, CREATED, FOUND = 200, 201, 302
BAD_REQUEST, UNAUTHORIZED, FORBIDDEN = 400, 401, 403
NOT_FOUND, TOO_MANY, UNAVAILABLE = 404, 429, 503
CLOUDFLARE = b"error code: 1010"
SECONDS_PER_MINUTE = 60
DEFAULT_PAGE, LARGEST_PAGE = 100, 1000

_RULES: dict[str, tuple[str, str | None]] = {
    "assistant": ("CreateAssistantDTO", "CreateAssistantDTO"),
    "squad": ("CreateSquadDTO", "CreateSquadDTO"),
    "tool": ("Tool", None),
    "phone-number": ("CreatePhoneNumberDTO", "CreateTwilioPhoneNumberDTO"),
    "credential": ("CreateCredentialDTO", "CreateCustomCredentialDTO"),
}
_WHO = ("assistantId", "assistant", "squadId", "squad", "workflowId", "workflow")


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; a body of None closes the connection without one."""

    status: int
    body: bytes | None
    media: str = "application/json"
    location: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What came over HTTP."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: object = None


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
    """

    account: Account
    api_key: str
    calls: MutableMapping[str, Call]
    place: Callable[[Json, Team], Call]
    switches: Switches = field(default_factory=Switches)
    _minute: tuple[int, int] = (0, 0)

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        refused = self._refused(request)
        if refused:
            return refused
        resource, _, wanted = request.path.strip("/").partition("/")
        if resource == "call" and "/" in wanted:
            return self._recording(request, *wanted.split("/", 1))
        if resource == "call":
            return self._calls(request, wanted)
        if resource in _RULES:
            return self._resource(request, resource, wanted)
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

    def _resource(self, request: Request, resource: str, wanted: str) -> Answer:
        kept = self.account.saved[resource]
        if request.method == "GET":
            found: Any = list(kept.values()) if not wanted else kept.get(wanted)
            return _json(OK, found) if found is not None else _missing()
        if request.method == "DELETE" and wanted in kept:
            return _json(OK, kept.pop(wanted))
        if request.method == "PATCH" and wanted not in kept:
            return _missing()
        if request.method not in ("POST", "PATCH"):
            return _missing()
        return self._save(request, resource, wanted)

    def _save(self, request: Request, resource: str, wanted: str) -> Answer:
        rule, schema = _RULES[resource]
        if not isinstance(request.body, dict):
            return error(BAD_REQUEST, ["body must be an object"])
        complete = request.method == "POST"
        body = request.body
        if resource == "phone-number" and not complete:
            body = {"provider": self.account.saved[resource][wanted]["provider"], **body}
        found = self.account.wrong(rule, schema if complete else None, body)
        if found:
            return error(BAD_REQUEST, found)
        if complete:
            made = self.account.keep(resource, request.body)
        else:
            made = self.account.change(resource, wanted, request.body)
        if resource == "credential":
            plan = made.get("authenticationPlan", {})
            self.account.credentials[made["id"]] = credential_from_plan(plan)
        return _json(CREATED if complete else OK, made)

    def _calls(self, request: Request, wanted: str) -> Answer:
        if request.method == "POST" and not wanted:
            return self._post_call(request.body)
        if request.method == "GET" and not wanted:
            return _json(OK, self._listed(request.query))
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
            return _missing()
        if request.method == "DELETE":
            return self._delete(call)
        return _json(OK, call.record.whole(call.status, int(time.time() * 1000)))

    def _recording(self, request: Request, call_id: str, part: str) -> Answer:
        """A link to the recording of a call that is over, made for this request."""
        call = self.calls.get(call_id)
        if request.method != "GET" or part != "mono-recording" or call is None or call.deleted:
            return _missing()
        if self.switches.recordings_answer is not None:
            return error(self.switches.recordings_answer, "No recording.", "Error")
        if call.record.ended_at_ms is None or not call.record.recorded:
            return _missing()
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
        return _json(OK, told)

    def _resource_parked(self, request: Request, wanted: str) -> Answer:
        parked = self.account.saved["parked-call"]
        if wanted not in parked or request.method not in ("GET", "DELETE"):
            return _missing()
        return _json(OK, parked.pop(wanted) if request.method == "DELETE" else parked[wanted])

    def _listed(self, query: Mapping[str, str]) -> list[Json]:
        limit = min(int(query.get("limit", DEFAULT_PAGE)), LARGEST_PAGE)
        kept = [call for call in self.calls.values() if not call.deleted]
        shown = [call.record.call(call.status) for call in kept]
        shown += self.account.saved["parked-call"].values()
        for field_name in ("id", "assistantId", "phoneNumberId"):
            if field_name in query:
                shown = [call for call in shown if call.get(field_name) == query[field_name]]
        tests: dict[str, Callable[[str, str], bool]] = {
            "Ge": str.__ge__,
            "Gt": str.__gt__,
            "Le": str.__le__,
            "Lt": str.__lt__,
        }
        for name in ("createdAt", "updatedAt"):
            for suffix, holds in tests.items():
                bound = query.get(name + suffix)
                if bound is not None:
                    shown = [call for call in shown if holds(call[name], _same_form(bound))]
        shown.sort(key=lambda call: str(call["createdAt"]), reverse=True)
        return shown[:limit]

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
            return _json(CREATED, {**self._parked(body), **self._limits()})
        if not self.account.take_line():
            return self._over_the_limit()
        call = self.place(body, team)
        if self.switches.drop_accepted_calls or call.caller.answer_lost:
            return Answer(CREATED, None)
        return _json(CREATED, {**call.record.call("queued"), **self._limits(), "cost": 0})

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
        return _json(BAD_REQUEST, {**document, "statusCode": BAD_REQUEST, **limits})

    def _batch(self, body: Json, team: Team) -> Answer:
        placed = []
        for customer in body["customers"]:
            single = {k: v for k, v in body.items() if k != "customers"} | {"customer": customer}
            if self.account.take_line():
                placed.append(self.place(single, team).record.call("queued"))
            else:  # a batch is parked where a single call would be refused
                placed.append(self._parked(single))
        return _json(CREATED, {**self._limits(), "results": placed, "errors": []})

    def _limits(self) -> Json:
        free = self.account.free_lines
        return {
            "subscriptionLimits": {
                "concurrencyBlocked": False,
                "concurrencyLimit": self.account.lines,
                "remainingConcurrentCalls": free,
            }
        }


def error(status: int, message: str | list[str], name: str = "Bad Request") -> Answer:
    """An error body in the form of Vapi's framework."""
    return _json(status, {"message": message, "error": name, "statusCode": status})


def _json(status: int, document: Any) -> Answer:  # noqa: ANN401 - any JSON
    body = encode(document)
    return Answer(status, body)


def _missing() -> Answer:
    return error(NOT_FOUND, "Not Found", "Not Found")


def _same_form(bound: str) -> str:
    """A time bound in the form that iso() writes, so that texts compare as times do."""
    return bound if "." in bound else bound.replace("Z", ".000Z")
