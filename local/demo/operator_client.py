"""Our own HTTP API, as an operator's program uses it."""

from __future__ import annotations

import http.client
import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Json = dict[str, Any]

SUCCESS = range(200, 300)
TIMEOUT_SECONDS = 30.0  # as long as the gateway gives a function
POLL_SECONDS = 0.3
PAGE = 100


class ApiError(Exception):
    """The API did not do what was asked; the message says what it answered."""


class Operator:
    """Somebody with a token.

    Args:
        url: The base URL of our gateway.
        token: A bearer token of the role operator.
        seconds: How long an answer is waited for.
    """

    def __init__(self, url: str, token: str, seconds: float = TIMEOUT_SECONDS) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port
        self._token = token
        self._seconds = seconds

    def create_campaign(self, wish: Json) -> str:
        """Create a campaign; returns its id."""
        return str(self.ask("POST", "/api/campaigns", wish)["id"])

    def change_campaign(self, campaign_id: str, step: str) -> Json:
        """Start, pause, resume or cancel one."""
        return self.ask("POST", f"/api/campaigns/{campaign_id}/{step}")

    def progress(self, campaign_id: str) -> Json:
        """How far it has come."""
        return self.ask("GET", f"/api/campaigns/{campaign_id}/progress")

    def import_contacts(self, campaign_id: str, text: str, seconds: float) -> Json:
        """Hand in a list and wait until it is read; returns the import's report."""
        path = f"/api/campaigns/{campaign_id}/contacts?region=US"
        begun = self.ask("POST", path, text.encode(), "text/csv")
        report = f"/api/imports/{begun['importId']}"
        return self._until(lambda: self.ask("GET", report), ("done", "failed"), seconds)

    def preview(self, campaign_id: str, seconds: float) -> Json:
        """Whom it could call now, later and never."""
        path = f"/api/campaigns/{campaign_id}/preview"
        job = self.ask("POST", path)["jobId"]
        done = self._until(
            lambda: self.ask("GET", f"{path}?job={job}"), ("done", "failed"), seconds
        )
        return dict(done["result"])

    def suppress(self, number: str) -> None:
        """Put a number on our own do-not-call list."""
        self.ask("POST", "/api/suppressions", {"phone": number, "source": "asked by letter"})

    def contacts(self, campaign_id: str) -> Iterator[Json]:
        """Every contact of a campaign."""
        cursor = ""
        while True:
            path = f"/api/campaigns/{campaign_id}/contacts?limit={PAGE}"
            page = self.ask("GET", path + (f"&cursor={quote(cursor)}" if cursor else ""))
            yield from page["contacts"]
            cursor = page["nextCursor"]
            if not cursor:
                return

    def ask(
        self,
        method: str,
        path: str,
        body: Json | bytes | None = None,
        content_type: str = "application/json",
    ) -> Json:
        """One request.

        Raises:
            ApiError: It was refused, or there was no answer.
        """
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self._token}"}
        if raw is not None:
            headers["Content-Type"] = content_type
        connection = http.client.HTTPConnection(self._host, self._port, timeout=self._seconds)
        try:
            connection.request(method, path, raw, headers)
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise ApiError(f"{method} {path}: {error!r}") from error
        finally:
            connection.close()
        if response.status not in SUCCESS:
            told = answer.decode("utf-8", "replace")[:300]
            raise ApiError(f"{method} {path} was answered {response.status}: {told}")
        return dict(json.loads(answer or b"{}"))

    @staticmethod
    def _until(look: Callable[[], Json], states: tuple[str, ...], seconds: float) -> Json:
        deadline = time.monotonic() + seconds
        while True:
            found = look()
            if found["state"] in states:
                return found
            if time.monotonic() > deadline:
                raise ApiError(f"still {found['state']} after {seconds:.0f} s")
            time.sleep(POLL_SECONDS)
