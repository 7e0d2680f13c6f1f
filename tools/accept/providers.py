"""Vapi's API and our own, as test calls need them. A call is ordered by one request, once."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from contact_center.kernel.system_clock import SystemClock, SystemSleeper
from contact_center.provisioning.adapters.asking import LARGEST_ANSWER_BYTES, Asking, Provider
from contact_center.web.http_client import HttpClient
from contact_center.web.outcomes import Answered

if TYPE_CHECKING:
    from contact_center.kernel.ports import Clock
    from contact_center.web.outcomes import Outcome

type Json = Any

SECONDS = 20.0
PAGE = 100
CLOCKS_DIFFER_MS = 120_000


class VapiCalls:
    """Calls at Vapi. It raises ProvisioningError, whose words hold no key and no number."""

    def __init__(self, base_url: str, key: str, clock: Clock | None = None) -> None:
        """Keep where it is; nothing is asked yet."""
        self._clock = clock or SystemClock()
        provider = Provider(
            name="Vapi",
            base_url=base_url,
            key_setting="its private key (VapiApiKey; VAPI_API_KEY in .env)",
            headers={
                "User-Agent": "switchboard-accept",
                "Accept": "application/json",
                "Authorization": f"Bearer {key}",
            },
            secrets=(key,),
        )
        http = HttpClient(SECONDS, largest_answer_bytes=LARGEST_ANSWER_BYTES)
        self._asking = Asking(provider, self._clock, SystemSleeper(), http)

    def call(self, call_id: str) -> Json:
        """One call as it is now."""
        return self._asking.get(f"/call/{call_id}")

    def order(self, body: Json) -> str:
        """Order a call; its id."""
        return str(self._asking.send("POST", "/call", body)["id"])

    def ring(self, caller: Json) -> str:
        """A scripted caller rings at a simulator; the call's id. No real Vapi has this."""
        return str(self._asking.send("POST", "/telephone", caller)["id"])

    def latest(self, since_ms: int) -> list[Json]:
        """Calls since then, newest first."""
        since = datetime.fromtimestamp((since_ms - CLOCKS_DIFFER_MS) / 1000, tz=UTC)
        told = self._asking.get(
            "/call", {"createdAtGe": since.isoformat(timespec="milliseconds"), "limit": str(PAGE)}
        )
        return told if isinstance(told, list) else []

    def number(self, number_id: str) -> str:
        """A number of the account's, E.164; "" where it is none."""
        return str(self._asking.get(f"/phone-number/{number_id}").get("number") or "")


class OurCalls:
    """Calls as our own API tells of them."""

    def __init__(self, base_url: str, token: str) -> None:
        """Keep where it is, and a token that may read calls."""
        self._base_url, self._token = base_url, token
        self._http = HttpClient(SECONDS)

    def refusal(self) -> str | None:
        """Why calls cannot be read; None: they can."""
        told = self._asked("/api/calls?limit=1")
        if not isinstance(told, Answered):
            return f"our API was not reached ({told.reason})"
        if told.status in {401, 403}:
            return f"our API does not take OPERATOR_TOKEN (HTTP {told.status})"
        return None if told.status == 200 else f"our API answers HTTP {told.status}"  # noqa: PLR2004

    def _asked(self, path: str) -> Outcome:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        return self._http.ask("GET", self._base_url + path, headers)

    def call(self, call_id: str) -> Json:
        """One call as it is recorded; nothing while it cannot be read."""
        told = self._asked(f"/api/calls/{call_id}")
        if not isinstance(told, Answered) or told.status != 200:  # noqa: PLR2004 - HTTP's
            return {}
        try:
            return json.loads(told.body)
        except ValueError:
            return {}
