"""A strict simulator of Vapi on loopback: REST, control URLs, calls by script, webhooks.

    with VapiSimulator(server_url="http://127.0.0.1:3000/vapi/webhook", credential=…) as vapi:
        call = vapi.place_inbound(caller)
        call.wait()

What it must be strict about: Vapi §7. What it did and saw stands in `vapi.log`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Self

from local.vapi.calls.account import Account
from local.vapi.calls.bypass import call_of_stream, is_bypassed, provider_details
from local.vapi.calls.call import Call
from local.vapi.calls.recording import FOLDER
from local.vapi.calls.sip import SipInvite
from local.vapi.calls.sound import sound_came
from local.vapi.ids import new_id
from local.vapi.log import SimulatorLog
from local.vapi.rest.api import Rest
from local.vapi.rest.http import HttpServer
from local.vapi.rest.telephone import Telephone
from local.vapi.rest.wire import Answer, Request, error
from local.vapi.scripts.callees_format import Callee, Callees, hears_it_out

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from local.vapi.calls.bypass import BorrowedLine
    from local.vapi.calls.stillness import Stillness
    from local.vapi.calls.team import Team
    from local.vapi.scripts.callers_format import Caller
    from local.vapi.webhooks.signing import Credential

Json = dict[str, Any]

OK, NOT_FOUND, BAD_REQUEST = 200, 404, 400
FROM_TWILIO = "twilio"  # where imported numbers ask
TELEPHONE = "telephone"


class VapiSimulator:
    """A Vapi account on this machine.

    Args:
        server_url: Our webhook; the number's server until an assistant names another.
        credential: How webhooks are authenticated; None sends them bare.
        api_key: The private key that REST requests must carry.
        port: Where to listen; 0 chooses a free one.
        lines: Concurrent calls that the account may have.
        speed: Milliseconds of simulated speech in a real one.
        call_speed: The same in calls that we place.
        waiting_speed: The same until somebody stops waiting for our server; see `Account`.
        callees: What telephones do when they ring.
        log_path: Where to keep the log as JSON lines, beside memory.
        departments: Department key to assistant name, for callers that expect a department.
        check: Problems of a document by schema name; see `Account`.
        stillness: Makes every call a patient one: its time depends on our server's progress alone.
    """

    def __init__(  # noqa: PLR0913 - every part of an account has a sensible default
        self,
        *,
        server_url: str,
        credential: Credential | None = None,
        api_key: str = "local-vapi-key",
        port: int = 0,
        lines: int = 10,
        speed: float = 1.0,
        call_speed: float | None = None,
        waiting_speed: float | None = None,
        callees: Sequence[Callee] = (),
        log_path: Path | None = None,
        departments: Mapping[str, str] | None = None,
        check: Callable[[str, object], list[str]] | None = None,
        stillness: Stillness | None = None,
    ) -> None:
        self.log = SimulatorLog(log_path)
        self.account = Account(
            log=self.log,
            server_url=server_url,
            lines=lines,
            speed=speed,
            call_speed=speed if call_speed is None else call_speed,
            waiting_speed=waiting_speed,
            check=check,
            stillness=stillness,
            departments=dict(departments or {}),
        )
        self.credential_id = new_id()
        if credential is not None:
            self.account.credentials[self.credential_id] = credential
        self.calls: dict[str, Call] = {}
        self.people: dict[str, Caller] = {}  # tests: who answers a number or SIP address
        self.on_ring: Callable[[Json], object] = lambda _: None  # told of each POST /call obeyed
        self._awaited: set[str] = set()  # calls of imported numbers whose sound is on its way
        self._callees = Callees(callees)
        telephone = Telephone(self.calls, self.log, self.place_inbound)
        self.rest = Rest(self.account, api_key, self.calls, self._place_outbound, telephone)
        self._server = HttpServer(port, self.answer)
        self.account.base_url = self.url

    @property
    def url(self) -> str:
        """The base URL: what VAPI_BASE_URL is set to."""
        return self._server.url

    @property
    def phone_number_id(self) -> str:
        """The id of the account's number."""
        return str(self.account.phone_number["id"])

    def start(self) -> Self:
        """Answer requests."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Hang up on everybody and stop answering."""
        for call in list(self.calls.values()):
            call.timeline.finish()
        self._server.stop()
        self.log.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def place_inbound(self, caller: Caller) -> Call:
        """A customer calls the account's number."""
        return self._begin(Call(self.account, caller), free=self.account.take_line())

    def take_stream(self, address: str, line: BorrowedLine) -> Call | None:
        """Sound comes in for a call that waits for it, over a line that somebody else holds.

        Args:
            address: The stream's, out of the TwiML that answered the order.
            line: Told when Vapi's side, or the caller whom the script plays, hangs up.

        Returns:
            The call; `Call.cut_off` takes the line away again. None when none waits there.
        """
        call = self.calls.get(call_of_stream(address))
        if call is not None and call.call_id in self._awaited:
            return self._take_awaited(call, line)
        if call is None or not is_bypassed(call.record.asked) or not call.borrow(line):
            return None
        call.timeline.soon(partial(sound_came, call))
        return call

    def _take_awaited(self, call: Call, line: BorrowedLine) -> Call | None:
        """The sound of a number that was imported has come."""
        self._awaited.discard(call.call_id)
        free = self.account.take_line()
        if free:
            call.borrow(line)
        self._begin(call, free=free)
        return call if free else None

    def take_sip(
        self, caller: Caller, address: str, headers: Mapping[str, str], line: BorrowedLine
    ) -> Call | None:
        """A call comes in by SIP, over a line that somebody else holds; as `take_stream`.

        Args:
            caller: Who calls.
            address: What is called, without headers.
            headers: Of the INVITE.
            line: As of a stream.
        """
        number = self.account.sip_number(address)
        call = Call(self.account, caller, asked={"phoneNumberId": number["id"]})
        call.record.invite = SipInvite(headers, self.account.sip_headers_in)
        if not self.account.take_line():
            self._begin(call, free=False)
            return None
        call.borrow(line)
        return self._begin(call, free=True)

    def _begin(self, call: Call, *, free: bool) -> Call:
        expects = call.caller.expects
        self.log.write(
            "call-placed",
            call.call_id,
            caller=call.caller.name,
            file=call.caller.file,
            number=call.caller.number,
            direction=call.record.direction,
            name=call.record.asked.get("name"),
            moods=list(call.caller.faults.moods),
            expects={
                "destination": expects.destination,
                "mode": expects.mode,
                "clarifications": expects.clarifications,
                "actions": None if expects.actions is None else list(expects.actions),
                "ended_reason": expects.ended_reason,
            },
        )
        self.calls[call.call_id] = call
        if free:
            call.start()
        else:
            self.log.write("busy", call.call_id)  # the caller hears the busy tone
        return call

    def _place_outbound(self, body: Json, team: Team) -> Call:
        customer = body.get("customer", {})
        line = customer.get("number") or customer.get("sipUri", "")
        bypassed = is_bypassed(body)  # who is on the line there is in no file of callees
        person = self.people.get(line) or (
            hears_it_out(line) if bypassed else self._callees.ring(line)
        )
        call = Call(self.account, person, "outbound", body)
        call.record.team = team
        self._begin(call, free=True)
        self.on_ring(body)
        return call

    def answer(self, request: Request) -> Answer:
        """Answer one HTTP request: a control URL's, or the REST API's."""
        call_id, _, rest = request.path.strip("/").partition("/")
        if rest == "control":
            answered = self._control(call_id, request)
        elif call_id == FROM_TWILIO:
            answered = self._told_by_twilio(rest, request.body)
        elif call_id == FOLDER:
            answered = self.rest.stored(request)
        else:
            answered = self.rest.answer(request)
            if call_id == TELEPHONE:  # asked several times a second, and no business of a client's
                return answered
        self.log.write(
            "rest-request",
            method=request.method,
            path=request.path,
            status=answered.status,
            body=request.body if rest != "control" and call_id != FROM_TWILIO else None,
        )
        return answered

    def _told_by_twilio(self, path: str, told: object) -> Answer:
        """An imported number rings: its sound is led here; what else Twilio tells is taken."""
        numbers = self.account.saved["phone-number"].values()
        if path != "inbound_call" or not isinstance(told, dict):
            return Answer(OK, b"", "text/xml")
        number = next((one for one in numbers if one.get("number") == told.get("To")), None)
        if number is None:
            return error(NOT_FOUND, "Not Found", "Not Found")
        caller = self.people.get(told["From"]) or hears_it_out(told["From"])
        call = Call(self.account, caller, asked={"phoneNumberId": number["id"]})
        self.calls[call.call_id] = call
        self._awaited.add(call.call_id)
        twiml = provider_details(self.url, call.call_id)["twiml"]
        return Answer(OK, twiml.encode(), "text/xml")

    def _control(self, call_id: str, request: Request) -> Answer:
        call = self.calls.get(call_id)
        if call is None or request.method != "POST":
            return error(NOT_FOUND, "Not Found", "Not Found")
        status, found = call.commands.receive(request.body)
        if status == NOT_FOUND:
            return error(NOT_FOUND, "Not Found", "Not Found")
        return error(BAD_REQUEST, found) if found else Answer(status, b"{}")
