"""An assistant for a caller who is on our own line: one POST /call, Vapi's telephone bypassed.

Vapi dials nobody and answers with TwiML that leads the sound to it (bypass.py). A caller listens
to the ringing meanwhile, so it may take six seconds in all; what is not known by then is looked
up later. What an answer means for the call is in call_outcome.py; nothing is retried.
"""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from contact_center.dialing.services.voice_ports import (
    NotSent,
    Placed,
    Unknown,
    VoiceUnavailableError,
)
from contact_center.vapi.calls.allowed_lines import tell_allowed_lines
from contact_center.vapi.calls.bypass import joined_assistant
from contact_center.vapi.calls.call_outcome import HttpAnswer, json_of, outcome_of
from contact_center.vapi.webhooks.fields import WITHHELD
from contact_center.visits.domain.visit_parts import AsksAbout
from contact_center.visits.services.visit_ports import Joined, Unheard
from contact_center.web.lean_http import cut_off_after, tls

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contact_center.conversations.services.answer_caller import Answer
    from contact_center.dialing.services.voice_ports import Refused
    from contact_center.vapi.calls.api import ApiKey
    from contact_center.visits.services.visit_ports import AssistantRequest

ORDER_SECONDS = 6.0
CONNECT_SECONDS = 2.0
ANSWER_LIMIT_BYTES = 1_000_000


class VapiAssistants:
    """Assistants over HTTP."""

    def __init__(  # noqa: PLR0913, PLR0917 - what an order says, and where it goes
        self,
        base_url: str,
        key: ApiKey,
        phone_number_id: str,
        who: Callable[[AssistantRequest], Answer],
        version: str,
        order_seconds: float = ORDER_SECONDS,
    ) -> None:
        """Keep where and who we are; nothing is opened yet.

        Args:
            base_url: http or https, no trailing slash.
            key: The private key of the API.
            phone_number_id: Vapi's id of the number whose server hears of the call.
            who: Who answers a caller (answer_caller.py).
            version: Of this software, for the User-Agent, without which Vapi answers 403.
            order_seconds: The longest that one order may take.
        """
        self._base_url = base_url
        self._url = urlsplit(base_url)
        self._key = key
        self._phone_number_id = phone_number_id
        self._who = who
        self._user_agent = f"switchboard/{version}"
        self._order_seconds = order_seconds

    def order(self, request: AssistantRequest) -> Joined | Refused | NotSent | Unknown:
        """Order one call, once; see Assistants."""
        try:
            key = self._key.current()
        except VoiceUnavailableError:
            return NotSent("credentials")
        who = self._who(request)
        body = order_body(request, self._phone_number_id, who.body)
        connection = self._connection()
        with cut_off_after(self._order_seconds, connection) as time_is_up:
            try:
                connection.connect()
            except OSError:  # DNS, TCP, TLS, timeouts among them
                return NotSent("connection")
            if time_is_up.is_set():  # a name took that long to be found: nothing was there to cut
                return NotSent("connection")
            answer = self._posted(connection, body, key)
        if isinstance(answer, Unknown):
            return _unheard(answer, who)
        tell_allowed_lines(answer.body)
        if answer.status == http.client.UNAUTHORIZED and self._key.has_changed(key):
            return NotSent("credentials")
        outcome = self._meant(answer, request.after)
        if isinstance(outcome, Joined):
            who.placed(outcome.call_id)
        return _unheard(outcome, who) if isinstance(outcome, Unknown) else outcome

    def _posted(
        self, connection: http.client.HTTPConnection, body: bytes, key: str
    ) -> HttpAnswer | Unknown:
        headers = {
            "Authorization": f"Bearer {key}",
            "User-Agent": self._user_agent,
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Connection": "close",
        }
        try:
            connection.sock.settimeout(self._order_seconds)
            connection.request("POST", self._url.path.rstrip("/") + "/call", body, headers)
            response = connection.getresponse()
            said = response.read(ANSWER_LIMIT_BYTES + 1)
            headers = {name.lower(): value for name, value in response.headers.items()}
        except TimeoutError:
            return Unknown("timeout")
        except (OSError, ValueError, http.client.HTTPException):
            return Unknown("connection")
        if len(said) > ANSWER_LIMIT_BYTES:
            return Unknown("no_id")
        return HttpAnswer(response.status, said, headers)

    def _meant(self, answer: HttpAnswer, after: str) -> Joined | Refused | NotSent | Unknown:
        outcome = outcome_of(answer)
        if not isinstance(outcome, Placed):
            return outcome
        details: Any = json_of(answer.body).get("phoneCallProviderDetails")
        twiml = details.get("twiml") if isinstance(details, dict) else None
        join = joined_assistant(twiml, self._base_url, after) if isinstance(twiml, str) else None
        return Unknown("no_stream") if join is None else Joined(outcome.call_id, join)

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        seconds = min(CONNECT_SECONDS, self._order_seconds)
        if self._url.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=seconds, context=tls())
        return http.client.HTTPConnection(host, port, timeout=seconds)


def _unheard(outcome: Unknown, who: Answer) -> Unknown:
    """What is not known, with what has to be told to the call should it be there."""
    asks = who.offered
    if asks is None:
        return outcome
    return Unheard(outcome.reason, AsksAbout(asks.at_ms, asks.earlier, asks.department))


def order_body(request: AssistantRequest, phone_number_id: str, who: Mapping[str, object]) -> bytes:
    """The body of a POST /call for a caller on our own line, as JSON.

    Whoever withholds a number is a customer with ours: Vapi asks for one, and by the metadata
    nobody takes it for his (context.py).
    """
    metadata = {"visitId": request.visit_id, "visitPost": request.name}
    if request.caller is None:
        metadata["callerNumber"] = WITHHELD
    body = {
        **who,
        "name": request.name,
        "phoneNumberId": phone_number_id,
        "phoneCallProviderBypassEnabled": True,
        "customer": {"number": request.caller or request.called},
        "metadata": metadata,
    }
    return json.dumps(body).encode("ascii")
