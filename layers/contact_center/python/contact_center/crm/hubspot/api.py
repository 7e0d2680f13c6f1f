"""HubSpot's CRM API, by its date-based paths: one method an operation, one request each.

Nothing is retried or logged here; a number is in the body or the path of a request and nowhere
else. What an answer means is in `answers.py`; every method raises its NotDoneError, and
BudgetSpentError where no request may leave.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote, urlencode

from contact_center.crm.hubspot.answers import (
    KEY_REFUSED,
    NO_PERMISSION,
    AbsentError,
    NotDoneError,
    said_in,
)
from contact_center.kernel.ports import SecretUnavailableError
from contact_center.records.services.effect_ports import InDoubt, Later

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contact_center.crm.hubspot.answers import Json
    from contact_center.crm.hubspot.settings import HubSpotSettings
    from contact_center.records.services.effect_ports import RequestBudget
    from contact_center.web.http_client import HttpClient

SECONDS = 10.0  # for a request
CONTACTS = "contacts"
OF_THE_KEY = frozenset({KEY_REFUSED, NO_PERMISSION})  # a rotated one may do better
REQUEST, SEARCH = "request", "search"  # kinds that are limited apart


class Token(Protocol):
    """The service key or private app's token, out of a secret that rotates (aws/stored_key.py)."""

    def current(self) -> str:
        """The token. Raises SecretUnavailableError when it cannot be had."""
        ...

    def has_changed(self, used: str) -> bool:
        """Whether a token that was refused is not the one that stands now."""
        ...


class HubSpotApi:
    """One account."""

    def __init__(
        self,
        settings: HubSpotSettings,
        token: Token,
        http: HttpClient,
        version: str,
        budget: RequestBudget | None = None,
    ) -> None:
        """Keep where and who we are; nothing is opened yet.

        Args:
            settings: Where, and in which version of the paths.
            token: The account's.
            http: What requests go over; `SECONDS` is what one may take.
            version: Of this software, for the User-Agent.
            budget: What all workers together may ask; None: nobody else asks, and not much.
        """
        self._base = settings.base_url
        self._objects = f"/crm/objects/{settings.version}"
        self._properties = f"/crm/properties/{settings.version}"
        self._token = token
        self._http = http
        self._user_agent = f"switchboard/{version}"
        self._budget = budget

    def find(
        self, kind: str, name: str, properties: Sequence[str], *, by: str = "", linked: str = ""
    ) -> Json | None:
        """One record, as it stands: this does not lag. None when there is none.

        Args:
            kind: Of record: contacts, calls, notes, tasks, deals.
            name: Its id, or its value of the property `by`, which must be unique.
            properties: Which to tell.
            by: See `name`.
            linked: Also tell the ids of records of this kind that it is associated with.
        """
        asked = {"properties": ",".join(properties), "idProperty": by, "associations": linked}
        query = urlencode({key: value for key, value in asked.items() if value})
        try:
            found = self._ask("GET", f"{self._record(kind, name)}?{query}")
        except AbsentError:
            return None
        if not isinstance(found.get("properties"), dict):
            raise NotDoneError(Later("not_json"))
        id_of(found, wrote=False)
        return found

    def search(
        self, kind: str, groups: Sequence[Json], properties: Sequence[str], most: int
    ) -> tuple[list[Json], bool]:
        """Records that fit any of the groups of filters, and whether those are all.

        It lags behind writes by seconds: what it does not find may be there all the same.
        """
        asked = {
            "filterGroups": list(groups),
            "properties": list(properties),
            "limit": most,
        }
        said = self._ask("POST", f"{self._objects}/{kind}/search", asked, of=SEARCH)
        found, total = said.get("results"), said.get("total")
        if not isinstance(found, list) or not all(_is_record(one) for one in found):
            raise NotDoneError(Later("not_json"))
        return found, isinstance(total, int) and total <= len(found) and "paging" not in said

    def create(self, kind: str, properties: Mapping[str, str]) -> str:
        """A new record; its id. Raises TakenError when a unique value is another's."""
        body = {"properties": dict(properties), "associations": []}
        return id_of(self._ask("POST", f"{self._objects}/{kind}", body, writes=True), wrote=True)

    def update(self, kind: str, record_id: str, properties: Mapping[str, str]) -> None:
        """Set properties of a record. Raises AbsentError, TakenError."""
        body = {"properties": dict(properties)}
        said = self._ask("PATCH", self._record(kind, record_id), body, writes=True)
        id_of(said, wrote=True)

    def upsert(self, kind: str, by: str, value: str, properties: Mapping[str, str]) -> str:
        """The record whose unique property `by` has that value, set or made anew; its id."""
        one = {"idProperty": by, "id": value, "properties": {**properties, by: value}}
        path = f"{self._objects}/{kind}/batch/upsert"
        said = self._ask("POST", path, {"inputs": [one]}, writes=True)
        results = said.get("results")
        if not isinstance(results, list) or len(results) != 1:
            raise NotDoneError(InDoubt("no_id"))
        return id_of(results[0], wrote=True)

    def associate(self, kind: str, record_id: str, contact_id: str) -> None:
        """Let a record be a contact's, as HubSpot does by default. Raises AbsentError."""
        to = f"associations/default/{CONTACTS}/{quote(contact_id, safe='')}"
        self._ask("PUT", f"{self._record(kind, record_id)}/{to}", writes=True)

    def erase(self, contact_id: str) -> None:
        """Erase a contact for good, with what belongs to it (GDPR). Raises AbsentError."""
        body = {"objectId": contact_id}
        self._ask("POST", f"{self._objects}/{CONTACTS}/gdpr-delete", body, writes=True)

    def archive(self, kind: str, record_id: str) -> None:
        """Move a record into the recycling bin, where it stays for 90 days. Raises AbsentError."""
        self._ask("DELETE", self._record(kind, record_id), writes=True)

    def find_property(self, kind: str, name: str) -> Json | None:
        """What a property of a kind of record is, or None."""
        try:
            return self._ask("GET", f"{self._properties}/{kind}/{quote(name, safe='')}")
        except AbsentError:
            return None

    def create_property(self, kind: str, definition: Json) -> None:
        """A new property. Raises TakenError when there is one of that name."""
        self._ask("POST", f"{self._properties}/{kind}", definition, writes=True)

    def create_group(self, kind: str, definition: Json) -> None:
        """A new group of properties. Raises TakenError when there is one of that name."""
        self._ask("POST", f"{self._properties}/{kind}/groups", definition, writes=True)

    def _record(self, kind: str, name: str) -> str:
        return f"{self._objects}/{kind}/{quote(name, safe='')}"

    def _ask(
        self,
        method: str,
        path: str,
        body: Json | None = None,
        *,
        writes: bool = False,
        of: str = REQUEST,
    ) -> Json:
        if self._budget is not None:
            self._budget.take(of)
        try:
            token = self._token.current()
        except SecretUnavailableError:
            raise NotDoneError(Later("secret_unavailable")) from None
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/json",
            "User-Agent": self._user_agent,
        }
        sent = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            sent = json.dumps(body).encode()
        outcome = self._http.ask(method, self._base + path, headers, sent)
        try:
            return said_in(outcome, wrote=writes)
        except NotDoneError as error:
            if error.answer.cause in OF_THE_KEY and self._token.has_changed(token):
                raise NotDoneError(Later("key_changed", 0)) from None
            raise


def id_of(said: object, *, wrote: bool) -> str:
    """The id of a record that HubSpot told. Raises NotDoneError when it told none."""
    found = said.get("id") if isinstance(said, dict) else None
    if not isinstance(found, str) or not found.isdecimal():
        raise NotDoneError(InDoubt("no_id") if wrote else Later("no_id"))
    return found


def _is_record(said: object) -> bool:
    return (
        isinstance(said, dict)
        and isinstance(said.get("id"), str)
        and isinstance(said.get("properties"), dict)
    )
