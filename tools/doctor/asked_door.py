"""Our own door, asked from outside as Vapi and Twilio ask it, and the table behind it."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from contact_center.aws.dynamodb import keys
from contact_center.vapi.assistants.squad import WEBHOOK_PATH
from contact_center.vapi.webhooks.probes import PROBE_AGENT, PROBE_KIND, probe_body
from contact_center.web.http_client import HttpClient
from contact_center.web.outcomes import Answered, NotSent
from local.vapi.webhooks.credentials import credential_from_settings
from tools.doctor.judged_door import Asked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contact_center.kernel.ports import Clock, Sleeper
    from contact_center.web.outcomes import Outcome

type Json = Any

SECONDS = 10.0
ARRIVES_SECONDS = 45.0  # a first execution, a busy queue
LOOK_AGAIN_MS = 250
HEALTH = "/health"
AGENT = {"User-Agent": PROBE_AGENT}
JSON_TYPE = {"Content-Type": "application/json", **AGENT}


class PublicDoor:
    """The door under the address that providers are told."""

    def __init__(self, base_url: str, clock: Clock, http: HttpClient | None = None) -> None:
        """Keep where it is. `http`: by default with the limit above."""
        self.base_url = base_url
        self._clock = clock
        self._http = http or HttpClient(SECONDS)

    def health(self) -> Asked:
        """Whether it answers at all, as we do."""
        asked, outcome = self._ask("GET", HEALTH)
        told = _json_of(outcome)
        version = told.get("version") if isinstance(told, dict) else None
        return Asked(asked.status, asked.reason, asked.took_ms, str(version or ""))

    def bare(self) -> Asked:
        """A webhook without any proof: one that belongs to no call, should it be taken."""
        body = json.dumps({"message": {"type": PROBE_KIND}}).encode()
        return self._ask("POST", WEBHOOK_PATH, body, JSON_TYPE)[0]

    def signed(self, probe_id: str, values: Mapping[str, str], secret: str) -> Asked:
        """A probe, signed as Vapi's credential signs.

        Args:
            probe_id: Its id.
            values: Settings by name: VAPI_WEBHOOK_AUTH and VAPI_HMAC_*.
            secret: The webhook's key.
        """
        body = json.dumps(probe_body(probe_id)).encode()
        proof = credential_from_settings(values, secret).headers(
            body=body,
            url=self.base_url + WEBHOOK_PATH,
            now_ms=self._clock.now_ms(),
            message_id=probe_id,
        )
        return self._ask("POST", WEBHOOK_PATH, body, {**JSON_TYPE, **proof})[0]

    def _ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = {}
    ) -> tuple[Asked, Outcome]:
        began_ms = self._clock.now_ms()
        outcome = self._http.ask(method, self.base_url + path, headers, body)
        took_ms = self._clock.now_ms() - began_ms
        if isinstance(outcome, Answered):
            return Asked(outcome.status, took_ms=took_ms), outcome
        why = outcome.detail if isinstance(outcome, NotSent) else ""
        return Asked(None, why or outcome.reason, took_ms), outcome


def new_probe_id() -> str:
    """Of a probe that nobody sent before."""
    return f"probe-{token_hex(12)}"


def arrived(client: Json, table: str, probe_id: str, clock: Clock, sleeper: Sleeper) -> bool:
    """Whether a probe is seen in the calls table within the time above."""
    until_ms = clock.now_ms() + int(ARRIVES_SECONDS * 1000)
    key = {"pk": {"S": keys.call(probe_id)}, "sk": {"S": keys.PROBE}}
    while True:
        found = client.get_item(TableName=table, Key=key, ConsistentRead=True)
        if "Item" in found:
            return True
        if clock.now_ms() >= until_ms:
            return False
        sleeper.until(clock.now_ms() + LOOK_AGAIN_MS)


def ahead_ms(url: str, clock: Clock, http: HttpClient | None = None) -> int | None:
    """How far somebody's clock is ahead of ours, to a second or so; None: he told no time.

    Whatever he answers: the time is in the head of every answer.
    """
    began_ms = clock.now_ms()
    outcome = (http or HttpClient(SECONDS)).ask("GET", url, AGENT)
    between_ms = (began_ms + clock.now_ms()) // 2
    if not isinstance(outcome, Answered) or "date" not in outcome.headers:
        return None
    try:
        said = parsedate_to_datetime(outcome.headers["date"])
    except ValueError:
        return None
    return int(said.timestamp() * 1000) + 500 - between_ms  # of a second that is cut off, half


def _json_of(outcome: Outcome) -> Json:
    if not isinstance(outcome, Answered):
        return None
    try:
        return json.loads(outcome.body)
    except ValueError:
        return None
